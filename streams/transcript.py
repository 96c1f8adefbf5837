"""Timed transcripts of every kind: the text of a file in, a `Script` out.

Takes text, never paths; the file's name decides its kind and is what messages call it.
"""

from collections.abc import Callable

import msgspec

from streams.callscript import read_call
from streams.errors import TranscriptError
from streams.events import Channel, Word
from streams.script import (
    LONGEST_MS,
    Expectation,
    Script,
    Turn,
    script_events,
    settled,
    spread_words,
    with_words,
)
from streams.subtitles import ROLES, read_subtitles

__all__ = [
    "SUFFIXES",
    "Expectation",
    "Script",
    "Turn",
    "check_words",
    "read_transcript",
    "read_words",
    "script_events",
    "spread_words",
    "with_words",
]


class _JsonTurn(msgspec.Struct, frozen=True):
    who: str
    start_ms: int
    end_ms: int
    text: str


class _JsonCall(msgspec.Struct, frozen=True):
    turns: tuple[_JsonTurn, ...]
    id: str = ""


def read_transcript(text: str, name: str) -> Script:
    """The call in `text`; the end of `name` says whether it is `.call`, `.srt`, `.vtt` or `.json`.

    Raises TranscriptError with file, line and reason.
    """
    for suffix, read in _READERS.items():
        if name.lower().endswith(suffix):
            return read(text, name)
    raise TranscriptError(f"{name}: not a transcript; its name must end in {', '.join(_READERS)}")


def read_words(text: str, name: str) -> dict[Channel, tuple[Word, ...]]:
    """True word times, as `{"agent": [["hello", 700, 1207], ...], "customer": ...}` (ms).

    Raises TranscriptError when the text is anything else, or a side's words go back in time.
    """
    try:
        words = msgspec.json.decode(text, type=dict[Channel, tuple[Word, ...]])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise TranscriptError(f"{name}: not a list of timed words for each side: {error}") from error
    check_words(words, name)
    return words


def check_words(words: dict[Channel, tuple[Word, ...]], name: str) -> None:
    """Every side's words must follow each other in time.

    Raises TranscriptError when they do not.
    """
    for channel, side in words.items():
        last = Word("", 0, 0)
        for word in side:
            if not last.start_ms <= word.start_ms <= word.end_ms <= LONGEST_MS:
                span = f"from {word.start_ms} to {word.end_ms} ms"
                raise TranscriptError(f"{name}: the {channel}'s word '{word.text}' {span} is out of order")
            last = word


def _read_json(text: str, name: str) -> Script:
    """`{"id": ..., "turns": [{"who": "C", "start_ms": 0, "end_ms": 900, "text": "hello"}, ...]}`."""
    try:
        call = msgspec.json.decode(text.removeprefix("\ufeff"), type=_JsonCall)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise TranscriptError(f"{name}: not a call's turns: {error}") from error
    turns = [_json_turn(turn, f"{name}: turn {number}") for number, turn in enumerate(call.turns)]
    if not turns:
        raise TranscriptError(f"{name}: there is no turn in it")
    return Script(name=name, facts={"id": call.id} if call.id else {}, turns=settled(turns))


def _json_turn(turn: _JsonTurn, where: str) -> Turn:
    channel = ROLES.get(turn.who.lower())
    text = " ".join(turn.text.split())
    if channel is None:
        raise TranscriptError(f"{where}: who '{turn.who}' is neither side; write A (agent) or C (customer)")
    if not 0 <= turn.start_ms < turn.end_ms <= LONGEST_MS:
        raise TranscriptError(
            f"{where}: it must end after its start, within a day; it has {turn.start_ms} to {turn.end_ms} ms"
        )
    if not text:
        raise TranscriptError(f"{where}: there are no words in it")
    return Turn(
        channel=channel,
        started_ms=turn.start_ms,
        ended_ms=turn.end_ms,
        text=text,
        words=spread_words(text, turn.start_ms, turn.end_ms),
    )


_READERS: dict[str, Callable[[str, str], Script]] = {
    ".call": read_call,
    ".srt": read_subtitles,
    ".vtt": read_subtitles,
    ".json": _read_json,
}
SUFFIXES = tuple(_READERS)
"""Names that end so are transcripts."""
