"""What a platform calls its sound, and its bytes as 16-bit little-endian samples."""

from typing import Literal, TypeAlias

from streams.audio import alaw_to_pcm, ulaw_to_pcm
from streams.errors import ProtocolError

Codec: TypeAlias = Literal["ulaw", "alaw", "slin"]

LONGEST_AUDIO = 256 << 10
"""Bytes of sound in one message: several seconds, a client catching up after a stall."""

_NAMES: dict[str, Codec] = {
    "pcmu": "ulaw",
    "mulaw": "ulaw",
    "ulaw": "ulaw",
    "mu-law": "ulaw",
    "audio/x-mulaw": "ulaw",
    "audio/pcmu": "ulaw",
    "pcma": "alaw",
    "alaw": "alaw",
    "a-law": "alaw",
    "audio/x-alaw": "alaw",
    "audio/pcma": "alaw",
    "l16": "slin",
    "slin": "slin",
    "linear16": "slin",
    "audio/l16": "slin",
    "audio/x-l16": "slin",
    "raw/slin": "slin",
}


def codec_named(name: str) -> Codec:
    """The codec of a name, by which platform ever.

    Raises ProtocolError for one that is not taken.
    """
    codec = _NAMES.get(name.lower())
    if codec is None:
        raise ProtocolError("sound comes as PCMU, PCMA or L16; set the platform to one of them", "bad_codec")
    return codec


def to_pcm(codec: Codec, data: bytes, channels: int = 1) -> bytes:
    """Sound as 16-bit samples, channels side by side as they came.

    Raises ProtocolError when the bytes are too many, or no whole number of samples of every channel.
    """
    if len(data) > LONGEST_AUDIO:
        raise ProtocolError(f"{len(data)} bytes of sound at once; send at most {LONGEST_AUDIO}", "too_big")
    if len(data) % (channels * (2 if codec == "slin" else 1)):
        raise ProtocolError(f"{len(data)} bytes do not divide into {channels} channel(s) of {codec}", "bad_audio")
    if codec == "slin":
        return data
    return ulaw_to_pcm(data) if codec == "ulaw" else alaw_to_pcm(data)
