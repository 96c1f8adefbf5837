"""What a capture process says of its device, as bytes: frames with a time stamp flow in, messages flow out, and back.

A frame is its kind (1 byte), the machine's monotonic time in microseconds (8), the length of what follows (4), all
little-endian, and that many bytes. Sound is 16-bit mono at 16 kHz and ended at its stamp. What a capture process is
told is one byte: whether somebody waits for each block, or nobody does and few large ones are cheaper.
"""

import struct
from typing import Literal, TypeAlias

import msgspec

from streams.errors import ProtocolError

Side: TypeAlias = Literal["agent", "customer"]
RATE_HZ = 16_000
LONGEST_BYTES = RATE_HZ * 2 * 10
"""Of one frame; ten seconds of sound are more than any device hands over at once."""

EAGER, IDLE = b"\x01", b"\x00"

_HEADER = struct.Struct("<BqI")


class Captured(msgspec.Struct, frozen=True):
    """Sound that ended, as far as anybody knows, at `stamp_us`."""

    stamp_us: int
    pcm: bytes


class Opened(msgspec.Struct, frozen=True):
    """A device delivers from here on; `id` and `name` are the system's."""

    stamp_us: int
    id: str
    name: str


class Alive(msgspec.Struct, frozen=True):
    """The device is there, whether or not it has anything to say."""

    stamp_us: int


class Closed(msgspec.Struct, frozen=True):
    """The device is gone, or another has taken its place; `reason` is a line for a person."""

    stamp_us: int
    reason: str


Message: TypeAlias = Captured | Opened | Alive | Closed
_SOUND, _OPENED, _ALIVE, _CLOSED = range(1, 5)


class _Names(msgspec.Struct, frozen=True):
    id: str
    name: str


def pack(message: Message) -> bytes:
    """One message as a frame."""
    match message:
        case Captured(stamp_us, pcm):
            return _frame(_SOUND, stamp_us, pcm)
        case Opened(stamp_us, device_id, name):
            return _frame(_OPENED, stamp_us, msgspec.json.encode(_Names(device_id, name)))
        case Alive(stamp_us):
            return _frame(_ALIVE, stamp_us, b"")
    return _frame(_CLOSED, message.stamp_us, message.reason.encode("utf-8", "replace"))


def _frame(kind: int, stamp_us: int, body: bytes) -> bytes:
    return _HEADER.pack(kind, stamp_us, len(body)) + body


class Unpacker:
    """Cuts a stream of bytes into messages, however it was sliced."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are whole now.

        Raises ProtocolError for what no capture process says.
        """
        self._rest += data
        messages: list[Message] = []
        at = 0
        while len(self._rest) - at >= _HEADER.size:
            kind, stamp_us, length = _HEADER.unpack_from(self._rest, at)
            if length > LONGEST_BYTES:
                raise ProtocolError(f"a capture process announced {length} bytes, {LONGEST_BYTES} are the most")
            body_at = at + _HEADER.size
            if len(self._rest) < body_at + length:
                break
            messages.append(_message(kind, stamp_us, self._rest[body_at : body_at + length]))
            at = body_at + length
        self._rest = self._rest[at:]
        return messages


def _message(kind: int, stamp_us: int, body: bytes) -> Message:
    if kind == _SOUND and len(body) % 2 == 0:
        return Captured(stamp_us, body)
    if kind == _OPENED:
        try:
            names = msgspec.json.decode(body, type=_Names)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ProtocolError(f"a capture process named its device in a way nobody can read: {error}") from error
        return Opened(stamp_us, names.id, names.name)
    if kind == _ALIVE:
        return Alive(stamp_us)
    if kind == _CLOSED:
        return Closed(stamp_us, body.decode("utf-8", "replace"))
    raise ProtocolError(f"a capture process sent a frame of kind {kind} with {len(body)} bytes")
