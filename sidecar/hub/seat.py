"""One floor as the hub knows it: what changed for it flows in, one update per frame flows out. Pure.

A floor that does not read is not written to: what waited for it is dropped, and a snapshot takes its place when it
reads again, so that no floor can make the hub grow.
"""

from collections.abc import Callable, Iterable

from sidecar.hub.roll import Client
from streams.floor import CallDetail, FloorRow, FloorUpdate, NoteState, Presence, SpokenLine

SNAPSHOT_AGAIN_MS = 1_000
"""A floor that was behind is offered a snapshot at most so often."""
LINES_LIMIT = 500


class Seat:
    """One connection of one supervisor or observer."""

    def __init__(self, peer: bytes, client: Client, hub: str) -> None:
        self.peer = peer
        self.client = client
        self.open_calls: set[str] = set()
        self._hub = hub
        self._seq = 0
        self._said_ms = 0
        self._wants_snapshot = True
        self._retry_ms = 0
        self._forget()

    def _forget(self) -> None:
        self._rows: dict[str, None] = {}
        self._gone: dict[str, None] = {}
        self._stations: dict[str, Presence] = {}
        self._notes: dict[str, NoteState] = {}
        self._lines: list[SpokenLine] = []
        self._details: dict[str, CallDetail] = {}

    @property
    def wants_snapshot(self) -> bool:
        """Whether a snapshot is the next thing to send."""
        return self._wants_snapshot

    def change(self, shown_id: str) -> None:
        """A row changed."""
        self._rows[shown_id] = None
        self._gone.pop(shown_id, None)

    def remove(self, shown_id: str) -> None:
        """A row is over."""
        self._gone[shown_id] = None
        self._rows.pop(shown_id, None)
        self._details.pop(shown_id, None)
        self.open_calls.discard(shown_id)

    def station(self, name: str, presence: Presence) -> None:
        """A workstation came, went or fell silent."""
        self._stations[name] = presence

    def note(self, note: NoteState) -> None:
        """A note of this person's came further."""
        self._notes[note.note] = note

    def lines(self, lines: Iterable[SpokenLine]) -> None:
        """Words of a call that it has open."""
        self._lines.extend(lines)
        del self._lines[:-LINES_LIMIT]

    def detail(self, detail: CallDetail) -> None:
        """The newest detail of a call that it has open."""
        self._details[detail.call_id] = detail

    def restart(self) -> None:
        """A snapshot takes the place of all that waits."""
        self._wants_snapshot, self._retry_ms = True, 0
        self._forget()

    def fall_behind(self, now_ms: int) -> None:
        """It does not read: nothing is kept for it, and it is offered a snapshot later."""
        self.restart()
        self._retry_ms = now_ms + SNAPSHOT_AGAIN_MS

    def may_snapshot(self, now_ms: int) -> bool:
        """Whether a snapshot is to be sent now."""
        return self._wants_snapshot and now_ms >= self._retry_ms

    def snapshot_seq(self, now_ms: int) -> int:
        """The number of the snapshot that is sent now; what waited before is in it."""
        self._wants_snapshot = False
        self._forget()
        return self._next_seq(now_ms)

    def update(self, row: Callable[[str], FloorRow | None], now_ms: int, every_ms: int) -> FloorUpdate | None:
        """What changed since the last; an empty one when nothing did for `every_ms`, None when nothing is due."""
        changed = self._rows or self._gone or self._stations or self._notes or self._lines or self._details
        if self._wants_snapshot or not (changed or now_ms - self._said_ms >= every_ms):
            return None
        rows = tuple(found for shown_id in self._rows if (found := row(shown_id)) is not None)
        update = FloorUpdate(
            hub=self._hub,
            seq=self._next_seq(now_ms),
            rows=rows,
            gone=tuple(self._gone),
            stations=self._stations,
            notes=tuple(self._notes.values()),
            lines=tuple(self._lines),
            details=tuple(self._details.values()),
        )
        self._forget()
        return update

    def _next_seq(self, now_ms: int) -> int:
        self._seq += 1
        self._said_ms = now_ms
        return self._seq
