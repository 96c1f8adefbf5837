"""The coach as a whole: the order of time, determinism, people's answers, and the calls that stand with the rules."""

import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudges.coach import Coach
from nudges.packs import laid_over, load
from nudges.rehearsal import with_happenings
from nudges.rulepack import RuleTest
from streams.errors import PackError
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
    FloorAlert,
    Heat,
    HelpAsked,
    Hold,
    Hypothesis,
    Mood,
    Note,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    Quiet,
    Resumed,
    SidesSwapped,
    SpeechEnded,
    SpeechStarted,
    Tick,
    Utterance,
    Volume,
)
from streams.script import script_events
from streams.transcript import read_transcript
from streams.wire import to_json
from tests.nudges.conftest import PACK_FILE
from tests.nudges.saying import ends, partly, says, starts, tick

Play = Callable[..., list[CoachEvent]]
Make = Callable[..., Coach]

PACK_TEXT = PACK_FILE.read_text("utf-8")
CASES = [(f"{rule.id}: {test.name}", rule.id, test) for rule in load(PACK_TEXT).pack.rule for test in rule.test]
CONVERSATIONS = [(name, test.call) for name, _, test in CASES]
ANGRY = """
0-4 agent  hello this is Sam speaking how can I help you
5-11 customer  hi this is the third time I've called and nobody ever called me back
12-16 agent  okay what is your account number please
17-22 customer  I already told you that, this is ridiculous, I want to speak to a supervisor
24-27 agent  right let me see what it says here
40-46 customer  are you there, I'm really frustrated, I'm going to the ombudsman
47-55 agent  I'm so sorry you've had to call three times, what would help you most today
56-60 customer  okay well thank you so much, I just want my refund
61-66 agent  I'll make sure of that today, have a nice day, goodbye
"""


def kinds(events: list[CoachEvent], *types: type) -> list[str]:
    lines = []
    for event in events:
        if isinstance(event, types):
            detail = getattr(event, "outcome", None) or getattr(event, "state", None) or getattr(event, "severity", "")
            lines.append(f"{event.at_ms} {type(event).__name__} {getattr(event, 'rule', '')} {detail}".strip())
    return lines


def nudges(events: list[CoachEvent]) -> list[str]:
    return [f"{event.rule} {event.severity}" for event in events if isinstance(event, Nudge)]


@pytest.mark.parametrize(("name", "rule", "test"), CASES, ids=[name for name, _, _ in CASES])
def test_the_conversation_of_a_rule(name: str, rule: str, test: RuleTest, make_coach: Make) -> None:
    """Each rule's own conversations, without the learned numbers and without the judge of the service."""
    script = read_transcript(test.call, f"{name}.call")
    pack = laid_over(PACK_TEXT, test.pack) if test.pack else PACK_TEXT
    others = [other.id for other in load(pack).pack.rule if other.id != rule]
    coach = make_coach(pack=pack, off=others if test.alone else [])
    events = with_happenings(script_events(script, "c"), test.events, "c")
    said = [out for event in events for out in coach.feed(event)]
    for wanted in script.expectations:
        shown = [event for event in said if isinstance(event, Nudge) and event.rule == wanted.rule]
        match wanted.kind:
            case "nudge":
                first_ms, last_ms = wanted.within or (0, 10**9)
                shown = [event for event in shown if wanted.severity in {None, event.severity}]
                assert any(first_ms <= event.at_ms <= last_ms for event in shown), nudges(said)
            case "not_rule":
                assert not shown
            case "not_family":
                assert not [line for line in nudges(said) if line.startswith(wanted.rule)]
            case "resolved":
                outcomes = [(event.rule, event.outcome) for event in said if isinstance(event, NudgeResolved)]
                assert (wanted.rule, wanted.outcome) in outcomes
            case "none":
                assert not nudges(said)


def test_an_angry_call(play: Play) -> None:
    said = play(ANGRY)
    assert nudges(said) == ["deesc.supervisor_request warn", "deesc.threat critical"]
    floor = [event.rule for event in said if isinstance(event, FloorAlert)]
    assert floor == ["deesc.rising_heat", "deesc.supervisor_request", "deesc.threat"]
    shown = {event.nudge for event in said if isinstance(event, Nudge)}
    assert {event.nudge for event in said if isinstance(event, NudgeResolved)} == shown
    assert isinstance(said[-1], CallSummary)
    for event in said:
        if isinstance(event, Nudge):
            assert event.evidence
            assert event.measured
            assert event.threshold
            assert event.expires_ms > event.at_ms


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


def test_heat_is_told_as_it_rises_and_as_it_decays(play: Play) -> None:
    said = play("0-4 customer  this is ridiculous\n60-62 customer  hello\n")
    heat = [event for event in said if isinstance(event, Heat)]
    assert heat[0].at_ms == 4000
    assert heat[0].because[0].cue == "judgement"
    assert [event.value for event in heat[:3]] == [heat[0].value, heat[0].value - 5, heat[0].value - 10]
    assert [event.band for event in heat] == ["watch", "calm", "calm", "calm"][: len(heat)] or heat[-1].band == "calm"


def test_mood_is_the_customers_alone(play: Play) -> None:
    said = play("0-4 agent  that must be horrible and awful\n5-8 customer  it really is a horrible mess\n")
    (mood,) = [event for event in said if isinstance(event, Mood)]
    assert mood.at_ms == 8000
    assert mood.score < 0


def test_a_mixed_call_has_words_one_mood_and_no_sides(make_coach: Make) -> None:
    coach = make_coach()
    out = [*coach.feed(CallStarted(call_id="c", at_ms=0, channels=("mixed",)))]
    for event in (
        starts("mixed", 0),
        ends("mixed", 0, 4000),
        says("mixed", 0, 4000, "this is ridiculous I want to speak to a supervisor"),
        partly("mixed", 5000, 6000, "and so"),
        tick(30_000),
        CallEnded(call_id="c", at_ms=31_000),
    ):
        out += coach.feed(event)
    assert [type(event) for event in out if not isinstance(event, NudgeResolved)] == [
        Mood,
        Nudge,
        Nudge,
        CallSummary,
    ]
    assert {line.split()[0] for line in nudges(out)} == {"silence.dead_air"}


def test_answers_volume_and_quiet(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    out = list(coach.feed(says("customer", 0, 4000, "you will hear from my lawyer")))
    assert nudges(out) == ["deesc.threat critical"]
    dismissed = NudgeAnswered(call_id="c", at_ms=5000, nudge="c-n1", answer="dismissed", by="sam")
    assert kinds(list(coach.feed(dismissed)), NudgeResolved) == ["5000 NudgeResolved deesc.threat dismissed"]

    coach.feed(Quiet(call_id="c", at_ms=6000, until_ms=-1))
    coach.feed(Volume(call_id="c", at_ms=6000, level="expert"))
    later = list(coach.feed(says("customer", 200_000, 204_000, "my husband passed away", number=1)))
    assert nudges([*later, *coach.feed(tick(210_000))]) == []


def test_swapped_sides_begin_anew(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(says("customer", 0, 4000, "this is ridiculous, I am furious, you will hear from my lawyer"))
    coach.feed(starts("agent", 4500))
    coach.feed(says("customer", 4600, 7000, "my husband passed away last month", number=1))
    out = list(coach.feed(SidesSwapped(call_id="c", at_ms=8000)))
    assert kinds(out, Empathy, NudgeResolved) == [
        "8000 Empathy  not_needed",
        "8000 NudgeResolved deesc.threat expired",
    ]
    heat = [event for event in out if isinstance(event, Heat)]
    assert [event.value for event in heat] == [0.0]
    (opened,) = [
        event
        for event in coach.feed(says("customer", 9000, 12_000, "I am really frustrated"))
        if isinstance(event, Empathy)
    ]
    assert opened.opening == "c-o2"


def test_swapping_a_cold_call_tells_no_heat(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    assert coach.feed(SidesSwapped(call_id="c", at_ms=8000)) == ()


def test_what_concerns_others_changes_nothing(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    for event in (
        Note(call_id="c", at_ms=100, note="n", by="x", text="I want to speak to a supervisor"),
        Mood(call_id="c", at_ms=200, utterance=0, score=-1, smoothed=-1, trend="falling"),
    ):
        assert coach.feed(event) == ()


def test_an_event_of_the_past_is_taken_now(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(starts("agent", 9000))
    (mood, *_) = coach.feed(says("customer", 0, 4000, "this is ridiculous honestly"))
    assert mood.at_ms == 9000


def test_after_the_end_there_is_nothing(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    (summary,) = coach.feed(CallEnded(call_id="c", at_ms=1000))
    assert isinstance(summary, CallSummary)
    assert coach.wake_ms is None
    assert coach.feed(CallEnded(call_id="c", at_ms=1000)) == ()


def test_at_the_end_everything_is_resolved(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(says("customer", 0, 4000, "I am really frustrated, you will hear from my lawyer"))
    coach.feed(says("agent", 5000, 7000, "can you confirm your account number"))
    out = list(coach.feed(CallEnded(call_id="c", at_ms=7100)))
    assert kinds(out, Empathy, NudgeResolved, CallSummary) == [
        "7100 Empathy  missed",
        "7100 NudgeResolved deesc.threat call_ended",
        "7100 CallSummary",
    ]


def test_a_short_turn_leaves_the_streak(play: Play) -> None:
    said = play(
        "0-4 customer  nobody ever called me back and I've been waiting three weeks\n"
        "6-7 customer  yes\n"
        "9-13 customer  this is ridiculous\n14-15 agent  okay\n16-20 customer  and it is a parcel\n"
    )
    assert "deesc.rising_heat warn" in nudges(said) or "deesc.rising_heat critical" in nudges(said)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"volume": "loud"}, "nudges.volume: 'loud' is none of novice, standard, expert"),
        ({"off": "silence.dead_air"}, "nudges.off: a list of rule ids is wanted"),
        ({"shadow": [1]}, "nudges.shadow: a list of rule ids is wanted"),
    ],
)
def test_settings_that_cannot_be(make_coach: Make, config: dict[str, Any], message: str) -> None:
    with pytest.raises(PackError, match=message):
        make_coach(**config)


def test_thumbs_of_earlier_calls_count(make_coach: Make) -> None:
    coach = make_coach(history={"deesc.threat": (False, False)})
    coach.feed(CallStarted(call_id="c", at_ms=0))
    assert nudges(list(coach.feed(says("customer", 0, 4000, "you will hear from my lawyer")))) == []


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


def test_what_comes_true_at_the_end_comes_too_late(play: Play) -> None:
    said = play("0-5 customer  hello, I called you already last week about the invoice\n6-9 agent  which invoice\n")
    assert nudges(said) == []


def test_the_pack_is_taken_as_it_stands_for_the_queue(make_coach: Make) -> None:
    scope = '[[scope]]\nqueues = ["billing"]\nrule = [{ id = "deesc.threat", text = "For billing." }]\n'
    for queue, text in (("billing", "For billing."), ("", "Threat heard. Don't argue. Ask what would put this right")):
        coach = make_coach(pack=f"{PACK_TEXT}\n{scope}")
        coach.feed(CallStarted(call_id="c", at_ms=0, queue=queue))
        (nudge,) = [
            event
            for event in coach.feed(says("customer", 0, 4000, "you will hear from my lawyer"))
            if isinstance(event, Nudge)
        ]
        assert nudge.text.startswith(text)


def test_help_that_was_asked_for_is_known(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    shown = coach.feed(says("customer", 0, 4000, "you are a useless idiot"))
    assert "deesc.abuse warn" in nudges([*shown, *coach.feed(tick(5000))])
    done = coach.feed(HelpAsked(call_id="c", at_ms=6000, help="h"))
    assert kinds(list(done), NudgeResolved) == ["6000 NudgeResolved deesc.abuse done"]


def reloaded(text: str, **config: Any) -> CallContext:
    return CallContext(call_id="c", at_ms=9000, pack=text, config={"volume": "novice", **config})


def test_rules_read_anew_hold_at_once_and_the_call_goes_on(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(says("customer", 0, 4000, "I am really frustrated, I've been waiting three weeks"))
    text = PACK_TEXT.replace("Threat heard. Don't argue.", "A threat.").replace("gap_s = 20 ", "gap_s = 1 ")
    coach.feed(reloaded(text.replace('label = "your name"', 'label = "a name"')))
    assert coach.wake_ms is not None
    (nudge,) = [
        event
        for event in coach.feed(says("customer", 9500, 12_000, "you will hear from my lawyer", number=1))
        if isinstance(event, Nudge)
    ]
    assert nudge.text.startswith("A threat.")
    summary = coach.feed(CallEnded(call_id="c", at_ms=13_000))[-1]
    assert isinstance(summary, CallSummary)
    assert summary.totals["customer_talk_ms"] is not None


def test_a_card_whose_rule_is_gone_leaves(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    assert nudges(list(coach.feed(says("customer", 0, 4000, "you will hear from my lawyer")))) == [
        "deesc.threat critical"
    ]
    gone = coach.feed(reloaded(PACK_TEXT, off=["deesc.threat"], volume="expert"))
    assert kinds(list(gone), NudgeResolved) == ["9000 NudgeResolved deesc.threat expired"]
    assert coach.feed(tick(60_000)) == () or nudges(list(coach.feed(tick(61_000)))) == []


def test_what_is_undone_after_its_rule_went_leaves_again(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(says("customer", 0, 4000, "you will hear from my lawyer"))
    coach.feed(NudgeAnswered(call_id="c", at_ms=8000, nudge="c-n1", answer="dismissed"))
    coach.feed(reloaded(PACK_TEXT, off=["deesc.threat"]))
    back = coach.feed(NudgeAnswered(call_id="c", at_ms=9500, nudge="c-n1", answer="undone"))
    assert kinds(list(back), Nudge, NudgeResolved) == [
        "9500 Nudge deesc.threat critical",
        "9500 NudgeResolved deesc.threat expired",
    ]
