"""What there is to evaluate: paths flow in, cases flow out, and a reason for every line that is none.

A `.call` file with its expectations, JSON Lines of labelled calls, a MAIA folder with labels, a MultiDoGO table, the
journal of an earlier call; a folder stands for all of these in it.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeAlias

from sidecar.evaluation.dialogues import maia_case, maia_talks, neutral_cases
from sidecar.evaluation.labelled_lines import read_line
from sidecar.evaluation.labels import Ban, Case, Labels, Span, Want
from sidecar.journal import FILE_NAME, read_journal
from streams.errors import InputError, TranscriptError
from streams.events import Utterance
from streams.script import LONGEST_MS
from streams.transcript import SUFFIXES, read_transcript

Found: TypeAlias = Case | InputError
"""A case, or why a line is none (file, line and reason)."""

LABELS_NAME = "labels.jsonl"
"""Beside the table of a MAIA folder."""
_P = ParamSpec("_P")
_JOURNAL_STARTS = b'{"type":"'


def find(paths: Iterable[Path]) -> Iterator[Found]:
    """The cases of files and folders, in a settled order.

    Raises InputError for a path that cannot be evaluated at all.
    """
    for path in paths:
        yield from _folder(path) if path.is_dir() else _file(path)


def _folder(folder: Path) -> Iterator[Found]:
    """Raises InputError when nothing in it can be evaluated."""
    if (folder / FILE_NAME).is_file():
        yield _guarded(_journal, folder / FILE_NAME)
        return
    tables = sorted(folder.glob("*.csv"))
    if (folder / LABELS_NAME).is_file() and tables:
        yield from _maia(folder / LABELS_NAME, tables)
        return
    within = sorted(path for path in folder.rglob("*") if path.is_file() and _fits(path))
    if not within:
        raise InputError(
            f"{folder}: nothing to evaluate in it; name .call files, .jsonl of labelled calls, or journals"
        )
    for path in within:
        yield from _file(path)


def _fits(path: Path) -> bool:
    return path.suffix in {".call", ".jsonl", ".tsv"}


def _file(path: Path) -> Iterator[Found]:
    name = path.name.lower()
    if name.endswith(SUFFIXES):
        yield _guarded(_script, path)
    elif name.endswith(".tsv"):
        yield from neutral_cases(_text(path), str(path))
    elif name.endswith(".jsonl"):
        yield from _lines(path)
    else:
        raise InputError(f"{path}: not known here; name .call or .jsonl files, or folders of them")


def _lines(path: Path) -> Iterator[Found]:
    data = _data(path)
    if data.startswith(_JOURNAL_STARTS):
        yield _guarded(_journal, path)
        return
    if not data.strip():
        yield TranscriptError(f"{path}: there is nothing in it; write a labelled call as JSON on each line")
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            yield _guarded(read_line, line, f"{path}:{number}")


def _maia(labels: Path, tables: Iterable[Path]) -> Iterator[Found]:
    talks = {key: talk for path in tables for key, talk in maia_talks(_text(path), str(path)).items()}
    for number, line in enumerate(_data(labels).splitlines(), 1):
        if line.strip():
            yield _guarded(maia_case, line, talks, f"{labels}:{number}")


def _script(path: Path) -> Case:
    """Every expectation of a nudge is a want, every `none` and `not` a ban; what is left open is not judged."""
    script = read_transcript(_text(path), str(path))
    wants: list[Want] = []
    bans: list[Ban] = []
    for expectation in script.expectations:
        from_ms, to_ms = expectation.within or (0, LONGEST_MS)
        match expectation.kind:
            case "nudge":
                wants.append(Want(rule=expectation.rule, severity=expectation.severity, from_ms=from_ms, to_ms=to_ms))
            case "resolved":
                wants.append(Want(rule=expectation.rule, required=False))
            case _:
                bans.append(Ban(rule=expectation.rule))
    spans = tuple(Span(turn.channel, turn.started_ms, turn.ended_ms) for turn in script.turns)
    labels = Labels(wants=tuple(wants), bans=tuple(bans))
    return Case(id=script.facts.get("id", path.stem), spans=spans, script=script, labels=labels)


def _journal(path: Path) -> Case:
    """Raises TranscriptError when its words were not kept."""
    kept = read_journal(path)
    if not kept.has_words:
        raise TranscriptError(f"{path}: was kept without text; no nudges can be made from it again")
    spoken = [event for event in kept.inputs if isinstance(event, Utterance)]
    spans = tuple(Span(event.channel, event.started_ms, event.ended_ms) for event in spoken)
    return Case(id=kept.started.call_id, spans=spans, kept=kept)


def _guarded(read: Callable[_P, Case], *arguments: _P.args, **named: _P.kwargs) -> Found:
    try:
        return read(*arguments, **named)
    except InputError as error:
        return error


def _text(path: Path) -> str:
    try:
        return _data(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TranscriptError(f"{path}: not UTF-8 text: {error.reason} at byte {error.start}") from error


def _data(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TranscriptError(f"cannot read {path}: {error.strerror or error}") from error
