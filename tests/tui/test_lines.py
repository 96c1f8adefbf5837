"""Lines: measured in cells, cut at their edges, free of anything a terminal would obey."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.lines import Span, age, clip, clock, fit, flow, plain, spread, width, wrap

anything = st.text(st.characters(), max_size=60)


def test_plain_takes_out_what_a_terminal_or_reader_would_obey() -> None:
    assert plain("a\x1b[31mb\r\n\tc\x9b d\u202ee\u2066f\x00") == "a [31mb c d e f"
    assert plain("[bold]שלום 日本[/]") == "[bold]שלום 日本[/]"
    assert len(plain("x" * 10_000)) == 2_000


@pytest.mark.parametrize(
    ("text", "cells", "cut"),
    [("short", 5, "short"), ("longer", 5, "lo..."), ("longer", 2, "lo"), ("日本語です", 6, "日..."), ("x", 0, "")],
)
def test_clip(text: str, cells: int, cut: str) -> None:
    assert clip(text, cells) == cut


def test_fit_and_spread() -> None:
    line = (Span("abc"), Span("defgh", "soft"), Span("ij"))
    assert fit(line, 6) == (Span("abc"), Span("def", "soft"))
    assert fit(line, 3) == (Span("abc"),)
    assert spread((Span("left"),), (Span("right"),), 12) == (Span("left"), Span("   "), Span("right"))
    assert spread((Span("too long here"),), (Span("end"),), 10)[0] == Span("too...")
    assert spread((Span("left"),), (), 6) == (Span("left"), Span("  "))


def test_wrap() -> None:
    assert wrap("one two three", 7, 3) == ["one two", "three"]
    assert wrap("one two three four", 7, 2) == ["one two", "thre..."]
    assert wrap("abcdefghij", 4, 5) == ["abcd", "efgh", "ij"]
    assert wrap("", 7, 2) == wrap("word", 0, 2) == wrap("word", 4, 0) == []


def test_flow_keeps_roles() -> None:
    assert flow((Span("one two"), Span("three", "tail")), 9) == [
        (Span("one"), Span(" two")),
        (Span("three", "tail"),),
    ]
    assert flow((Span("abcdef"),), 4) == [(Span("abcd"),), (Span("ef"),)]


def test_times() -> None:
    assert [clock(-5), clock(61_999), clock(3_661_000)] == ["00:00", "01:01", "1:01:01"]
    assert [age(-5), age(99_000), age(125_000)] == ["0s", "99s", "2:05"]


@given(anything, st.integers(0, 30), st.integers(0, 5))
def test_nothing_is_ever_wider_than_it_may_be(text: str, cells: int, rows: int) -> None:
    text = plain(text)
    assert cell_len(clip(text, cells)) <= cells
    assert width(fit((Span(text), Span(text)), cells)) <= cells
    assert width(spread((Span(text),), (Span("r"),), cells)) <= cells
    lines = wrap(text, cells, rows)
    assert len(lines) <= rows
    # A wide character stands alone in a row that is too narrow for it; the region cuts it there.
    assert all(cell_len(line) <= max(cells, 2) for line in lines)
    assert all(width(line) <= max(cells, 2) for line in flow((Span(text),), max(1, cells)))
