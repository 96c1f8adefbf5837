"""What the hub keeps: records flow into one SQLite file, what a new start must know and the shift's sums flow out.

One thread writes, in batches; a batch is on disk when `write` returns, so that a workstation may be told. Times are
seconds since 1970 by the hub's own clock: what a workstation's clock says is never stored as a time.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from sidecar.hub.records import AlertAnswered, CallGone, FactKept, Memory, Record, Standing
from streams.errors import StorageError
from streams.floor import AlertRaised, CallDone

FILE_NAME = "hub.sqlite"
SCHEMA_VERSION = 1
BUCKET_S = 300
"""Moods are summed up over so many seconds, by team and queue."""
DAY_S = 86_400

_SCHEMA = """
    CREATE TABLE taken (station TEXT, boot TEXT, number INTEGER, at_s INTEGER, PRIMARY KEY (station, boot))
        WITHOUT ROWID;
    CREATE TABLE standing (station TEXT, call_id TEXT, kind TEXT, item TEXT, at_s REAL, body BLOB,
        PRIMARY KEY (station, call_id, kind, item)) WITHOUT ROWID;
    CREATE TABLE alert (station TEXT, call_id TEXT, alert TEXT, team TEXT, queue TEXT, rule TEXT, severity TEXT,
        at_s INTEGER, claimed_after_ms INTEGER, PRIMARY KEY (station, call_id, alert)) WITHOUT ROWID;
    CREATE INDEX alert_at ON alert (at_s);
    CREATE TABLE ended (id INTEGER PRIMARY KEY, station TEXT, agent TEXT, team TEXT, queue TEXT, ended_s INTEGER,
        duration_ms INTEGER, given INTEGER, bare INTEGER, missed INTEGER);
    CREATE INDEX ended_at ON ended (ended_s);
    CREATE TABLE heat (ended INTEGER REFERENCES ended ON DELETE CASCADE, from_s INTEGER, to_s INTEGER, peak INTEGER);
    CREATE INDEX heat_ended ON heat (ended);
    CREATE TABLE outcome (ended INTEGER REFERENCES ended ON DELETE CASCADE, rule TEXT, outcome TEXT, number INTEGER);
    CREATE INDEX outcome_ended ON outcome (ended);
    CREATE TABLE mood (team TEXT, queue TEXT, bucket_s INTEGER, total INTEGER, number INTEGER,
        PRIMARY KEY (team, queue, bucket_s)) WITHOUT ROWID;
"""


class Store:
    """The hub's file; every method raises StorageError, in one line, when it cannot be read or written.

    `origin_s` is the time of day when the hub's clock stood at 0: what is kept outlives that clock.
    """

    def __init__(self, path: Path, origin_s: float) -> None:
        self._path = path
        self._origin_s = origin_s
        try:
            # SQLite would make it readable by others, and its neighbours after it.
            path.touch(mode=0o600, exist_ok=True)
        except OSError as error:
            raise StorageError(f"cannot make {path}: {error.strerror or error}") from error
        with self._open() as database:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                raise StorageError(
                    f"{path} was written by a newer version (schema {version}, {SCHEMA_VERSION} understood); "
                    "run that version, or move the file away"
                )
            if version < SCHEMA_VERSION:
                database.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;")

    def memory(self) -> Memory:
        """What a new start of the hub must know of the earlier one."""
        with self._open() as database:
            taken = database.execute("SELECT station, boot, number FROM taken").fetchall()
            standing = database.execute(
                "SELECT at_s, body FROM standing ORDER BY kind = 'claim', station, call_id, at_s"
            ).fetchall()
        return Memory(
            taken={(station, boot): number for station, boot, number in taken},
            standing=tuple(
                msgspec.structs.replace(
                    msgspec.msgpack.decode(body, type=Standing), at_ms=round((at_s - self._origin_s) * 1000)
                )
                for at_s, body in standing
            ),
        )

    def write(self, records: Iterable[Record]) -> None:
        """Keep a batch: all of it or, on an error, nothing."""
        with self._open() as database:
            for record in records:
                match record:
                    case FactKept():
                        self._fact(database, record)
                    case AlertAnswered():
                        database.execute(
                            "UPDATE alert SET claimed_after_ms = ? WHERE station = ? AND call_id = ? AND alert = ?",
                            (record.after_ms, record.station, record.call_id, record.alert),
                        )
                    case Standing():
                        self._standing(database, record)
                    case CallGone():
                        database.execute("DELETE FROM standing WHERE station = ? AND call_id = ?", record)

    def purge(self, keep_days: int, now_s: float) -> None:
        """Forget what is older; also which facts were taken of services that have long ended."""
        before_s = now_s - keep_days * DAY_S
        with self._open() as database:
            for table, column in (
                ("alert", "at_s"),
                ("ended", "ended_s"),
                ("mood", "bucket_s"),
                ("standing", "at_s"),
                ("taken", "at_s"),
            ):
                database.execute(f"DELETE FROM {table} WHERE {column} < ?", (before_s,))  # noqa: S608 - names are ours

    def read(self, question: Callable[[sqlite3.Connection], dict[str, object]]) -> dict[str, object]:
        """What a question about the file is answered."""
        with self._open() as database:
            return question(database)

    # --- one record -------------------------------------------------------------------------------------------------

    def _fact(self, database: sqlite3.Connection, kept: FactKept) -> None:
        at_s = self._origin_s + kept.at_ms / 1000
        database.execute(
            "INSERT INTO taken VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET number = max(number, excluded.number)",
            (kept.station, kept.boot, kept.number, at_s),
        )
        match kept.fact:
            case AlertRaised() as raised:
                database.execute(
                    "INSERT OR IGNORE INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                    (
                        kept.station,
                        raised.call_id,
                        raised.alert,
                        kept.team,
                        kept.queue,
                        raised.rule,
                        raised.severity,
                        at_s,
                    ),
                )
            case CallDone() as done:
                self._done(database, kept, done, at_s)
            case _:
                pass

    def _done(self, database: sqlite3.Connection, kept: FactKept, done: CallDone, ended_s: float) -> None:
        openings = [done.openings.get(name, 0) for name in ("given", "bare", "missed")]
        cursor = database.execute(
            "INSERT INTO ended VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                kept.station,
                done.agent_name or done.agent_id,
                kept.team,
                done.queue,
                ended_s,
                done.duration_ms,
                *openings,
            ),
        )
        began_s = ended_s - done.duration_ms / 1000
        hot = [(cursor.lastrowid, began_s + low / 1000, began_s + high / 1000, peak) for low, high, peak in done.hot]
        database.executemany("INSERT INTO heat VALUES (?, ?, ?, ?)", hot)
        outcomes = [
            (cursor.lastrowid, rule, outcome, number)
            for rule, counts in done.rules.items()
            for outcome, number in counts.items()
            if number
        ]
        database.executemany("INSERT INTO outcome VALUES (?, ?, ?, ?)", outcomes)
        database.executemany(
            "INSERT INTO mood VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
            "SET total = total + excluded.total, number = number + excluded.number",
            [(kept.team, done.queue, *sums) for sums in _buckets(done.moods, began_s)],
        )

    def _standing(self, database: sqlite3.Connection, standing: Standing) -> None:
        kind, item = "claim", ""
        if standing.note is not None:
            kind, item = "note", standing.note.note
        elif standing.alert is not None:
            kind, item = "alert", standing.alert.alert
        elif not standing.claim:
            key = (standing.station, standing.call_id)
            database.execute("DELETE FROM standing WHERE station = ? AND call_id = ? AND kind = 'claim'", key)
            return
        at_s = self._origin_s + standing.at_ms / 1000
        body = msgspec.msgpack.encode(standing)
        database.execute(
            "INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?, ?, ?)",
            (standing.station, standing.call_id, kind, item, at_s, body),
        )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as database, database:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA foreign_keys = ON")
                yield database
        except sqlite3.Error as error:
            raise StorageError(f"cannot use {self._path}: {error}; free disk space, or move the file away") from error


def _buckets(moods: Sequence[tuple[int, int]], began_s: float) -> list[tuple[int, int, int]]:
    """Moods of a call summed up: when each bucket begins, the sum of hundredths, and how many."""
    sums: dict[int, tuple[int, int]] = {}
    for at_ms, mood in moods:
        bucket_s = int(began_s + at_ms / 1000) // BUCKET_S * BUCKET_S
        total, number = sums.get(bucket_s, (0, 0))
        sums[bucket_s] = (total + mood, number + 1)
    return [(bucket_s, *both) for bucket_s, both in sums.items()]
