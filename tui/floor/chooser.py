"""Which rows a floor shows, and where: the supervisor's choices and the calls in, the rows that stand out.

The order is made anew when a key asks for it, and by itself only while no row is chosen, at most every `SORT_MS`; what
the cursor is on never moves. Pure: local time (ms) is handed in.
"""

from collections.abc import Collection
from dataclasses import dataclass

from tui.floor.need import OrderName, hot, matches, ordered
from tui.floor.sight import Sight, at_place, held, moved, released, scrolled, sorted_anew, stepped
from tui.floor.state import Floor, Seat

SORT_MS = 1_000
"""Rows are sorted by themselves at most so often: faster, and nobody could follow one with the eye."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is shown of the floor, and by what it is sorted."""

    by: OrderName = "need"
    text: str = ""
    hot_only: bool = False
    team: str = ""

    def shows(self, seat: Seat, local_ms: int) -> bool:
        """Whether a call has its row."""
        if self.team and seat.row.team != self.team:
            return False
        if self.hot_only and not hot(seat, local_ms):
            return False
        return not self.text or matches(seat, self.text)


class Chooser:
    """The rows of one floor; `rows` lines fit the window, a chosen row holds the order for `hold_ms`."""

    def __init__(self, by: OrderName, hold_ms: int) -> None:
        self.choice = Choice(by=by)
        self.sight = Sight()
        self.moved = 0
        self.rows = 1
        self._hold_ms = hold_ms
        self._touched_ms: int | None = None
        self._sorted_ms: int | None = None

    @property
    def held(self) -> bool:
        """Whether a chosen row holds the order."""
        return bool(self.sight.cursor) and self._touched_ms is not None

    def follow(self, floor: Floor, local_ms: int) -> None:
        """Take in the calls as they are now."""
        wanted = self._wanted(floor, local_ms)
        if self._touched_ms is not None and local_ms - self._touched_ms > self._hold_ms:
            self._touched_ms = None
        if self.held:
            self.sight = held(self.sight, wanted)
        elif self._due(wanted, local_ms):
            self._sort(wanted, local_ms)
        self.moved = moved(self.sight, wanted)

    def sort(self, floor: Floor, local_ms: int) -> None:
        """Put the rows into their order now; the chosen one stays where it is seen."""
        self._sort(self._wanted(floor, local_ms), local_ms)
        self.moved = 0

    def choose(self, floor: Floor, local_ms: int, choice: Choice) -> None:
        """Another order, filter or team; the rows follow at once."""
        self.choice = choice
        self.sort(floor, local_ms)

    def step(self, steps: int, local_ms: int) -> None:
        """Choose the row so many further."""
        self.sight = stepped(self.sight, steps, self.rows)
        self._touched_ms = local_ms

    def put(self, place: int, local_ms: int) -> None:
        """Choose the row at this place."""
        self.sight = at_place(self.sight, place, self.rows)
        self._touched_ms = local_ms

    def go(self, call_id: str, local_ms: int) -> bool:
        """Choose a call's row, if it has one."""
        if call_id not in self.sight.ids:
            return False
        self.put(self.sight.ids.index(call_id), local_ms)
        return True

    def touch(self, local_ms: int) -> None:
        """A key was pressed: a chosen row holds the order from now on."""
        if self.sight.cursor:
            self._touched_ms = local_ms

    def scroll(self, steps: int) -> None:
        """Move the window."""
        self.sight = scrolled(self.sight, steps, self.rows)

    def let_go(self) -> None:
        """Choose no row."""
        self.sight, self._touched_ms, self._sorted_ms = released(self.sight), None, None

    def _wanted(self, floor: Floor, local_ms: int) -> tuple[str, ...]:
        shown = [seat for seat in floor.seats.values() if self.choice.shows(seat, local_ms)]
        return ordered(shown, self.choice.by, local_ms)

    def _due(self, wanted: Collection[str], local_ms: int) -> bool:
        """Rows that came or went are seen at once; the others wait for their second."""
        if self._sorted_ms is None or local_ms - self._sorted_ms >= SORT_MS:
            return True
        return len(wanted) != len(self.sight.ids)

    def _sort(self, wanted: tuple[str, ...], local_ms: int) -> None:
        self.sight, self._sorted_ms = sorted_anew(self.sight, wanted, self.rows), local_ms
