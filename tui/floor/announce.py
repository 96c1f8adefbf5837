"""What a supervisor is told beside the picture: the floor's state in; terminal sequences, bell and a line out. Pure.

Each call for a person is announced once per episode; the title always says how many wait.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui.floor.alerts import Alarms, Episode, waiting
from tui.floor.rows import name_of
from tui.floor.state import Floor
from tui.lines import plain

Desktop: TypeAlias = Literal["off", "osc9", "osc777"]
LONGEST = 120
"""Characters of a desktop notification."""


@dataclass(frozen=True, slots=True)
class News:
    """Whether to ring, what to say to the terminal itself, and a line for the foot."""

    bell: bool = False
    sequences: tuple[str, ...] = ()
    said: str = ""


class Announcer:
    """Follows one floor; `alarms` keeps what has called for a person."""

    def __init__(self) -> None:
        self.alarms = Alarms()
        self._waiting = -1
        self._notes: dict[str, str] = {}

    def feed(self, floor: Floor, *, title: bool, desktop: Desktop) -> News:
        """What is new since the last time."""
        fresh = self.alarms.feed(floor)
        sequences = [_desktop(episode, desktop) for episode in fresh if desktop != "off"]
        count = waiting(floor)
        if title and count != self._waiting:
            sequences.append(f"\x1b]2;{f'({count}) ' if count else ''}sidecar floor\x07")
        self._waiting = count
        bell = any(episode.severity == "critical" for episode in fresh)
        return News(bell, tuple(sequences), self._read(floor))

    def _read(self, floor: Floor) -> str:
        """How far a note of this supervisor's has come, if one went on."""
        said = ""
        for note in floor.notes.values():
            if note.by == floor.you and self._notes.get(note.note, note.state) != note.state:
                seat = floor.seat(note.call_id)
                done = "has read your note" if note.state == "read" else "has your note on the panel"
                said = f"{name_of(seat) if seat else 'the agent'} {done}"
        self._notes = {note.note: note.state for note in floor.notes.values()}
        return said


def _desktop(episode: Episode, desktop: Desktop) -> str:
    text = plain(f"{episode.who}: {episode.text}").replace(";", ",")[:LONGEST]
    return f"\x1b]9;{text}\x07" if desktop == "osc9" else f"\x1b]777;notify;sidecar floor;{text}\x1b\\"
