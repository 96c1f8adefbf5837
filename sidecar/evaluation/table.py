"""A report as plain text: figures flow in, lines flow out."""

from collections.abc import Iterator, Mapping

from sidecar.evaluation.changes import Change
from sidecar.evaluation.intervals import Measure
from sidecar.evaluation.report import Figures, OnsetFigures, OpeningFigures, PackReport, Report, RuleFigures

ANNOUNCED_BY = {"nudge": "a nudge of deesc.*", "heat": "the heat meter"}
MOST_CHANGES = 40
"""Calls whose changes are printed; JSON and the page have all."""
_HEADINGS = (
    "rule",
    "shown",
    "right",
    "wrong",
    "?",
    "precision",
    "recall",
    "F1",
    "lead",
    "false/h",
    "/call",
    "withdrawn",
)


def lines(report: Report) -> Iterator[str]:
    """The whole report."""
    yield f"{report.calls} calls, volume {report.volume}; 95 % intervals from {report.resamples} resamples of calls"
    if report.skipped:
        yield f"{len(report.skipped)} lines were left out"
    for pack in report.packs:
        yield from _pack(pack)
    if len(report.packs) > 1:
        yield ""
        yield from _changes(report)


def _pack(pack: PackReport) -> Iterator[str]:
    for figures in pack.parts:
        yield ""
        name = "all calls" if figures.part == "all" else f"the {figures.part} half"
        yield f"pack {pack.pack}: {name}, {figures.calls} calls, {figures.talk_hours:.1f} h of talk"
        yield from _part(figures)
    for line in pack.unmet:
        yield f"not met: {line}"


def _part(figures: Figures) -> Iterator[str]:
    yield ""
    yield from _aligned([_HEADINGS, *(_row(rule) for rule in figures.rules)])
    yield ""
    facts = [
        ("nudges per call", rate(figures.nudges_per_call)),
        ("wanted moments met", percent(figures.wanted_met)),
        ("nudges that no label wants", percent(figures.unwanted_share)),
        ("unwarranted warn or worse, an hour of calm talk", rate(figures.calm_alarms_per_hour)),
        ("expectations of .call files met", percent(figures.expectations_met)),
    ]
    facts += [
        (f"calm calls with any {name}*", percent(share)) for name, share in figures.calm_calls_with_family.items()
    ]
    yield from _aligned([fact for fact in facts if fact[1] != NOTHING])
    if figures.openings is not None:
        yield ""
        yield from _openings(figures.openings)
    for onset in figures.onsets:
        yield ""
        yield from _onset(onset)


def _row(rule: RuleFigures) -> tuple[str, ...]:
    """Without intervals, which the page and JSON have: a terminal has no room for them here."""
    shares = (rule.precision, rule.recall, rule.f1)
    return (
        rule.rule,
        *(str(count) for count in (rule.shown, rule.right, rule.wrong, rule.unjudged)),
        *(_short(share, 2) for share in shares),
        seconds(rule.lead_ms),
        _short(rule.false_alarms_per_hour, 1),
        _short(rule.per_call, 2),
        _short(rule.withdrawn, 2),
    )


def _openings(openings: OpeningFigures) -> Iterator[str]:
    yield f"openings: {openings.labelled} labelled, {openings.said} noticed, {openings.found} of these labelled"
    yield from _aligned(
        [
            ("  precision", percent(openings.precision)),
            ("  recall", percent(openings.recall)),
            ("  recall of strong ones", percent(openings.recall_of_strong)),
            ("  F1", percent(openings.f1)),
            ("  outcome right, of those found", percent(openings.outcome_right)),
            ("  always saying missed", percent(openings.always_missed)),
        ]
    )
    said = list(next(iter(openings.confusion.values())))
    yield from _aligned(
        [
            ("  labelled \\ said", *said, "right"),
            *(
                (f"  {label}", *(str(row[name]) for name in said), found_share(label, row))
                for label, row in openings.confusion.items()
            ),
        ]
    )


def found_share(label: str, row: Mapping[str, int]) -> str:
    """How much of one labelled outcome was said to be that."""
    whole = sum(row.values())
    return f"{row.get(label, 0) / whole:.0%}" if whole else "-"


def _onset(onset: OnsetFigures) -> Iterator[str]:
    yield f"escalation by {ANNOUNCED_BY[onset.announcer]}: {onset.escalating} calls escalate, {onset.calm} stay calm"
    yield from _aligned(
        [
            ("  announced within two customer turns", percent(onset.recall)),
            ("  calm calls with a false one", percent(onset.false_in_calm)),
            ("  escalating calls with one too early", percent(onset.early)),
            ("  lead", seconds(onset.lead_ms)),
        ]
    )


def _changes(report: Report) -> Iterator[str]:
    first, second = (pack.pack for pack in report.packs[:2])
    better, worse = (sum(getattr(change, name) for change in report.changes) for name in ("better", "worse"))
    yield f"{second} against {first}: {len(report.changes)} calls differ; {better} changes better, {worse} worse"
    for change in report.changes[:MOST_CHANGES]:
        yield from change_lines(change)
    if len(report.changes) > MOST_CHANGES:
        yield f"and {len(report.changes) - MOST_CHANGES} calls more; --json has all"


def change_lines(change: Change) -> Iterator[str]:
    """What changed in one call."""
    yield change.id
    for line in change.lines:
        yield f"  {line}"


NOTHING = "-"
"""Stands for a figure that nothing was counted for."""


def percent(measure: Measure) -> str:
    """A share with its interval."""
    if measure.value is None or measure.low is None or measure.high is None:
        return NOTHING
    return f"{measure.value:.2f} ({measure.low:.2f}-{measure.high:.2f})"


def rate(measure: Measure) -> str:
    """A rate with its interval."""
    if measure.value is None or measure.low is None or measure.high is None:
        return NOTHING
    return f"{measure.value:.1f} ({measure.low:.1f}-{measure.high:.1f})"


def seconds(value_ms: float | None) -> str:
    """A time in seconds."""
    return NOTHING if value_ms is None else f"{value_ms / 1000:.1f} s"


def _short(measure: Measure, digits: int) -> str:
    return NOTHING if measure.value is None else f"{measure.value:.{digits}f}"


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Columns below each other, the first to the left, figures to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([f"{first:<{widths[0]}}", *cells]).rstrip()
