"""Rates that recognition does not take: 16-bit mono at any telephony rate in, the same sound at 8 or 16 kHz out."""

import numpy as np
import soxr

from streams.audio import float_to_pcm, pcm_to_float
from streams.errors import ProtocolError

TAKEN_HZ = (8_000, 16_000)
"""Rates that pass as they are."""
KNOWN_HZ = (8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 64_000, 96_000, 192_000)
"""Every rate that one of the platforms sends."""
_TARGET_HZ = 16_000


def check_rate(rate_hz: int) -> int:
    """The rate itself.

    Raises ProtocolError for one that no platform sends.
    """
    if rate_hz not in KNOWN_HZ:
        raise ProtocolError(f"{rate_hz} Hz cannot be taken; send one of {', '.join(map(str, KNOWN_HZ))}", "bad_rate")
    return rate_hz


class Resampling:
    """One side's way from its rate to one that is taken; any slicing of the same sound gives the same samples."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz if rate_hz in TAKEN_HZ else _TARGET_HZ
        self._stream = None if rate_hz in TAKEN_HZ else self._fresh(rate_hz)
        self._from_hz = rate_hz

    def feed(self, pcm: bytes) -> bytes:
        """What of the sound is ready; the resampler holds some milliseconds back."""
        if self._stream is None or not pcm:
            return pcm
        return float_to_pcm(self._stream.resample_chunk(pcm_to_float(pcm)))

    def flush(self) -> bytes:
        """The sound still held back; the stream is then as new."""
        if self._stream is None:
            return b""
        rest = float_to_pcm(self._stream.resample_chunk(np.zeros(0, np.float32), last=True))
        self._stream = self._fresh(self._from_hz)
        return rest

    def _fresh(self, rate_hz: int) -> soxr.ResampleStream:
        # Low quality holds the least back, and is still finer than a telephone line; whole numbers would be dithered.
        return soxr.ResampleStream(rate_hz, _TARGET_HZ, 1, dtype="float32", quality="LQ")
