"""Events to bytes and back: msgpack envelopes on the bus, JSON lines in the journal and on stdout.

Data flows both ways here and nowhere else, so that one schema version covers everything stored or sent.
"""

from typing import TypeAlias

import msgspec

from streams.errors import ProtocolError
from streams.events import Event, Telemetry

SCHEMA_VERSION = 1
"""Raised when a reader of an older version would misread; fields with defaults may be added without raising it."""


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """One event on the bus with its per-call sequence number, from which a screen sees that something is missing."""

    version: int
    seq: int
    event: Event | Telemetry


class Snapshot(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The state of every live call as the events that lead to it; `seqs` is the last number per call included."""

    events: tuple[Event | Telemetry, ...]
    seqs: dict[str, int]
    service: str = ""


class SnapshotRequest(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A screen asks for a `Snapshot`."""

    client: str = ""


class Command(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A person's action on its way to the service, which stamps it with media time and journals it.

    `call_id` empty means the only live call; `nudge` empty means the one on screen.
    """

    action: str
    call_id: str = ""
    nudge: str = ""
    value: str = ""
    by: str = ""


class Reply(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The service's answer to a `Command`: whether it was carried out, and one line of why not.

    `lines` holds what was asked for, where something was; one that begins with "# " is a heading.
    """

    ok: bool
    text: str = ""
    lines: tuple[str, ...] = ()


class Heartbeat(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The service says that it is there; `seqs` holds the last number of every call it knows.

    From `seqs` a screen sees that the last event before a silence went missing. `service` differs after a restart.
    """

    service: str
    every_ms: int
    seqs: dict[str, int]


Message: TypeAlias = Snapshot | SnapshotRequest | Command | Reply | Heartbeat

_json = msgspec.json.Encoder()
_json_event: msgspec.json.Decoder[Event | Telemetry] = msgspec.json.Decoder(Event | Telemetry)
_pack = msgspec.msgpack.Encoder()
_unpack_envelope: msgspec.msgpack.Decoder[Envelope] = msgspec.msgpack.Decoder(Envelope)
_unpack_message: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def to_json(event: Event | Telemetry) -> bytes:
    """One event as one line of JSON, without the newline."""
    return _json.encode(event)


def from_json(line: bytes | str) -> Event | Telemetry:
    """One line of JSON as an event.

    Raises ProtocolError when the line is not one.
    """
    try:
        return _json_event.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"not an event: {error}") from error


def pack(envelope: Envelope) -> bytes:
    """An envelope as msgpack."""
    return _pack.encode(envelope)


def unpack(data: bytes) -> Envelope:
    """Msgpack as an envelope.

    Raises ProtocolError when it is not one, or is of another schema version.
    """
    try:
        envelope = _unpack_envelope.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"not an envelope: {error}") from error
    if envelope.version != SCHEMA_VERSION:
        raise ProtocolError(
            f"schema version {envelope.version} received, {SCHEMA_VERSION} understood; "
            "run the same version of service and screens"
        )
    return envelope


def pack_message(message: Message) -> bytes:
    """A request or reply as msgpack."""
    return _pack.encode(message)


def unpack_message(data: bytes) -> Message:
    """Msgpack as a request or reply.

    Raises ProtocolError when it is neither.
    """
    try:
        return _unpack_message.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"not a message: {error}") from error
