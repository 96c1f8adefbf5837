"""The customer's mood, the balance of talk and the heat of the call, each in one line: a board in, lines out.

There is no mood of the agent: the agent's side gives words and timing only.
"""

from collections.abc import Sequence

from streams.events import Band, Forecast
from tui.glyphs import Glyphs
from tui.lines import Line, Role, Span, clip, clock, plain
from tui.state import Board
from tui.view import View

ARROWS = {"rising": "^", "steady": "-", "falling": "v"}
BAND_ROLES: dict[Band, Role] = {"calm": "good", "watch": "text", "warm": "warn", "hot": "bad", "critical": "critical"}
OUTLOOKS: dict[Forecast, str] = {"steady": "", "rising": "may get hotter", "boiling": "may boil over"}
"""Where the heat may be going, in words; a guess that sets nothing off."""
ROOMY = 32
"""Columns from which labels are written in full."""
FIGURES = 17
"""Columns at the right of every meter for its figure and its word."""
LOW = -0.2
"""Smoothed mood from which it is drawn as low, and as good above the same figure without the sign."""


def meters(view: View, columns: int, rows: int) -> list[Line]:
    """Mood, talk, heat, and what raised the heat as far as there is room; one row alone is the mood's."""
    board, glyphs = view.board, view.glyphs
    lines = [mood(board, glyphs, columns), talk(board, view.now_ms, glyphs, columns), *heat(board, glyphs, columns)]
    return lines[:rows]


def spark(values: Sequence[float], levels: str, cells: int) -> str:
    """The last values, -1 to 1, as one character each."""
    top = len(levels) - 1
    shown = values[-cells:] if cells > 0 else ()
    return "".join(levels[round((min(1.0, max(-1.0, value)) + 1) / 2 * top)] for value in shown)


def bar(share: float, glyphs: Glyphs, cells: int) -> str:
    """A share, 0 to 1, as a bar of so many cells."""
    full = round(min(1.0, max(0.0, share)) * cells)
    return glyphs.full * full + glyphs.empty * (cells - full)


def mood(board: Board, glyphs: Glyphs, columns: int) -> Line:
    """The customer's smoothed sentiment: its course, its value, where it goes."""
    label = "mood  cust " if columns >= ROOMY else "mood "
    if not board.moods:
        return (Span(label, "soft"), Span("not known yet" if board.phase == "live" else "--", "soft"))
    values = [point.value for point in board.moods]
    role: Role = "bad" if values[-1] <= LOW else "good" if values[-1] >= -LOW else "text"
    cells = max(0, columns - len(label) - FIGURES)
    course = spark(values, glyphs.spark, cells)
    trend = f"{board.trend:7} {ARROWS.get(board.trend, ' ')}"
    return (Span(label, "soft"), Span(f"{course:{cells}}", role), *_figures(f"{values[-1]:+.2f}", trend, role))


def _figures(value: str, word: str, role: Role = "text") -> Line:
    """The right-hand columns that all meters share: a figure, then a word."""
    return (Span(f"{value:>6}", role), Span(f"  {word:9}"))


def talk(board: Board, now_ms: int, glyphs: Glyphs, columns: int) -> Line:
    """Who has spoken how much, in shares of all speech so far."""
    label = "talk  you  " if columns >= ROOMY else "you  "
    spoken = dict(board.spoken_ms)
    for side, since_ms in board.speaking.items():
        spoken[side] = spoken.get(side, 0) + max(0, now_ms - since_ms)
    if "mixed" in spoken:
        return (Span("talk  ", "soft"), Span("both sides on one channel", "soft"))
    total = sum(spoken.values())
    if not total:
        return (Span(label, "soft"), Span("nobody yet" if board.phase == "live" else "--", "soft"))
    you = spoken.get("agent", 0) / total
    cells = max(0, columns - len(label) - FIGURES)
    percent = round(you * 100)
    meter = Span(bar(you, glyphs, cells), "info")
    return (Span(label, "soft"), meter, *_figures(f"{percent}%", f"cust {100 - percent:3}%"))


def ledger(board: Board) -> str:
    """How many of the customer's openings for empathy were answered with it; empty where there was none."""
    due = [state for state in board.openings.values() if state != "not_needed"]
    return f"empathy {due.count('given')} of {len(due)}" if due else ""


def foreseen(forecast: Forecast, band: Band) -> Forecast:
    """A forecast as far as it says more than the band does: what boils over already needs none."""
    return "steady" if band == "critical" else forecast


def heat(board: Board, glyphs: Glyphs, columns: int) -> list[Line]:
    """How close the call is to boiling over, then what raised it, the newest first."""
    label = "heat       " if columns >= ROOMY else "heat "
    if board.heat is None and board.phase != "live":
        return [(Span(label, "soft"), Span("--", "soft"))]
    value = board.heat.value if board.heat else 0.0
    band: Band = board.heat.band if board.heat else "calm"
    role = BAND_ROLES[band]
    meter = Span(bar(value / 100, glyphs, max(0, columns - len(label) - FIGURES)), role)
    outlook = foreseen(board.heat.forecast if board.heat and board.phase == "live" else "steady", band)
    figure, word = _figures(f"{value:.0f}", band, role)
    # In the last cell of the word's column, where the mood has its arrow.
    mark = Span(glyphs.outlook[outlook], "warn" if outlook == "boiling" else "soft")
    lines: list[Line] = [(Span(label, "soft"), meter, figure, Span(word.text[:-1]), mark)]
    if OUTLOOKS[outlook]:
        lines.append((Span(f"      {glyphs.outlook[outlook]} {OUTLOOKS[outlook]}", "soft"),))
    causes = sorted(board.heat.because, key=lambda cause: -cause.said_ms) if board.heat else []
    for cause in causes:
        said = clip(plain(cause.quote), columns - 20)
        lines.append(
            (Span(f"      {cause.weight:+4.0f}  ", "soft"), Span(f'"{said}"'), Span(f" {clock(cause.said_ms)}", "soft"))
        )
    return lines
