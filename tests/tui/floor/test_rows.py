"""One call as one line: words for every sign, cells for every character, and nothing that a terminal would obey."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.floor import OpenNudge
from tests.tui.floor.stage import HELP, alert, floor_of, seat
from tui.floor.rows import name_of, row
from tui.floor.sight import Sight
from tui.floor.state import Seat
from tui.floor.view import FloorView
from tui.lines import width


def line(shown: Seat, columns: int = 200, **fields: Any) -> str:
    view = FloorView(**({"floor": floor_of(shown), "local_ms": 1_000} | fields))
    return "".join(span.text for span in row(view, shown, columns))


def roles(shown: Seat, **fields: Any) -> set[str]:
    view = FloorView(**({"floor": floor_of(shown), "local_ms": 1_000} | fields))
    return {span.role for span in row(view, shown, 200)}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"agent_name": "Priya", "band": "critical", "heat": 82}, ["!!", "Priya", "CRIT  82", "at risk", "Billing"]),
        ({"band": "hot", "alert": alert(age_ms=5_000)}, ["alert 5s", "nobody"]),
        ({"band": "hot", "alert": alert(age_ms=31_000)}, ["alert 31s", "NOBODY"]),
        ({"band": "hot", "help": HELP, "claimed_by": "Sol"}, ["!H", "help 10s", "Sol"]),
        ({"help": HELP, "claimed_by": "Kim"}, ["H ", "help 10s", "you"]),
        ({"opening_since_ms": 40_000}, ["! ", "opening 20s"]),
        ({"silence_since_ms": 20_000}, ["! ", "silent 40s"]),
        ({"band": "warm", "heat": 44}, ["i ", "warming", "warm  44"]),
        ({"band": "watch", "heat": 24, "forecast": "rising"}, ["watch↗24"]),
        ({"band": "warm", "heat": 9, "forecast": "boiling"}, ["warm ▲ 9"]),
        ({"band": "warm", "heat": 44, "forecast": "rising", "phase": "hold"}, ["warm  44"]),
        ({"band": "warm", "heat": 44, "forecast": "rising", "presence": "gone"}, ["warm  44"]),
        ({"band": "critical", "heat": 100, "forecast": "boiling"}, ["CRIT 100"]),
        ({"phase": "hold", "speaking": "agent"}, ["on hold"]),
        ({"phase": "wrap_up"}, ["wrap-up"]),
        ({"phase": "ended"}, ["over"]),
        ({"phase": "no_audio"}, ["?", "no audio"]),
        ({"presence": "gone", "age_ms": 130_000}, ["?", "gone 2:10"]),
        ({"presence": "stale", "age_ms": 4_000}, ["stale 4s"]),
        ({"speaking": "both", "lag_ms": 900}, ["both", "0.9"]),
        ({"spark": (0, 50), "mood": 0.5, "trend": "rising"}, ["+0.50 ^", "rising"]),
        ({"shared": False}, ["not shared"]),
        ({"at_ms": 3_725_000}, ["62:05"]),
        ({"at_ms": 60_000_000}, ["16h40"]),
        ({"agent_name": "", "agent_id": "a17"}, ["a17"]),
        ({"agent_name": "\x1b[2J", "agent_id": ""}, ["[2J"]),
        ({"signal": "cancel was said"}, ["cancel was said"]),
    ],
)
def test_every_sign_is_a_word_too(fields: dict[str, Any], words: list[str]) -> None:
    drawn = line(seat(**fields))
    assert [word for word in words if word not in drawn] == [], drawn


def test_an_open_hint_says_its_age_and_how_many_more() -> None:
    hint = OpenNudge("empathy.missed", "Empathy owed", "warn", 40_000)
    assert "Empathy owed +2 20s" in line(seat(nudge=hint, nudges_open=3))
    assert "Empathy owed 20s" in line(seat(nudge=hint, nudges_open=1))
    long = OpenNudge("x", "A very long title that no column of this floor holds", "info", 40_000)
    assert "… 20s" in line(seat(nudge=long))


def test_what_is_kept_back_is_not_drawn() -> None:
    told = {
        "spark": (0, 50),
        "mood": 0.5,
        "heat": 50,
        "band": "watch",
        "signal": "x",
        "nudge": OpenNudge("r", "Hint", "warn", 0),
    }
    assert "+0.50" not in line(seat(withheld=("mood",), **told))
    assert "Hint" not in line(seat(withheld=("nudges",), **told))
    assert "Hint" not in line(seat(shared=False, **told))
    assert "+0.50" in line(seat(withheld=("other",), **told))


def test_a_call_that_is_over_only_keeps_its_place() -> None:
    shown = seat(agent_name="Priya", heat=82)
    drawn = line(shown, floor=floor_of(left={"c1": shown}))
    assert "Priya" in drawn
    assert "over" in drawn
    assert "82" not in drawn


def test_the_chosen_row_is_one_bar() -> None:
    assert roles(seat(band="hot"), sight=Sight(("c1",), "c1")) == {"picked"}
    assert roles(seat(phase="wrap_up")) & {"text", "strong"} == set()


def test_a_row_without_a_name_still_has_one() -> None:
    assert name_of(seat(agent_name="", agent_id="", station="")) == "?"


@given(st.text(max_size=80), st.text(max_size=80), st.integers(2, 220))
def test_a_row_has_the_cells_of_its_line_whatever_it_holds(name: str, signal: str, columns: int) -> None:
    shown = seat(agent_name=name, signal=signal, queue=signal, claimed_by=name)
    view = FloorView(floor=floor_of(shown), local_ms=1_000)
    drawn = row(view, shown, columns)
    assert width(drawn) <= columns
    assert width(drawn) == width(row(view, seat(), columns))


def test_ten_thousand_characters_are_cut() -> None:
    assert len(line(seat(agent_name="x" * 10_000), 80)) == 80
