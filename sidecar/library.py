"""The calls that were kept: journals flow in, a searchable list of them flows out; old ones leave the disk.

The journals are the truth. The index beside them (`library.sqlite`) only saves reading them all again: it is brought
up to date whenever it is asked, by one writer at a time, and may be deleted at any moment.
"""

import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from sidecar.joined import began_after_ms, clock
from sidecar.journal import FILE_NAME, Kept, read_journal
from streams.errors import InputError, SidecarError, StorageError
from streams.events import Nudge, Utterance

INDEX_NAME = "library.sqlite"
CUT = "cut short"
GOES_ON_S = 600
"""A call of the same id that begins within so long after one broke off is the same: platforms redial within seconds."""

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS call (
        name TEXT PRIMARY KEY, bytes INTEGER, changed_ns INTEGER, call_id TEXT, started_at TEXT, agent TEXT, queue TEXT,
        source TEXT, duration_ms INTEGER, utterances INTEGER, nudges INTEGER, note TEXT
    ) WITHOUT ROWID
"""
_ISO = "%Y-%m-%dT%H:%M:%SZ"
_COLUMNS = "name, call_id, started_at, agent, queue, source, duration_ms, utterances, nudges, note"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One kept call; `note` says what is wrong with its journal, empty where nothing is.

    `parts` are its journals, the first first, where the service ended in mid-call and the call went on in another.
    """

    name: str
    call_id: str = ""
    started_at: str = ""
    agent: str = ""
    queue: str = ""
    source: str = ""
    duration_ms: int = 0
    utterances: int = 0
    nudges: int = 0
    note: str = ""
    parts: tuple[str, ...] = ()


class Library:
    """The journals of one folder.

    Every method raises StorageError, in one line, when folder or index cannot be read or written.
    """

    def __init__(self, journals: Path) -> None:
        self._journals = journals

    def entries(self) -> tuple[Entry, ...]:
        """All kept calls, the newest first."""
        if not self._journals.is_dir():
            return ()
        with self._index() as index:
            self._refresh(index)
            rows = index.execute(f"SELECT {_COLUMNS} FROM call ORDER BY name DESC").fetchall()  # noqa: S608
        return tuple(Entry(**dict(zip(_COLUMNS.split(", "), row, strict=True))) for row in rows)

    def calls(self) -> tuple[Entry, ...]:
        """All kept calls, the newest first, each with all its parts as one."""
        joined: list[Entry] = []
        latest: dict[str, int] = {}
        for entry in reversed(self.entries()):
            at = latest.get(entry.call_id)
            if at is not None and _goes_on(joined[at], entry):
                joined[at] = _together(joined[at], entry)
            else:
                latest[entry.call_id] = len(joined)
                joined.append(entry)
        return tuple(reversed(joined))

    def parts(self, wanted: str) -> tuple[Path, ...]:
        """The folders of all parts of the call named so, the first first; a part's own name is for that part.

        Raises InputError when there is none, or more than one.
        """
        found = self.find(wanted)
        entry = next((entry for entry in self.calls() if entry.name == found.name), None)
        return (found,) if entry is None else self.folders_of(entry)

    def folders_of(self, call: Entry) -> tuple[Path, ...]:
        """The folders of all parts of a call, the first first."""
        return tuple(self._journals / name for name in call.parts or (call.name,))

    def place(self, folder: Path) -> str:
        """Which part of a longer call a journal is and where it begins in it; empty for one that is a call's first."""
        for call in self.calls():
            if folder.name in call.parts[1:]:
                number = call.parts.index(folder.name) + 1
                began_at = next(entry.started_at for entry in self.entries() if entry.name == folder.name)
                begins = clock(began_after_ms(call.started_at, began_at))
                return f"part {number} of {len(call.parts)} of {call.name}; begins {begins} into the call"
        return ""

    def find(self, wanted: str) -> Path:
        """The folder of the call named so, or the only one whose name or call id begins or ends so.

        Raises InputError when there is none, or more than one.
        """
        if any(entry.name == wanted for entry in self.entries()):
            return self._journals / wanted
        entries = self.calls()
        tests: tuple[Callable[[Entry], bool], ...] = (
            lambda entry: wanted == entry.call_id,
            lambda entry: entry.name.startswith(wanted) or entry.name.endswith(wanted),
        )
        for fits in tests:
            found = [entry.name for entry in entries if fits(entry)]
            if len(found) == 1:
                return self._journals / found[0]
            if found:
                raise InputError(f"{wanted!r} may be {', '.join(found[:5])}; name one of them")
        raise InputError(f"no call {wanted!r} is kept in {self._journals}; `sidecar calls list` shows what is")

    def folders(self) -> tuple[Path, ...]:
        """The folders of all kept calls, the newest first."""
        return tuple(self._journals / entry.name for entry in self.entries())

    def purge(self, keep_days: int, today: str) -> tuple[str, ...]:
        """Delete the calls that began more than `keep_days` before `today` (ISO 8601, UTC); returns their names."""
        limit = (dt.datetime.fromisoformat(today) - dt.timedelta(days=keep_days)).strftime(_ISO)
        return self.delete([self._journals / entry.name for entry in self.entries() if self._began(entry) < limit])

    def delete(self, folders: Iterable[Path]) -> tuple[str, ...]:
        """Delete calls for good; returns their names."""
        gone = []
        for folder in folders:
            try:
                shutil.rmtree(folder)
            except OSError as error:
                raise StorageError(f"cannot delete {folder}: {error.strerror or error}") from error
            gone.append(folder.name)
        if gone:
            with self._index() as index:
                self._refresh(index)
        return tuple(gone)

    def _began(self, entry: Entry) -> str:
        """When a call began; for a journal that does not say so, when it was last written."""
        if entry.started_at:
            return entry.started_at
        changed_s = (self._journals / entry.name / FILE_NAME).stat().st_mtime
        return dt.datetime.fromtimestamp(changed_s, dt.UTC).strftime(_ISO)

    @contextmanager
    def _index(self) -> Iterator[sqlite3.Connection]:
        path = self._journals / INDEX_NAME
        try:
            with closing(sqlite3.connect(path)) as index, index:
                index.execute(_SCHEMA)
                yield index
        except sqlite3.Error as error:
            raise StorageError(f"cannot use {path}: {error}; it may be deleted, it is made again") from error
        except OSError as error:
            raise StorageError(f"cannot read {error.filename}: {error.strerror}") from error

    def _refresh(self, index: sqlite3.Connection) -> None:
        known = {
            name: (size, changed_ns)
            for name, size, changed_ns in index.execute("SELECT name, bytes, changed_ns FROM call")
        }
        there = set()
        for file in sorted(self._journals.glob(f"*/{FILE_NAME}")):
            name, state = file.parent.name, file.stat()
            there.add(name)
            if known.get(name) != (state.st_size, state.st_mtime_ns):
                row = (name, state.st_size, state.st_mtime_ns, *msgspec.structs.astuple(_entry(file))[1:-1])
                index.execute(f"INSERT OR REPLACE INTO call VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        for name in sorted(known.keys() - there):
            index.execute("DELETE FROM call WHERE name = ?", (name,))


def _entry(file: Path) -> Entry:
    name = file.parent.name
    try:
        kept = read_journal(file)
    except SidecarError as error:
        return Entry(name=name, note=str(error))
    return Entry(
        name=name,
        call_id=kept.started.call_id,
        started_at=kept.started.started_at,
        agent=kept.started.agent_name or kept.started.agent_id,
        queue=kept.started.queue,
        source=kept.started.source,
        duration_ms=kept.events[-1].at_ms,
        utterances=sum(isinstance(event, Utterance) for event in kept.events),
        nudges=sum(isinstance(event, Nudge) for event in kept.events),
        note=_note(kept),
    )


def _goes_on(before: Entry, after: Entry) -> bool:
    """Whether a call that was cut short goes on in another journal."""
    if before.call_id != after.call_id or not before.note.startswith(CUT):
        return False
    if not (before.started_at and after.started_at):
        return False
    broke_off = dt.datetime.fromisoformat(before.started_at) + dt.timedelta(milliseconds=before.duration_ms)
    return after.started_at <= (broke_off + dt.timedelta(seconds=GOES_ON_S)).strftime(_ISO)


def _together(before: Entry, after: Entry) -> Entry:
    parts = (*(before.parts or (before.name,)), after.name)
    went_on = f"the service ended in it; {len(parts)} parts"
    begins_ms = max(before.duration_ms, began_after_ms(before.started_at, after.started_at))
    return msgspec.structs.replace(
        before,
        duration_ms=begins_ms + after.duration_ms,
        utterances=before.utterances + after.utterances,
        nudges=before.nudges + after.nudges,
        note=f"{CUT}, {went_on}" if after.note == CUT else went_on,
        parts=parts,
    )


def _note(kept: Kept) -> str:
    if kept.cut:
        return CUT
    return "" if kept.has_words else "kept without text"
