"""A call as a picture: an account flows in, an SVG drawing flows out, coloured by the page it stands in.

From top to bottom: nudges, the two speech lanes with openings for empathy, mood, heat, time.
"""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import pairwise

from sidecar.report.account import Account, Point, ShownNudge, clock
from sidecar.report.wording import MARKS, OUTCOMES, STATES

WIDTH, LEFT, RIGHT = 1000, 96, 16
_NUDGES, _LANES, _MOOD, _HEAT, _FOOT = 22, 74, 140, 226, 300
"""Where each row begins, in units of the drawing."""
_HEIGHT = 326
_LANE, _GAP, _CURVE = 18, 8, 62
_APART = 24
"""Nudges closer than this stand on two levels."""
_CROWDED = 60
"""More nudges than this are drawn small and without a stem."""
_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_MARKS_AT_MOST = 12
_ROOMY = 10
"""Radius from which a mark has room for its sign."""

STYLE = """
.timeline text { font-size: 12px; } .timeline .name { fill: var(--quiet); }
.timeline .grid { stroke: var(--line); stroke-width: 1; }
.timeline .agent { fill: var(--agent); } .timeline .customer, .timeline .mixed { fill: var(--customer); }
.timeline .mood { fill: none; stroke: var(--mood); stroke-width: 2; }
.timeline .heat { fill: var(--heat); fill-opacity: .22; stroke: var(--heat); stroke-width: 1.5; }
.timeline .opening { stroke: var(--text); stroke-width: 1.5; fill: var(--ground); }
.timeline .opening.given { fill: var(--good); } .timeline .opening.missed { fill: var(--critical); }
.timeline .nudge circle { stroke: none; } .timeline .nudge text { fill: var(--ground); font-weight: 700; }
.timeline .nudge.info { fill: var(--info); } .timeline .nudge.warn { fill: var(--warn); }
.timeline .nudge.critical { fill: var(--critical); } .timeline .nudge.praise { fill: var(--praise); }
.timeline .stem { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 2 3; }
"""
"""Rules that the page needs for the drawing."""


def svg(account: Account) -> str:
    """The drawing; everything in it stands in words on the page too."""
    drawing = _Drawing(account)
    parts = [
        f'<svg class="timeline" viewBox="0 0 {WIDTH} {_HEIGHT}" role="img" aria-label="Timeline of the call">',
        *drawing.time(),
        *drawing.lanes(),
        *drawing.mood(),
        *drawing.heat(),
        *drawing.nudges(),
        "</svg>",
    ]
    return "\n".join(parts)


class _Drawing:
    def __init__(self, account: Account) -> None:
        self._account = account
        ends = [*(each.ended_ms for each in account.speech), *(nudge.at_ms for nudge in account.nudges)]
        self._longest_ms = max(account.sums.duration_ms, 1, *ends)

    def time(self) -> Iterator[str]:
        """A line from top to bottom at every round moment, and its time."""
        step_ms = 1000 * next(
            (step_s for step_s in _STEPS_S if self._longest_ms / 1000 / step_s <= _MARKS_AT_MOST), _STEPS_S[-1]
        )
        for at_ms in range(0, self._longest_ms + 1, step_ms):
            x = self._x(at_ms)
            yield f'<line class="grid" x1="{x}" x2="{x}" y1="{_LANES - 6}" y2="{_FOOT}"/>'
            # A time at the very end would be cut in the middle.
            anchor = "end" if x > WIDTH - 2 * RIGHT else "middle"
            yield f'<text class="name" x="{x}" y="{_FOOT + 16}" text-anchor="{anchor}">{clock(at_ms)}</text>'

    def lanes(self) -> Iterator[str]:
        """Who spoke when, and the openings for empathy where the customer spoke."""
        tops = {"agent": _LANES, "customer": _LANES + _LANE + _GAP, "mixed": _LANES + _LANE + _GAP}
        mixed = any(each.channel == "mixed" for each in self._account.speech)
        names = {"agent": "Agent", "customer": "Both sides" if mixed else "Customer"}
        for channel, name in names.items():
            yield _name(name, tops[channel] + 13)
        for each in self._account.speech:
            x, end = self._x(each.started_ms), self._x(each.ended_ms)
            yield (
                f'<rect class="{each.channel}" x="{x}" y="{tops[each.channel]}" '
                f'width="{max(0.8, end - x):.1f}" height="{_LANE}" rx="1.5"/>'
            )
        for line in self._account.ledger:
            words = f"{clock(line.said_ms)} {line.strength} opening, {STATES[line.state]}: {line.quote}"
            yield (
                f'<circle class="opening {line.state}" cx="{self._x(line.said_ms)}" '
                f'cy="{tops["customer"] + _LANE / 2}" r="5"><title>{escape(words)}</title></circle>'
            )

    def mood(self) -> Iterator[str]:
        """The smoothed mood from -1 to 1, a step at every utterance that was scored."""
        yield _name("Mood", _MOOD + _CURVE / 2 + 4)
        for value, label in ((1, "+1"), (0, "0"), (-1, "−1")):
            yield from self._level(_MOOD + _CURVE * (1 - value) / 2, label)
        yield self._curve(self._account.moods, "mood", lambda value: _MOOD + _CURVE * (1 - value) / 2)

    def heat(self) -> Iterator[str]:
        """The heat from 0 to 100, as an area."""
        yield _name("Heat", _HEAT + _CURVE / 2 + 4)
        for value in (100, 50, 0):
            yield from self._level(_HEAT + _CURVE * (1 - value / 100), str(value))
        yield self._curve(self._account.heats, "heat", lambda value: _HEAT + _CURVE * (1 - value / 100), closed=True)

    def nudges(self) -> Iterator[str]:
        """A mark for each nudge, with a stem down to the lanes; neighbours stand on two levels."""
        if self._account.nudges:
            yield _name("Nudges", _NUDGES + 12)
        crowded = len(self._account.nudges) > _CROWDED
        last_x, raised = -1000.0, False
        for nudge in self._account.nudges:
            x = self._x(nudge.at_ms)
            raised = x - last_x < _APART and not raised
            last_x = x
            y = _NUDGES - 8 if raised else _NUDGES + 18
            if not crowded:
                yield f'<line class="stem" x1="{x}" x2="{x}" y1="{y}" y2="{_FOOT}"/>'
            yield _nudge(nudge, x, y, 4 if crowded else 10)

    def _x(self, at_ms: int) -> float:
        share = min(max(at_ms / self._longest_ms, 0.0), 1.0)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * share, 1)

    def _level(self, y: float, label: str) -> Iterator[str]:
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="name" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'

    def _curve(self, points: Sequence[Point], style: str, y: Callable[[float], float], *, closed: bool = False) -> str:
        """Steps from 0 at the call's beginning: a value holds until the next one is told."""
        if not points:
            return ""
        whole = [Point(0, 0.0), *points, Point(self._longest_ms, points[-1].value)]
        steps = [(self._x(0), y(0))]
        for before, after in pairwise(whole):
            steps += [(self._x(after.at_ms), y(before.value)), (self._x(after.at_ms), y(after.value))]
        path = " ".join(f"{across},{down:.1f}" for across, down in steps)
        if not closed:
            return f'<polyline class="{style}" points="{path}"/>'
        return f'<polygon class="{style}" points="{path} {self._x(self._longest_ms)},{y(0):.1f} {LEFT},{y(0):.1f}"/>'


def _name(text: str, y: float) -> str:
    return f'<text class="name" x="0" y="{y:.1f}">{text}</text>'


def _nudge(nudge: ShownNudge, x: float, y: float, radius: int) -> str:
    words = f"{clock(nudge.at_ms)} {nudge.title}: {nudge.text} ({OUTCOMES[nudge.outcome]})"
    mark = f'<text x="{x}" y="{y + 4.5}" text-anchor="middle">{MARKS[nudge.severity]}</text>'
    sign = mark if radius >= _ROOMY else ""
    circle = f'<circle cx="{x}" cy="{y}" r="{radius}"/>'
    return f'<g class="nudge {nudge.severity}"><title>{escape(words)}</title>{circle}{sign}</g>'
