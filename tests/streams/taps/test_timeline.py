"""Pieces on a call's clock: what the plain dialect's tests do not reach, as only other platforms do it."""

import pytest

from streams.clock import CallClock, ManualClock
from streams.events import AudioFrame, AudioLost, AudioPaused, CallEnded, Channel
from streams.taps.dialect import Began, Hole, SayEnd, SayLost, SayPaused, SayResumedAudio, Sound
from streams.taps.timeline import TapEvent, Timeline

BOTH: tuple[Channel, ...] = ("customer", "agent")


def sound(channel: Channel, duration_ms: int, rate_hz: int = 8000, media_ms: int | None = None) -> Sound:
    return Sound((channel,), bytes(2 * rate_hz * duration_ms // 1000), rate_hz, media_ms)


def frames(events: list[TapEvent]) -> list[AudioFrame]:
    return [event for event in events if isinstance(event, AudioFrame)]


class Stage:
    def __init__(self, *channels: Channel, sparse: bool = False, first: bool = True) -> None:
        self.wall = ManualClock()
        self.clock = CallClock(self.wall)
        self.sparse = sparse
        self.line = self.another(*channels, first=first)

    def another(self, *channels: Channel, first: bool = False) -> Timeline:
        return Timeline(Began(call_id="c", channels=channels, sparse=self.sparse), self.clock, first=first)


def test_tracks_lie_as_the_platform_says_however_late_they_come() -> None:
    stage = Stage(*BOTH)
    [one] = stage.line.feed(sound("customer", 20, media_ms=700))
    stage.wall.advance(5000)
    [two] = stage.line.feed(sound("agent", 20, media_ms=760))
    assert (one.started_ms, two.started_ms) == (0, 60)


def test_a_connection_that_joins_lies_where_it_came() -> None:
    stage = Stage("customer")
    stage.wall.advance(900)
    stage.line.feed(sound("customer", 20, media_ms=40))
    stage.wall.advance(300)
    [frame] = stage.another("agent").feed(sound("agent", 20, media_ms=40))
    assert frame.started_ms == 300


def test_a_silent_side_lets_time_go_on_where_silence_is_not_sent() -> None:
    stage = Stage("mixed", sparse=True)
    stage.wall.advance(3000)
    [one] = stage.line.feed(sound("mixed", 20))
    stage.wall.advance(4000)
    [two] = stage.line.feed(sound("mixed", 20))
    assert (one.started_ms, two.started_ms) == (3000, 7000)
    stage.line.feed(SayPaused())
    stage.line.feed(SayResumedAudio())
    stage.wall.advance(1000)
    assert stage.line.feed(SayEnd())[-1].at_ms == 8000


def test_a_second_silent_leg_lies_beside_the_first() -> None:
    stage = Stage("customer", sparse=True)
    stage.wall.advance(400)
    [one] = stage.line.feed(sound("customer", 20))
    [two] = stage.another("agent").feed(sound("agent", 20))
    assert abs(one.started_ms - two.started_ms) <= 20


def test_a_hole_moves_its_own_channels_on() -> None:
    stage = Stage(*BOTH)
    for channel in BOTH:
        stage.line.feed(sound(channel, 20, media_ms=0))
    events = stage.line.feed(Hole(("agent",), 400, "missing"))
    assert events == [AudioLost(call_id="c", at_ms=420, channel="agent", lost_ms=400, reason="missing")]
    [agent] = stage.line.feed(sound("agent", 20, media_ms=420))
    [customer] = stage.line.feed(sound("customer", 20, media_ms=20))
    assert (agent.started_ms, customer.started_ms) == (420, 20)
    assert [event.lost_ms for event in stage.line.feed(SayLost(80))] == [80, 80]


@pytest.mark.parametrize("rate_hz", [24_000, 44_100, 48_000])
def test_unusual_rates_come_out_usable_and_whole(rate_hz: int) -> None:
    stage = Stage(*BOTH)
    events: list[TapEvent] = []
    for _ in range(50):
        events += stage.line.feed(Sound(BOTH, bytes(4 * rate_hz // 50), rate_hz))
    events += stage.line.feed(SayEnd())
    heard = frames(events)
    assert {frame.rate_hz for frame in heard} == {16_000}
    assert sum(frame.duration_ms for frame in heard if frame.channel == "agent") in (1000, 1001)
    assert isinstance(events[-1], CallEnded)


def test_a_source_may_change_its_rate() -> None:
    stage = Stage("mixed")
    first = frames(stage.line.feed(sound("mixed", 50)))
    then = frames(stage.line.feed(sound("mixed", 20, 16_000)))
    assert [frame.started_ms for frame in first + then] == [0, 20, 40, 50]
    assert [frame.rate_hz for frame in then] == [8000, 16_000]


@pytest.mark.parametrize("reason", ["agent", "agent_before"])
def test_a_platforms_pause_is_never_taken_for_the_agents_own(reason: str) -> None:
    stage = Stage(*BOTH)
    (*_, paused) = stage.line.feed(SayPaused(reason))
    assert paused == AudioPaused(call_id="c", at_ms=0, reason="platform")
