"""After the call: what it came to, and thumbs for its nudges; a view in, lines out.

Numbers are counted from the board; the coach's own totals follow as far as there is room, whatever their names. Where
there is little, those that say most stand in one row, and the hints move under the chosen one.
"""

from collections import Counter
from collections.abc import Sequence

from tui.actions import sign
from tui.cards import ending
from tui.glyphs import MARKS
from tui.lines import EMPTY, Line, Role, Span, clip, clock, plain, spread
from tui.meters import ledger
from tui.state import Board
from tui.view import View

REASONS = {"hung_up": "hung up", "service restarted": "the service began anew"}
TELLING = (
    "disposition",
    "open_promises",
    "longest_silence_ms",
    "talk_overs",
    "hold_ms",
    "silence_share",
    "heat_peak",
    "mood_arc",
)
"""Totals that say most to an agent, by the names the coach gives them."""
SUMS_ROWS = 2
"""The sums have so many; what else would stand in them can be seen beside."""
LISTED = 3
"""So many totals at least have a row of their own, or all of them together have one."""
BRIEF_FROM_ROWS = 4
"""With fewer rows than this for hints and totals, the hints have them all."""
THUMBS: dict[str, tuple[str, Role]] = {"": (" ", "soft"), "helpful": ("+", "good"), "not_helpful": ("-", "bad")}


def wrap_up(view: View, columns: int, rows: int) -> list[Line]:
    """Title, sums, the call's nudges with the chosen one marked, and the keys for thumbs in the last row."""
    board = view.board
    reason = REASONS.get(board.ended_reason, plain(board.ended_reason).replace("_", " "))
    sums = _packed((*_hints(board), *_course(board)), columns - 2, SUMS_ROWS)
    head: list[Line] = [
        spread(
            (Span("  Call over", "title"), Span(f"  {reason}", "soft")), (Span(clock(board.at_ms), "soft"),), columns
        ),
        *((Span("  "), Span(line, "soft")) for line in sums),
    ]
    room = max(0, rows - len(head) - 1)
    totals = _totals(board, columns, room)
    shown = _around([_line(view, number, columns) for number in range(len(board.items))], view, room - len(totals))
    lines = [*head, *shown, *[EMPTY] * (room - len(shown) - len(totals)), *totals]
    return [*lines[: rows - 1], _keys(view)]


def _totals(board: Board, columns: int, room: int) -> list[Line]:
    """The totals in as many rows as the hints leave, in one that the hints give up, or none."""
    if not board.totals:
        return []
    left = room - len(board.items)
    notes = _notes(board)
    if left > len(notes) + LISTED:
        lines = totals_lines(board, columns)
    else:
        told = _packed([" ".join(figure) for figure in _figures(board)], columns - 2, 1)
        lines = [(Span("  "), Span(clip(each, columns - 2), "soft")) for each in (*told, *notes)]
    # With a row between them and the hints where there is one.
    rows = max(left - (left > 1), 1 if room >= BRIEF_FROM_ROWS else 0)
    return [*lines, *[EMPTY] * rows][:rows]


def totals_lines(board: Board, columns: int) -> list[Line]:
    """The coach's suggested notes, then its totals that are plain numbers or words, those that tell most first."""
    return [
        *((Span("  "), Span(clip(note, columns - 2))) for note in _notes(board)),
        *((Span(f"  {name:22}", "soft"), Span(clip(value, columns - 24))) for name, value in _figures(board)),
    ]


def _notes(board: Board) -> list[str]:
    notes = board.totals.get("notes", ())
    return [plain(note) for note in notes if isinstance(note, str)] if isinstance(notes, (list, tuple)) else []


def _figures(board: Board) -> list[tuple[str, str]]:
    """Names and values of the totals that are plain, those that tell most first."""
    plain_ones = {
        name: value
        for name, value in board.totals.items()
        if isinstance(value, (int, float, str)) and not isinstance(value, bool)
    }
    names = [*(name for name in TELLING if name in plain_ones), *(name for name in plain_ones if name not in TELLING)]
    return [_figure(plain(name), plain_ones[name]) for name in names]


def _figure(name: str, value: float | str) -> tuple[str, str]:
    """A total's name and value as a person reads them; its unit stands at the end of its name."""
    words = name.removesuffix("_ms").replace("_", " ")
    if isinstance(value, str):
        return words, plain(value)
    if name.endswith("_ms"):
        return words, clock(round(value))
    if name.endswith("_share"):
        return words, f"{value:.0%}"
    return words, f"{value:.2f}" if 0 < abs(value) < 1 else f"{value:g}"


def _hints(board: Board) -> list[str]:
    if not board.items:
        return ["no hints were needed"]
    words = Counter(ending(item)[1].lower() for item in board.items if not item.open)
    count = len(board.items)
    return [f"{count} hint{'s' if count > 1 else ''}", *(f"{n} {word}" for word, n in words.items())]


def _course(board: Board) -> list[str]:
    parts = []
    if count := ledger(board):
        parts.append(count)
    if board.moods:
        parts.append(f"mood {board.moods[0].value:+.2f} to {board.moods[-1].value:+.2f}")
    total = board.spoken_ms.get("agent", 0) + board.spoken_ms.get("customer", 0)
    if total:
        parts.append(f"you spoke {round(board.spoken_ms.get('agent', 0) / total * 100)}%")
    return parts


def _packed(parts: Sequence[str], cells: int, rows: int) -> list[str]:
    """Parts one after the other, broken between them; those for which there is no row are left out."""
    packed: list[str] = []
    for part in parts:
        together = f"{packed[-1]}, {part}" if packed else part
        if packed and clip(together, cells) == together:
            packed[-1] = together
        elif len(packed) < rows:
            packed.append(clip(part, cells))
        else:
            break
    return packed


def _line(view: View, number: int, columns: int) -> Line:
    item = view.selectable[number]
    picked = item is view.chosen
    thumb, role = THUMBS[item.thumb]
    severity = item.nudge.severity
    head = (
        Span("> " if picked else "  ", "key"),
        Span(f"{MARKS[severity]:2} ", "soft"),
        Span(plain(item.nudge.title), "strong" if picked else "text"),
    )
    return spread(head, (Span(f"{ending(item)[1].lower():5} ", "soft"), Span(thumb, role), Span(" ")), columns)


def _around(lines: list[Line], view: View, rows: int) -> list[Line]:
    """As many lines as there is room for, with the chosen one among them."""
    at = next((number for number, item in enumerate(view.selectable) if item is view.chosen), 0)
    first = max(0, min(at - rows // 2, len(lines) - rows))
    return lines[first : first + rows]


def _keys(view: View) -> Line:
    if not view.board.items:
        return EMPTY
    thumbs = [sign(view.keys[name][0]) for name in ("helpful", "unhelpful") if view.keys[name]]
    moves = [sign(view.keys[name][-1]) for name in ("next", "previous") if view.keys[name]]
    return (
        Span("  " + " / ".join(thumbs), "key"),
        Span(" helpful or not   ", "soft"),
        Span(" ".join(moves), "key"),
        Span(" move", "soft"),
    )
