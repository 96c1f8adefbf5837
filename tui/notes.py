"""What people say to the agent: a supervisor's note as a card signed by name, help, who looks on; a view in, lines out.

A note stands beside a nudge, never behind it: where a nudge has the card, the note has the rows below.
"""

from tui.actions import sign
from tui.lines import EMPTY, Line, Span, age, plain, spread, wrap
from tui.state import Whispered
from tui.view import SETTLED_SHOWN_MS, View

NAMES_SHOWN = 2
ROOMY_ROWS = 6
"""Rows below the card from which what people said may take two of them."""
KEYS_BELOW = 5
"""Rows from which a card has its keys in a row of their own."""
MOST_BELOW = 4
"""Rows of a note's words below a card that a nudge has; `m` and the card itself show all of it."""


def card(view: View, note: Whispered, columns: int, rows: int) -> list[Line]:
    """A note in so many rows: who wrote it and when, its words, and how to say that it was read."""
    room = columns - 2
    keys_below = rows >= KEYS_BELOW
    head = _head(view, note, room, keys=not keys_below)
    said = [(Span(line, "strong"),) for line in wrap(plain(note.text), room, rows - 1 - keys_below)]
    lines: list[Line] = [head, *said, *[EMPTY] * (rows - 1 - len(said))]
    if keys_below:
        lines[-1] = (*_keys(view), *_more(view))
    return _barred(view, lines)


def lines(view: View, columns: int, rows: int) -> list[Line]:
    """What stands below the card: a note that waits while a nudge has the card, help, and what was read lately."""
    below = _told(view)
    shown: list[Line] = []
    if view.unread and view.chosen is not None:
        # Its words matter more than what else people said, as far as there is room for only one.
        note, room = view.unread[0], columns - 2
        said = wrap(plain(note.text), room, max(1, min(MOST_BELOW, rows - len(below) - 1)))
        shown = _barred(view, [_head(view, note, room), *[(Span(line, "strong"),) for line in said]])
    return [*shown, *(line for word, text in below for line in _line(word, text, columns, 1 + (rows >= ROOMY_ROWS)))]


def help_word(view: View) -> str:
    """How a call for help stands, in a word or two; empty where there is none, or it was answered a while ago."""
    board = view.board
    if board.help is None or board.phase != "live":
        return ""
    if board.help_waiting:
        return "help asked"
    return f"help: {plain(board.help.by)}" if view.now_ms - board.help.at_ms <= SETTLED_SHOWN_MS else ""


def seen_by(view: View, *, names: bool = True) -> str:
    """Who has the call open besides who looks after it, or that nobody is shown it; empty where it is as always."""
    board = view.board
    if not board.shared:
        return "not shared"
    seen = [plain(name) for name in board.watchers if name != board.claimed_by]
    if not seen:
        return ""
    if not names:
        return f"seen by {len(seen)}"
    more = f" +{len(seen) - NAMES_SHOWN}" if len(seen) > NAMES_SHOWN else ""
    return f"seen by {', '.join(seen[:NAMES_SHOWN])}{more}"


def _line(word: str, text: str, columns: int, rows: int) -> list[Line]:
    said = wrap(text, columns - 11, rows)
    return [(Span(f"  >> {word}  " if at == 0 else " " * 11, "key"), Span(line)) for at, line in enumerate(said)]


def _told(view: View) -> list[tuple[str, str]]:
    board = view.board
    told: list[tuple[str, str]] = []
    if board.help is not None:
        waiting = f"asked {age(view.now_ms - board.help.at_ms)} ago, nobody yet"
        if board.phase != "live":
            waiting = "asked, the call ended first"
        answer = f"{plain(board.help.by)}: {plain(board.help.text) or 'is coming'}"
        told.append(("HELP", waiting if board.help_waiting else answer))
    told += [("NOTE", f"{plain(note.by)}: {plain(note.text)}") for note in view.read_lately[:1]]
    return told


def _head(view: View, note: Whispered, room: int, *, keys: bool = True) -> Line:
    tail: Line = (Span(age(view.now_ms - note.at_ms), "soft"),)
    if keys and (read := _keys(view)):
        tail = (*tail, Span("  "), *read)
    return spread((Span(">> NOTE  ", "key"), Span(plain(note.by), "title")), tail, room)


def _barred(view: View, lines: list[Line]) -> list[Line]:
    return [(Span(view.glyphs.bars["warn"], "key"), Span(" "), *line) for line in lines]


def _keys(view: View) -> Line:
    keys = view.keys["read_note"]
    return (Span(sign(keys[0]), "key"), Span(" read", "soft")) if keys else ()


def _more(view: View) -> Line:
    more = len(view.unread) - 1
    return (Span(f"   and {more} more", "soft"),) if more > 0 else ()
