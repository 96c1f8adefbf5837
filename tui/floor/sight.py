"""Which rows stand where, and where the cursor is: the wanted order in, an order that never moves under the cursor out.

While the cursor is on a row (or the floor is frozen) every row keeps its place: calls that end stay as what they were,
new ones come in below, and the order that would be right is only counted. Pure.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sight:
    """The ids in the order they are drawn, the one under the cursor ("": none), and the first one in the window."""

    ids: tuple[str, ...] = ()
    cursor: str = ""
    top: int = 0

    @property
    def index(self) -> int:
        """The cursor's place, -1 without one."""
        return self.ids.index(self.cursor) if self.cursor in self.ids else -1


def held(sight: Sight, wanted: Sequence[str]) -> Sight:
    """The same rows in the same places; calls that are new come below."""
    known = set(sight.ids)
    fresh = tuple(call_id for call_id in wanted if call_id not in known)
    return replace(sight, ids=(*sight.ids, *fresh)) if fresh else sight


def sorted_anew(sight: Sight, wanted: Sequence[str], rows: int) -> Sight:
    """The wanted order; the cursor stays on its call, and on its line of the window as far as the ends allow."""
    line = sight.index - sight.top if sight.index >= 0 else 0
    ids = tuple(wanted)
    if sight.cursor not in ids:
        near = ids[min(max(0, sight.index), len(ids) - 1)] if ids and sight.index >= 0 else ""
        return _windowed(Sight(ids, near, sight.top), rows)
    return _windowed(Sight(ids, sight.cursor, ids.index(sight.cursor) - line), rows)


def moved(sight: Sight, wanted: Sequence[str]) -> int:
    """How many rows would have to change their place for the wanted order to stand: those that came, went or passed."""
    places = {call_id: number for number, call_id in enumerate(sight.ids)}
    tails: list[int] = []
    for call_id in wanted:
        place = places.get(call_id, -1)
        if place < 0:
            continue
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
    return len(set(sight.ids) | set(wanted)) - len(tails)


def stepped(sight: Sight, steps: int, rows: int) -> Sight:
    """The cursor so many rows further, not beyond the ends; without one, on the first row of the window."""
    if not sight.ids:
        return replace(sight, cursor="", top=0)
    place = sight.top if sight.index < 0 else sight.index + steps
    return at_place(sight, place, rows)


def at_place(sight: Sight, place: int, rows: int) -> Sight:
    """The cursor on the row of this number, or the nearest there is."""
    if not sight.ids:
        return sight
    place = max(0, min(place, len(sight.ids) - 1))
    return _windowed(replace(sight, cursor=sight.ids[place]), rows)


def scrolled(sight: Sight, steps: int, rows: int) -> Sight:
    """The window so many rows further; the cursor stays on its call."""
    return replace(sight, top=max(0, min(sight.top + steps, len(sight.ids) - rows)))


def released(sight: Sight) -> Sight:
    """No cursor, and the window at the top."""
    return Sight(sight.ids)


def _windowed(sight: Sight, rows: int) -> Sight:
    """The window moved as little as needed to hold the cursor and to have no empty lines at its end."""
    top = sight.top
    if sight.index >= 0:
        top = min(max(top, sight.index - rows + 1), sight.index)
    return replace(sight, top=max(0, min(top, len(sight.ids) - rows)))
