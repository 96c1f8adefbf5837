"""One call whole: words where they are shared, curves, ledger, hints and notes."""

from typing import Any

import pytest

from streams.floor import CallDetail, NoteState, NudgeLine, OpenNudge, SpokenLine
from tests.tui.floor.stage import HELP, alert, floor_of, seat
from tui.actions import keys_in_force
from tui.floor.actions import ACTIONS
from tui.floor.detail import call_divider, call_facts, call_foot, call_top, call_words
from tui.floor.state import Opened, Seat
from tui.floor.view import FloorView
from tui.lines import Line
from tui.state import Link

KEYS = keys_in_force({}, ACTIONS)
SEEN = Opened("c1", moods=((0, 10), (60_000, -68)), heats=((0, 5), (60_000, 82)))


def view(shown: Seat | None, opened: Opened = SEEN, **fields: Any) -> FloorView:
    floor = floor_of(*([shown] if shown else []), opened=opened, notes=fields.pop("notes", {}))
    return FloorView(**({"floor": floor, "local_ms": 1_000, "keys": KEYS, "link": Link("up", 0)} | fields))


def text(lines: list[Line]) -> str:
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)


HOT = seat(
    agent_name="Priya", heat=82, band="critical", mood=-0.68, help=HELP, alert=alert(), because=("churn",),
    watched_by=("Kim", "Sol"), openings_given=2, openings_bare=1, openings_missed=3, helpful=1, shares_words=True,
)  # fmt: skip


def test_the_top_says_who_and_what_and_who_has_it() -> None:
    said = text(call_top(view(HOT), 100, 1))
    for part in ("Priya", "01:00", "help 10s", "Billing", "desk-c1", "nobody has it"):
        assert part in said
    assert "has it" not in text(call_top(view(seat()), 100, 1))
    marks = text(call_top(view(HOT, demo=True, still=True, link=Link("lost", 0)), 100, 1))
    assert all(part in marks for part in ("DEMO", "FROZEN", "NO LINK 1s"))
    assert "gone" in text(call_top(view(None), 100, 1))
    left = FloorView(floor=floor_of(left={"c1": HOT}, opened=SEEN), local_ms=1_000, keys=KEYS)
    assert "  over" in text(call_top(left, 100, 1))


def test_words_come_only_where_they_are_shared() -> None:
    lines = tuple(
        SpokenLine(call_id="c1", channel=channel, started_ms=ms, text=words)  # type: ignore[arg-type]
        for ms, channel, words in (
            (1_000, "customer", "this is the [bold]third[/bold] time \x1b[2J"),
            (4_000, "agent", "let me look " * 9),
        )
    )
    said = text(call_words(view(HOT, Opened("c1", lines=lines)), 60, 9))
    assert "00:01  cust   this is the [bold]third[/bold] time [2J" in said
    assert "00:04  agent  let me look" in said
    assert len(text(call_words(view(HOT, Opened("c1", lines=lines)), 30, 3)).splitlines()) == 3
    assert "from now on" in text(call_words(view(HOT), 60, 5))
    assert "Words are not shared by this workstation" in text(call_words(view(seat()), 200, 5))
    assert "switched sharing off" in text(call_words(view(seat(shared=False)), 200, 5))
    assert "no longer on your floor" in text(call_words(view(None), 60, 5))


def test_the_facts_have_everything_that_is_known() -> None:
    nudges = (
        NudgeLine("empathy.missed", "Empathy owed", "warn", 9_000, "done", ("repeat_contact", "money")),
        NudgeLine("deesc.rising", "Escalation rising", "critical", 40_000),
        NudgeLine("x", "Odd one", "info", 50_000, "put away"),
    )
    told = CallDetail(call_id="c1", nudges=nudges, moods=((0, 5), (30_000, -20)), heats=((0, 1), (30_000, 60)))
    opened = Opened("c1", detail=told, moods=SEEN.moods, heats=SEEN.heats)
    note = NoteState(note="n", call_id="c1", by="Kim", text="well done", state="delivered")
    other = NoteState(note="m", call_id="c1", by="Sol", text="hi", state="read")
    said = text(call_facts(view(HOT, opened, notes={"n": note, "m": other}), 60, 40))
    for part in (
        "help   10s  refund over my limit", "alert", "also open at Sol", "you: well done", "delivered",
        "Sol: hi", "read",
        "mood", "-0.68", "heat", "82", "why     critical 82  by churn", "2 answered  1 bare  3 missed   thumbs 1 up",
        "hints  3, the newest first", "00:40 !! Escalation rising", "open", "repeat contact, money", "put away",
    ):  # fmt: skip
        assert part in said, part


def test_without_a_detail_the_floor_tells_what_it_sees() -> None:
    said = text(call_facts(view(seat(nudge=OpenNudge("r", "Empathy owed", "warn", 40_000))), 60, 30))
    assert "Empathy owed  on the panel for 20s" in said
    assert call_facts(view(None), 60, 30) == []
    silent = text(call_facts(view(seat(withheld=("mood",))), 60, 30))
    assert "mood not shared" in silent
    wordless = seat(help=type(HELP)("h", "", 50_000))
    assert "no words with it" in text(call_facts(view(wordless), 60, 30))


@pytest.mark.parametrize("size", [(1, 1), (20, 3), (40, 12), (76, 45)])
def test_every_part_keeps_to_its_size(size: tuple[int, int]) -> None:
    columns, rows = size
    for paint in (call_top, call_words, call_facts, call_divider, call_foot):
        assert len(paint(view(HOT), columns, rows)) <= rows


def test_the_foot_says_keys_or_what_happened() -> None:
    assert "esc back" in text(call_foot(view(HOT), 80, 1))
    assert text(call_foot(view(HOT, flash="note sent"), 80, 1)).strip() == "note sent"
    assert text(call_foot(view(HOT, keys={}), 80, 1)).strip() == ""


def test_hints_told_before_sharing_was_switched_off_are_not_drawn_any_more() -> None:
    detail = CallDetail(call_id="c1", nudges=(NudgeLine("r", "Empathy owed", "warn", 1_000),))
    opened = Opened("c1", detail=detail)
    assert "Empathy owed" in text(call_facts(view(seat(), opened), 60, 30))
    assert "Empathy owed" not in text(call_facts(view(seat(shared=False), opened), 60, 30))
