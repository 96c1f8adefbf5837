"""The wrap-up: what the call came to, and thumbs."""

from typing import Any

from streams.events import CallEnded, CallSummary, Empathy, NudgeAnswered
from tests.tui.calls import DEAD_AIR, EMPATHY, ENDED, RISING, STARTED, TALK, nudge, of, resolved
from tests.tui.views import texts, view
from tui.actions import keys_in_force
from tui.wrapup import totals_lines, wrap_up

CALL = (STARTED, *TALK, DEAD_AIR, EMPATHY, RISING)


def opening(name: str, state: str) -> Any:
    return of(Empathy, 5, opening=name, state=state, strength="weak", quote="q", said_ms=1)


def test_sums_hints_and_keys() -> None:
    events = (*CALL, opening("o0", "given"), opening("o1", "missed"), resolved("n0", "done", 12_000), *ENDED)
    rated = of(NudgeAnswered, 92_000, nudge="n1", answer="helpful")
    assert texts(wrap_up(view(*events, rated), 40, 9)) == [
        "  Call over  hung up               01:32",
        "  3 hints, 2 done, 1 past",
        "  empathy 1 of 2, mood -0.31 to -0.68",
        "> !! Escalation rising          past",
        "  !  Empathy owed               done  +",
        "  i  Dead air                   done",
        "",
        "  nudges shown 3, peak heat 64",
        "  + / - helpful or not   j k move",
    ]
    assert texts(wrap_up(view(*events), 60, 9))[1:3] == [
        "  3 hints, 2 done, 1 past, empathy 1 of 2",
        "  mood -0.31 to -0.68, you spoke 41%",
    ]


def test_many_hints_leave_a_row_for_what_the_call_came_to() -> None:
    many = [nudge(f"n{number}", at_ms=number, title=f"hint {number}") for number in range(6)]
    totals = {
        "mood_arc": 0.5,
        "longest_silence_ms": 61_000,
        "open_promises": 2,
        "disposition": "Delivery",
        "notes": ["Issue", "Promised"],
    }
    events = (STARTED, *many, of(CallSummary, totals=totals), of(CallEnded, 50))
    for picked in ("n0", "n5"):
        text = texts(wrap_up(view(*events, picked=picked), 42, 9))
        assert sum("hint " in line for line in text) == 5
        assert any(line.startswith(f"> !  hint {picked[1:]}") for line in text)
        assert text[-2] == "  disposition Delivery, open promises 2"
    assert texts(wrap_up(view(*events), 42, 6))[-2] == "  !  hint 3"
    told = ["  disposition Delivery, open promises 2", "  Issue", "  Promised"]
    for rows, above in [(9, "  !  hint 1"), (10, "  !  hint 0"), (11, ""), (12, ""), (13, "")]:
        text = texts(wrap_up(view(*events), 42, rows))
        first = text.index(told[0])
        assert text[first:-1] == told[: len(text) - 1 - first]
        assert text[first - 1] == above
    assert texts(wrap_up(view(*events), 42, 15))[-7:-2] == [
        "",
        *told[1:],
        *(f"  {'disposition':22}Delivery", f"  {'open promises':22}2"),
    ]


def test_totals_where_there_is_room() -> None:
    text = texts(wrap_up(view(*CALL, *ENDED), 70, 16))
    assert "  nudges shown          3" in text
    assert "  peak heat             64" in text
    assert not any("openings" in line or "closed" in line for line in text)


def test_totals_may_be_anything() -> None:
    totals = {
        "a_b": 12.25,
        "c": "x\x1by",
        "d": None,
        "e": [1],
        "f": True,
        "hold_ms": 61_000,
        "own_share": 0.374,
        "g": 0.5,
    }
    board = view(STARTED, of(CallSummary, totals=totals)).board
    assert texts(totals_lines(board, 40)) == [
        f"  {'hold':22}01:01",
        f"  {'a b':22}12.25",
        f"  {'c':22}x y",
        f"  {'own share':22}37%",
        f"  {'g':22}0.50",
    ]


def test_suggested_notes_come_first() -> None:
    totals = {"a": 1, "disposition": "Delivery", "notes": ["Promised to \x1bcall", 5]}
    board = view(STARTED, of(CallSummary, totals=totals)).board
    assert texts(totals_lines(board, 40)) == [
        "  Promised to call",
        f"  {'disposition':22}Delivery",
        f"  {'a':22}1",
    ]
    assert (
        totals_lines(view(STARTED, of(CallSummary, totals={"notes": "none"})).board, 40)[0][0].text == f"  {'notes':22}"
    )


def test_a_call_without_hints() -> None:
    text = texts(wrap_up(view(STARTED, of(CallEnded, 5_000, reason="line_dropped")), 40, 9))
    assert text[0] == "  Call over  line dropped          00:05"
    assert text[1] == "  no hints were needed"
    assert text[-1] == ""


def test_one_hint_is_one_and_keys_may_be_missing() -> None:
    keys = keys_in_force({}) | {"helpful": ()}
    text = texts(wrap_up(view(STARTED, EMPATHY, of(CallEnded, 5), keys=keys), 40, 9))
    assert text[1] == "  1 hint"
    assert text[-1] == "  - helpful or not   j k move"


def test_the_chosen_hint_stays_in_sight() -> None:
    many = [nudge(f"n{number}", at_ms=number, title=f"hint {number}") for number in range(20)]
    for picked in ("n0", "n7", "n19"):
        text = texts(wrap_up(view(STARTED, *many, of(CallEnded, 50), picked=picked), 40, 9))
        assert len(text) == 9
        assert any(line.startswith(f"> !  hint {picked[1:]}") for line in text)


def test_any_number_of_rows() -> None:
    for rows in range(1, 30):
        assert len(wrap_up(view(*CALL, *ENDED), 40, rows)) <= rows
