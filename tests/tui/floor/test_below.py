"""Below the rows: the chosen call in a few lines, else who asks for somebody."""

from typing import Any

from streams.floor import NoteState, OpenNudge
from tests.tui.floor.stage import HELP, alert, floor_of, seat
from tui.actions import keys_in_force
from tui.floor.actions import ACTIONS
from tui.floor.below import below
from tui.floor.sight import Sight
from tui.floor.state import Floor
from tui.floor.view import FloorView, Totals
from tui.state import Link

KEYS = keys_in_force({}, ACTIONS)


def said(floor: Floor, cursor: str = "", rows: int = 8, columns: int = 100, **fields: Any) -> str:
    sight = Sight(tuple(floor.seats), cursor)
    view = FloorView(**({"floor": floor, "sight": sight, "local_ms": 1_000, "keys": KEYS} | fields))
    return "\n".join("".join(span.text for span in line) for line in below(view, columns, rows))


def test_the_chosen_call_says_everything_in_a_few_lines() -> None:
    note = NoteState(note="n", call_id="c1", by="Kim", text="well done", state="read")
    call = seat(
        agent_name="Priya",
        heat=62,
        band="hot",
        because=("repeat_contact", "churn"),
        forecast="boiling",
        alert=alert(age_ms=5_000),
        help=HELP,
        nudge=OpenNudge("r", "Empathy owed", "warn", 40_000),
        signal="cancel was said",
        signal_at_ms=58_000,
        watched_by=("Kim", "Sol"),
    )
    text = said(floor_of(call, notes={"n": note}), "c1")
    for part in (
        "Priya  Billing", "desk-c1", "open at Sol", "nobody has it", "help    10s  refund over my limit  a answers",
        "alert   5s  asked for a supervisor", "note    read  you: well done",
        "heat    hot 62  by repeat contact, churn  ▲ may boil over",
        "hint    Empathy owed  on the panel for 20s",
        "last    00:58  cancel was said",
    ):  # fmt: skip
        assert part in text, part


def test_a_quiet_call_says_so() -> None:
    text = said(floor_of(seat(nudges=2)), "c1", keys={})
    assert "hint    none stands, 2 so far" in text
    assert "last    nothing yet" in text
    wordless = said(floor_of(seat(help=type(HELP)("h", "", 50_000), signal="x")), "c1", keys={})
    assert "no words with it" in wordless
    assert "answers" not in wordless
    assert "last    x" in wordless


def test_what_is_kept_back_is_said_to_be() -> None:
    text = said(floor_of(seat(withheld=("mood", "nudges"))), "c1")
    assert "heat    not shared" in text
    assert "hint    not shared" in text


def test_a_call_that_is_over_or_taken() -> None:
    call = seat()
    assert "this call is over" in said(floor_of(left={"c1": call}), "c1", sight=Sight(("c1",), "c1"))
    assert "Sol has it" in said(floor_of(seat(claimed_by="Sol")), "c1")
    assert "you have it" in said(floor_of(seat(claimed_by="Kim")), "c1")
    by_other = NoteState(note="n", call_id="c1", by="Sol", text="hi", state="sent")
    assert "sent  Sol: hi" in said(floor_of(call, notes={"n": by_other}), "c1")


def test_without_a_choice_those_who_ask_stand_there() -> None:
    floor = floor_of(
        seat("c1", agent_name="Priya", alert=alert("c1", age_ms=40_000), band="hot"),
        seat("c2", agent_name="Tom", help=HELP),
        seat("c3", agent_name="Mei", alert=alert("c3"), claimed_by="Sol"),
        seat("c4"),
    )
    lines = said(floor).splitlines()
    assert lines[0].startswith("!! Priya")
    assert "NOBODY has it" in lines[0]
    assert "asks for help: refund over my limit" in lines[1]
    assert len(lines) == 3
    assert said(floor, rows=2).splitlines()[1] == "   and 2 more"
    assert said(floor, columns=40).splitlines()[0].split()[-1] == "NOBODY"


def test_a_team_that_is_looked_at_stands_alone() -> None:
    floor = floor_of(seat("c1", help=HELP, team="North"), seat("c2", help=HELP, team="South"))
    text = said(floor, team="South")
    assert "C2" in text
    assert "C1" not in text


def test_nothing_is_wrong() -> None:
    text = said(floor_of(seat()), totals=Totals(live=1))
    assert text.startswith("Nothing is wrong.  1 live, 0 hot, 0 warm, nobody waits.")
    assert "g the hottest" in text
    assert said(floor_of(seat()), totals=Totals(live=1, hot=1)).startswith("Nobody asks for a person.")
    assert said(Floor()) == ""


def test_a_floor_without_a_link_says_why_and_never_that_nothing_is_wrong() -> None:
    lost = Link("lost", 0, "the hub does not know this key")
    assert said(floor_of(seat()), link=lost) == "the hub does not know this key"
    assert said(floor_of(seat(agent_name="Priya")), "c1", link=lost, rows=2).splitlines()[1].startswith("Priya")
    assert said(floor_of(seat()), link=Link("lost", 0)) == ""
    assert "Nothing is wrong." in said(floor_of(seat()), link=Link("up", 0, "was away"))
