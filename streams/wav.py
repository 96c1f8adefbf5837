"""What the header of a WAV file claims: the first bytes of a file in, its claims out.

The decoder takes what is there and is silent about what is not; only the header tells that a file was cut off.
"""

import struct
from typing import NamedTuple

HEAD_BYTES = 65_536
"""Enough of a file to find its format and the start of its sound."""

_UNKNOWN = (0, 0xFFFFFFFF)
"""What recorders that could not go back to the header leave there."""


class WavClaims(NamedTuple):
    """Channels and rate, and how many bytes of sound there should be and are (both None where not said)."""

    channels: int
    rate_hz: int
    promised_bytes: int | None = None
    present_bytes: int | None = None


def wav_claims(head: bytes, file_bytes: int) -> WavClaims | None:
    """What a file that begins with `head` and is `file_bytes` long claims; None when it is no WAV."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    claims = None
    at = 12
    while at + 8 <= len(head):
        kind, length = struct.unpack_from("<4sI", head, at)
        at += 8
        if kind == b"fmt " and at + 8 <= len(head):
            channels, rate_hz = struct.unpack_from("<HI", head, at + 2)
            claims = WavClaims(channels, rate_hz)
        elif kind == b"data":
            if claims is None or length in _UNKNOWN:
                return claims
            return claims._replace(promised_bytes=length, present_bytes=min(length, file_bytes - at))
        at += length + length % 2
    return claims
