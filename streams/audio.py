"""Audio arithmetic at the edge: bytes of a tap or recording in, 16 kHz float samples out.

Nothing here knows of calls or time; a stream keeps one `Upsampler` per side.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from streams.engine import Samples
from streams.errors import AudioInputError

_FULL_SCALE = 32768.0


def _ulaw_table() -> npt.NDArray[np.int16]:
    """G.711 µ-law: inverted bits, sign, three bits of segment, four of step; bias 132, 14 bits scaled to 16."""
    code = ~np.arange(256) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_table() -> npt.NDArray[np.int16]:
    """G.711 A-law: even bits inverted, sign set for positive, two linear segments first; 13 bits scaled to 16."""
    code = np.arange(256) ^ 0x55
    step, segment = (code & 0x0F) << 4, (code & 0x70) >> 4
    magnitude = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


_ULAW = _ulaw_table()
_ALAW = _alaw_table()


def ulaw_to_pcm(data: bytes) -> bytes:
    """µ-law bytes as signed 16-bit little-endian samples."""
    return _ULAW[np.frombuffer(data, np.uint8)].astype("<i2").tobytes()


def alaw_to_pcm(data: bytes) -> bytes:
    """A-law bytes as signed 16-bit little-endian samples."""
    return _ALAW[np.frombuffer(data, np.uint8)].astype("<i2").tobytes()


def pcm_to_float(pcm: bytes) -> Samples:
    """Signed 16-bit little-endian samples as float32 in [-1, 1).

    Raises AudioInputError when the bytes are no whole number of samples.
    """
    return _int16(pcm, 1).astype(np.float32) / np.float32(_FULL_SCALE)


def float_to_pcm(samples: Samples) -> bytes:
    """Float samples as signed 16-bit little-endian; what is beyond full scale is clipped."""
    scaled = np.rint(samples.astype(np.float64) * _FULL_SCALE)
    return np.clip(scaled, -32768, 32767).astype("<i2").tobytes()


def deinterleave(pcm: bytes, channels: int) -> tuple[bytes, ...]:
    """Interleaved 16-bit samples as one string of bytes for each channel.

    Raises AudioInputError when the bytes are no whole number of samples of every channel.
    """
    if channels == 1:
        return (_int16(pcm, 1).tobytes(),)
    return tuple(side.tobytes() for side in _int16(pcm, channels).reshape(-1, channels).T)


def interleave(sides: Sequence[bytes]) -> bytes:
    """16-bit samples of equally long channels, side by side."""
    return np.stack([_int16(side, 1) for side in sides], axis=1).tobytes()


def _int16(pcm: bytes, channels: int) -> npt.NDArray[np.int16]:
    if len(pcm) % (2 * channels):
        raise AudioInputError(f"{len(pcm)} bytes are no whole number of 16-bit samples on {channels} channel(s)")
    return np.frombuffer(pcm, "<i2")


class Upsampler:
    """8 kHz to 16 kHz with carried state: any slicing of the same sound gives the same samples.

    A half-band polyphase filter: every input sample comes out unchanged, the one between two is interpolated from 36
    of them (Kaiser window, β = 8.5, images below -80 dB up to 3.4 kHz).
    """

    DELAY_SAMPLES = 36
    """Output stands this far behind input, in samples at 16 kHz: 2.25 ms."""

    _TAPS = 36

    def __init__(self) -> None:
        at = np.arange(self._TAPS) - (self._TAPS - 1) / 2
        between = np.sinc(at) * np.kaiser(2 * self._TAPS + 1, 8.5)[1::2]
        # `convolve` would turn it round, and look at everything anew, for each packet.
        self._turned = (between / between.sum())[::-1]
        self._past = np.zeros(self._TAPS - 1)

    def feed(self, samples: Samples) -> Samples:
        """Twice as many samples as were given."""
        if not len(samples):
            return np.zeros(0, np.float32)
        heard = np.concatenate([self._past, samples])
        self._past = heard[-(self._TAPS - 1) :]
        out = np.empty(2 * len(samples), np.float32)
        first = self._TAPS // 2 - 1
        out[0::2] = heard[first : first + len(samples)]
        out[1::2] = np.correlate(heard, self._turned, mode="valid")
        return out

    def flush(self) -> Samples:
        """The samples still held back; the stream is then as new."""
        rest = self.feed(np.zeros(self.DELAY_SAMPLES // 2, np.float32))
        self.reset()
        return rest

    def reset(self) -> None:
        """Forget what was heard, as after a gap."""
        self._past = np.zeros(self._TAPS - 1)
