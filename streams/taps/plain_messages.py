"""The messages of the plain dialect: JSON text in, structs out, and back; what may stand in them, and how much.

Data flows both ways; the service's end and the client's both stand on this.
"""

import re
from typing import Literal

import msgspec

from streams.errors import ProtocolError, TranscriptError
from streams.events import Channel, Word
from streams.taps.dialect import Control
from streams.taps.facts import clean
from streams.transcript import check_words

VERSION = 1
LONGEST_HELLO = 4 << 20
"""Characters; a hello may carry the words of a whole call."""
LONGEST_TEXT = 64 << 10
"""Characters of any other text."""
LONGEST_AUDIO = 256 << 10
"""Bytes of one binary message: four seconds of two sides at 16 kHz, a client catching up after a stall."""
LONGEST_LOSS_MS = 3_600_000

_CALL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)
_NAME_LENGTH = 500
_REASON = 200
_KNOWN = {"hello", "hold", "resumed", "muted", "unmuted", "paused", "resumed_audio", "lost", "end"}


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag="hello", tag_field="type"):
    """How a client introduces a call; `words` (ms) feed the reference engine where the client knows what is said."""

    version: int
    call_id: str
    agent_id: str = ""
    agent_name: str = ""
    queue: str = ""
    source: str = ""
    started_at: str = ""
    rate_hz: Literal[8000, 16000] = 8000
    channels: tuple[Channel, ...] = ("agent", "customer")
    engine: Literal["whisper", "reference"] | None = None
    words: dict[Channel, tuple[Word, ...]] = {}


class Welcome(msgspec.Struct, frozen=True, tag="welcome", tag_field="type"):
    """The service takes the call."""

    version: int
    call_id: str


class Refusal(msgspec.Struct, frozen=True, tag="error", tag_field="type"):
    """The service does not go on, and why."""

    code: str
    text: str


class _Kind(msgspec.Struct, frozen=True):
    type: str


_kind = msgspec.json.Decoder(_Kind)
_client_says: msgspec.json.Decoder[Hello | Control] = msgspec.json.Decoder(Hello | Control)
_service_says: msgspec.json.Decoder[Welcome | Refusal] = msgspec.json.Decoder(Welcome | Refusal)
_encode = msgspec.json.Encoder().encode


def to_text(message: Hello | Control | Welcome | Refusal) -> str:
    """A message as JSON."""
    return _encode(message).decode()


def from_client(text: str) -> Hello | Control | None:
    """A client's message; None when it is of a kind unknown here.

    Raises ProtocolError when it is none at all.
    """
    try:
        return _client_says.decode(text) if _kind.decode(text).type in _KNOWN else None
    except msgspec.ValidationError as error:
        # What the client wrote may stand in it, however long, and goes back to it and to the log.
        raise ProtocolError(f"not a message of this dialect: {clean(str(error))[:_REASON]}", "bad_message") from error
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {error}", "bad_json") from error


def check_hello(hello: Hello) -> None:
    """Refuse a hello that no call can come of.

    Raises ProtocolError.
    """
    if hello.version != VERSION:
        raise ProtocolError(f"version {hello.version} asked for, {VERSION} understood", "bad_version")
    if not _CALL_ID.fullmatch(hello.call_id):
        raise ProtocolError(
            "call_id takes 1 to 128 of A-Z a-z 0-9 . _ - and begins with a letter or digit", "bad_hello"
        )
    for name in ("agent_id", "agent_name", "queue", "source", "started_at"):
        value = getattr(hello, name)
        if len(value) > _NAME_LENGTH or not value.isprintable():
            raise ProtocolError(f"{name} takes up to {_NAME_LENGTH} printable characters", "bad_hello")
    if hello.channels not in {("agent", "customer"), ("customer", "agent"), ("agent",), ("customer",), ("mixed",)}:
        raise ProtocolError(f"channels cannot be {', '.join(hello.channels) or 'none'}", "bad_hello")
    if hello.engine == "reference" and not any(hello.words.values()):
        raise ProtocolError("the reference engine needs the call's words", "bad_hello")
    if not set(hello.words) <= set(hello.channels):
        raise ProtocolError("words are given for a channel that the call does not have", "bad_hello")
    try:
        check_words(hello.words, "hello")
    except TranscriptError as error:
        raise ProtocolError(str(error), "bad_hello") from error


def from_service(text: str) -> Welcome:
    """The service's answer.

    Raises ProtocolError when it refuses the call, or is no such service.
    """
    try:
        answer = _service_says.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise ProtocolError(f"this is no sidecar service: {error}", "bad_message") from error
    if isinstance(answer, Refusal):
        raise ProtocolError(f"the service refuses the call: {answer.text}", answer.code)
    return answer
