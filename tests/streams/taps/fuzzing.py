"""Messages that no platform sends: real ones, mutated by a seeded hand, and what a dialect may do with them."""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from sidecar.taptest.client import Asked, Message
from sidecar.taptest.dialects import clients
from sidecar.taptest.sound import Side
from streams.clock import CallClock, ManualClock
from streams.errors import ProtocolError
from streams.taps.asterisk import ChanWebSocket
from streams.taps.audiohook import AudioHook
from streams.taps.audiosocket import AudioSocket
from streams.taps.dialect import Began, Dialect, Remark, Reply
from streams.taps.l16 import L16
from streams.taps.plain import PlainDialect
from streams.taps.timeline import Timeline
from streams.taps.twilio import Twilio

MOST_OF_ONE = 12
"""Mutated messages that one connection gets."""
LONGEST = 20_000
"""What is longer already is mutated no further; a doubled one still passes most limits, and some pass all of them."""
HEARD_EVERY = 16
"""Connections of which one has its sound put on a clock too, which costs more than all the rest."""

UNTOUCHED = 0.8
"""How much of what every other connection brings is left as it is, so that the rest is met deep in a call."""
COUNTED_ON = 0.97
"""How often a message of AudioHook's is counted as its platform would, whatever else is wrong with it."""
_SEQ = re.compile(r'"seq": ?[^,}]*')

DIALECTS: Mapping[str, Callable[[], Dialect]] = {
    "plain": PlainDialect,
    "audiohook": AudioHook,
    **{name: lambda name=name: Twilio(name) for name in ("twilio", "telnyx", "signalwire", "plivo")},  # type: ignore[misc]
    **{name: lambda name=name: L16(name, "fallback") for name in ("jambonz", "freeswitch", "vonage")},  # type: ignore[misc]
    "asterisk": lambda: ChanWebSocket("fallback"),
    "audiosocket": AudioSocket,
}
_EXTRA: Mapping[str, Sequence[Message]] = {
    "audiohook": [
        json.dumps(
            {"version": "2", "id": "s", "type": kind, "seq": 2, "serverseq": 1, "position": "PT1S", "parameters": given}
        )
        for kind, given in (
            ("discarded", {"start": "PT1S", "discarded": "PT0.5S"}),
            ("paused", {}),
            ("resumed", {"start": "PT1S", "discarded": "PT3S"}),
            ("update", {"language": "en-US"}),
            ("error", {"code": 409, "message": "x"}),
            ("ping", {}),
        )
    ],
    "plain": [
        '{"type":"lost","lost_ms":40,"channel":"agent"}',
        '{"type":"muted","channel":"agent"}',
        '{"type":"hold"}',
    ],
    "asterisk": ["MEDIA_START channel_id:1.2 format:ulaw ptime:20", "DTMF_END digit:1", '{"event":"STATUS"}'],
    "audiosocket": [b"\x03\x00\x01" + b"5", b"\xff\x00\x01\x01", b"\x12\x02\x80" + bytes(640), b"\x00\x00\x00"],
    "telnyx": ['{"event":"error","payload":{"code":100}}'],
    "plivo": ['{"event":"dtmf","dtmf":{"digit":"1"}}'],
    "vonage": ['{"event":"websocket:disconnected"}', '{"event":"websocket:dtmf","digit":"5"}'],
    "jambonz": ['{"a":1}{"b":2}', b""],
}
_TOKENS = (
    "0", "-1", "1e999", "NaN", "null", "true", '""', "[]", "{}", "9" * 30, "2147483648", "-9223372036854775809",
    "1.5", '"\\ud800"', '"\\u0000"', "[" * 2_000, '{"a":' * 500, "\U0001f600", "PT1e9S", "\x00", "99999999999999999999",
)  # fmt: skip


class Corpus(NamedTuple):
    """What a connection begins with, what may come in the middle of a call, and all that may come."""

    begins: list[Message]
    middle: list[Message]
    rest: list[Message]


class Found(NamedTuple):
    """What became of the messages: how many were fed, in how many connections, and the errors by code."""

    messages: int
    connections: int
    refused: Counter[str]


def corpus(name: str) -> Corpus:
    """What a real client of a dialect says in a short call."""
    [client, *_] = clients(name, Asked(call_id="c1"))
    begins = client.begin()
    noise = random.Random(1).randbytes
    size = client.rate_hz * client.slice_ms // 1000 * 2
    rest: list[Message] = []
    for at_ms in range(0, client.slice_ms * 4, client.slice_ms):
        sides: dict[Side, bytes] = {side: noise(size) for side in client.sides}
        rest += client.sound(sides, at_ms)
    extra = _EXTRA.get(name, ())
    if name == "audiohook":
        session = client.headers("ws://x/audiohook")["Audiohook-Session-Id"]
        extra = [str(one).replace('"id": "s"', f'"id": "{session}"') for one in extra]
    middle = [*rest, *extra]
    return Corpus(begins, middle, [*begins, *middle, *client.finish()])


def fuzz(name: str, count: int, seed: int) -> Found:
    """Feed a dialect so many mutated messages.

    Whatever it raises besides ProtocolError comes out.
    """
    dice = random.Random(f"{name} {seed}")
    given = corpus(name)
    refused: Counter[str] = Counter()
    fed = connections = 0
    while fed < count:
        connections += 1
        dialect = DIALECTS[name]()
        heard = _Heard() if connections % HEARD_EVERY == 0 else None
        messages = [*given.begins] if dice.random() < 0.9 else []
        some = [dice.choice(given.rest) for _ in range(dice.randint(1, MOST_OF_ONE))]
        try:
            for message in messages:
                _feed(dialect, message, heard)
            seq = len(messages)
            untouched = dice.choice((0.0, UNTOUCHED))
            for chosen in some:
                if dice.random() < untouched:
                    message = dice.choice(given.middle)
                else:
                    fed += 1
                    message = mutated(dice, chosen, given.rest)
                if isinstance(message, str) and dice.random() < COUNTED_ON:
                    message, seq = counted(message, seq)
                _feed(dialect, message, heard)
            for piece in dialect.closed():
                if heard is not None:
                    heard.take(piece)
        except ProtocolError as error:
            refused[error.code] += 1
            _check(str(error))
            dialect.refuse(error)
            try:
                _feed(dialect, dice.choice(given.rest), None)
            except ProtocolError as again:
                refused[again.code] += 1
    return Found(fed, connections, refused)


def mutated(dice: random.Random, message: Message, others: Sequence[Message]) -> Message:
    """A message with a few things wrong with it; sometimes of the wrong kind, sometimes not wrong at all."""
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3, 6))):
        if len(message) > LONGEST:
            break
        message = _mutate_text(dice, message, others) if isinstance(message, str) else _mutate_bytes(dice, message)
    if dice.random() < 0.02:
        message = message.encode("utf-8", "replace") if isinstance(message, str) else message.decode("utf-8", "replace")
    return message


def counted(message: str, seq: int) -> tuple[str, int]:
    """AudioHook's message as its platform would count it, and the count; whoever miscounts gets no further."""
    text, found = _SEQ.subn(f'"seq": {seq + 1}', message, count=1)
    # What cannot be read is refused for that, so a message counts only where it says so.
    return (text, seq + 1) if found else (message, seq)


def _feed(dialect: Dialect, message: Message, heard: "_Heard | None") -> None:
    pieces = dialect.receive_text(message) if isinstance(message, str) else dialect.receive_bytes(message)
    if heard is not None:
        for piece in pieces:
            heard.take(piece)


def _check(reason: str) -> None:
    """It goes into the log and back to the client."""
    assert reason.isprintable(), reason
    assert len(reason) < 500


class _Heard:
    """A dialect's pieces put on the clock, as the service does."""

    def __init__(self) -> None:
        self._clock = ManualClock()
        self._line: Timeline | None = None

    def take(self, piece: object) -> None:
        if isinstance(piece, Began):
            assert self._line is None, "a connection begins once"
            self._line = Timeline(piece, CallClock(self._clock))
        elif not isinstance(piece, Reply | Remark):
            assert self._line is not None, "no call has begun"
            self._clock.advance(20)
            at_ms = -1
            for event in self._line.feed(piece):  # type: ignore[arg-type]
                assert event.at_ms >= at_ms
                at_ms = event.at_ms


Cut: TypeAlias = tuple[int, int]


def _cut(dice: random.Random, length: int) -> Cut:
    at = dice.randrange(length + 1)
    return at, min(length, at + dice.choice((1, 1, 2, 4, 8, 40)))


def _mutate_text(dice: random.Random, text: str, others: Sequence[Message]) -> str:
    at, end = _cut(dice, len(text))
    match dice.randrange(9):
        case 0:
            return text[:at] + text[end:]
        case 1:
            return text[:at] + text[at:end] * 2 + text[end:]
        case 2:
            return text[:at] + chr(dice.choice((0, 34, 44, 58, 91, 92, 123, 125, 0x7F, 0x2028, 0x10FFFF))) + text[at:]
        case 3:
            other = dice.choice(others)
            return text[:at] + (other if isinstance(other, str) else "")[at:]
        case 4:
            return text + (text if dice.random() < 0.5 else text[:at])
        case 5 | 6:
            return _with_token(dice, text)
        case 7:
            return _reshaped(dice, text)
    return text[:at]


def _with_token(dice: random.Random, text: str) -> str:
    """One value of a JSON text, or one word, for another."""
    start = text.find(":", dice.randrange(len(text) + 1)) + 1
    ends = [place for mark in ",}" if (place := text.find(mark, start)) >= 0]
    return text[:start] + dice.choice(_TOKENS) + text[min(ends, default=len(text)) :]


def _reshaped(dice: random.Random, text: str) -> str:
    """A JSON object with a field gone, doubled, or of another type."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return text
    inner = table
    while isinstance(inner, dict) and inner and (nested := [v for v in inner.values() if isinstance(v, dict)]):
        if dice.random() < 0.4:
            break
        inner = dice.choice(nested)
    if not isinstance(inner, dict) or not inner:
        return text
    name = dice.choice([*inner])
    match dice.randrange(4):
        case 0:
            del inner[name]
        case 1:
            inner[name] = dice.choice((None, True, -1, 2**31, 2**63, 1e300, "", "x" * 600, [], {}, [[]], {"a": {}}))
        case 2:
            inner[name] = [inner[name]]
        case _:
            inner[name] = str(inner[name])
    return json.dumps(table)


def _mutate_bytes(dice: random.Random, data: bytes) -> bytes:
    at, end = _cut(dice, len(data))
    match dice.randrange(6):
        case 0:
            return data[:at] + data[end:]
        case 1:
            return data[:at] + dice.randbytes(end - at) + data[end:]
        case 2:
            return data + data[at:end]
        case 3:
            return data[:at]
        case 4:
            return b""
    return data * dice.choice((2, 3, 40))
