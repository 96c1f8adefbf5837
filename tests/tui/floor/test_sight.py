"""Rows that keep their places: what the cursor is on never moves, whatever comes."""

from hypothesis import given
from hypothesis import strategies as st

from tui.floor.sight import Sight, at_place, held, moved, released, scrolled, sorted_anew, stepped

IDS = st.lists(st.sampled_from([f"c{number}" for number in range(12)]), unique=True).map(tuple)
ROWS = st.integers(1, 8)


@given(IDS.filter(bool), st.lists(IDS, max_size=6), ROWS, st.integers(0, 11))
def test_a_held_row_never_moves(first: tuple[str, ...], wanted: list[tuple[str, ...]], rows: int, place: int) -> None:
    sight = at_place(Sight(first), place, rows)
    line = sight.index - sight.top
    for order in wanted:
        sight = held(sight, order)
        assert sight.ids[: len(first)] == first
        assert set(order) <= set(sight.ids)
        assert sight.index - sight.top == line


@given(IDS, IDS, ROWS, st.integers(0, 11))
def test_sorting_keeps_the_cursor_on_its_call_and_its_line(
    before: tuple[str, ...], wanted: tuple[str, ...], rows: int, place: int
) -> None:
    sight = at_place(Sight(before), place, rows)
    after = sorted_anew(sight, wanted, rows)
    assert after.ids == wanted
    assert 0 <= after.top <= max(0, len(wanted) - rows)
    if sight.cursor in wanted and sight.cursor:
        assert after.cursor == sight.cursor
        line, room = sight.index - sight.top, len(wanted) - rows
        free = 0 <= after.index - line <= max(0, room)
        assert not free or after.index - after.top == line
    if after.cursor:
        assert after.top <= after.index < after.top + rows


@given(IDS, IDS)
def test_what_is_moved_is_nothing_only_when_the_order_stands(ids: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    assert (moved(Sight(ids), wanted) == 0) == (ids == wanted)
    assert moved(Sight(ids), wanted) <= len(set(ids) | set(wanted))


def test_moved_counts_rows_not_places() -> None:
    assert moved(Sight(("a", "b", "c", "d")), ("d", "a", "b", "c")) == 1
    assert moved(Sight(("a", "b")), ("a", "b", "c")) == 1
    assert moved(Sight(("a", "b", "c")), ("a", "c")) == 1


def test_the_cursor_comes_moves_and_goes() -> None:
    sight = Sight(("a", "b", "c", "d"), top=1)
    sight = stepped(sight, 1, 2)
    assert (sight.cursor, sight.index) == ("b", 1)
    assert stepped(sight, 1, 2).cursor == "c"
    assert stepped(sight, -9, 2) == Sight(sight.ids, "a", 0)
    assert stepped(sight, 9, 2) == Sight(sight.ids, "d", 2)
    assert released(sight) == Sight(sight.ids)
    assert stepped(Sight(), 1, 2) == Sight()
    assert at_place(Sight(), 3, 2) == Sight()


def test_the_window_moves_without_the_cursor() -> None:
    sight = Sight(("a", "b", "c", "d"), "a", 0)
    assert scrolled(sight, 1, 2) == Sight(sight.ids, "a", 1)
    assert scrolled(sight, 9, 2).top == 2
    assert scrolled(sight, -9, 2).top == 0
    assert scrolled(sight, 3, 9).top == 0


def test_a_call_that_is_gone_leaves_the_cursor_nearby() -> None:
    assert sorted_anew(Sight(("a", "b", "c"), "c", 0), ("a", "b"), 5).cursor == "b"
    assert sorted_anew(Sight(("a",), "a", 0), (), 5) == Sight()
