"""A recorded call as a live one would have come: files in, 20 ms audio frames of both sides in the order of time out.

8 and 16 kHz stay as they are, everything else becomes 16 kHz. A file is heard through once when it is opened, so that a
bad one is refused before its call begins; neither pass keeps more than a moment of it in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soxr

from streams.audio import float_to_pcm
from streams.engine import SAMPLE_RATE_HZ
from streams.errors import AudioInputError
from streams.events import AudioFrame, Channel
from streams.soundfile import Block, SoundFile

FRAME_MS = 20
_KEPT_RATES_HZ = {8_000, SAMPLE_RATE_HZ}

SILENT_PEAK = 0.001
"""A side that never rises above -60 dBFS carries nobody."""
CLIPPED_LEVEL = 0.98
"""The loudest value that µ-law has; A-law and linear ones reach higher."""
CLIPPED_RATIO = 0.001
"""Speech at a good level has fewer samples than this at the top."""
MISSING_RATIO, MISSING_S = 0.01, 0.25
"""A file that lacks more of what its header promises, by both measures, was cut off."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A readable recording: its sides, the rate of its frames, its length, and what to know before trusting it."""

    source: str
    channels: tuple[Channel, ...]
    rate_hz: int
    duration_ms: int
    notes: tuple[str, ...]
    legs: tuple["_Leg", ...]

    def frames(self, call_id: str) -> Iterator[AudioFrame]:
        """The sound from the start: for every 20 ms one frame of each side; the last ends where the recording does.

        Raises AudioInputError when the files changed since they were opened.
        """
        silence = np.zeros((self.rate_hz * FRAME_MS // 1000, 1), np.float32)
        pieces = zip_longest(*(_pieces(leg.file, self.rate_hz) for leg in self.legs))
        for started_ms, blocks in zip(range(0, self.duration_ms, FRAME_MS), pieces, strict=False):
            ended_ms = min(started_ms + FRAME_MS, self.duration_ms)
            samples = (ended_ms - started_ms) * self.rate_hz // 1000
            for leg, block in zip(self.legs, blocks, strict=True):
                # Only a file of its own can end before the other; both sides of one file end together.
                sound = silence if block is None else block
                for column, channel in leg.columns:
                    yield AudioFrame(
                        call_id=call_id,
                        at_ms=ended_ms,
                        channel=channel,
                        pcm=float_to_pcm(sound[:samples, column]),
                        rate_hz=self.rate_hz,
                        started_ms=started_ms,
                        duration_ms=ended_ms - started_ms,
                    )


class _Leg(NamedTuple):
    """One file, and which of its columns is whose."""

    file: SoundFile
    columns: tuple[tuple[int, Channel], ...]


class _Heard(NamedTuple):
    """What one pass over a file found: its length, each column's peak and clipped share, and whether both are one."""

    samples: int
    peaks: tuple[float, ...]
    clipped: tuple[float, ...]
    same: bool


def open_recording(path: str | Path, *, left: Channel = "agent") -> Recording:
    """One file: two channels are the two sides, `left` being the first; one channel is both sides mixed.

    Raises AudioInputError when it cannot be used.
    """
    file = SoundFile(path)
    heard = _hear(file)
    notes = _file_notes(file, heard)
    columns: tuple[tuple[int, Channel], ...] = ((0, "mixed"),)
    if heard.same:
        notes.append("both channels carry the same sound, so it is taken as mono")
    if file.channels == 2 and not heard.same:
        agent = 0 if left == "agent" else 1
        columns = ((agent, "agent"), (1 - agent, "customer"))
    else:
        notes.append("one channel for both sides: words and one joint mood; nudges that need to know who spoke are off")
    leg = _Leg(file, columns)
    return _recording(file.name, (leg,), (heard,), notes)


def open_pair(agent_path: str | Path, customer_path: str | Path) -> Recording:
    """Two mono files that began together; the shorter is continued with silence.

    Raises AudioInputError when one of them cannot be used.
    """
    legs, passes, notes = [], [], []
    sides: tuple[tuple[Channel, str | Path], ...] = (("agent", agent_path), ("customer", customer_path))
    for channel, path in sides:
        file = SoundFile(path)
        if file.channels != 1:
            raise AudioInputError(f"{file.name}: two channels; the {channel}'s own file must be mono")
        heard = _hear(file)
        notes += _file_notes(file, heard)
        legs.append(_Leg(file, ((0, channel),)))
        passes.append(heard)
    lengths = [_length_ms(leg.file, heard) for leg, heard in zip(legs, passes, strict=True)]
    if abs(lengths[0] - lengths[1]) > 1000:
        shorter = int(lengths[1] < lengths[0])
        missing_s = abs(lengths[0] - lengths[1]) / 1000
        notes.append(f"the {sides[shorter][0]}'s file is {missing_s:.1f} s shorter; silence stands for the rest")
    return _recording(f"{legs[0].file.name} + {legs[1].file.name}", tuple(legs), tuple(passes), notes)


def _recording(source: str, legs: tuple[_Leg, ...], passes: tuple[_Heard, ...], notes: list[str]) -> Recording:
    for leg, heard in zip(legs, passes, strict=True):
        for column, channel in leg.columns:
            who = "the recording" if channel == "mixed" else f"the {channel}'s side"
            if heard.peaks[column] < SILENT_PEAK:
                notes.append(f"{who} is silent throughout")
            if heard.clipped[column] > CLIPPED_RATIO:
                share = 100 * heard.clipped[column]
                notes.append(f"{who} is clipped ({share:.1f} % of its samples): words may be misheard")
    return Recording(
        source=source,
        channels=tuple(channel for leg in legs for _, channel in leg.columns),
        rate_hz=_line_rate_hz(legs),
        duration_ms=max(_length_ms(leg.file, heard) for leg, heard in zip(legs, passes, strict=True)),
        notes=tuple(notes),
        legs=legs,
    )


def _hear(file: SoundFile) -> _Heard:
    samples, same = 0, file.channels == 2
    peaks, loud = np.zeros(file.channels), np.zeros(file.channels)
    for block in file.blocks():
        level = np.abs(block)
        samples += len(block)
        peaks = np.maximum(peaks, level.max(axis=0, initial=0.0))
        loud += (level >= CLIPPED_LEVEL).sum(axis=0)
        same = same and bool(np.array_equal(block[:, 0], block[:, 1]))
    if not samples:
        raise AudioInputError(f"{file.name}: there is no sound in it, its length is zero")
    audible = bool(peaks.max() >= SILENT_PEAK)
    return _Heard(samples, tuple(peaks.tolist()), tuple((loud / samples).tolist()), same and audible)


def _file_notes(file: SoundFile, heard: _Heard) -> list[str]:
    notes = []
    promised = file.promised_samples(heard.samples)
    if promised - heard.samples > max(MISSING_RATIO * promised, MISSING_S * file.rate_hz):
        there_s, all_s = heard.samples / file.rate_hz, promised / file.rate_hz
        notes.append(f"{file.name} was cut off or is damaged: {there_s:.1f} of {all_s:.1f} s are there")
    if file.holes:
        notes.append(f"{file.name} has {file.holes} hole(s); silence stands for what is missing")
    return notes


def _length_ms(file: SoundFile, heard: _Heard) -> int:
    return -(-heard.samples * 1000 // file.rate_hz)


def _line_rate_hz(legs: tuple[_Leg, ...]) -> int:
    """One rate for both sides, so that they can travel side by side."""
    rates = {leg.file.rate_hz for leg in legs}
    return min(rates) if len(rates) == 1 and rates <= _KEPT_RATES_HZ else SAMPLE_RATE_HZ


def _pieces(file: SoundFile, rate_hz: int) -> Iterator[Block]:
    """The file's sound at `rate_hz` in pieces of exactly one frame, the last filled up with silence."""
    size = rate_hz * FRAME_MS // 1000
    rest = np.zeros((0, file.channels), np.float32)
    for block in _at_rate(file, rate_hz):
        rest = np.concatenate([rest, block])
        whole = len(rest) // size * size
        for start in range(0, whole, size):
            yield rest[start : start + size]
        rest = rest[whole:]
    if len(rest):
        yield np.concatenate([rest, np.zeros((size - len(rest), file.channels), np.float32)])


def _at_rate(file: SoundFile, rate_hz: int) -> Iterator[Block]:
    if file.rate_hz == rate_hz:
        yield from file.blocks()
        return
    resampler = soxr.ResampleStream(file.rate_hz, rate_hz, file.channels, dtype="float32")
    for block in file.blocks():
        yield resampler.resample_chunk(block).reshape(-1, file.channels)
    end = np.zeros((0, file.channels), np.float32)
    yield resampler.resample_chunk(end, last=True).reshape(-1, file.channels)
