"""Pauses of the platform and of the agent, alone and together."""

import pytest

from sidecar.pausing import Pausing, by_agent
from streams.events import AudioPaused, AudioResumed

PLATFORM = AudioPaused(call_id="c", at_ms=0, reason="platform")
PLATFORM_OVER = AudioResumed(call_id="c", at_ms=0)
AGENT = by_agent("c", 1_000, on=True)
AGENT_OVER = by_agent("c", 2_000, on=False)


def test_only_an_agents_pause_makes_deaf() -> None:
    pausing = Pausing()
    assert pausing.changes(PLATFORM)
    assert not pausing.deaf
    assert pausing.changes(PLATFORM_OVER)
    assert pausing.changes(AGENT)
    assert pausing.deaf
    assert pausing.changes(AGENT_OVER)
    assert not pausing.deaf


@pytest.mark.parametrize("last", ["agent", "platform"])
def test_a_pause_for_both_reasons_is_over_for_those_behind_when_both_are(last: str) -> None:
    pausing = Pausing()
    assert pausing.changes(PLATFORM)
    assert not pausing.changes(AGENT)
    if last == "agent":
        assert not pausing.changes(PLATFORM_OVER)
        assert pausing.deaf
        assert pausing.changes(AGENT_OVER)
    else:
        assert not pausing.changes(AGENT_OVER)
        assert not pausing.deaf
        assert pausing.changes(PLATFORM_OVER)


def test_resuming_what_goes_on_changes_nothing() -> None:
    assert not Pausing().changes(AGENT_OVER)


def test_a_forgotten_pause_is_over_by_itself() -> None:
    pausing = Pausing(longest_ms=300_000)
    assert pausing.over("c", 400_000) is None
    pausing.changes(AGENT)
    assert pausing.over("c", 300_999) is None
    over = pausing.over("c", 301_000)
    assert over == AudioResumed(call_id="c", at_ms=301_000, reason="agent")
    assert pausing.changes(over)
    unbounded = Pausing()
    unbounded.changes(AGENT)
    assert unbounded.over("c", 10**9) is None
