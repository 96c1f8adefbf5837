"""What is there for the agent's own sake is told apart by family and by rule."""

import pytest

from sidecar.uplink.own import is_own
from streams.events import FloorAlert, Nudge, NudgeResolved
from tests.sidecar.uplink.floor_call import nudge, of


@pytest.mark.parametrize(
    ("event", "own"),
    [
        (nudge("n", "stress.breathe"), True),
        (nudge("n", "mine.breathe", family="stress"), True),
        (nudge("n", "empathy.missed"), False),
        (of(NudgeResolved, nudge="n", rule="stress.reset", outcome="done"), True),
        (of(NudgeResolved, nudge="n", rule="stresses.x", outcome="done"), False),
        (of(FloorAlert, rule="stress.breathe", severity="warn", text="x"), True),
    ],
)
def test_own(event: Nudge | NudgeResolved | FloorAlert, own: bool) -> None:
    assert is_own(event) is own
