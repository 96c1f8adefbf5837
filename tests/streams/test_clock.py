"""The media clock: samples, joined legs, free running, and that it never goes back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clock import SLACK_MS, CallClock, ManualClock, Span, WallClock, unix_s, utc_now


@pytest.fixture
def wall() -> ManualClock:
    return ManualClock(70_000)


@pytest.fixture
def clock(wall: ManualClock) -> CallClock:
    return CallClock(wall)


def test_samples_count_and_a_stalled_network_does_not(clock: CallClock, wall: ManualClock) -> None:
    assert clock.heard("agent", 160, 8000) == Span(0, 20, 20)
    wall.advance(5_000)
    assert clock.now_ms() == 20
    assert clock.heard("agent", 160, 8000) == Span(20, 20, 40)


def test_fractions_of_a_millisecond_are_not_lost(clock: CallClock) -> None:
    for _ in range(8000):
        span = clock.heard("agent", 11, 11_000)
    assert span.at_ms == 8000


def test_legs_are_joined_by_arrival(clock: CallClock, wall: ManualClock) -> None:
    wall.advance(20)
    clock.heard("agent", 160, 8000)
    wall.advance(300)
    assert clock.heard("customer", 320, 16_000) == Span(300, 20, 320)
    assert clock.heard("agent", 160, 8000) == Span(20, 20, 320)


def test_legs_are_joined_by_the_platforms_times_where_it_has_them(clock: CallClock, wall: ManualClock) -> None:
    clock.heard("agent", 160, 8000, platform_ms=5_000)
    wall.advance(900)
    assert clock.heard("customer", 160, 8000, platform_ms=5_120) == Span(120, 20, 140)
    assert clock.heard("mixed", 160, 8000, platform_ms=4_000) == Span(0, 20, 140)


def test_lost_sound_moves_its_leg_on(clock: CallClock) -> None:
    clock.heard("agent", 160, 8000)
    assert clock.lost("agent", 100) == 120
    assert clock.heard("agent", 160, 8000) == Span(120, 20, 140)
    assert clock.lost("customer", 100) == 140


def test_the_wall_carries_time_on_while_it_runs_free(clock: CallClock, wall: ManualClock) -> None:
    clock.heard("agent", 160, 8000)
    wall.advance(50)
    assert clock.run_free() == 20
    wall.advance(10_000)
    assert clock.run_free() == 10_020
    wall.advance(1_000)
    assert clock.stop_free() == 11_020
    wall.advance(1_000)
    assert clock.now_ms() == 11_020
    assert clock.heard("agent", 160, 8000) == Span(11_020, 20, 11_040)


def test_sound_that_goes_on_through_a_hold_is_still_counted(clock: CallClock, wall: ManualClock) -> None:
    clock.heard("agent", 160, 8000)
    clock.run_free()
    wall.advance(SLACK_MS)
    assert clock.heard("agent", 160, 8000) == Span(20, 20, 20 + SLACK_MS)
    wall.advance(100)
    assert clock.heard("agent", 160, 8000) == Span(120 + SLACK_MS, 20, 140 + SLACK_MS)
    assert clock.stop_free() == 140 + SLACK_MS
    assert clock.heard("agent", 160, 8000).started_ms == 140 + SLACK_MS


def test_a_leg_may_change_its_rate(clock: CallClock) -> None:
    clock.heard("agent", 160, 8000)
    assert clock.heard("agent", 160, 16_000) == Span(20, 10, 30)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("heard"), st.sampled_from(["agent", "customer"]), st.integers(1, 4000)),
        st.tuples(st.just("lost"), st.sampled_from(["agent", "customer"]), st.integers(0, 5000)),
        st.tuples(st.just("wall"), st.just("agent"), st.integers(0, 5000)),
        st.tuples(st.just("run_free"), st.just("agent"), st.just(0)),
        st.tuples(st.just("stop_free"), st.just("agent"), st.just(0)),
    )
)


@given(STEPS)
def test_it_never_goes_back_and_no_leg_overlaps_itself(steps: list[tuple[str, str, int]]) -> None:
    wall = ManualClock()
    clock = CallClock(wall)
    latest, ends = 0, {"agent": 0, "customer": 0}
    for step, channel, amount in steps:
        match step:
            case "heard":
                span = clock.heard(channel, amount, 8000)
                assert span.started_ms >= ends[channel]
                assert span.at_ms >= span.started_ms + span.duration_ms
                ends[channel] = span.started_ms + span.duration_ms
            case "lost":
                clock.lost(channel, amount)
            case "wall":
                wall.advance(amount)
            case _:
                getattr(clock, step)()
        assert clock.now_ms() >= latest
        latest = clock.now_ms()


def test_wall_time_is_real() -> None:
    wall = WallClock()
    assert wall.now_ms() <= wall.now_ms()
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", utc_now())
    assert unix_s() > 1_700_000_000
