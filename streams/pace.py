"""When the next partial of a side is due: what was said since the last one, and what that one cost."""

from streams.engine import SAMPLE_RATE_HZ
from streams.events import Channel
from streams.settings import ProfileSettings

OVERDUE_MS = 2_000
"""A partial that did not come back within this was dropped on the way, and the next one may be asked for."""

COMPUTE_SHARE = 1.5
"""The next partial comes no sooner than so many times the last one's compute time."""

PARTIALS_OFF_AT: dict[Channel, int] = {"agent": 3, "customer": 4, "mixed": 4}
"""Degrade levels from which no partials are asked for."""

_SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000


class Pace:
    """Cadence of one side's partials; the degrade level doubles it from 1 on."""

    def __init__(self, settings: ProfileSettings, channel: Channel, first_ms: int) -> None:
        self._every_ms = settings.partial_every_ms
        self._first_ms = first_ms
        self._off_at = PARTIALS_OFF_AT[channel]
        self._asked_at_voiced = 0
        self._asked_ms: int | None = None
        self._outstanding = False
        self._cost_ms = 0.0
        self.level = 0
        """The scheduler's degrade level."""

    def begin(self) -> None:
        """A new utterance begins."""
        self._asked_at_voiced = 0
        self._outstanding = False

    def superseded(self) -> None:
        """Something better than the outstanding partial was asked for."""
        self._outstanding = False

    def came_back(self, cost_ms: float | None) -> None:
        """A partial came back after so much compute; None where it failed."""
        self._outstanding = False
        if cost_ms is not None:
            self._cost_ms = cost_ms

    def due(self, voiced_samples: int, at_ms: int) -> bool:
        """Whether to ask now, `voiced_samples` into the utterance; if so, it counts as asked."""
        if not self.would_be_due(voiced_samples, at_ms):
            return False
        self._asked_at_voiced = voiced_samples
        self._asked_ms = at_ms
        self._outstanding = True
        return True

    def would_be_due(self, voiced_samples: int, at_ms: int) -> bool:
        """Whether it were due if so much had been voiced."""
        every_ms = (self._every_ms if self._asked_at_voiced else self._first_ms) * (2 if self.level else 1)
        since_ms = OVERDUE_MS if self._asked_ms is None else at_ms - self._asked_ms
        return (
            self.level < self._off_at
            and voiced_samples - self._asked_at_voiced >= every_ms * _SAMPLES_PER_MS
            and since_ms >= COMPUTE_SHARE * self._cost_ms
            and (not self._outstanding or since_ms >= OVERDUE_MS)
        )
