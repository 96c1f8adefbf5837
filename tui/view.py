"""One frame of the panel before it is drawn: the board, the moment, and what the agent's keys have set.

The app makes a `View` for each frame; every drawing function takes one with a size, and gives lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tui.glyphs import RANK, Glyphs
from tui.state import Board, Item, Link, Whispered

STALE_MS = 2_000
"""A nudge leaves the card so long after its own expiry, should nobody say that it expired (a lost link)."""
SETTLED_SHOWN_MS = 20_000
"""Settled nudges stay in sight so long, that the agent sees what was withdrawn and why; notes that were read too."""


@dataclass(frozen=True, kw_only=True)
class View:
    """`now_ms` is media time, `link_age_ms` how long the link has been as it is, `keys` each action's keys by name.

    `call` is the number of the shown call and `calls` how many are known, `others` those that are live besides it;
    `low` says that there is no room for rows below the card.
    """

    board: Board
    now_ms: int
    glyphs: Glyphs
    keys: Mapping[str, Sequence[str]]
    link: Link
    link_age_ms: int = 0
    picked: str = ""
    notice: str = ""
    flash: str = ""
    still: bool = False
    speed: float | None = None
    call: int = 1
    calls: int = 1
    others: Sequence[Board] = ()
    low: bool = False

    @cached_property
    def waiting(self) -> list[Item]:
        """Nudges that ask for something, the worst first, among equals the newest."""
        items = [
            item
            for item in self.board.items
            if item.open and (not item.nudge.expires_ms or self.now_ms <= item.nudge.expires_ms + STALE_MS)
        ]
        return sorted(items, key=lambda item: (RANK[item.nudge.severity], -item.nudge.at_ms))

    @cached_property
    def settled(self) -> list[Item]:
        """Nudges that were answered or withdrawn a short while ago, the newest first."""
        items = [item for item in self.board.items if not item.open]
        recent = [item for item in items if self.now_ms - item.settled_ms <= SETTLED_SHOWN_MS]
        return sorted(recent, key=lambda item: -item.settled_ms)

    @cached_property
    def selectable(self) -> list[Item]:
        """The nudges that keys move among: those that wait, or after the call all of them, the newest first."""
        return list(reversed(self.board.items)) if self.board.phase == "wrap_up" else self.waiting

    @cached_property
    def chosen(self) -> Item | None:
        """The nudge that keys speak of: the one moved to, else the first."""
        items = self.selectable
        return next((item for item in items if item.nudge.nudge == self.picked), items[0] if items else None)

    @cached_property
    def subject(self) -> Item | None:
        """The nudge that thumbs, copy and evidence speak of: the chosen one, else the last there was."""
        return self.chosen or (self.board.items[-1] if self.board.items else None)

    @cached_property
    def unread(self) -> list[Whispered]:
        """Notes that wait to be read, the oldest first; the first is the one that is drawn."""
        return [note for note in self.board.notes if note.unread] if self.board.phase == "live" else []

    @cached_property
    def read_lately(self) -> list[Whispered]:
        """Notes that were read a short while ago, the newest first."""
        read = [note for note in self.board.notes if not note.unread]
        return [note for note in reversed(read) if self.now_ms - note.read_ms <= SETTLED_SHOWN_MS]

    def quiet(self) -> bool:
        """Whether the agent has asked for silence now."""
        return self.board.quiet_at(self.now_ms)
