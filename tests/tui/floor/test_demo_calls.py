"""Made-up calls: the same moment is the same floor, and every sign of a real one comes up in them."""

import pytest

from streams.floor import CallState, StatePut, pack, unpack
from tui.floor import demo_calls

DAY_MS = range(0, 1_800_000, 7_000)
SEEN = [state for ms in DAY_MS for agent in range(40) if (state := demo_calls.state(agent, ms)) is not None]


def test_a_moment_is_always_the_same() -> None:
    assert demo_calls.state(7, 500_000) == demo_calls.state(7, 500_000)


@pytest.mark.parametrize(
    "sign",
    [
        lambda state: state.band == "critical",
        lambda state: state.band == "calm",
        lambda state: state.help is not None,
        lambda state: state.opening_since_ms >= 0,
        lambda state: state.silence_since_ms >= 0,
        lambda state: state.phase == "hold",
        lambda state: state.phase == "wrap_up",
        lambda state: state.nudge is not None,
        lambda state: state.forecast == "rising",
        lambda state: state.forecast == "boiling",
        lambda state: state.speaking == "both",
        lambda state: not state.shares_words,
    ],
)
def test_every_sign_comes_up(sign: object) -> None:
    assert any(sign(state) for state in SEEN)  # type: ignore[operator]


def test_states_are_what_a_workstation_may_send() -> None:
    for state in SEEN[::50]:
        message = StatePut(boot="b", number=1, state=state)
        assert unpack(pack(message)) == message
        assert isinstance(state, CallState)
        assert len(state.spark) <= 16


def test_a_detail_goes_with_its_state() -> None:
    for ms in DAY_MS:
        state, detail = demo_calls.state(3, ms), demo_calls.detail(3, ms)
        assert (state is None) == (detail is None)
        if state is not None and detail is not None:
            assert detail.call_id == state.call_id
            assert len(detail.nudges) == state.nudges


def test_words_come_one_after_another() -> None:
    first = demo_calls.spoken(0, 0, 30_000)
    assert [started_ms for started_ms, _, _ in first] == [6_000, 12_000, 18_000, 24_000, 30_000]
    assert demo_calls.spoken(0, 30_000, 35_999) == []


def test_names_do_not_run_out() -> None:
    assert len({demo_calls.name(agent) for agent in range(1_000)}) == 1_000
