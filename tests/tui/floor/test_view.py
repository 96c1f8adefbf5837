"""Totals and the frame that is drawn."""

from streams.floor import NoteState
from tests.tui.floor.stage import HELP, alert, floor_of, seat
from tui.floor.sight import Sight
from tui.floor.state import Opened
from tui.floor.view import FloorView, Totals, totals
from tui.state import Link


def test_totals_count_what_a_supervisor_asks_first() -> None:
    seats = [
        seat("c1", band="critical", alert=alert("c1", age_ms=40_000), lag_ms=900),
        seat("c2", band="warm", help=HELP, lag_ms=2_000),
        seat("c3", lag_ms=0),
        seat("c4", phase="wrap_up"),
        seat("c5", presence="gone"),
        seat("c6", band="hot", alert=alert("c6", age_ms=90_000), claimed_by="Sol", lag_ms=800),
    ]
    assert totals(seats, 1_000) == Totals(live=4, hot=2, warm=1, waiting=2, overdue=1, away=1, lag_ms=2_000)
    assert totals([], 1_000) == Totals()


def test_the_lag_is_that_of_the_latest_twentieth() -> None:
    seats = [seat(f"c{number}", lag_ms=100 * (number + 1)) for number in range(100)]
    assert totals(seats, 1_000).lag_ms == 9_600


def test_a_view_knows_the_chosen_and_the_open_call() -> None:
    note = NoteState(note="n1", call_id="c1", by="Kim", text="x", state="sent")
    floor = floor_of(seat("c1"), left={"c9": seat("c9")}, notes={"n1": note}, opened=Opened("c9"))
    view = FloorView(floor=floor, sight=Sight(("c1", "c9"), "c1"), local_ms=5_000, link=Link("lost", 2_000))
    assert view.chosen is floor.seats["c1"]
    assert view.opened.call_id == "c9"
    assert view.open_seat is floor.left["c9"]
    assert view.over(floor.left["c9"])
    assert not view.over(floor.seats["c1"])
    assert view.notes(floor.seats["c1"]) == (note,)
    assert view.link_age_ms == 3_000
    none = FloorView()
    assert (none.chosen, none.open_seat, none.opened) == (None, None, Opened(""))


def test_a_held_picture_keeps_its_calls_and_follows_the_keys() -> None:
    old = FloorView(floor=floor_of(seat("c1")), local_ms=1_000)
    now = FloorView(
        floor=floor_of(), local_ms=9_000, flash="said", sight=Sight(("c1",), "c1"), link=Link("lost", 8_000)
    )
    shown = now.held(old)
    assert (shown.floor, shown.local_ms, shown.still) == (old.floor, 1_000, True)
    assert (shown.flash, shown.sight.cursor, shown.link.state) == ("said", "c1", "lost")
