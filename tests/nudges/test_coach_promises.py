"""What the coach keeps to whatever happens: the order of time, determinism, lags and partial words."""

import random
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from nudges.coach import Coach
from streams.events import (
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallContext,
    CallEnded,
    CallStarted,
    CallSummary,
    CoachEvent,
    Empathy,
    Event,
    Hold,
    Hypothesis,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    Resumed,
    SidesSwapped,
    SpeechEnded,
    SpeechStarted,
    Tick,
    Utterance,
)
from streams.script import script_events
from streams.transcript import read_transcript
from streams.wire import to_json
from tests.nudges.coached import ANGRY, CONVERSATIONS, PACK_TEXT, Make, Play, nudges
from tests.nudges.saying import ends, partly, says, starts, tick


def test_time_never_goes_back(play: Play) -> None:
    times = [event.at_ms for event in play(ANGRY)]
    assert times == sorted(times)


def test_the_same_call_gives_the_same_bytes(play: Play) -> None:
    assert [to_json(event) for event in play(ANGRY)] == [to_json(event) for event in play(ANGRY)]


def fed(events: list[Event], ticks: list[int] | None = None, **config: Any) -> list[CoachEvent]:
    coach = Coach(CallContext(call_id="c", at_ms=0, pack=PACK_TEXT, config={"volume": "novice", **config}))
    pending = sorted(ticks or [])
    out: list[CoachEvent] = []
    for event in events:
        while pending and pending[0] <= event.at_ms:
            out.extend(coach.feed(Tick(call_id="c", at_ms=pending.pop(0))))
        out.extend(coach.feed(event))
        assert coach.wake_ms is None or coach.wake_ms > event.at_ms
    return out


def delayed(events: list[Event], seed: int) -> list[Event]:
    """The same call with words and edges announced late, as a recogniser would."""
    rng = random.Random(seed)
    late: list[Event] = []
    for event in events:
        match event:
            case Utterance():
                late.append(msgspec.structs.replace(event, at_ms=event.at_ms + rng.randrange(200, 1800)))
            case SpeechStarted() | SpeechEnded():
                late.append(msgspec.structs.replace(event, at_ms=event.at_ms + rng.randrange(0, 200)))
            case CallEnded():
                late.append(msgspec.structs.replace(event, at_ms=event.at_ms + 5000))
            case _:
                late.append(event)
    return sorted(late, key=lambda event: event.at_ms)


ALL_CALLS = [ANGRY, *(call for _, call in CONVERSATIONS)]


@settings(max_examples=25, deadline=None)
@given(
    number=st.integers(0, len(ALL_CALLS) - 1),
    seed=st.one_of(st.none(), st.integers(0, 999)),
    ticks=st.lists(st.integers(0, 70_000), max_size=40),
)
def test_ticks_change_nothing(number: int, seed: int | None, ticks: list[int]) -> None:
    events: list[Event] = list(script_events(read_transcript(ALL_CALLS[number], "x.call"), "c"))
    if seed is not None:
        events = delayed(events, seed)
    plain = fed(events)
    assert fed(events, ticks) == plain
    assert fed(events, list(range(0, 70_000, 250))) == plain


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_lags_move_nudges_and_lose_none(seed: int) -> None:
    events: list[Event] = list(script_events(read_transcript(ANGRY, "x.call"), "c"))
    rules = {event.rule for event in fed(events) if isinstance(event, Nudge)}
    late = {event.rule for event in fed(delayed(events, seed)) if isinstance(event, Nudge)}
    assert {rule for rule in rules if rule.startswith("deesc.")} <= late


def test_late_words_of_the_agent_hold_an_absence_back(make_coach: Make) -> None:
    coach = make_coach()
    events: list[Event] = [
        CallStarted(call_id="c", at_ms=0),
        starts("customer", 0),
        ends("customer", 0, 4000),
        says("customer", 0, 4000, "I have been waiting three weeks and I am really frustrated", known_ms=4800),
        starts("agent", 5000),
        ends("agent", 5000, 9000),
    ]
    for event in events:
        coach.feed(event)
    assert nudges(list(coach.feed(tick(10_500)))) == []
    answer = says("agent", 5000, 9000, "I can hear how frustrating that is, I'm so sorry", known_ms=10_800)
    assert nudges(list(coach.feed(answer))) == []
    assert "empathy.missed warn" not in nudges(list(coach.feed(tick(60_000))))


def test_stable_words_of_a_partial_take_a_nudge_back(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    shown = coach.feed(says("customer", 0, 4000, "my husband passed away last month"))
    assert nudges(list(shown)) == ["empathy.hardship warn"]
    coach.feed(starts("agent", 6000))
    words = "I'm so sorry to hear about your husband. What would help you most"
    (empathy, done) = coach.feed(partly("agent", 6000, 9000, words))
    assert isinstance(empathy, Empathy)
    assert empathy.state == "given"
    assert isinstance(done, NudgeResolved)
    assert (done.at_ms, done.outcome) == (9000, "done")
    assert coach.feed(partly("customer", 9000, 9100, "thanks")) == ()


def test_a_partial_counts_like_its_final(make_coach: Make, call_events: Callable[[str], list[Event]]) -> None:
    """Stable partials may bring an answer forward but change neither what is shown nor what it is called."""
    events = call_events(ANGRY)
    with_partials: list[Event] = []
    for event in events:
        if isinstance(event, Utterance):
            half = event.text.split()[: len(event.text.split()) // 2]
            until_ms = (event.started_ms + event.ended_ms) // 2
            with_partials.append(
                Hypothesis(
                    call_id="c",
                    at_ms=until_ms,
                    channel=event.channel,
                    utterance=event.utterance,
                    started_ms=event.started_ms,
                    stable=" ".join(half),
                    tail="",
                    stable_until_ms=until_ms,
                )
            )
        with_partials.append(event)
    with_partials.sort(key=lambda event: event.at_ms)
    first, second = make_coach(), make_coach()
    shown = [nudges(list(first.feed(event))) for event in events]
    again = [nudges(list(second.feed(event))) for event in with_partials]
    assert [line for lines in shown for line in lines] == [line for lines in again for line in lines]


TEXTS = (
    "",
    "this is ridiculous",
    "I want to speak to a supervisor",
    "my husband passed away",
    "I'm so sorry you've had to wait",
    "bear with me",
    "they will call you",
    "have a nice day goodbye",
    "thank you so much",
    "you will hear from my lawyer and I am leaving you",
)

ANYTHING = st.lists(
    st.tuples(
        st.integers(0, 9000),
        st.sampled_from(
            ("start", "end", "words", "partial", "hold", "resume", "lost", "pause", "on", "swap", "answer")
        ),
        st.sampled_from(("agent", "customer")),
        st.sampled_from(TEXTS),
        st.sampled_from(("acknowledged", "dismissed", "snoozed", "undone", "helpful")),
    ),
    max_size=60,
)


def anything(steps: list[tuple[int, str, Any, str, Any]]) -> list[Event]:
    """A call in which events come in any order, also in orders that no tap would give."""
    events: list[Event] = [CallStarted(call_id="c", at_ms=0)]
    at_ms = 0
    for number, (pause_ms, kind, channel, text, answer) in enumerate(steps):
        before_ms, at_ms = at_ms, at_ms + pause_ms
        match kind:
            case "start":
                events.append(starts(channel, at_ms))
            case "end":
                events.append(ends(channel, before_ms, at_ms))
            case "words":
                events.append(says(channel, before_ms, at_ms, text, number=number))
            case "partial":
                events.append(partly(channel, before_ms, at_ms, text, number=number))
            case "hold":
                events.append(Hold(call_id="c", at_ms=at_ms))
            case "resume":
                events.append(Resumed(call_id="c", at_ms=at_ms))
            case "lost":
                events.append(AudioLost(call_id="c", at_ms=at_ms, channel=channel, lost_ms=pause_ms))
            case "pause":
                events.append(AudioPaused(call_id="c", at_ms=at_ms))
            case "on":
                events.append(AudioResumed(call_id="c", at_ms=at_ms))
            case "swap":
                events.append(SidesSwapped(call_id="c", at_ms=at_ms))
            case "answer":
                events.append(NudgeAnswered(call_id="c", at_ms=at_ms, nudge="", answer=answer))
    return [*events, CallEnded(call_id="c", at_ms=at_ms + 1000)]


@settings(max_examples=60, deadline=None)
@given(steps=ANYTHING, ticks=st.lists(st.integers(0, 300_000), max_size=40))
def test_whatever_comes_the_coach_keeps_its_promises(
    steps: list[tuple[int, str, Any, str, Any]], ticks: list[int]
) -> None:
    events = anything(steps)
    said = fed(events)
    assert fed(events, ticks) == said
    times = [event.at_ms for event in said]
    assert times == sorted(times)
    live: set[str] = set()
    for event in said:
        if isinstance(event, Nudge):
            live.add(event.nudge)
        elif isinstance(event, NudgeResolved):
            live.remove(event.nudge)
    assert not live
    assert isinstance(said[-1], CallSummary)
