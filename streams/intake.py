"""From packets to the frames that voice activity looks at: audio frames flow in, 32 ms blocks on a fixed grid flow out.

Everything behind this point counts in samples at 16 kHz since the call began. Blocks lie on multiples of 512 samples,
so the same sound gives the same blocks however it was cut into packets. Sound that never came is zeros.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from streams.audio import Upsampler, pcm_to_float
from streams.engine import SAMPLE_RATE_HZ, Samples
from streams.errors import AudioInputError
from streams.events import AudioFrame
from streams.ring import Ring
from streams.segments import FRAME_SAMPLES, SAMPLES_PER_MS

RING_MS = 60_000

_JITTER = 40 * SAMPLES_PER_MS
"""How far a frame's time may lie from where its samples fall before the samples are moved: rounding, slow drift."""

_SHORTEST_HOLE = 3 * FRAME_SAMPLES
"""Fewer blocks of zeros than this are looked at like sound, so that a lost packet does not reset a voice."""

_SLICE = SAMPLE_RATE_HZ
"""Sound is taken in pieces of at most a second, so that the ring always holds what the blocks were made of."""


class Block(NamedTuple):
    """512 samples that begin at a multiple of 512."""

    start_sample: int
    samples: Samples


class Hole(NamedTuple):
    """Whole blocks in which no sound came."""

    start_sample: int
    end_sample: int


class Intake:
    """One channel's sample clock, its upsampling, and the ring that keeps the last minute."""

    def __init__(self) -> None:
        self.ring = Ring(RING_MS)
        self._upsampler = Upsampler()
        # Everything before this sample has been given out as blocks or holes.
        self._grid = 0

    @property
    def end_sample(self) -> int:
        """One past the last sample that came."""
        return self.ring.end_sample

    def feed(self, frame: AudioFrame) -> Iterator[Block | Hole]:
        """Take a frame and give out what it completed; to be run to its end before the next frame.

        Raises AudioInputError for any rate but 8 and 16 kHz.
        """
        sound = pcm_to_float(frame.pcm)
        start = frame.started_ms * SAMPLES_PER_MS
        if abs(start - self.end_sample) <= _JITTER:
            start = self.end_sample
        elif start > self.end_sample:
            self._upsampler.reset()
        if frame.rate_hz == SAMPLE_RATE_HZ // 2:
            sound = self._upsampler.feed(sound)
        elif frame.rate_hz != SAMPLE_RATE_HZ:
            raise AudioInputError(f"{frame.channel} sends {frame.rate_hz} Hz; a tap must give 8000 or 16000")
        if start > self.end_sample:
            yield from self._hole(start)
        for first in range(0, len(sound), _SLICE):
            self.ring.write(sound[first : first + _SLICE], start + first)
            yield from self._blocks()

    def flush(self) -> Iterator[Block | Hole]:
        """Give out the last block, filled up with zeros."""
        if self.end_sample > self._grid:
            self._silence(self._grid + FRAME_SAMPLES)
            yield from self._blocks()

    def reset(self) -> None:
        """Forget the sound before, as when another source takes over."""
        self._upsampler.reset()

    def _blocks(self) -> Iterator[Block]:
        while self._grid + FRAME_SAMPLES <= self.end_sample:
            start = self._grid
            self._grid += FRAME_SAMPLES
            yield Block(start, self.ring.read(start, self._grid))

    def _hole(self, until: int) -> Iterator[Block | Hole]:
        """Fill up to where sound goes on; the blocks on both rims are given out as sound."""
        self._silence(min(until, -(-self.end_sample // FRAME_SAMPLES) * FRAME_SAMPLES))
        yield from self._blocks()
        last = until // FRAME_SAMPLES * FRAME_SAMPLES
        if last - self._grid >= _SHORTEST_HOLE:
            # What is decoded reaches a little behind the last voice, so some of the silence is there to be read.
            self._silence(min(until, self.end_sample + _SLICE))
            hole = Hole(self._grid, last)
            self._grid = last
            yield hole

    def _silence(self, until: int) -> None:
        missing = until - self.end_sample
        if missing > 0:
            self.ring.write(np.zeros(missing, np.float32), self.end_sample)
