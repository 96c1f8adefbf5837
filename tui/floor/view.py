"""One frame of the floor before it is drawn: its state, the moment, and what the supervisor's keys have set.

The app makes a `FloorView` for each frame; every drawing function takes one with a size, and gives lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from streams.floor import NoteState
from tui.floor.alerts import Episode
from tui.floor.need import OrderName, calls_for_someone, need, unclaimed
from tui.floor.sight import Sight
from tui.floor.state import Floor, Opened, Seat
from tui.glyphs import UNICODE, Glyphs
from tui.state import Link


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over all calls in view, and how late words are for the latest twentieth of the live ones (ms)."""

    live: int = 0
    hot: int = 0
    warm: int = 0
    waiting: int = 0
    overdue: int = 0
    away: int = 0
    lag_ms: int = 0


def totals(seats: Sequence[Seat], local_ms: int) -> Totals:
    """The counts at this moment."""
    live = [seat for seat in seats if seat.running]
    reasons = [need(seat, local_ms).reason for seat in seats]
    lags = sorted(seat.state.lag_ms for seat in live if seat.state.lag_ms)
    return Totals(
        live=len(live),
        hot=reasons.count("risk"),
        warm=sum(1 for seat in live if seat.state.band == "warm"),
        waiting=sum(1 for seat in seats if calls_for_someone(seat) and not seat.row.claimed_by),
        overdue=sum(1 for seat in seats if unclaimed(seat, local_ms)),
        away=reasons.count("away"),
        lag_ms=lags[min(len(lags) - 1, round(len(lags) * 0.95))] if lags else 0,
    )


@dataclass(frozen=True, kw_only=True)
class FloorView:
    """`local_ms` is this machine's clock cut to whole seconds, so that all clocks on the screen go on together.

    The window has `rows` lines; `moved` rows are not where `by` would have them; `still` says that the picture is held,
    `demo` that nothing is real.
    """

    floor: Floor = field(default_factory=Floor)
    link: Link = field(default_factory=Link)
    local_ms: int = 0
    sight: Sight = field(default_factory=Sight)
    rows: int = 0
    moved: int = 0
    by: OrderName = "need"
    text: str = ""
    hot_only: bool = False
    team: str = ""
    totals: Totals = field(default_factory=Totals)
    episodes: tuple[Episode, ...] = ()
    glyphs: Glyphs = UNICODE
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    flash: str = ""
    still: bool = False
    demo: bool = False

    @cached_property
    def chosen(self) -> Seat | None:
        """The call under the cursor."""
        return self.floor.seat(self.sight.cursor) if self.sight.cursor else None

    @property
    def opened(self) -> Opened:
        """What is known of the call that is open."""
        return self.floor.opened or Opened("")

    @property
    def open_seat(self) -> Seat | None:
        """The call that is open, unless it is not on the floor any more."""
        return self.floor.seat(self.opened.call_id)

    @property
    def link_age_ms(self) -> int:
        """How long the link has been as it is."""
        return max(0, self.local_ms - self.link.since_ms)

    def of_team(self, seat: Seat) -> bool:
        """Whether a call is of the team that is looked at."""
        return not self.team or seat.row.team == self.team

    def over(self, seat: Seat) -> bool:
        """Whether a row only keeps its place: its call is no longer on the floor."""
        return seat.state.call_id not in self.floor.seats

    def notes(self, seat: Seat) -> tuple[NoteState, ...]:
        """The notes to the agent of a call."""
        return self.floor.notes_of(seat.state.call_id)

    def held(self, still: "FloorView") -> "FloorView":
        """The held picture with what goes on all the same: the link, what keys say, where the cursor is."""
        return replace(
            still, link=self.link, flash=self.flash, sight=self.sight, rows=self.rows, keys=self.keys, still=True
        )
