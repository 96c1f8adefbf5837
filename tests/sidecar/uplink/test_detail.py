"""What who has a call open is told: courses and hints, as far as the settings let them leave."""

from sidecar.uplink.detail import Detail
from sidecar.uplink.floorstate import Kinds
from streams.events import NudgeResolved
from streams.floor import CallDetail, NudgeLine
from tests.sidecar.uplink.floor_call import CALL, STARTED, heat, mood, nudge, of, said


def test_courses_and_hints() -> None:
    detail = Detail(Kinds())
    changes = [
        detail.feed(event)
        for event in (
            STARTED,
            mood(-0.314, 5_000),
            heat(41.6, "warm", 5_000),
            nudge("n1"),
            said("hello", 6_000),
            of(NudgeResolved, 7_000, nudge="n1", rule="empathy.missed", outcome="done"),
            nudge("s1", "stress.breathe"),
        )
    ]
    assert changes == [False, True, True, True, False, True, False]
    line = NudgeLine("empathy.missed", "Empathy owed", "warn", 5_000, "done", ("22 s",))
    assert detail.now() == CallDetail(call_id=CALL, nudges=(line,), moods=((5_000, -31),), heats=((5_000, 42),))


def test_what_is_withheld_is_not_in_it() -> None:
    detail = Detail(Kinds(mood=False, nudges=False))
    assert not any(detail.feed(event) for event in (STARTED, mood(-0.3, 1), heat(41, "warm", 2), nudge("n1")))
    assert detail.now() == CallDetail(call_id=CALL)


def test_figures_of_heat_do_not_leave_as_the_reason_of_a_hint() -> None:
    detail = Detail(Kinds(mood=False))
    detail.feed(nudge("n1", measured="heat 64"))
    assert detail.now().nudges == (NudgeLine("empathy.missed", "Empathy owed", "warn", 5_000),)
