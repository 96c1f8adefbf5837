"""Which function draws which region of the panel, by the region's name in the style sheet; a view in, paints out."""

from tui import cards, meters, notes, words, wrapup
from tui.lines import Line, Span
from tui.region import Paint
from tui.state import Item
from tui.topline import foot, people_rule, rule, top, words_rule
from tui.view import View

__all__ = ["foot", "paints", "top"]

ROOM_FOR_ROWS = 8
"""A card lower than this has no rows below it, so what was withdrawn is said on the card itself."""


NOTE_ROWS = 3
"""Rows of a low card that a note takes below a nudge."""


def paints(view: View) -> dict[str, Paint]:
    """What each region of the panel shows of a view, by the region's name."""
    down = (Span(view.glyphs.down, "rule"),)
    return {
        "card": lambda columns, rows: _card(view, columns, rows),
        "rows-rule": lambda columns, _rows: [people_rule(view, columns)],
        "rows": lambda columns, rows: cards.rows_below(view, columns, rows),
        "meters-rule": lambda columns, _rows: [rule(view, "", "", columns)],
        "meters": lambda columns, rows: meters.meters(view, columns, rows),
        "divider": lambda _columns, rows: [down] * rows,
        "words-rule": lambda columns, _rows: [words_rule(view, columns)],
        "words": lambda columns, rows: words.words(view.board, columns, rows),
    }


def _card(view: View, columns: int, rows: int) -> list[Line]:
    if view.board.phase == "wrap_up":
        return wrapup.wrap_up(view, columns, rows)
    if view.chosen is not None:
        return _nudge_and_note(view, view.chosen, columns, rows)
    if view.unread:
        return notes.card(view, view.unread[0], columns, rows)
    lines = cards.empty_card(view, columns, rows)
    if rows < ROOM_FOR_ROWS and view.settled:
        return [*lines[: rows - 1], cards.row(view.settled[0], view.now_ms, columns)]
    return lines


def _nudge_and_note(view: View, item: Item, columns: int, rows: int) -> list[Line]:
    """A nudge; where there are no rows below for a note that waits, the two share the card."""
    if not (view.low and view.unread):
        return cards.card(view, item, columns, rows)
    below = min(NOTE_ROWS, rows // 2)
    note = notes.card(view, view.unread[0], columns, below)
    return [*cards.card(view, item, columns, rows - below), *note]
