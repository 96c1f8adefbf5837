"""Cards and rows: all that is needed first, in any size; severity in four ways."""

from typing import get_args

import pytest

from streams.events import (
    Checklist,
    HelpAsked,
    Note,
    NoteRead,
    NudgeAnswered,
    Quiet,
    Quote,
    Severity,
)
from tests.tui.calls import EMPATHY, RISING, STARTED, TALK, nudge, of, resolved
from tests.tui.views import texts, view
from tui import cards
from tui.actions import keys_in_force
from tui.lines import width
from tui.state import Link


def test_severity_is_carried_four_ways() -> None:
    seen = []
    for severity in get_args(Severity):
        shown = view(STARTED, nudge("n", severity))
        bar, _, *rest = cards.card(shown, shown.waiting[0], 40, 9)[0]
        seen.append((bar.text, bar.role, rest[0].text))
    for carried in zip(*seen, strict=True):
        assert len(set(carried)) == 4


@pytest.mark.parametrize("rows", range(1, 17))
@pytest.mark.parametrize("columns", [12, 40, 78])
def test_a_card_fills_its_place_and_no_more(columns: int, rows: int) -> None:
    shown = view(STARTED, RISING)
    lines = cards.card(shown, shown.waiting[0], columns, rows)
    assert len(lines) == rows
    assert all(line[0].text == "█" for line in lines)


def test_where_there_is_little_room_the_line_to_say_comes_first() -> None:
    shown = view(STARTED, RISING)
    assert texts(cards.card(shown, shown.waiting[0], 40, 2))[1].startswith('█ Say: "You')
    three = texts(cards.card(shown, shown.waiting[0], 40, 4))
    assert three[1].startswith("█ Pause.")
    assert three[2].startswith("█ Say:")
    without = view(STARTED, nudge("n"))
    assert texts(cards.card(without, without.waiting[0], 60, 2))[1] == f"▌ {nudge('n').text}"


def test_reasons_name_who_and_when_and_how_much() -> None:
    quotes = (Quote("third time", 16_000), Quote("calm down", 17_000, "agent"))
    item = view(STARTED, nudge("n", evidence=quotes, measured="heat 64")).waiting[0]
    assert texts(cards.reasons(item, 38)) == [
        'why  "third time"  00:16',
        '     you: "calm down"  00:17',
        "     heat 64",
    ]


def test_keys_that_are_not_bound_are_not_offered() -> None:
    keys = keys_in_force({}) | {"dismiss": (), "helpful": ()}
    assert texts([cards.answer_keys(keys)]) == ["a ack  s snooze  -"]


def test_a_row_for_each_ending() -> None:
    item = view(STARTED, EMPATHY).waiting[0]
    assert texts([cards.row(item, 20_000, 40)]) == ["  !  MED   Empathy owed               2s"]
    done = view(STARTED, EMPATHY, resolved("n1", "done", 20_000)).settled[0]
    assert texts([cards.row(done, 20_000, 40)]) == ["  ok DONE  Empathy owed     you named it"]
    other = view(STARTED, nudge("n", rule="else.where"), resolved("n", "done", 20_000)).settled[0]
    assert cards.ending(other) == ("ok", "DONE", "done")


def test_rows_below_people_then_waiting_then_settled_and_the_checklist_last() -> None:
    shown = view(
        STARTED,
        *TALK,
        of(HelpAsked, 18_000, help="h"),
        of(Note, 18_000, note="1", by="Maria", text="offer a \x1b[31mcall back"),
        of(NoteRead, 18_500, note="1"),
        EMPATHY,
        RISING,
        of(NudgeAnswered, 19_000, nudge="n2", answer="acknowledged"),
        nudge("n3", "info", title="Dead air"),
    )
    assert texts(cards.rows_below(shown, 44, 6)) == [
        "  >> HELP  asked 1s ago, nobody yet",
        "  >> NOTE  Maria: offer a [31mcall back",
        "  i  INFO  Dead air                       0s",
        "  ok SEEN  Escalation rising          by you",
        "",
        "  todo [ ] verify identity  [x] greet",
    ]


def test_checklist_steps_are_whole_and_what_has_no_room_is_counted() -> None:
    labels = ("your name", "recap", "anything else?")
    board = view(*(of(Checklist, 1, item=name, label=name, state="due") for name in labels)).board
    assert texts([cards.checklist(board, 51)]) == ["  todo [ ] your name  [ ] recap  [ ] anything else?"]
    assert texts([cards.checklist(board, 40)]) == ["  todo [ ] your name  [ ] recap  +1"]
    assert texts([cards.checklist(board, 25)]) == ["  todo [ ] your name  +2"]
    assert texts([cards.checklist(board, 10)]) == ["  todo [ ] your name  +2"]


def test_checklist_steps_that_are_done_give_way_uncounted() -> None:
    steps = (("greet", "done"), ("recap", "due"), ("verify", "overdue"))
    board = view(*(of(Checklist, 1, item=name, label=name, state=state) for name, state in steps)).board
    assert texts([cards.checklist(board, 42)]) == ["  todo [!] verify  [ ] recap  [x] greet"]
    assert texts([cards.checklist(board, 30)]) == ["  todo [!] verify  [ ] recap"]


def test_a_note_that_waits_takes_the_checklists_row_where_there_are_few() -> None:
    note = of(Note, 18_000, note="1", by="Maria", text="offer a call back today, or tomorrow before ten at the latest")
    shown = view(STARTED, *TALK, EMPATHY, note)
    assert texts(cards.rows_below(shown, 40, 3)) == [
        "▌ >> NOTE  Maria              0s  m read",
        "▌ offer a call back today, or tomorrow",
        "▌ before ten at the latest",
    ]
    assert texts(cards.rows_below(shown, 40, 8))[-1] == "  todo [ ] verify identity  [x] greet"


def test_an_empty_card_says_why() -> None:
    assert "Nothing is wrong" in texts(cards.empty_card(view(STARTED), 40, 9))[0]
    assert "Quiet" in texts(cards.empty_card(view(STARTED, of(Quiet, until_ms=-1)), 40, 9))[0]
    assert "Waiting for a call" in texts(cards.empty_card(view(), 40, 9))[0]
    assert "Waiting for the service" in texts(cards.empty_card(view(link=Link("connecting")), 40, 9))[0]
    assert "No link" in texts(cards.empty_card(view(STARTED, link=Link("lost")), 40, 9))[0]
    assert texts(cards.empty_card(view(STARTED, notice="from a transcript"), 40, 9))[-1].strip() == "from a transcript"
    assert len(cards.empty_card(view(STARTED, notice="from a transcript"), 40, 4)) == 3


STRANGE = ["[red]x[/red]", "日本語の長い題名がここに", "שלום עולם", "a\nb\x1b]0;x\x07", "x" * 9_999]


@pytest.mark.parametrize("title", STRANGE, ids=range(len(STRANGE)))
def test_strange_texts_stay_in_their_cells(title: str) -> None:
    odd = nudge("n", title=title, text=title, say=title, evidence=(Quote(title, 1),), measured=title)
    shown = view(STARTED, odd)
    for columns in (20, 40, 77):
        for line in cards.card(shown, shown.waiting[0], columns, 12)[:-1]:
            assert width(line) <= columns
            assert "\x1b" not in "".join(span.text for span in line)
