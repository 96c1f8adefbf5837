"""How long each stage of the loop takes: single measurements flow in, percentiles over the last minute flow out."""

from collections import deque
from typing import Literal, TypeAlias

from streams.events import StageLag

Stage: TypeAlias = Literal["capture", "vad", "queue", "encode", "decode", "align", "publish", "draw", "words", "finals"]
"""Where the time goes: `capture` and `publish` are measured by the driver, `draw` by a screen, the others by the loop.

`words` and `finals` are no stages but the whole way, from the end of the sound to hypotheses and utterances.
"""

REPORT_EVERY_MS = 5_000
_WINDOW_MS = 60_000
_KEPT = 512  # per stage; of more, the oldest are forgotten


class LagMeter:
    """Latencies of one call by stage, reported every five seconds of media time."""

    def __init__(self, call_id: str) -> None:
        self._call_id = call_id
        self._stages: dict[Stage, deque[tuple[int, float]]] = {}
        self._due_ms = REPORT_EVERY_MS

    def add(self, stage: Stage, lag_ms: float, at_ms: int) -> None:
        """Take one measurement."""
        self._stages.setdefault(stage, deque(maxlen=_KEPT)).append((at_ms, max(0.0, lag_ms)))

    def due(self, at_ms: int) -> bool:
        """Whether a report is due; says so once per report."""
        if at_ms < self._due_ms:
            return False
        self._due_ms = at_ms - at_ms % REPORT_EVERY_MS + REPORT_EVERY_MS
        return True

    def report(self, at_ms: int) -> tuple[StageLag, ...]:
        """Median and 95th percentile of every stage that was measured in the last minute."""
        lags: list[StageLag] = []
        for stage, kept in self._stages.items():
            while kept and kept[0][0] < at_ms - _WINDOW_MS:
                kept.popleft()
            values = sorted(value for _, value in kept)
            if values:
                lags.append(
                    StageLag(
                        call_id=self._call_id,
                        at_ms=at_ms,
                        stage=stage,
                        p50_ms=_percentile(values, 50),
                        p95_ms=_percentile(values, 95),
                        count=len(values),
                    )
                )
        return tuple(lags)


class CaptureLag:
    """How late sound arrives: wall time flows in with media time, and what goes beyond the soonest arrival flows out.

    The two clocks have no common origin and drift apart, so the soonest arrival is that of the last minute or two.
    """

    def __init__(self) -> None:
        self._since_ms = 0
        self._soonest_ms: float | None = None
        self._soonest_before_ms: float | None = None

    def feed(self, wall_ms: float, at_ms: int) -> float:
        """How late sound is that ends at media time `at_ms` and arrived at `wall_ms`."""
        if at_ms - self._since_ms >= _WINDOW_MS:
            self._since_ms = at_ms
            self._soonest_before_ms, self._soonest_ms = self._soonest_ms, None
        arrival_ms = wall_ms - at_ms
        self._soonest_ms = min(arrival_ms, arrival_ms if self._soonest_ms is None else self._soonest_ms)
        before_ms = self._soonest_ms if self._soonest_before_ms is None else self._soonest_before_ms
        return max(0.0, arrival_ms - min(self._soonest_ms, before_ms))


def _percentile(ordered: list[float], percent: int) -> float:
    """The nearest-rank percentile of values in rising order."""
    return round(ordered[max(0, -(-len(ordered) * percent // 100) - 1)], 1)
