"""A call's journal: its events flow in and lie in `events.jsonl` the moment they were emitted; read back for replay.

One folder a call, readable by its owner alone. Kept is what the coach decides on and what it said: ticks are made again
on replay, hypotheses are kept when their stable part moved, telemetry and sound never. Every line is flushed, so that a
crash costs at most the line being written. The rule pack stands in it folded; whoever reads gets it as it was.
"""

import os
import re
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from sidecar.folded import fold, unfold
from sidecar.stable import StableOnly
from streams.errors import ProtocolError, StorageError, TranscriptError
from streams.events import (
    CallContext,
    CallEnded,
    CallStarted,
    CallSummary,
    Empathy,
    Event,
    FloorAlert,
    Heat,
    HelpAnswered,
    HelpAsked,
    HumanEvent,
    Hypothesis,
    Note,
    Nudge,
    Quote,
    SourceEvent,
    SpeechEvent,
    Telemetry,
    Utterance,
)
from streams.wire import from_json, to_json

FILE_NAME = "events.jsonl"
_LEFT_OUT = "words_left_out"
"""Stands in the context's config of a journal that was kept without text."""
MOST_SAME_SECOND = 1000
"""Journals of one name that may begin within a second; more is a mistake elsewhere."""


class Journal:
    """Writes one call's events; a sink of the runner.

    Raises StorageError, in one line, when the folder or the file cannot be written.
    """

    def __init__(self, folder: Path, *, text: bool = True) -> None:
        self.path = folder / FILE_NAME
        self._text = text
        self._deciding = StableOnly()
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self._file = os.fdopen(handle, "wb")

    def write(self, event: Event | Telemetry) -> None:
        """Append one event, unless a replay can do without it."""
        if not self._deciding.decides(event):
            return
        kept = event if self._text else without_words(event)
        if kept is None:
            return
        if isinstance(kept, CallContext):
            kept = msgspec.structs.replace(kept, pack=fold(kept.pack))
        try:
            self._file.write(to_json(kept) + b"\n")
            self._file.flush()
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def close(self) -> None:
        """Close the file; a journal may be closed twice."""
        try:
            self._file.close()
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def new_folder(journals: Path, started_at: str, call_id: str) -> Path:
    """A new folder for a call: when it began and its id, with a counter where that is taken.

    Raises StorageError when it cannot be made.
    """
    moment = re.sub(r"[^0-9T]", "", started_at)[:15].replace("T", "-")
    stem = "-".join(part for part in (moment, slug(call_id)) if part)
    for count in range(1, MOST_SAME_SECOND):
        folder = journals / (stem if count == 1 else f"{stem}-{count}")
        try:
            folder.mkdir(mode=0o700, parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise _unwritable(folder, error) from error
        return folder
    raise StorageError(f"{journals}: {MOST_SAME_SECOND} journals are called {stem}; give calls ids of their own")


def slug(text: str) -> str:
    """A text as a name that any file system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")[:80] or "call"


def without_words(event: Event | Telemetry) -> Event | Telemetry | None:
    """The event without anything that anybody said or wrote; None where nothing is left."""
    match event:
        case CallContext():
            return msgspec.structs.replace(event, config={**event.config, _LEFT_OUT: True})
        case Hypothesis():
            return None
        case Utterance():
            return msgspec.structs.replace(event, text="", words=())
        case Heat():
            return msgspec.structs.replace(
                event, because=tuple(msgspec.structs.replace(cause, quote="") for cause in event.because)
            )
        case Empathy():
            return msgspec.structs.replace(event, quote="")
        case Nudge():
            return msgspec.structs.replace(
                event, evidence=tuple(Quote("", quote.said_ms, quote.channel) for quote in event.evidence)
            )
        case Note() | HelpAsked() | HelpAnswered() | FloorAlert():
            return msgspec.structs.replace(event, text="")
        case CallSummary():
            return msgspec.structs.replace(event, totals=_without_texts(event.totals))
    return event


def _without_texts(totals: dict[str, object]) -> dict[str, object]:
    """Numbers, and lists and tables of them; a summary's texts may be quotes."""
    return {
        key: _without_texts(value) if isinstance(value, dict) else value
        for key, value in totals.items()
        if isinstance(value, int | float | dict) or _numbers(value)
    }


def _numbers(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, int | float) for each in value)


class Kept(NamedTuple):
    """A journal as it was read; `cut` says in one line where it broke off, empty when it is whole."""

    context: CallContext
    started: CallStarted
    events: tuple[Event | Telemetry, ...]
    cut: str = ""

    @property
    def inputs(self) -> tuple[Event, ...]:
        """What the coach was given: everything but what it said itself."""
        return tuple(event for event in self.events if isinstance(event, SourceEvent | SpeechEvent | HumanEvent))

    @property
    def has_words(self) -> bool:
        """Whether it was kept with text, so that nudges can be made from it again."""
        return _LEFT_OUT not in self.context.config


def read_journal(path: Path) -> Kept:
    """Read a journal, given its file or its folder.

    Raises TranscriptError, with file and line, when it is not a journal, and StorageError when it cannot be read.
    """
    file = path / FILE_NAME if path.is_dir() else path
    try:
        data = file.read_bytes()
    except OSError as error:
        raise StorageError(f"cannot read {file}: {error.strerror or error}") from error
    return parse_journal(data, str(file))


def parse_journal(data: bytes, name: str) -> Kept:
    """A journal's bytes as events; a last line that a crash cut short is left out and said.

    Raises TranscriptError, with `name` and line, for any other line that is not an event.
    """
    lines = data.split(b"\n")
    # What stands behind the last newline was being written; a whole event there only lacks its newline.
    events: list[Event | Telemetry] = []
    cut = ""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            events.append(_unfolded(from_json(line)))
        except ProtocolError as error:
            if number < len(lines):
                raise TranscriptError(f"{name}:{number}: {error}") from error
            cut = f"{name}:{number}: cut off in mid-line; read up to {_time(events)}"
    context = next((event for event in events if isinstance(event, CallContext)), None)
    started = next((event for event in events if isinstance(event, CallStarted)), None)
    if context is None or started is None:
        missing = "CallContext" if context is None else "CallStarted"
        raise TranscriptError(f"{name}: not a journal of a call: it has no {missing}")
    if not cut and not any(isinstance(event, CallEnded) for event in events):
        cut = f"{name}:{len(lines)}: ends before the call does; read up to {_time(events)}"
    return Kept(context, started, tuple(events), cut)


def _unfolded(event: Event | Telemetry) -> Event | Telemetry:
    """The event as it was emitted.

    Raises ProtocolError for a rule pack that was damaged.
    """
    return msgspec.structs.replace(event, pack=unfold(event.pack)) if isinstance(event, CallContext) else event


def _time(events: list[Event | Telemetry]) -> str:
    seconds = events[-1].at_ms // 1000 if events else 0
    return f"{seconds // 60:02}:{seconds % 60:02}"


def _unwritable(path: Path, error: OSError) -> StorageError:
    reason = error.strerror or str(error)
    return StorageError(
        f"cannot write {path}: {reason}; set SIDECAR_HOME to a folder you may write, or journal.enabled=false"
    )
