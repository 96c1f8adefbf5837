"""Lines of styled text, measured in terminal cells: what every drawing function returns and every region shows.

A drawing function gives a list of `Line`; a line is a tuple of `Span`, text with the name of a role that the theme
knows. Text is never read as markup: there is no markup here. What people said goes through `plain` first.
"""

import re
from typing import Literal, NamedTuple, TypeAlias

from rich.cells import cell_len, chop_cells, set_cell_size

Role: TypeAlias = Literal[
    "text", "soft", "strong", "title", "tail", "key", "rule", "picked",
    "critical", "warn", "info", "praise", "good", "bad", "bar", "bar_strong", "bar_alarm",
]  # fmt: skip
"""What a piece of text is for; themes say how each looks."""

LONGEST = 2_000
"""Characters of one text that are looked at when it is drawn; no panel is large enough to show more."""

# Controls, and the marks that turn the direction of everything after them, would reach beyond their own cells.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+")


class Span(NamedTuple):
    """A piece of text and its role."""

    text: str
    role: Role = "text"


Line: TypeAlias = tuple[Span, ...]
EMPTY: Line = ()


def plain(text: str) -> str:
    """Text without anything that a terminal would obey, on one line, cut to a length worth drawing."""
    return " ".join(_UNPRINTABLE.sub(" ", text[:LONGEST]).split())


def width(line: Line) -> int:
    """Cells that a line takes."""
    return sum(cell_len(span.text) for span in line)


def clip(text: str, cells: int) -> str:
    """Text cut to so many cells, with "..." where something was cut; never half a wide character."""
    if cell_len(text) <= cells:
        return text
    if cells <= 3:
        return set_cell_size(text, max(0, cells)).rstrip()
    return set_cell_size(text, cells - 3).rstrip() + "..."


def fit(line: Line, cells: int) -> Line:
    """A line cut to so many cells."""
    spans: list[Span] = []
    for span in line:
        room = cells - width(tuple(spans))
        if room <= 0:
            break
        spans.append(Span(clip(span.text, room), span.role))
    return tuple(spans)


def spread(left: Line, right: Line, cells: int) -> Line:
    """Left and right parts at the two ends of a line; the left one is cut where they would meet."""
    right = fit(right, cells)
    room = cells - width(right)
    left = fit(left, room - 1 if right else room)
    return (*left, Span(" " * (room - width(left))), *right)


def wrap(text: str, cells: int, rows: int) -> list[str]:
    """Text broken at spaces into at most so many rows; words wider than a row are broken, what is left over is cut."""
    if cells <= 0 or rows <= 0:
        return []
    pieces: list[str] = []
    for word in text.split():
        if pieces and cell_len(pieces[-1]) + 1 + cell_len(word) <= cells:
            pieces[-1] += " " + word
        else:
            pieces.extend(chop_cells(word, cells))
    if len(pieces) > rows:
        pieces = [*pieces[: rows - 1], clip(" ".join(pieces[rows - 1 :]), cells)]
    return pieces


def clock(ms: int) -> str:
    """Media time as MM:SS, with hours where there are any."""
    seconds = max(0, ms) // 1000
    minutes, hours = seconds // 60, seconds // 3600
    return f"{hours}:{minutes % 60:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"


def age(ms: int) -> str:
    """A short time such as 18s or 2:05."""
    seconds = max(0, ms) // 1000
    return f"{seconds}s" if seconds < 100 else f"{seconds // 60}:{seconds % 60:02}"


def flow(spans: Line, cells: int) -> list[Line]:
    """Spans broken at spaces into rows of at most so many cells; words wider than a row are broken."""
    rows: list[list[Span]] = []
    used = cells
    for span in spans:
        for word in span.text.split():
            for number, piece in enumerate(chop_cells(word, cells)):
                size = cell_len(piece)
                if number == 0 and rows and used + 1 + size <= cells:
                    rows[-1].append(Span(" " + piece, span.role))
                    used += 1 + size
                else:
                    rows.append([Span(piece, span.role)])
                    used = size
    return [tuple(row) for row in rows]
