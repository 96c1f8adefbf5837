"""Distributions of latency as a picture: named rows of numbers flow in, the text of an SVG file flows out."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple, TypeAlias

from sidecar.bench.spread import percentile

_WIDTH, _PANEL, _LEFT, _RIGHT, _TOP = 760, 190, 60, 20, 64
_PLOT_HEIGHT = 120
_COLOURS = ("#0b7285", "#c2410c", "#5f3dc4")
_SHARES = (0, 25, 50, 75, 100)
_STEPS = 200
"""Points of a curve at most: more cannot be seen."""

_Scale: TypeAlias = Callable[[float], float]


class Panel(NamedTuple):
    """One picture of the stack: a title, and the values in ms of each curve by its name."""

    title: str
    curves: Mapping[str, Sequence[float]]


def svg(title: str, subtitle: str, panels: Sequence[Panel]) -> str:
    """The picture: for each panel, the share of cases that came within so many seconds."""
    height = _TOP + _PANEL * len(panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="#1f2937">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="16" font-weight="600">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="43" fill="#6b7280">{escape(subtitle)}</text>',
    ]
    for number, panel in enumerate(panels):
        parts += _panel(panel, _TOP + _PANEL * number)
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, top: int) -> Iterator[str]:
    """One panel's elements, its frame first."""
    longest_ms = max((percentile(sorted(values), 99) for values in panel.curves.values() if values), default=1.0)
    step_ms = _step_ms(longest_ms)
    marks = max(1, math.ceil(longest_ms / step_ms))
    bottom = top + 22 + _PLOT_HEIGHT

    def x(value_ms: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(max(value_ms / (marks * step_ms), 0.0), 1.0)

    def y(share: float) -> float:
        return bottom - _PLOT_HEIGHT * share

    yield f'<text x="{_LEFT}" y="{top + 12}" font-weight="600">{escape(panel.title)}</text>'
    for percent in _SHARES:
        height = f"{y(percent / 100):.1f}"
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{height}" y2="{height}" stroke="#e5e7eb"/>'
        yield f'<text x="{_LEFT - 6}" y="{height}" dy="4" text-anchor="end" fill="#6b7280">{percent} %</text>'
    for mark in range(marks + 1):
        place = f'x="{x(mark * step_ms):.1f}" y="{bottom + 16}"'
        yield f'<text {place} text-anchor="middle" fill="#6b7280">{mark * step_ms / 1000:g} s</text>'
    for number, (name, values) in enumerate(panel.curves.items()):
        if values:
            yield from _curve(sorted(values), _COLOURS[number % len(_COLOURS)], x, y)
            yield _legend(name, sorted(values), _COLOURS[number % len(_COLOURS)], bottom - 10 - 15 * number)


def _curve(ordered: Sequence[float], colour: str, x: _Scale, y: _Scale) -> Iterator[str]:
    counts = sorted({max(1, round(step * len(ordered) / _STEPS)) for step in range(_STEPS + 1)})
    points = " ".join(f"{x(ordered[count - 1]):.1f},{y(count / len(ordered)):.1f}" for count in counts)
    yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for percent in (50, 95):
        place = f'cx="{x(percentile(ordered, percent)):.1f}" cy="{y(percent / 100):.1f}"'
        yield f'<circle {place} r="3.5" fill="{colour}"/>'


def _legend(name: str, ordered: Sequence[float], colour: str, y: float) -> str:
    half, most = (f"{percentile(ordered, percent) / 1000:.2f} s" for percent in (50, 95))
    text = escape(f"{name}: half within {half}, 95 % within {most}")
    return f'<text x="{_WIDTH - _RIGHT - 4}" y="{y}" text-anchor="end" fill="{colour}">{text}</text>'


def _step_ms(longest_ms: float) -> float:
    """A round distance of marks that gives a panel five to twelve of them."""
    rough = max(longest_ms, 1.0) / 10
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= rough)
