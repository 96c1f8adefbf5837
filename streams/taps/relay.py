"""A call as a gateway hands it on: pieces of whatever dialect the platform speaks to bytes, and back.

The gateway has answered the platform already, so nothing but pieces travels: one `Began`, then what has a place in
time. Back go words and advice, where the platform can be told of them.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import msgspec

from streams.errors import ProtocolError
from streams.events import Nudge, Utterance
from streams.taps.dialect import Began, Hole, Piece, Reply, SayEnd, Sound, Timed

Relayed: TypeAlias = Began | Timed
Tellable: TypeAlias = Utterance | Nudge

LONGEST_PIECE = 512 << 10
"""Bytes; the largest slice of sound that a dialect takes, and room for a call's metadata."""
MOST_HZ = 192_000
TOLD_AT_ONCE = 10
"""Events in one message; the longest utterance with all its words is below 10 KB."""

_encode = msgspec.msgpack.Encoder().encode
_decoder: msgspec.msgpack.Decoder[Relayed] = msgspec.msgpack.Decoder(Relayed)
_told_decoder: msgspec.msgpack.Decoder[tuple[Tellable, ...]] = msgspec.msgpack.Decoder(tuple[Tellable, ...])


def pack_piece(piece: Relayed) -> bytes:
    """A piece as msgpack."""
    return _encode(piece)


def unpack_piece(data: bytes) -> Relayed:
    """Msgpack as a piece.

    Raises ProtocolError when it is none.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"no piece of a call: {error}; run the same version of both", "bad_message") from error


def unpack_told(data: bytes) -> tuple[Tellable, ...]:
    """What `RelayDialect.tell` says, as events.

    Raises ProtocolError when it is nothing of that.
    """
    try:
        return _told_decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"nothing to be told: {error}; run the same version of both", "bad_message") from error


class RelayDialect:
    """The workstation's end of a call that comes by a gateway; a `Dialect`.

    `tells` says that the platform behind the gateway can be told of its call, and may be.
    """

    def __init__(self, *, tells: bool = False) -> None:
        self._tells = tells
        self._began: Began | None = None
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self._ended

    def receive_text(self, text: str) -> list[Piece]:
        """Refuse: a gateway sends no texts.

        Raises ProtocolError.
        """
        raise ProtocolError(f"a text of {len(text)} characters came by the gateway", "bad_message")

    def receive_bytes(self, data: bytes) -> list[Piece]:
        """Take a piece.

        Raises ProtocolError.
        """
        piece = unpack_piece(data)
        if (self._began is None) != isinstance(piece, Began):
            raise ProtocolError("a call begins once, and with its beginning", "bad_message")
        match piece:
            case Began():
                self._began = piece
            case SayEnd():
                self._ended = True
            case Sound():
                _check(piece, self._began)
            case Hole() if not _fits(piece.channels, self._began) or piece.lost_ms < 0:
                raise ProtocolError("a hole that is none of the call's", "bad_message")
        return [piece]

    def closed(self) -> list[Piece]:
        """Nothing: only an end ends the call, so that it may come back."""
        return []

    def tell(self, events: Sequence[Tellable]) -> list[Reply]:
        """What the gateway is to tell the platform; none where that hears nothing."""
        return [Reply(_encode(part)) for part in _parts(events)] if self._tells else []

    def goodbye(self) -> list[Reply]:
        """Nothing: the gateway says goodbye to the platform."""
        return []

    def refuse(self, error: ProtocolError) -> list[Reply]:  # noqa: ARG002 - the wire itself says it
        """Nothing: the gateway is told by the connection's closing."""
        self._ended = True
        return []


def _check(sound: Sound, began: Began | None) -> None:
    if not _fits(sound.channels, began) or not 0 < sound.rate_hz <= MOST_HZ:
        raise ProtocolError("sound that is none of the call's", "bad_audio")
    if len(sound.pcm) % (2 * len(sound.channels)):
        raise ProtocolError(f"{len(sound.pcm)} bytes are no whole samples", "bad_audio")


def _fits(channels: tuple[str, ...], began: Began | None) -> bool:
    return began is not None and bool(channels) and set(channels) <= set(began.channels)


def _parts(events: Sequence[Tellable]) -> Iterator[Sequence[Tellable]]:
    for first in range(0, len(events), TOLD_AT_ONCE):
        yield events[first : first + TOLD_AT_ONCE]
