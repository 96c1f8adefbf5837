"""Whisper's log-mel picture of sound, computed once per column however often a window is asked for.

Samples with their place on the media clock flow in, windows of features (mel bands × frames) flow out to the encoder.
A growing utterance is decoded again and again; the logarithm of the power of a column does not change, so it is kept.
What depends on the window (the first two columns mirror its beginning, the last ones lean on the silence behind it,
the clamp hangs on its loudest point) is computed afresh, so a window equals one computed from nothing.

The matrix product here goes through BLAS: pin it to one thread (OMP_NUM_THREADS=1, OPENBLAS_NUM_THREADS=1) before
numpy is first imported, or its threads fight the recogniser's over the cores.
"""

from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from streams.engine import SAMPLE_RATE_HZ, Samples

Features: TypeAlias = npt.NDArray[np.float32]
"""Log-mel features, bands × frames; 100 frames a second."""

HOP = 160
"""Samples from one column to the next (10 ms)."""

_FFT = 400  # samples under one column (25 ms)
_HALF = _FFT // 2
_FIRST_INNER = 2  # columns 0 and 1 reach before the window
_KEPT = 30 * SAMPLE_RATE_HZ  # no window is longer, so nothing older is ever asked for
_QUIETEST = 1e-10
_DYNAMIC_RANGE = 8.0  # decades below the loudest point of a window; the rest is clamped


def allowed_frames(frames: int, bands: int) -> bool:
    """Whether the encoder may see a window of so many frames.

    CTranslate2 takes an encoder output whose length equals the number of mel bands for features and silently encodes
    it a second time: 159 and 160 frames for 80 bands, 255 and 256 for 128.
    """
    return 0 < frames <= _KEPT // HOP and frames not in {2 * bands - 1, 2 * bands}


class MelCache:
    """The columns of one channel's recent sound."""

    def __init__(self, bands: int = 80) -> None:
        self._bands = bands
        self._origin = 0
        self._samples: Samples = np.zeros(0, np.float32)
        self._columns: Features = np.zeros((bands, 0), np.float32)

    def window(self, start_sample: int, samples: Samples, frames: int) -> Features:
        """Features of `samples`, which begin at `start_sample` of the channel, zero-padded to `frames`.

        Raises ValueError when the sound is longer than the window or no encoder may see such a window.
        """
        if not allowed_frames(frames, self._bands):
            raise ValueError(f"a window of {frames} frames must never reach the encoder")
        content = len(samples) // HOP
        if content > frames:
            raise ValueError(f"{content} frames of sound do not fit a window of {frames}")
        logs = self._logs(start_sample, samples)
        window = np.zeros((self._bands, frames), np.float32)
        # The last column leans on silence for most of its span: it sets the clamp with the others, but is not shown.
        window[:, :content] = (np.maximum(logs, logs.max() - _DYNAMIC_RANGE)[:, :content] + 4.0) / 4.0
        return window

    def _logs(self, start: int, samples: Samples) -> Features:
        total = len(samples) // HOP + 1
        inner_end = (len(samples) - _HALF) // HOP + 1
        if inner_end <= _FIRST_INNER:
            return self._columns_of(_mirrored(samples), total)
        self._keep(start, samples)
        skipped = (start - self._origin) // HOP
        head = self._columns_of(_mirrored(samples[: _FIRST_INNER * HOP + _HALF]), _FIRST_INNER)
        inner = self._columns[:, skipped : skipped + inner_end - _FIRST_INNER]
        silence = np.zeros(_FFT, np.float32)
        tail = np.concatenate([samples[inner_end * HOP - _HALF :], silence])
        return np.concatenate([head, inner, self._columns_of(tail, total - inner_end)], axis=1)

    def _keep(self, start: int, samples: Samples) -> None:
        """Hold what is new of `samples`; begin anew where they do not continue what is held, sample for sample."""
        offset = start - self._origin
        known = self._samples[offset : offset + len(samples)] if offset >= 0 else self._samples[:0]
        if offset % HOP or not len(known) or not np.array_equal(known, samples[: len(known)]):
            self._origin, offset, known = start, 0, samples[:0]
            self._samples, self._columns = samples[:0], self._columns[:, :0]
        if len(known) < len(samples):
            if offset + len(samples) > _KEPT:
                self._origin, self._samples = start, self._samples[offset:]
                self._columns = self._columns[:, offset // HOP :]
            self._samples = np.concatenate([self._samples, samples[len(known) :]])
            # Column k of the origin covers samples (k*HOP - _HALF) to (k*HOP + _HALF); the first kept one is number 2.
            done = self._columns.shape[1]
            wanted = (len(self._samples) - _HALF) // HOP + 1 - _FIRST_INNER
            if wanted > done:
                fresh = self._columns_of(self._samples[(done + _FIRST_INNER) * HOP - _HALF :], wanted - done)
                self._columns = np.concatenate([self._columns, fresh], axis=1)

    def _columns_of(self, samples: Samples, count: int) -> Features:
        """Logarithms of the mel power of `count` columns, the first beginning at the first sample."""
        spans = np.lib.stride_tricks.sliding_window_view(samples, _FFT)[::HOP][:count]
        power = np.abs(np.fft.rfft(spans * _hann(), axis=-1).astype(np.complex64)) ** 2
        logs: Features = np.log10(np.maximum(_filters(self._bands) @ power.T, _QUIETEST))
        return logs


def _mirrored(samples: Samples) -> Samples:
    """The samples with a hop of silence behind them and their beginning mirrored before them."""
    return np.pad(np.pad(samples, (0, HOP)), _HALF, mode="reflect")


@cache
def _hann() -> Samples:
    window: Samples = np.hanning(_FFT + 1)[:-1].astype(np.float32)
    return window


@cache
def _filters(bands: int) -> Features:
    """Triangles of equal area on Slaney's scale (linear to 1 kHz, logarithmic above), bands × bins of the FFT."""
    bins_hz = np.linspace(0.0, SAMPLE_RATE_HZ / 2, _FFT // 2 + 1)
    break_mel, per_mel_hz, step = 15.0, 200.0 / 3.0, np.log(6.4) / 27.0
    top_mel = break_mel + np.log(SAMPLE_RATE_HZ / 2 / 1000.0) / step
    mels = np.linspace(0.0, top_mel, bands + 2)
    edges_hz = np.where(mels < break_mel, mels * per_mel_hz, 1000.0 * np.exp(step * (mels - break_mel)))
    low, middle, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    triangles = np.minimum((bins_hz - low) / (middle - low), (high - bins_hz) / (high - middle))
    filters: Features = (np.maximum(triangles, 0.0) * 2.0 / (high - low)).astype(np.float32)
    return filters
