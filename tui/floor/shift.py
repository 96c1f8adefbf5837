"""The last hours of a floor on one page: the hub's numbers in, lines out.

For coaching, not for ranking: by queue and by rule, never by agent. Numbers that are missing are left out, since a hub
of another version may tell less.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tui.floor.columns import padded
from tui.floor.curves import chart
from tui.glyphs import Glyphs
from tui.lines import EMPTY, Line, Role, Span, plain, wrap
from tui.meters import LOW, bar

OUTCOMES = ("shown", "done", "dismissed", "expired", "helpful", "not_helpful")
TITLES = ("shown", "done", "dismissed", "expired", "up", "down")
BAR = 10


def shift_page(report: Mapping[str, Any], glyphs: Glyphs, columns: int) -> list[Line]:
    """Everything that a report holds, for so many cells."""
    hours = _number(report.get("hours"))
    calls = _number(report.get("calls"))
    lines: list[Line] = [
        (Span(f"The last {hours:g} hours", "title"), Span(f"   {calls:.0f} calls that ended", "soft")),
        EMPTY,
    ]
    lines += _queues(report, glyphs, columns)
    lines += _facts(report, columns)
    lines += _openings(_table(report.get("openings")), glyphs, columns)
    lines += _rules(_table(report.get("rules")), columns)
    if len(lines) <= 2:
        lines.append((Span("Nothing has ended in this time.", "soft"),))
    return lines


def _queues(report: Mapping[str, Any], glyphs: Glyphs, columns: int) -> list[Line]:
    """A queue's mood over the hours, the past at the left, and how hot it got."""
    moods, heats = _table(report.get("mood")), _table(report.get("heat"))
    if not moods and not heats:
        return []
    span_s = max(1, round(_number(report.get("hours")) * 3_600))
    begun = _moment(report.get("from"))
    name_cells = min(24, max(12, columns // 4))
    cells = max(8, columns - name_cells - 8)
    when = f"   {span_s / 3_600:g} h ago at the left, now at the right"
    lines: list[Line] = [(Span("Mood by queue", "title"), Span(when, "soft"))]
    for queue in sorted({*moods, *heats}):
        told = [(_moment(at), round(_number(mean))) for at, mean in _pairs(moods.get(queue))]
        points = sorted((at - begun, mood) for at, mood in told if at >= begun)
        drawn: list[Line] = [(), ()]
        if points:
            drawn = chart([(0, points[0][1]), *points, (span_s, points[-1][1])], (-100, 100), (cells, 2), glyphs, _role)
        mood = f" {points[-1][1] / 100:+.2f}" if points else "not known"
        lines.append((Span(padded(plain(queue) or "no queue", name_cells)), *drawn[0], Span(mood, "strong")))
        lines.append((Span(padded(_hot(_table(heats.get(queue))), name_cells), "soft"), *drawn[1]))
    return [*lines, EMPTY]


def _hot(heat: Mapping[str, Any]) -> str:
    if not heat.get("episodes"):
        return "never hot"
    return f"hot {_number(heat.get('episodes')):.0f}x, {_number(heat.get('minutes')):.0f} min"


def _facts(report: Mapping[str, Any], columns: int) -> list[Line]:
    """How often it was hot, and how long those who were needed took."""
    heats = [_table(heat) for heat in _table(report.get("heat")).values()]
    claims = _table(report.get("claims"))
    facts: list[tuple[str, str]] = []
    if heats:
        episodes, minutes = (sum(_number(heat.get(name)) for heat in heats) for name in ("episodes", "minutes"))
        peak = max(_number(heat.get("peak")) for heat in heats)
        facts.append(("Heat", f"{episodes:.0f} times hot, {minutes:.0f} minutes in all, the hottest {peak:.0f}"))
    if claims:
        facts.append(("Until claimed", _claimed(claims)))
    lines: list[Line] = []
    for name, text in facts:
        for number, line in enumerate(wrap(text, max(1, columns - 16), 3)):
            lines.append((Span(padded("" if number else name, 16), "soft"), Span(line)))
    return [(Span("Heat and help", "title"),), *lines, EMPTY] if lines else []


def _claimed(claims: Mapping[str, Any]) -> str:
    alerts, claimed = _number(claims.get("alerts")), _number(claims.get("claimed"))
    late = f"; {_number(claims.get('late_or_never')):.0f} late or never" if claims.get("late_or_never") else ""
    half, most = claims.get("to_claim_s_p50"), claims.get("to_claim_s_p90")
    took = f", half within {_number(half):.0f} s, nine of ten within {_number(most):.0f} s" if claimed else ""
    return f"{claimed:.0f} of {alerts:.0f} alerts were claimed{took}{late}"


def _openings(openings: Mapping[str, Any], glyphs: Glyphs, columns: int) -> list[Line]:
    """How openings for empathy were answered."""
    shown = [(name, _number(openings.get(name))) for name in ("given", "bare", "missed") if name in openings]
    whole = sum(count for _, count in shown)
    if not whole:
        return []
    roles: Mapping[str, Role] = {"given": "good", "bare": "text", "missed": "bad"}
    words = {"given": "answered", "bare": "in a few words", "missed": "missed"}
    cells = min(40, max(BAR, columns - 36))
    lines: list[Line] = [(Span("Openings for empathy", "title"), Span(f"   {whole:.0f} there were", "soft"))]
    for name, count in shown:
        drawn = Span(bar(count / whole, glyphs, cells), roles[name])
        lines.append((Span(padded(words[name], 16), "soft"), drawn, Span(f" {count:4.0f}  {count / whole:4.0%}")))
    return [*lines, EMPTY]


def _rules(rules: Mapping[str, Any], columns: int) -> list[Line]:
    """What became of hints, by rule, those that were shown most often first."""
    if not rules:
        return []
    name_cells = min(34, max(12, columns - 56))
    head = "".join(f"{title:>10}" for title in TITLES[: max(1, (columns - name_cells) // 10)])
    lines: list[Line] = [(Span(padded("Hints by rule", name_cells), "title"), Span(head, "soft"))]
    order = sorted(rules, key=lambda rule: (-_number(_table(rules[rule]).get("shown")), rule))
    for rule in order:
        counts = _table(rules[rule])
        shown = [f"{_number(counts.get(name)):10.0f}" for name in OUTCOMES[: max(1, (columns - name_cells) // 10)]]
        lines.append((Span(padded(plain(rule), name_cells)), Span("".join(shown))))
    return [*lines, EMPTY]


def _role(value: int) -> Role:
    return "bad" if value <= LOW * 100 else "good" if value >= -LOW * 100 else "text"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _pairs(value: object) -> list[tuple[object, object]]:
    if not isinstance(value, list | tuple):
        return []
    return [(entry[0], entry[1]) for entry in value if isinstance(entry, list | tuple) and len(entry) >= 2]


def _moment(value: object) -> int:
    """A time of the report in whole seconds; what is none counts as long ago."""
    try:
        return round(dt.datetime.fromisoformat(str(value)).timestamp())
    except (ValueError, OverflowError, OSError):
        return 0
