"""Columns: as many as fit, never more than the line, the same for the same width."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.floor.columns import COLUMNS, GAP, layout, padded


@given(st.integers(1, 400))
def test_columns_fill_a_line_and_no_more(cells: int) -> None:
    shown = layout(cells)
    used = sum(width for _, width in shown) + GAP * (len(shown) - 1)
    assert used <= max(cells, COLUMNS[0].least)
    for column, width in shown:
        assert column.least <= width <= column.most
    ranks = sorted(column.rank for column, _ in shown)
    left_out = [column.rank for column in COLUMNS if column not in [shown_column for shown_column, _ in shown]]
    assert not left_out or max(ranks) <= min(left_out)


def test_a_small_terminal_has_the_essential_ones() -> None:
    assert [column.name for column, _ in layout(38)] == ["mark", "agent", "heat", "need"]
    assert [column.name for column, _ in layout(20)] == ["mark", "agent", "heat"]
    assert "by" in [column.name for column, _ in layout(78)]
    assert "signal" in [column.name for column, _ in layout(98)]
    assert len(layout(198)) == len(COLUMNS)


@given(st.text(max_size=60), st.integers(0, 40), st.booleans())
def test_a_cell_has_its_width_whatever_is_in_it(text: str, cells: int, right: bool) -> None:
    assert cell_len(padded(text.replace("\t", " "), cells, right=right, cut="…")) == cells


def test_a_cut_is_seen() -> None:
    assert padded("Priya Sharma", 7, cut="…") == "Priya…" + " "
    assert padded("Priya", 7, right=True) == "  Priya"
    assert padded("日本語日本語", 6, cut="…") == "日本… "
