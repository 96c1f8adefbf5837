import pytest

from nudges.rehearsal import HAPPENINGS, with_happenings
from streams.errors import PackError
from streams.events import CallEnded, CallStarted

TALK = [CallStarted(call_id="c", at_ms=0), CallEnded(call_id="c", at_ms=9000)]


def test_everything_that_can_happen_stands_at_its_time() -> None:
    happenings = tuple((number + 1.0, name) for number, name in enumerate(HAPPENINGS) if name != "end")
    kinds = [(event.at_ms, type(event).__name__) for event in with_happenings(TALK, happenings, "c")]
    assert kinds == [
        (0, "CallStarted"),
        (1000, "Hold"),
        (2000, "Resumed"),
        (3000, "AudioPaused"),
        (4000, "AudioResumed"),
        (5000, "HelpAsked"),
        (6000, "Claimed"),
        (7000, "NudgeAnswered"),
        (9000, "CallEnded"),
    ]


def test_the_end_may_move() -> None:
    assert [event.at_ms for event in with_happenings(TALK, ((30, "end"), (12, "hold")), "c")] == [0, 12_000, 30_000]


def test_what_cannot_happen() -> None:
    with pytest.raises(PackError, match="'rain' is nothing that can happen"):
        list(with_happenings(TALK, ((1, "rain"),), "c"))
