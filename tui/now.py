"""The call's media time between two events: events and a local monotonic clock in, an estimate of "now" out.

Pure: local time is handed in. The estimate only colours what is drawn; nothing is decided by it.
"""

SLACK_MS = 1_000
"""An event may come this much later than the estimate without setting it back: it was on its way."""


class MediaTime:
    """Goes on from the newest event; `speed` is media time per local time, 0 stands still between events."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._media_ms = 0
        self._local_ms = 0

    def restart(self, at_ms: int, local_ms: int) -> None:
        """Another call, or the same one after a gap: nothing known before counts."""
        self._media_ms, self._local_ms = at_ms, local_ms

    def observe(self, at_ms: int, local_ms: int) -> None:
        """An event of media time `at_ms` arrived at this local time."""
        ahead_ms = self.now_ms(local_ms) - at_ms
        if not 0 < ahead_ms <= SLACK_MS:
            self.restart(at_ms, local_ms)

    def now_ms(self, local_ms: int) -> int:
        """Media time at this local time."""
        return self._media_ms + round(max(0, local_ms - self._local_ms) * self._speed)
