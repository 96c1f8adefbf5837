"""Two devices side by side: each one's placed samples flow in, slots of 20 ms that hold both sides flow out.

A slot goes out as soon as both sides have come. A side that was there a moment ago is waited for; one that has been
away holds the other up no longer than its first blocks need to find their place. What never came is zeros, counted.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from streams.taps.local_clock import PER_MS, Pcm, Placed
from streams.taps.local_wire import Side

SLOT_MS = 20
SLOT = SLOT_MS * PER_MS
PATIENCE = 400 * PER_MS
"""How long a side that has been flowing is waited for: a busy machine hands its blocks over late, but it does."""
IMPATIENCE = 120 * PER_MS
"""How long one is waited for that has been away: a block, the time it takes to settle, and some."""
LEISURE = 800 * PER_MS
"""How long any side is waited for while nobody listens: devices then hand over few large blocks."""
LEAP = 10_000 * PER_MS
"""The machine slept, or stood still for longer than sound is kept: what lies between is left out."""

SIDES: tuple[Side, Side] = ("agent", "customer")


class Slot(NamedTuple):
    """20 ms of both sides; `missing` says how many samples of each never came, `leapt` what was left out before."""

    start: int
    sound: Mapping[Side, Pcm]
    missing: Mapping[Side, int]
    leapt: int = 0


class _Lane:
    """One side's samples from the next slot on."""

    def __init__(self) -> None:
        self._samples = np.zeros(0, np.int16)
        self._came = np.zeros(0, np.bool_)
        self.away = True
        self.late = 0

    def __len__(self) -> int:
        return len(self._samples)

    def write(self, offset: int, samples: Pcm) -> None:
        """Add samples `offset` behind the next slot's beginning; what is earlier than what there is came too late."""
        late = min(len(samples), max(0, len(self._samples) - offset))
        self.late += late
        samples, offset = samples[late:], offset + late
        if not len(samples):
            return
        hole = offset - len(self._samples)
        self._samples = np.concatenate([self._samples, np.zeros(hole, np.int16), samples])
        self._came = np.concatenate([self._came, np.zeros(hole, np.bool_), np.ones(len(samples), np.bool_)])
        self.away = False

    def take(self) -> tuple[Pcm, int]:
        """The next slot, filled up with zeros, and how many of its samples never came."""
        samples, came = self._samples[:SLOT], int(self._came[:SLOT].sum())
        self._samples, self._came = self._samples[SLOT:], self._came[SLOT:]
        if not came and not len(self._samples):
            self.away = True
        return np.concatenate([samples, np.zeros(SLOT - len(samples), np.int16)]), SLOT - came


class Slots:
    """Cuts both sides' time into slots."""

    def __init__(self) -> None:
        self._lanes: dict[Side, _Lane] = {side: _Lane() for side in SIDES}
        self._begin: int | None = None
        self._now = 0
        self._leapt = 0

    @property
    def late(self) -> Mapping[Side, int]:
        """Samples of each side that came when their slot had gone out."""
        return {side: lane.late for side, lane in self._lanes.items()}

    def away(self, side: Side) -> bool:
        """Whether nothing has been coming from a side."""
        return self._lanes[side].away

    def feed(self, side: Side, placed: Placed) -> None:
        """Take samples of one side."""
        if self._begin is None:
            self._begin = placed.start
        ahead = placed.start - self._begin
        if ahead + len(placed.samples) <= LEAP * 2:
            self._lanes[side].write(ahead, placed.samples)

    def advance(self, now: int, *, hurried: bool = True) -> list[Slot]:
        """The slots that are complete, or waited for no longer, at a time of the machine's clock."""
        self._now = max(self._now, now)
        if self._begin is None:
            self._begin = self._now
        slots: list[Slot] = []
        if self._now - self._begin > LEAP:
            leap = (self._now - IMPATIENCE - self._begin) // SLOT * SLOT
            self._begin += leap
            self._leapt += leap
            self._lanes = {side: _Lane() for side in SIDES}
        while self._due(self._begin + SLOT, hurried=hurried):
            taken = {side: lane.take() for side, lane in self._lanes.items()}
            slots.append(
                Slot(
                    self._begin,
                    {side: sound for side, (sound, _) in taken.items()},
                    {side: missing for side, (_, missing) in taken.items()},
                    self._leapt,
                )
            )
            self._begin += SLOT
            self._leapt = 0
        return slots

    def _due(self, end: int, *, hurried: bool) -> bool:
        return all(
            len(lane) >= SLOT or self._now >= end + (LEISURE if not hurried else IMPATIENCE if lane.away else PATIENCE)
            for lane in self._lanes.values()
        )
