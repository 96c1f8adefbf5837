"""Choosing rows: filters, orders, and an order that waits for the supervisor."""

from dataclasses import replace

from tests.tui.floor.stage import HELP, floor_of, seat
from tui.floor.chooser import SORT_MS, Choice, Chooser

CALM, HOT, ASKS = seat("calm"), seat("hot", band="hot"), seat("asks", help=HELP, team="South")
FLOOR = floor_of(CALM, HOT, ASKS)
COOLED = floor_of(CALM, seat("hot"), ASKS)


def chooser(rows: int = 5) -> Chooser:
    made = Chooser("need", 20_000)
    made.rows = rows
    made.follow(FLOOR, 1_000)
    return made


def test_rows_sort_themselves_while_none_is_chosen_but_not_too_often() -> None:
    made = chooser()
    assert made.sight.ids == ("hot", "asks", "calm")
    made.follow(COOLED, 1_000 + SORT_MS - 1)
    assert made.sight.ids == ("hot", "asks", "calm")
    assert made.moved == 1
    made.follow(COOLED, 1_000 + SORT_MS)
    assert made.sight.ids == ("asks", "calm", "hot")
    assert made.moved == 0


def test_rows_that_come_or_go_are_seen_at_once() -> None:
    made = chooser()
    made.follow(floor_of(CALM, HOT), 1_001)
    assert made.sight.ids == ("hot", "calm")


def test_a_chosen_row_holds_the_order_until_a_key_or_a_while_has_passed() -> None:
    made = chooser()
    made.step(1, 2_000)
    assert made.sight.cursor == "hot"
    made.follow(COOLED, 9_000)
    assert made.sight.ids == ("hot", "asks", "calm")
    assert made.moved == 1
    made.touch(20_000)
    made.follow(COOLED, 40_000)
    assert made.sight.ids == ("hot", "asks", "calm")
    made.follow(COOLED, 40_001)
    assert made.sight.ids == ("asks", "calm", "hot")
    assert made.sight.cursor == "hot"


def test_sorting_by_key_keeps_the_chosen_row() -> None:
    made = chooser()
    made.step(1, 2_000)
    made.sort(COOLED, 3_000)
    assert (made.sight.ids, made.sight.cursor, made.moved) == (("asks", "calm", "hot"), "hot", 0)
    assert made.held


def test_filters_teams_and_orders() -> None:
    made = chooser()
    made.choose(FLOOR, 2_000, Choice(hot_only=True))
    assert made.sight.ids == ("hot", "asks")
    made.choose(FLOOR, 2_000, replace(made.choice, team="South"))
    assert made.sight.ids == ("asks",)
    made.choose(FLOOR, 2_000, Choice(text="south ask"))
    assert made.sight.ids == ("asks",)
    made.choose(FLOOR, 2_000, Choice(by="agent"))
    assert made.sight.ids == ("asks", "calm", "hot")


def test_going_to_a_call_scrolling_and_letting_go() -> None:
    made = chooser(rows=2)
    assert made.go("calm", 2_000)
    assert made.sight.top == 1
    assert not made.go("nobody", 2_000)
    made.scroll(-1)
    assert (made.sight.top, made.sight.cursor) == (0, "calm")
    made.let_go()
    assert not made.held
    made.touch(3_000)
    assert not made.held
    made.follow(COOLED, 2_001)
    assert made.sight.ids == ("asks", "calm", "hot")
