"""How long each stage of the loop takes: single measurements flow in, percentiles over the last minute flow out."""

from collections import deque
from typing import Literal, TypeAlias

from streams.events import StageLag

Stage: TypeAlias = Literal["capture", "vad", "queue", "encode", "decode", "align", "publish", "draw", "words"]

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


def _percentile(ordered: list[float], percent: int) -> float:
    """The nearest-rank percentile of values in rising order."""
    return round(ordered[max(0, -(-len(ordered) * percent // 100) - 1)], 1)
