"""Which function draws which region of the panel, by the region's name in the style sheet; a view in, paints out."""

from tui import cards, meters, words, wrapup
from tui.lines import Line, Span
from tui.region import Paint
from tui.topline import foot, rule, top, words_remark
from tui.view import View

__all__ = ["foot", "paints", "top"]

ROOM_FOR_ROWS = 8
"""A card lower than this has no rows below it, so what was withdrawn is said on the card itself."""


def paints(view: View) -> dict[str, Paint]:
    """What each region of the panel shows of a view, by the region's name."""
    down = (Span(view.glyphs.down, "rule"),)
    return {
        "card": lambda columns, rows: _card(view, columns, rows),
        "rows-rule": lambda columns, _rows: [rule(view, "", "", columns)],
        "rows": lambda columns, rows: cards.rows_below(view, columns, rows),
        "meters-rule": lambda columns, _rows: [rule(view, "", "", columns)],
        "meters": lambda columns, rows: meters.meters(view, columns, rows),
        "divider": lambda _columns, rows: [down] * rows,
        "words-rule": lambda columns, _rows: [rule(view, "", words_remark(view), columns)],
        "words": lambda columns, rows: words.words(view.board, columns, rows),
    }


def _card(view: View, columns: int, rows: int) -> list[Line]:
    if view.board.phase == "wrap_up":
        return wrapup.wrap_up(view, columns, rows)
    if view.chosen is not None:
        return cards.card(view, view.chosen, columns, rows)
    lines = cards.empty_card(view, columns, rows)
    if rows < ROOM_FOR_ROWS and view.settled:
        return [*lines[: rows - 1], cards.row(view.settled[0], view.now_ms, columns)]
    return lines
