"""The lines around the rows: totals, titles, what is left out, keys."""

from typing import Any

import pytest

from tests.tui.floor.stage import floor_of, seat
from tui.actions import keys_in_force
from tui.floor import frame
from tui.floor.actions import ACTIONS
from tui.floor.sight import Sight
from tui.floor.view import FloorView, Totals
from tui.lines import Line, width
from tui.state import Link

KEYS = keys_in_force({}, ACTIONS)
UP = Link("up", 0)


def view(**fields: Any) -> FloorView:
    return FloorView(**({"floor": floor_of(seat()), "keys": KEYS, "link": UP, "local_ms": 1_000} | fields))


def text(lines: list[Line]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


def top(columns: int = 160, **fields: Any) -> str:
    return text(frame.top(view(**fields), columns, 1))


def test_the_top_says_how_the_floor_is() -> None:
    count = Totals(live=37, hot=4, warm=2, waiting=3, away=1, lag_ms=1_100)
    said = top(totals=count)
    for part in (
        "FLOOR",
        "37 live",
        "4 hot",
        "3 waiting",
        "2 warm",
        "1 away",
        "North",
        "link ok",
        "words p95 1.1s",
        "Kim",
    ):
        assert part in said
    assert "3 waiting, 2 unclaimed" in top(totals=Totals(waiting=3, overdue=2))
    assert "words late 4.0s" in top(totals=Totals(lag_ms=4_000))


def test_what_matters_least_goes_first() -> None:
    said = top(34, totals=Totals(live=37, hot=4, lag_ms=900))
    assert "37 live" in said
    assert "4 hot" in said
    assert "words" not in said


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"demo": True}, ["DEMO", "made-up calls"]),
        ({"still": True}, ["FROZEN"]),
        ({"link": Link("lost", -11_000)}, ["NO LINK 12s"]),
        ({"link": Link("connecting", 0)}, ["connecting"]),
        ({"link": Link("over", 0)}, ["ended"]),
        ({"team": "South"}, ["South"]),
    ],
)
def test_states_are_said(fields: dict[str, Any], words: list[str]) -> None:
    said = top(**fields)
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize("columns", [1, 5, 20, 80, 200])
def test_every_line_keeps_to_its_cells(columns: int) -> None:
    shown = view(text="x" * 300, moved=3, hot_only=True, team="T" * 300, totals=Totals(live=1000), flash="")
    for paint in (frame.top, frame.foot, frame.titles):
        assert all(width(line) <= max(columns, 2) for line in paint(shown, columns, 1))


def test_titles_mark_the_order() -> None:
    line = frame.titles(view(by="agent"), 100, 1)[0]
    assert [span.text.strip() for span in line if span.role == "key"] == ["AGENT"]


def test_the_status_says_what_is_shown_and_what_waits() -> None:
    said = text(
        frame.status(
            view(sight=Sight(("a", "b", "c"), "", 1), rows=2, moved=3, text="bill", hot_only=True, team="North"), 120, 1
        )
    )
    for part in ("o (3 moved)", "2-3 of 3", 'filter "bill"', "hot only", "team North", "by need"):
        assert part in said
    assert "moved" not in text(frame.status(view(moved=3, keys={}), 120, 1))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"floor": floor_of(whole=False)}, "Waiting for the hub"),
        ({"floor": floor_of(whole=False), "link": Link("lost", 0, "key refused")}, "No link to the hub: key refused"),
        ({"text": "nobody"}, 'No call holds "nobody"'),
        ({"hot_only": True}, "Nothing is wrong"),
        ({"floor": floor_of()}, "No calls now"),
        ({"team": "South"}, "No calls of this team"),
    ],
)
def test_an_empty_floor_says_why(fields: dict[str, Any], said: str) -> None:
    assert said in text(frame.grid(view(**fields), 80, 5))


def test_the_grid_draws_the_window_only() -> None:
    seats = [seat(f"c{number}") for number in range(9)]
    shown = view(floor=floor_of(*seats), sight=Sight(tuple(f"c{number}" for number in range(9)), "", 4))
    lines = frame.grid(shown, 80, 3)
    assert len(lines) == 3
    assert "C4" in text(lines[:1])


def test_the_foot_says_keys_or_what_happened() -> None:
    said = text(frame.foot(view(), 120, 1))
    assert "enter open" in said
    assert "? help" in said
    assert text(frame.foot(view(flash="you have it"), 80, 1)).strip() == "you have it"
    assert "help" not in text(frame.foot(view(keys={}), 80, 1))
