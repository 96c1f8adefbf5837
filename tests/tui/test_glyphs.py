"""Glyphs: one cell each, and four bars that differ."""

import pytest
from rich.cells import cell_len

from tui.glyphs import ASCII, UNICODE, Glyphs, choose


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_glyph_is_one_cell(glyphs: Glyphs) -> None:
    signs = [*glyphs.bars.values(), *glyphs.spark, glyphs.full, glyphs.empty, glyphs.across, glyphs.down]
    signs += [glyphs.outlook["rising"], glyphs.outlook["boiling"]]
    assert [cell_len(sign) for sign in signs] == [1] * len(signs)
    assert len(set(glyphs.bars.values())) == 4
    assert len(set(glyphs.spark)) == 8


def test_ascii_is_ascii() -> None:
    assert all(ord(sign) < 128 for sign in [*ASCII.bars.values(), *ASCII.spark, ASCII.full, ASCII.across, ASCII.down])
    assert all(sign.isascii() for sign in ASCII.outlook.values())


def test_auto_goes_by_the_encoding() -> None:
    assert choose("auto", "UTF-8") is choose("unicode", "ascii") is UNICODE
    assert choose("auto", "ANSI_X3.4-1968") is choose("ascii", "utf8") is ASCII
