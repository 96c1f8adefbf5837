"""The last stretch of one side's sound, addressed by sample number on the media clock.

Samples flow in at the end, in order; decode jobs copy spans out. Bounded: what no longer fits is overwritten.
"""

import numpy as np

from streams.engine import SAMPLE_RATE_HZ, Samples


class Ring:
    """`capacity_ms` of float32 samples at 16 kHz; sample 0 is the call's start."""

    def __init__(self, capacity_ms: int) -> None:
        self._kept = np.zeros(capacity_ms * SAMPLE_RATE_HZ // 1000, np.float32)
        self._end = 0
        self._gap = 0
        self._refused = 0

    @property
    def end_sample(self) -> int:
        """One past the newest sample."""
        return self._end

    @property
    def start_sample(self) -> int:
        """The oldest sample that can still be read."""
        return max(0, self._end - len(self._kept))

    @property
    def gap_samples(self) -> int:
        """How many samples never came and are zeros."""
        return self._gap

    @property
    def refused_samples(self) -> int:
        """How many samples came for a time that was already filled, and were not taken."""
        return self._refused

    def write(self, samples: Samples, start_sample: int) -> None:
        """Add samples that begin at `start_sample`; a hole before them is zeros, what overlaps the past is refused."""
        late = min(max(0, self._end - start_sample), len(samples))
        self._refused += late
        samples = samples[late:]
        if not len(samples):
            return
        missing = max(0, start_sample - self._end)
        if missing:
            self._gap += missing
            self._append(np.zeros(min(missing, len(self._kept)), np.float32), self._end + missing)
        self._append(samples, self._end + len(samples))

    def read(self, start_sample: int, end_sample: int) -> Samples:
        """A copy of the samples from `start_sample` up to `end_sample`.

        Raises LookupError when some of them are not there, or no more.
        """
        if not self.start_sample <= start_sample <= end_sample <= self._end:
            raise LookupError(
                f"samples {start_sample} to {end_sample} asked for, {self.start_sample} to {self._end} are kept"
            )
        first = start_sample % len(self._kept)
        before_wrap = self._kept[first : first + end_sample - start_sample]
        rest = end_sample - start_sample - len(before_wrap)
        return np.concatenate((before_wrap, self._kept[:rest])) if rest else before_wrap.copy()

    def _append(self, samples: Samples, end: int) -> None:
        """Put samples in so that they end at `end`, the newest of them where they are more than fit."""
        samples = samples[-len(self._kept) :]
        first = (end - len(samples)) % len(self._kept)
        before_wrap = min(len(samples), len(self._kept) - first)
        self._kept[first : first + before_wrap] = samples[:before_wrap]
        if before_wrap < len(samples):
            self._kept[: len(samples) - before_wrap] = samples[before_wrap:]
        self._end = end
