"""One sound device's clock against the machine's: time-stamped blocks flow in, samples with their place flow out.

A device counts samples by its own crystal, tens of milliseconds an hour away from the machine's clock, and its blocks
arrive when the machine gets round to it: late by chance, never early. So a block's place is counted from the one
before, and the soonest arrivals of the last seconds tell how far counting has drifted. What it has drifted is put in or
taken out where nobody speaks; where nobody ever falls silent, sound is stretched too little to be heard.

Places are samples at 16 kHz of the machine's monotonic clock.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.taps.local_wire import RATE_HZ

Pcm = npt.NDArray[np.int16]
PER_MS = RATE_HZ // 1000

SETTLE = 40 * PER_MS
"""Blocks after a gap are held for so long, so that a burst of old ones is told from sound that begins now."""
GAP = 100 * PER_MS
"""A device that delivered nothing for longer than this, besides a block's length, may have stopped counting."""
STEP = 60 * PER_MS
"""Counting that is further off than this has not drifted: sound was dropped on the way, and the place is set anew."""
WORTH = 4 * PER_MS
"""Less drift than this is left alone."""
URGENT = 20 * PER_MS
"""More drift than this is corrected by stretching speech, 1 % at a time; until then a pause is waited for."""

_WINDOW = 2_000 * PER_MS
_STRETCH_SHARE = 100
_QUIET_RMS = 100.0  # -50 dB of full scale: below the quietest speech that a recogniser understands


class Placed(NamedTuple):
    """Samples, and where the first of them lies."""

    start: int
    samples: Pcm


class _Held(NamedTuple):
    """A block that waits until it is known where it belongs, and the machine's time at which it came."""

    stamp: int
    samples: Pcm


class DeviceClock:
    """Places the blocks of one device; a device that was opened anew gets a new one."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._last_stamp = 0
        self._held: list[_Held] = []
        self._owed = 0
        self._window_from = 0
        self._soonest: int | None = None
        self._corrected = 0
        self._baseline: tuple[int, int] | None = None  # the first window's end, and what was owed then
        self._drift_ppm = 0.0

    @property
    def drift_ppm(self) -> float:
        """How much faster than the machine's clock the device's runs, in millionths; 0 until that is known."""
        return self._drift_ppm

    def feed(self, stamp_us: int, pcm: bytes) -> list[Placed]:
        """Take a block that arrived at `stamp_us`; gives what has its place now, in order."""
        stamp = stamp_us * PER_MS // 1000
        samples = np.frombuffer(pcm, "<i2").astype(np.int16, copy=False)
        if not len(samples):
            return []
        after_gap = self._next is None or stamp - self._last_stamp > GAP + len(samples)
        self._last_stamp = stamp
        if after_gap or self._held:
            self._held.append(_Held(stamp, samples))
            return self._settled() if stamp - self._held[0].stamp >= SETTLE else []
        return [self._place(stamp, samples)]

    def flush(self) -> list[Placed]:
        """What is still held, where it seems to belong: the device will deliver no more."""
        return self._settled() if self._held else []

    def _settled(self) -> list[Placed]:
        """Find where held blocks belong: each says that it began no later than this, and the soonest is right."""
        count = 0
        begins: list[int] = []
        for stamp, samples in self._held:
            count += len(samples)
            begins.append(stamp - count)
        begin = min(begins)
        if self._next is None or abs(begin - self._next) > URGENT:
            self._next = begin
        self._forget_soonest(self._last_stamp)
        self._owed = 0
        held, self._held = self._held, []
        placed: list[Placed] = []
        for _, samples in held:
            placed.append(Placed(self._next, samples))
            self._next += len(samples)
        return placed

    def _place(self, stamp: int, samples: Pcm) -> Placed:
        assert self._next is not None
        late = stamp - self._next - len(samples)
        self._soonest = late if self._soonest is None else min(self._soonest, late)
        if stamp - self._window_from >= _WINDOW:
            self._look(stamp, self._soonest)
        if self._owed:
            samples = self._correct(stamp, samples)
        placed = Placed(self._next, samples)
        self._next += len(samples)
        return placed

    def _look(self, stamp: int, behind: int) -> None:
        """Compare counting with the soonest arrival of the last seconds."""
        assert self._next is not None
        self._forget_soonest(stamp)
        if abs(behind) > STEP:
            self._next += behind
            self._owed = 0
            self._baseline = None
            return
        if self._baseline is None:
            self._baseline = (stamp, behind)
            self._corrected = 0
        else:
            since, at_first = self._baseline
            self._drift_ppm = -(self._corrected + behind - at_first) * 1e6 / (stamp - since)
        self._owed = behind if abs(behind) >= WORTH else 0

    def _correct(self, stamp: int, samples: Pcm) -> Pcm:
        """Work off what is owed: all at once in silence, little by little in speech when it has become much."""
        assert self._next is not None
        owed = self._owed
        if _is_quiet(samples):
            if owed > 0:
                self._next += owed
            else:
                owed = max(owed, -len(samples))
                samples = samples[-owed:]
        elif abs(owed) >= URGENT:
            step = max(1, len(samples) // _STRETCH_SHARE)
            owed = max(-step, min(step, owed))
            samples = _stretched(samples, len(samples) + owed)
        else:
            return samples
        self._owed -= owed
        self._corrected += owed
        self._forget_soonest(stamp)
        return samples

    def _forget_soonest(self, stamp: int) -> None:
        self._window_from = stamp
        self._soonest = None


def _is_quiet(samples: Pcm) -> bool:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) < _QUIET_RMS


def _stretched(samples: Pcm, length: int) -> Pcm:
    """The same sound in a few samples more or less, by straight lines between them."""
    at = np.linspace(0, len(samples) - 1, length)
    return np.rint(np.interp(at, np.arange(len(samples)), samples)).astype(np.int16)
