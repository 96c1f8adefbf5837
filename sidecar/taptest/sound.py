"""The sound that a client plays: a recording flows in, both sides at a platform's rate and in its code flow out.

Mono throughout, 16-bit little-endian until a platform's code is asked for.
"""

from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import soxr

from sidecar.material import open_path
from streams.errors import AudioInputError
from streams.events import AudioFrame

Side: TypeAlias = Literal["agent", "customer", "mixed"]
_BIAS, _CLIP = 132, 32635
"""Of µ-law: what makes every magnitude's first bit lie in one of eight segments, and the largest that fits."""


class Sound(msgspec.Struct, frozen=True):
    """Both sides of a call, equally long."""

    agent: bytes
    customer: bytes
    rate_hz: int

    @property
    def samples(self) -> int:
        """Samples of each side."""
        return len(self.agent) // 2

    def of(self, side: Side) -> bytes:
        """One side, or both added up."""
        match side:
            case "agent":
                return self.agent
            case "customer":
                return self.customer
        added: npt.NDArray[np.int32] = _samples(self.agent).astype(np.int32) + _samples(self.customer)
        return added.clip(-32768, 32767).astype("<i2").tobytes()


def read(path: Path, seconds: float | None = None) -> Sound:
    """A recording's two sides; of one channel, the customer's with a silent agent. `seconds` cuts or repeats it.

    Raises AudioInputError when it cannot be used.
    """
    material = open_path(path, left=None, default_left="agent", transcript=None)
    gathered: dict[str, list[bytes]] = {}
    rate_hz = 8000
    for event in material.events():
        if isinstance(event, AudioFrame):
            gathered.setdefault(event.channel, []).append(event.pcm)
            rate_hz = event.rate_hz
    sides = {channel: b"".join(pieces) for channel, pieces in gathered.items()}
    customer = sides.get("customer") or sides.get("mixed") or b""
    if not customer:
        raise AudioInputError(f"{path} holds no sound to play; name a recording")
    agent = sides.get("agent") or bytes(len(customer))
    return Sound(_long(agent, rate_hz, seconds), _long(customer, rate_hz, seconds), rate_hz)


def at_rate(sound: Sound, rate_hz: int) -> Sound:
    """The same sound at another rate."""
    if sound.rate_hz == rate_hz:
        return sound
    return Sound(
        _resampled(sound.agent, sound.rate_hz, rate_hz), _resampled(sound.customer, sound.rate_hz, rate_hz), rate_hz
    )


def ulaw(pcm: bytes) -> bytes:
    """Samples as G.711 µ-law: sign, segment and step of the biased magnitude, all bits inverted."""
    linear = _samples(pcm).astype(np.int32)
    magnitude = np.minimum(np.abs(linear), _CLIP) + _BIAS
    segment = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    step = (magnitude >> (segment + 3)) & 0x0F
    return bytes((~(np.where(linear < 0, 0x80, 0) | segment << 4 | step) & 0xFF).astype(np.uint8))


def side_by_side(left: bytes, right: bytes, width: int) -> bytes:
    """Two sides' samples of `width` bytes, one of the left, one of the right."""
    pairs = [np.frombuffer(side, np.uint8).reshape(-1, width) for side in (left, right)]
    return np.concatenate(pairs, axis=1).tobytes()


def _samples(pcm: bytes) -> npt.NDArray[np.int16]:
    return np.frombuffer(pcm, "<i2")


def _long(pcm: bytes, rate_hz: int, seconds: float | None) -> bytes:
    if seconds is None:
        return pcm
    wanted = int(seconds * rate_hz) * 2
    return (pcm * (wanted // len(pcm) + 1))[:wanted]


def _resampled(pcm: bytes, from_hz: int, to_hz: int) -> bytes:
    resampled: npt.NDArray[np.int16] = soxr.resample(_samples(pcm), from_hz, to_hz)
    return bytes(resampled.tobytes())
