"""How long drawing takes: arrivals of events and drawn frames flow in, what to tell the service flows out.

Pure: whoever draws says what time it is. One frame counts once, from the arrival of the oldest event that it shows.
"""

from collections import deque

REPORT_EVERY_MS = 5_000
_KEPT = 64  # frames; of more, the oldest are forgotten


class DrawMeter:
    """Measures the way from an event's arrival at the screen until it is drawn, local ms."""

    def __init__(self) -> None:
        self._arrived_ms: int | None = None
        self._lags_ms: deque[int] = deque(maxlen=_KEPT)
        self._told_ms: int | None = None

    def arrived(self, now_ms: int) -> None:
        """Something came that changes what is to be seen."""
        if self._arrived_ms is None:
            self._arrived_ms = now_ms

    def take(self) -> int | None:
        """When the oldest came of what is about to be drawn; None when there is nothing new."""
        arrived_ms, self._arrived_ms = self._arrived_ms, None
        return arrived_ms

    def drawn(self, arrived_ms: int, now_ms: int) -> None:
        """What had come at `arrived_ms` is on the screen now."""
        self._lags_ms.append(max(0, now_ms - arrived_ms))

    def report(self, now_ms: int) -> str:
        """Every few seconds the lags since the last report, as the service takes them; else nothing."""
        if self._told_ms is None:
            self._told_ms = now_ms
        if not self._lags_ms or now_ms - self._told_ms < REPORT_EVERY_MS:
            return ""
        self._told_ms = now_ms
        told = " ".join(str(lag_ms) for lag_ms in self._lags_ms)
        self._lags_ms.clear()
        return told
