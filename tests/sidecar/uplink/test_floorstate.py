"""One call as a row of the floor, from every event that moves it."""

from typing import Any

import msgspec
import pytest

from sidecar.uplink.floorstate import SPARK, FloorState, Kinds
from sidecar.uplink.quoting import Heard
from streams import events as e
from streams.floor import CallState, OpenHelp, OpenNudge
from tests.sidecar.uplink.floor_call import CALL, STARTED, empathy, heat, mood, nudge, of, said


def followed(*events: e.Event | e.Telemetry, kinds: Kinds | None = None) -> FloorState:
    heard = Heard()
    state = FloorState(kinds or Kinds(), heard.without_quotes)
    for event in events:
        heard.feed(event)
        state.feed(event)
    return state


def state(*events: e.Event | e.Telemetry, kinds: Kinds | None = None) -> CallState:
    return followed(STARTED, *events, kinds=kinds).state()


def speech(channel: e.Channel, started_ms: int, ended_ms: int | None = None) -> e.SpeechStarted | e.SpeechEnded:
    if ended_ms is None:
        return of(e.SpeechStarted, started_ms, channel=channel, started_ms=started_ms)
    return of(e.SpeechEnded, ended_ms, channel=channel, started_ms=started_ms, ended_ms=ended_ms)


def test_whose_call_it_is() -> None:
    assert state() == CallState(
        call_id=CALL, at_ms=0, agent_id="a7", agent_name="Ana", queue="Billing", started_at="2026-11-22T09:00:00Z"
    )
    assert followed(of(e.Tick, 7)).state() == CallState(call_id="", at_ms=7)


@pytest.mark.parametrize(
    ("events", "phase"),
    [
        ([], "live"),
        ([of(e.Hold, 1)], "hold"),
        ([of(e.Hold, 1), of(e.Resumed, 2)], "live"),
        ([of(e.AudioPaused, 1)], "no_audio"),
        ([of(e.AudioPaused, 1), of(e.Hold, 2)], "hold"),
        ([of(e.AudioPaused, 1), of(e.AudioResumed, 2)], "live"),
        ([of(e.Hold, 1), of(e.CallEnded, 2)], "wrap_up"),
    ],
)
def test_phases(events: list[e.Event], phase: str) -> None:
    assert state(*events).phase == phase
    silent = followed(STARTED, *events).silence().phase
    assert silent == ("no_audio" if phase == "live" else phase)


@pytest.mark.parametrize(
    ("events", "who", "since_ms"),
    [
        ([], "nobody", -1),
        ([speech("agent", 100)], "agent", -1),
        ([speech("customer", 100)], "customer", -1),
        ([speech("mixed", 100)], "both", -1),
        ([speech("agent", 100), speech("customer", 200)], "both", -1),
        ([speech("agent", 100), speech("customer", 200), speech("agent", 100, 900)], "customer", -1),
        ([speech("agent", 100), speech("agent", 100, 900)], "nobody", 900),
        ([speech("agent", 100), speech("agent", 100, 900), of(e.Hold, 1_000)], "nobody", -1),
        ([speech("agent", 100), of(e.SidesSwapped, 150)], "customer", -1),
        ([speech("agent", 100), of(e.CallEnded, 200)], "nobody", -1),
    ],
)
def test_who_speaks_and_since_when_nobody_does(events: list[e.Event], who: str, since_ms: int) -> None:
    row = state(*events)
    assert (row.speaking, row.silence_since_ms) == (who, since_ms)


def test_mood_and_heat_are_figures_and_families() -> None:
    row = state(*(mood(-number / 100, number) for number in range(SPARK + 4)), heat(63.6, "hot", 9_000))
    assert (row.mood, row.trend) == (-0.19, "falling")
    assert row.spark == tuple(range(-4, -SPARK - 4, -1))
    assert (row.heat, row.band, row.because) == (64, "hot", ("anger", "repeat_contact"))


def test_where_the_heat_may_be_going_is_said_unless_it_is_steady() -> None:
    assert state(heat(40, "warm", 1)).forecast == "steady"
    assert state(msgspec.structs.replace(heat(40, "warm", 1), forecast="rising")).forecast == "rising"


def test_hints_and_openings() -> None:
    thumb = of(e.NudgeAnswered, 6_000, nudge="n1", answer="helpful")
    row = state(nudge("n1"), thumb, empathy("o1", "open", 4_500), empathy("o2", "bare", 5_000))
    assert row.nudge == OpenNudge("empathy.missed", "Empathy owed", "warn", 5_000)
    assert (row.nudges, row.nudges_open, row.helpful, row.not_helpful) == (1, 1, 1, 0)
    assert (row.opening_since_ms, row.openings_given, row.openings_bare, row.openings_missed) == (4_000, 0, 1, 0)


def test_lag_is_that_of_the_words() -> None:
    assert state(said("hello", 1_000)).lag_ms == 700
    lags = [of(e.StageLag, stage=stage, p50_ms=912.4, p95_ms=1.0, count=1) for stage in ("vad", "words")]
    assert state(said("hello", 1_000), *lags).lag_ms == 912
    assert state(said("hello", 1_000), lags[0], of(e.Health, queued=1, degrade=0, words_behind_ms=0)).lag_ms == 700


def test_help_waits_until_it_is_answered() -> None:
    asked = of(e.HelpAsked, 3_000, help="h1", text="refund above my limit")
    assert state(asked).help == OpenHelp("h1", "refund above my limit", 3_000)
    assert state(asked, of(e.HelpAnswered, 4_000, help="h0", by="Maria")).help is not None
    assert state(asked, of(e.HelpAnswered, 4_000, help="h1", by="Maria")).help is None
    quoted = of(e.HelpAsked, 3_000, help="h1", text="she says this is the third time i call")
    assert state(said("this is the third time", 2_000), quoted).help == OpenHelp("h1", "she says ... i call", 3_000)


DONE = of(e.NudgeResolved, 8_000, nudge="n1", rule="empathy.missed", outcome="done")
ALERT: dict[str, Any] = {"rule": "deesc.threat", "severity": "warn"}


@pytest.mark.parametrize(
    ("events", "signal"),
    [
        ([], ""),
        ([of(e.HelpAsked, 1, help="h")], "asked for help"),
        ([of(e.HelpAnswered, 1, help="h", by="x")], "help answered"),
        ([of(e.FloorAlert, 1, text="Speaks of a complaint.", **ALERT)], "Speaks of a complaint."),
        ([of(e.FloorAlert, 1, text="", **ALERT)], "deesc.threat"),
        (
            [said("you will hear from my lawyer", 1), of(e.FloorAlert, 2, text="will hear from my lawyer", **ALERT)],
            "...",
        ),
        ([of(e.FloorAlert, 1, text="x", rule="stress.breathe", severity="warn")], ""),
        ([heat(61, "hot", 1)], "heat rose to hot"),
        ([heat(61, "hot", 1), heat(45, "warm", 2)], "heat fell to warm"),
        ([heat(61, "hot", 1), of(e.Hold, 2), heat(66, "hot", 3)], "on hold"),
        ([nudge("n1")], "Empathy owed"),
        ([nudge("n1"), DONE], "done: Empathy owed"),
        ([DONE], ""),
        ([nudge("s1", "stress.breathe", title="Breathe")], ""),
        ([empathy("o", "open", 1)], "opening for empathy"),
        ([empathy("o", "bare", 1)], ""),
        ([of(e.Checklist, 1, item="verify", state="overdue", label="verify identity")], "overdue: verify identity"),
        ([of(e.Checklist, 1, item="verify", state="overdue")], "overdue: verify"),
        ([of(e.Checklist, 1, item="verify", state="due")], ""),
        ([of(e.AudioLost, 1, channel="agent", lost_ms=5)], "sound was lost"),
        ([of(e.CallEnded, 1)], "call over"),
    ],
)
def test_the_last_signal_in_plain_words(events: list[e.Event], signal: str) -> None:
    row = state(*events)
    assert row.signal == signal
    assert (row.signal_at_ms >= 0) is bool(signal)


def test_what_is_withheld_is_named_and_says_nothing() -> None:
    kinds = Kinds(mood=False, nudges=False, alerts=False)
    events = (
        mood(-0.7, 1),
        heat(64, "hot", 2),
        nudge("n1"),
        empathy("o", "open", 4),
        of(e.FloorAlert, 5, text="x", **ALERT),
    )
    row = state(*events, kinds=kinds)
    assert row.withheld == ("mood", "nudges", "alerts")
    assert msgspec.structs.replace(row, withheld=(), at_ms=0) == state()
    assert state(kinds=Kinds(words=True)).shares_words


def test_a_private_call_is_nothing_but_whose_it_is() -> None:
    asked = of(e.HelpAsked, 3_000, help="h1")
    row = followed(STARTED, mood(-0.7, 1), heat(64, "hot", 2), nudge("n1"), asked, of(e.Hold, 4_000)).private()
    plain = msgspec.structs.replace(state(), at_ms=5_000, phase="hold", shared=False, help=OpenHelp("h1", "", 3_000))
    assert row == plain


def test_of_a_private_stretch_only_how_things_stand_is_known() -> None:
    call = followed(STARTED, mood(0.2, 1))
    for event in (mood(-0.7, 2), heat(64, "hot", 3), nudge("n1")):
        call.feed(event, private=True)
    row = call.state()
    assert (row.mood, row.spark, row.heat, row.nudges, row.signal) == (-0.7, (20,), 64, 0, "")


def test_a_call_for_help_ends_with_the_call() -> None:
    asked = of(e.HelpAsked, 1_000, help="h", text="")
    assert state(asked).help is not None
    over = followed(STARTED, asked, of(e.CallEnded, 2_000))
    assert (over.state().help, over.private().help) == (None, None)
