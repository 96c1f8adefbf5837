"""A course of values over a call as a small area chart: points in, lines of exactly so many cells out. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeAlias

from tui.glyphs import Glyphs
from tui.lines import Line, Role, Span

Points: TypeAlias = Sequence[tuple[int, int]]
ColorOf: TypeAlias = Callable[[int], Role]


def chart(points: Points, limits: tuple[int, int], size: tuple[int, int], glyphs: Glyphs, role: ColorOf) -> list[Line]:
    """An area from the lowest value up, of so many columns and rows; each column shows the value of its moment."""
    (low, high), (columns, rows) = limits, size
    if not points or columns <= 0 or rows <= 0:
        return []
    values = sampled(points, columns)
    steps = len(glyphs.spark)
    heights = [round((min(high, max(low, value)) - low) / (high - low) * (rows * steps - 1)) + 1 for value in values]
    roles = [role(value) for value in values]
    lines: list[Line] = []
    for number in range(rows):
        floor = (rows - 1 - number) * steps
        cells = [_cell(height - floor, glyphs.spark) for height in heights]
        runs = groupby(zip(roles, cells, strict=True), key=lambda pair: pair[0])
        lines.append(tuple(Span("".join(cell for _, cell in run), name) for name, run in runs))
    return lines


def sampled(points: Points, columns: int) -> list[int]:
    """The value that held at so many moments from the first point to the last."""
    times = [at_ms for at_ms, _ in points]
    first, span = times[0], max(1, times[-1] - times[0])
    moments = [first + span * number // max(1, columns - 1) for number in range(columns)]
    return [points[max(0, bisect_right(times, moment) - 1)][1] for moment in moments]


def _cell(height: int, spark: str) -> str:
    if height <= 0:
        return " "
    return spark[min(height, len(spark)) - 1]
