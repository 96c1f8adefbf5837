"""Views without an app, for tests of what is drawn."""

from typing import Any

from streams.events import Event, Telemetry
from tui.actions import keys_in_force
from tui.board import fold
from tui.glyphs import UNICODE
from tui.lines import Line
from tui.state import Board, Link
from tui.view import View


def view(*events: Event | Telemetry, **given: Any) -> View:
    """The view after these events, at the newest one's time unless told otherwise."""
    board = fold(Board(), events)
    fields: dict[str, Any] = {
        "board": board,
        "now_ms": board.at_ms,
        "glyphs": UNICODE,
        "keys": keys_in_force({}),
        "link": Link("up"),
    }
    return View(**(fields | given))


def texts(lines: list[Line]) -> list[str]:
    """Lines as plain text, without what stands empty at their right."""
    return ["".join(span.text for span in line).rstrip() for line in lines]
