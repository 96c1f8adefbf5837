"""What a path turns out to be: file names flow in, a call that can be played flows out.

A recording gives audio frames, a transcript or a journal gives speech events; the words of a recording, where they are
known, lie beside it (`X.words.json`, `X.call`) or in a file that was named.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from sidecar.journal import FILE_NAME, Kept, read_journal, slug
from streams.errors import AudioInputError, TranscriptError
from streams.events import AudioFrame, CallContext, CallEnded, CallStarted, Channel, Event, Word
from streams.recording import Recording, open_pair, open_recording
from streams.script import Script
from streams.transcript import SUFFIXES, read_transcript, read_words, script_events

Words: TypeAlias = Mapping[Channel, tuple[Word, ...]]
WORDS_SUFFIX = ".words.json"


class Known(msgspec.Struct, frozen=True):
    """The words of a call as a file has them, and that file's name."""

    words: Words
    name: str


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """A call that can be played.

    `events` begins it anew each time it is asked. `known` are words of a recording that need no recogniser; `context`
    is what an earlier call was decided on. `notes` are for a person.
    """

    kind: Literal["audio", "script", "journal"]
    started: CallStarted
    duration_ms: int
    events: Callable[[], Iterable[Event | AudioFrame]]
    known: Known | None = None
    context: CallContext | None = None
    notes: tuple[str, ...] = ()


def open_path(path: Path, *, left: Channel | None, default_left: Channel, transcript: Path | None) -> Material:
    """A recording, a transcript or a journal.

    `left` says whose the first channel is, before the `@ left` of a `.call` beside the recording and `default_left`.
    Raises AudioInputError, TranscriptError or StorageError when it is none of them.
    """
    if path.suffix == ".jsonl" or (path / FILE_NAME).is_file():
        return _journal(read_journal(path))
    if path.is_dir():
        raise AudioInputError(f"{path} is a folder; name a recording, a transcript or a journal in it")
    if path.name.lower().endswith(SUFFIXES):
        return _script(_read_script(path))
    script = _script_beside(path)
    side: str = left or (script.facts.get("left", "") if script else "") or default_left
    recording = open_recording(path, left="customer" if side == "customer" else "agent")
    known = _read_known(transcript) if transcript else _known_beside(path, script)
    return _audio(recording, slug(path.stem), known, script)


def open_sides(agent: Path, customer: Path, transcript: Path | None) -> Material:
    """Two mono recordings that began together.

    Raises AudioInputError when one of them cannot be used.
    """
    recording = open_pair(agent, customer)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(agent.stem, customer.stem, strict=False))
    common = "".join(letter for letter, _ in same).strip("-._ ")
    call_id = slug(common or f"{agent.stem}-{customer.stem}")
    return _audio(recording, call_id, _read_known(transcript) if transcript else None, None)


def _audio(recording: Recording, call_id: str, known: Known | None, script: Script | None) -> Material:
    facts = script.facts if script else {}

    def events() -> Iterable[Event | AudioFrame]:
        yield from recording.frames(call_id)
        yield CallEnded(call_id=call_id, at_ms=recording.duration_ms, reason="end_of_recording")

    started = CallStarted(
        call_id=call_id,
        at_ms=0,
        agent_id=facts.get("agent", ""),
        agent_name=facts.get("agent", ""),
        queue=facts.get("queue", ""),
        source=" + ".join(Path(name).name for name in recording.source.split(" + ")),
        channels=recording.channels,
    )
    return Material(
        kind="audio",
        started=started,
        duration_ms=recording.duration_ms,
        events=events,
        known=known,
        notes=recording.notes,
    )


def _script(script: Script) -> Material:
    call_id = slug(Path(script.name).stem)
    events = tuple(script_events(script, call_id))
    begun = next(event for event in events if isinstance(event, CallStarted))
    started = msgspec.structs.replace(begun, source=Path(script.name).name)
    return Material(kind="script", started=started, duration_ms=events[-1].at_ms, events=lambda: events)


def _journal(kept: Kept) -> Material:
    """Raises TranscriptError when its words were not kept: nothing can be made of it again."""
    if not kept.has_words:
        raise TranscriptError(
            f"the journal of {kept.started.call_id} was kept without text (journal.text = false); "
            "its nudges can be listed with `sidecar calls show`, not made again"
        )
    return Material(
        kind="journal",
        started=kept.started,
        duration_ms=kept.events[-1].at_ms,
        events=lambda: kept.inputs,
        context=kept.context,
        notes=(kept.cut,) if kept.cut else (),
    )


def _known_beside(path: Path, script: Script | None) -> Known | None:
    words = path.with_name(path.stem + WORDS_SUFFIX)
    if words.is_file():
        return _read_known(words)
    return _known(script) if script else None


def _script_beside(path: Path) -> Script | None:
    beside = path.with_suffix(".call")
    return _read_script(beside) if beside.is_file() else None


def _read_known(path: Path) -> Known:
    if path.name.endswith(WORDS_SUFFIX):
        return Known(read_words(_read_text(path), path.name), path.name)
    return _known(_read_script(path))


def _known(script: Script) -> Known:
    words: dict[Channel, tuple[Word, ...]] = {}
    for turn in script.turns:
        words[turn.channel] = words.get(turn.channel, ()) + turn.words
    return Known(words, Path(script.name).name)


def _read_script(path: Path) -> Script:
    return read_transcript(_read_text(path), str(path))


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TranscriptError(f"{path}: not UTF-8 text: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise TranscriptError(f"cannot read {path}: {error.strerror or error}") from error
