"""What travels between a gateway and the workstations that dialled out to it: messages to bytes and back.

A line is one platform's connection on its way to one workstation, numbered by the gateway.
"""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from streams.errors import ProtocolError

GATEWAY_SCHEMA = 2
"""Raised when an older reader would misread; fields with defaults may be added without raising it."""


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The workstation takes calls; said again every beat.

    `boot` differs after each start of its service and after each break of the connection: then it has no lines. `start`
    differs after each start alone: what was cut off before it is known no more.
    """

    boot: str
    start: str = ""
    schema: int = GATEWAY_SCHEMA


class Leaving(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The workstation's service ends."""

    boot: str


class LineEnded(msgspec.Struct, frozen=True, tag=True):
    """The workstation is done with a line; `code` is empty for good order, else what the platform is told."""

    line: int
    code: str = ""
    text: str = ""


class LineTold(msgspec.Struct, frozen=True, tag=True):
    """What a line's platform is to be told of its call, as `streams.taps.relay` packs it."""

    line: int
    told: bytes


class LineBegins(msgspec.Struct, frozen=True, tag=True):
    """A call comes; `source` is its dialect's name, and pieces follow.

    `tells` says that the platform can be told of its call, and that the gateway's settings let it be.
    """

    line: int
    source: str
    tells: bool = False


class LinePiece(msgspec.Struct, frozen=True, tag=True):
    """A piece of a call, as `streams.taps.relay` packs it."""

    line: int
    piece: bytes


class LineOver(msgspec.Struct, frozen=True, tag=True):
    """Nothing more comes on a line; a broken one may be followed by another that carries the call on."""

    line: int
    broken: bool


class GatewayBeat(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The gateway is there and knows the workstation by this name; `every_ms` is how often both say so.

    `lines` are all that are open to it, None where the gateway is too old to say.
    """

    gateway: str
    you: str
    agents: tuple[str, ...]
    every_ms: int
    lines: tuple[int, ...] | None = None


class Unwanted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The gateway does not take this workstation, and why."""

    text: str


class Several(msgspec.Struct, frozen=True, tag=True):
    """Messages to a workstation that were gathered on their way, each packed, in their order."""

    messages: tuple[bytes, ...]


ToGateway: TypeAlias = Ready | Leaving | LineTold | LineEnded
ToStation: TypeAlias = LineBegins | LinePiece | LineOver | GatewayBeat | Unwanted

_encode = msgspec.msgpack.Encoder().encode
_to_gateway: msgspec.msgpack.Decoder[ToGateway] = msgspec.msgpack.Decoder(ToGateway)
_to_station: msgspec.msgpack.Decoder[ToStation | Several] = msgspec.msgpack.Decoder(ToStation | Several)


def pack(message: ToGateway | ToStation | Several) -> bytes:
    """A message as msgpack."""
    return _encode(message)


def pack_all(messages: Sequence[ToStation]) -> bytes:
    """Messages to one workstation as one."""
    packed = [*map(pack, messages)]
    return packed[0] if len(packed) == 1 else pack(Several(tuple(packed)))


def from_station(data: bytes) -> ToGateway:
    """Msgpack as what a workstation says.

    Raises ProtocolError when it is nothing of that.
    """
    try:
        return _to_gateway.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"not a workstation's message: {error}") from error


def from_gateway(data: bytes) -> list[ToStation]:
    """Msgpack as what a gateway says, gathered messages one by one.

    Raises ProtocolError when it is nothing of that.
    """
    try:
        said = _to_station.decode(data)
        if not isinstance(said, Several):
            return [said]
        parts = [_to_station.decode(part) for part in said.messages]
        return [part for part in parts if not isinstance(part, Several)]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"not a gateway's message: {error}") from error
