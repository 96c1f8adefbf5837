"""Media time: samples and explicit pauses flow in at the tap's edge, whole milliseconds since the call began flow out.

Everything behind the edge sees only `at_ms`. While sound flows, time is counted in samples, so that a stalled network
stops the clock instead of making false silence; while none is to be expected (hold, mute, card pause) the wall carries
it on. This is the one module that reads wall time.
"""

import datetime as dt
import time
from typing import Protocol

import msgspec

from streams.events import Channel

SLACK_MS = 500
"""While time runs free, sound that comes is counted in samples unless it is further than this behind the wall."""


class Clock(Protocol):
    """Says how much time has passed since some moment of its own."""

    def now_ms(self) -> int:
        """Whole milliseconds; never goes back."""
        ...


class WallClock:
    """The machine's monotonic clock."""

    def now_ms(self) -> int:
        """Milliseconds since an arbitrary moment."""
        return time.monotonic_ns() // 1_000_000


def monotonic_us() -> int:
    """The same clock in microseconds: one origin for every process of this machine, so that they can stamp sound."""
    return time.monotonic_ns() // 1_000


class ManualClock:
    """A clock that goes only when it is told to."""

    def __init__(self, now_ms: int = 0) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """The time it was last put to."""
        return self._now_ms

    def advance(self, by_ms: int) -> None:
        """Let `by_ms` pass."""
        self._now_ms += by_ms


def utc_now() -> str:
    """The time of day as ISO 8601 in UTC, to the second: data for people, nothing is decided by it."""
    return dt.datetime.fromtimestamp(unix_s(), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unix_s() -> int:
    """Seconds since 1970 in UTC: signatures of handshakes carry it, no call is decided by it."""
    return time.time_ns() // 1_000_000_000


class Span(msgspec.Struct, frozen=True):
    """Where a slice of sound lies on the media clock, and the media time at which it was heard."""

    started_ms: int
    duration_ms: int
    at_ms: int


class _Leg(msgspec.Struct):
    """One side's position: where counting began, and the samples since."""

    anchor_ms: int
    rate_hz: int
    samples: int = 0

    @property
    def end_ms(self) -> int:
        return self.anchor_ms + self.samples * 1000 // self.rate_hz


class CallClock:
    """One call's media clock.

    Each leg begins where the platform's timestamp says, else where its first sound arrived; from there its samples
    count. Between `run_free` and `stop_free` time goes on by `wall` even when nothing comes.
    """

    def __init__(self, wall: Clock) -> None:
        self._wall = wall
        self._legs: dict[Channel, _Leg] = {}
        self._wall_origin_ms = wall.now_ms()
        self._platform_origin_ms: int | None = None
        self._free_from: tuple[int, int] | None = None  # wall and media time at which free running began
        self._at_ms = 0

    def now_ms(self) -> int:
        """Media time now; only while it runs free does it go on by itself."""
        if self._free_from is not None:
            wall_ms, media_ms = self._free_from
            self._at_ms = max(self._at_ms, media_ms + self._wall.now_ms() - wall_ms)
        return self._at_ms

    def heard(self, channel: Channel, samples: int, rate_hz: int, platform_ms: int | None = None) -> Span:
        """Count one slice of a leg's sound.

        `platform_ms` is the platform's own time of the slice's first sample, from any origin common to both legs.
        """
        leg = self._leg(channel, samples, rate_hz, platform_ms)
        started_ms = leg.end_ms
        leg.samples += samples
        self._at_ms = max(self.now_ms(), leg.end_ms)
        return Span(started_ms, leg.end_ms - started_ms, self._at_ms)

    def lost(self, channel: Channel, lost_ms: int) -> int:
        """Move a leg on over sound that will never come; returns the media time."""
        leg = self._legs.get(channel)
        if leg is not None:
            leg.samples += lost_ms * leg.rate_hz // 1000
            self._at_ms = max(self.now_ms(), leg.end_ms)
        return self.now_ms()

    def run_free(self) -> int:
        """Sound may stop coming from here on, by intent: let the wall carry time on; returns the media time."""
        now_ms = self.now_ms()
        if self._free_from is None:
            self._free_from = (self._wall.now_ms(), now_ms)
        return now_ms

    def stop_free(self) -> int:
        """Sound is to be expected again: only samples count from here on; returns the media time."""
        now_ms = self.now_ms()
        self._free_from = None
        for channel, leg in self._legs.items():
            if leg.end_ms < now_ms - SLACK_MS:
                self._legs[channel] = _Leg(now_ms, leg.rate_hz)
        return now_ms

    def _leg(self, channel: Channel, samples: int, rate_hz: int, platform_ms: int | None) -> _Leg:
        leg = self._legs.get(channel)
        if leg is None:
            anchor_ms = self._first_ms(samples * 1000 // rate_hz, platform_ms)
            leg = self._legs[channel] = _Leg(anchor_ms, rate_hz)
        elif leg.rate_hz != rate_hz:
            leg = self._legs[channel] = _Leg(leg.end_ms, rate_hz)
        if self._free_from is not None and leg.end_ms < self.now_ms() - SLACK_MS:
            leg = self._legs[channel] = _Leg(self.now_ms(), rate_hz)
        return leg

    def _first_ms(self, duration_ms: int, platform_ms: int | None) -> int:
        """Where a leg begins: the first leg at 0, the other as much later as it came, or as the platform says."""
        if platform_ms is not None:
            if self._platform_origin_ms is None:
                self._platform_origin_ms = platform_ms - self._at_ms
            return max(0, platform_ms - self._platform_origin_ms)
        if not self._legs:
            self._wall_origin_ms = self._wall.now_ms() - duration_ms - self._at_ms
            return self._at_ms
        return max(0, self._wall.now_ms() - duration_ms - self._wall_origin_ms)
