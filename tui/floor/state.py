"""The frozen state that a floor draws: every call it may see, as `tui.floor.board` has put it together.

Local times (ms) are those of this machine's monotonic clock: a call's media time is told by when its state came and
how old the hub said it was, never by another machine's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from streams.floor import CallDetail, CallState, FloorRow, NoteState, Presence, Role, SpokenLine


@dataclass(frozen=True, slots=True)
class Seat:
    """One call: the hub's row, the local moment at which its media clock stood at zero, and when the row came."""

    row: FloorRow
    zero_ms: int = 0
    came_ms: int = 0
    alert_ms: int = 0

    @property
    def state(self) -> CallState:
        """The call as its workstation last told it."""
        return self.row.state

    @property
    def running(self) -> bool:
        """Whether the call's clock goes on: it does not after the call, nor where nothing is heard of it."""
        return self.row.presence == "here" and self.row.state.phase in ("live", "hold")

    def media_ms(self, local_ms: int) -> int:
        """The call's media time at this local moment."""
        return max(self.state.at_ms, local_ms - self.zero_ms) if self.running else self.state.at_ms

    def age_ms(self, local_ms: int, since_ms: int) -> int:
        """How long ago a media time of this call was."""
        return max(0, self.media_ms(local_ms) - since_ms)

    def silent_ms(self, local_ms: int) -> int:
        """How long nothing was heard of this call."""
        return self.row.age_ms + max(0, local_ms - self.came_ms)


@dataclass(frozen=True, slots=True)
class Opened:
    """The call that this floor has open: its words since then, what its workstation tells beyond its state, its course.

    `moods` and `heats` are (media ms, value), as seen here; `detail`, where it comes, reaches back further.
    """

    call_id: str
    lines: tuple[SpokenLine, ...] = ()
    detail: CallDetail | None = None
    moods: tuple[tuple[int, int], ...] = ()
    heats: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Floor:
    """All that a floor shows; `whole` says that a snapshot has come, `left` holds the last rows of calls that ended."""

    whole: bool = False
    hub: str = ""
    you: str = ""
    role: Role = "observer"
    teams: tuple[str, ...] = ()
    seats: Mapping[str, Seat] = field(default_factory=dict)
    left: Mapping[str, Seat] = field(default_factory=dict)
    stations: Mapping[str, Presence] = field(default_factory=dict)
    notes: Mapping[str, NoteState] = field(default_factory=dict)
    opened: Opened | None = None

    def seat(self, call_id: str) -> Seat | None:
        """A call that is on the floor, or was a short while ago."""
        return self.seats.get(call_id) or self.left.get(call_id)

    def notes_of(self, call_id: str) -> tuple[NoteState, ...]:
        """The notes to a call's agent, in the order they were written."""
        return tuple(note for note in self.notes.values() if note.call_id == call_id)
