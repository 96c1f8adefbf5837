"""What may go back to a platform."""

import pytest

from sidecar.config_sections import SendConfig
from sidecar.told import Told
from streams.events import Hypothesis, Nudge, Utterance

SAID = Utterance(call_id="c", at_ms=1, channel="agent", utterance=0, started_ms=0, ended_ms=1, text="hello")
EMPTY = Utterance(call_id="c", at_ms=1, channel="agent", utterance=1, started_ms=0, ended_ms=1, text="")
PARTIAL = Hypothesis(call_id="c", at_ms=1, channel="agent", utterance=0, started_ms=0, stable="hello", tail="")
NUDGE = Nudge(
    call_id="c",
    at_ms=1,
    nudge="n",
    rule="r",
    family="f",
    severity="warn",
    title="Name it",
    text="Name what went wrong.",
)


@pytest.mark.parametrize(
    ("transcript", "nudges", "told"),
    [(True, True, [SAID, NUDGE]), (True, False, [SAID]), (False, True, [NUDGE]), (False, False, [])],
)
def test_only_what_is_switched_on(transcript: bool, nudges: bool, told: list[object]) -> None:
    config = SendConfig(transcript=transcript, nudges=nudges)
    assert config.anything == bool(told)
    heard: list[object] = []
    sink = Told(heard.append, config)
    for event in (PARTIAL, SAID, EMPTY, NUDGE):
        sink.write(event)
    assert heard == told
