"""Which columns a width has room for, and how wide each is: by the width alone, so that content moves nothing. Pure."""

from functools import cache
from typing import Literal, NamedTuple, TypeAlias

from rich.cells import cell_len, set_cell_size

Name: TypeAlias = Literal[
    "mark", "agent", "queue", "time", "who", "mood", "value", "trend", "heat", "need", "nudge", "signal", "lag", "by"
]


class Column(NamedTuple):
    """One column: its least and greatest width in cells; those of a greater `rank` go first where room is short."""

    name: Name
    title: str
    least: int
    most: int
    rank: int


COLUMNS = (
    Column("mark", "", 2, 2, 0),
    Column("agent", "AGENT", 8, 24, 0),
    Column("queue", "QUEUE", 9, 18, 8),
    Column("time", "TIME", 5, 6, 4),
    Column("who", "WHO", 5, 5, 9),
    Column("mood", "MOOD", 8, 16, 6),
    Column("value", "", 7, 7, 5),
    Column("trend", "TREND", 7, 7, 12),
    Column("heat", "HEAT", 8, 8, 1),
    Column("need", "NEEDS", 12, 14, 2),
    Column("nudge", "OPEN HINT", 17, 36, 10),
    Column("signal", "LAST SIGNAL", 16, 44, 7),
    Column("lag", "LAG", 4, 4, 11),
    Column("by", "BY", 6, 14, 3),
)
GAP = 1
GROWTH: tuple[Name, ...] = (
    "agent", "agent", "agent", "signal", "agent", "by", "nudge", "mood", "need", "queue", "time",
)  # fmt: skip
"""Who is given a cell in turn, while there are any left."""


@cache
def layout(cells: int) -> tuple[tuple[Column, int], ...]:
    """The columns of a line of so many cells, in their order, each with its width."""
    shown: list[Column] = []
    used = 0
    for column in sorted(COLUMNS, key=lambda column: column.rank):
        if used + column.least + GAP * bool(shown) > cells and shown:
            break
        used += column.least + GAP * bool(shown)
        shown.append(column)
    widths = {column.name: column.least for column in shown}
    growing = [column for name in GROWTH for column in shown if column.name == name]
    left = max(0, cells - used)
    while left and any(widths[column.name] < column.most for column in growing):
        for column in growing:
            if left and widths[column.name] < column.most:
                widths[column.name] += 1
                left -= 1
    return tuple((column, widths[column.name]) for column in COLUMNS if column.name in widths)


def padded(text: str, cells: int, *, right: bool = False, cut: str = "...") -> str:
    """Text of exactly so many cells, ending in `cut` where it is longer; never half a wide character."""
    if cell_len(text) > cells:
        text = set_cell_size(text, max(0, cells - len(cut))).rstrip() + cut[:cells]
    space = " " * max(0, cells - cell_len(text))
    return space + text if right else text + space
