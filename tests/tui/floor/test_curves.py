"""Curves: so many lines of so many cells, higher where the value is higher."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.floor.curves import chart, sampled
from tui.glyphs import ASCII, UNICODE
from tui.lines import width

POINTS = st.lists(st.tuples(st.integers(0, 600_000), st.integers(-150, 150)), min_size=1, max_size=50).map(sorted)


@given(POINTS, st.integers(1, 90), st.integers(1, 6), st.sampled_from([UNICODE, ASCII]))
def test_a_chart_has_its_size_whatever_the_points(points: list, columns: int, rows: int, glyphs: object) -> None:
    lines = chart(points, (-100, 100), (columns, rows), glyphs, lambda _value: "text")  # type: ignore[arg-type]
    assert len(lines) == rows
    assert all(width(line) == columns for line in lines)
    assert all(cell_len(span.text) == len(span.text) for line in lines for span in line)


def test_a_chart_rises_with_its_values() -> None:
    lines = chart([(0, 0), (10, 50), (20, 100)], (0, 100), (3, 2), UNICODE, lambda value: "bad" if value else "good")
    drawn = ["".join(span.text for span in line) for line in lines]
    assert drawn == ["  █", "▁██"] or drawn == [" ▁█", "▁██"]
    assert [span.role for span in lines[1]] == ["good", "bad"]


def test_no_points_or_no_room_draw_nothing() -> None:
    assert chart([], (0, 100), (5, 2), UNICODE, lambda _value: "text") == []
    assert chart([(0, 1)], (0, 100), (0, 2), UNICODE, lambda _value: "text") == []
    assert chart([(0, 1)], (0, 100), (5, 0), UNICODE, lambda _value: "text") == []


def test_a_value_holds_until_the_next() -> None:
    assert sampled([(0, 1), (50, 2), (100, 3)], 5) == [1, 1, 2, 2, 3]
    assert sampled([(7, 4)], 3) == [4, 4, 4]
