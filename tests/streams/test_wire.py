"""Every event over the wire and back, and nothing else."""

import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import wire
from streams.errors import ProtocolError
from streams.events import AudioFrame, Event, SpeechStarted, Telemetry, Tick
from streams.wire import SCHEMA_VERSION, Command, Envelope, Heartbeat, Message, Reply, Snapshot, SnapshotRequest

KINDS = (*typing.get_args(Event), *typing.get_args(Telemetry))


def least(kind: type) -> typing.Any:
    """An event with nothing but what it must have."""
    fillers: dict[object, object] = {str: "x", int: 7, float: 0.5, bool: True}
    made: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        if field.required:
            if typing.get_origin(field.type) is typing.Literal:
                made[field.name] = typing.get_args(field.type)[0]
            else:
                made[field.name] = fillers.get(field.type, {})
    return kind(**made)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_survives_both_ways(kind: type) -> None:
    event = least(kind)
    line = wire.to_json(event)
    assert line.startswith(b'{"type":"%s","call_id":' % kind.__name__.encode())
    assert b"\n" not in line
    assert wire.from_json(line) == event
    assert wire.unpack(wire.pack(Envelope(SCHEMA_VERSION, 3, event))) == Envelope(SCHEMA_VERSION, 3, event)


def test_sound_is_no_event_that_could_be_stored() -> None:
    assert AudioFrame not in KINDS
    frame = AudioFrame(call_id="c", at_ms=0, channel="agent", pcm=b"", rate_hz=8000, started_ms=0, duration_ms=0)
    with pytest.raises(ProtocolError):
        wire.from_json(wire.to_json(frame))  # type: ignore[arg-type]


MESSAGES: list[Message] = [
    Snapshot(events=(Tick(call_id="c", at_ms=1),), seqs={"c": 1}, service="s"),
    SnapshotRequest(client="panel"),
    Command(action="answer", call_id="c", nudge="n", value="helpful", by="x"),
    Reply(ok=False, text="no"),
    Heartbeat(service="s", every_ms=100, seqs={"c": 1}),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_message_survives(message: Message) -> None:
    assert wire.unpack_message(wire.pack_message(message)) == message


def test_another_version_is_refused_with_what_to_do() -> None:
    newer = wire.pack(Envelope(SCHEMA_VERSION + 1, 1, Tick(call_id="c", at_ms=0)))
    with pytest.raises(ProtocolError, match=f"schema version {SCHEMA_VERSION + 1} received"):
        wire.unpack(newer)


@pytest.mark.parametrize("line", ["", "{", "[]", '{"type":"Nothing"}', b"\xff", '{"type":"Tick","call_id":"c"}'])
def test_what_is_no_event_is_refused(line: str | bytes) -> None:
    with pytest.raises(ProtocolError, match="not an event"):
        wire.from_json(line)


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_be_refused(data: bytes) -> None:
    for read in (wire.unpack, wire.unpack_message, wire.from_json):
        try:
            read(data)
        except ProtocolError:
            continue


def test_fields_with_defaults_may_be_missing_and_new_ones_are_passed_over() -> None:
    line = '{"type":"SpeechStarted","call_id":"c","at_ms":1,"channel":"agent","started_ms":0,"later":true}'
    assert wire.from_json(line) == SpeechStarted(call_id="c", at_ms=1, channel="agent", started_ms=0)
