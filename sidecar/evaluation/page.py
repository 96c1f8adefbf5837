"""A report as one HTML page that needs nothing else: figures flow in, its text flows out."""

from collections.abc import Iterable, Iterator
from html import escape

from sidecar.evaluation.changes import Change
from sidecar.evaluation.intervals import Measure
from sidecar.evaluation.report import Figures, OnsetFigures, OpeningFigures, PackReport, Report
from sidecar.evaluation.table import ANNOUNCED_BY, found_share, percent, rate, seconds
from sidecar.report.style import page

_HEADINGS = (
    "Rule",
    "Shown",
    "Right",
    "Wrong",
    "Not judged",
    "Precision",
    "Recall",
    "F1",
    "Lead",
    "False alarms / h",
    "Per call",
    "Withdrawn",
)


def html(report: Report) -> str:
    """The whole page."""
    return page("Evaluation of the coach", _body(report))


def _body(report: Report) -> Iterator[str]:
    yield "<header><h1>Evaluation of the coach</h1>"
    yield (
        f"<p>{report.calls} calls, volume {escape(report.volume)}. Intervals hold 95 % of {report.resamples} "
        f"resamples of the calls (seed {report.seed}).</p></header>"
    )
    if report.skipped:
        yield f"<details><summary>{len(report.skipped)} lines left out</summary>{_list(report.skipped)}</details>"
    for pack in report.packs:
        yield from _pack(pack)
    if len(report.packs) > 1:
        yield from _changes(report)


def _pack(pack: PackReport) -> Iterator[str]:
    for figures in pack.parts:
        name = "all calls" if figures.part == "all" else f"the {figures.part} half"
        yield f"<section><h2>{escape(pack.pack)}: {escape(name)}</h2>"
        yield f"<p>{figures.calls} calls, {figures.talk_hours:.1f} h of talk.</p>"
        yield from _part(figures)
        yield "</section>"
    if pack.unmet:
        yield f"<section><h2>Expectations not met</h2>{_list(pack.unmet)}</section>"


def _part(figures: Figures) -> Iterator[str]:
    if figures.openings is not None:
        yield from _openings(figures.openings)
    for onset in figures.onsets:
        yield from _onset(onset)
    yield "<h3>Nudges</h3>"
    yield _bars(
        [
            ("wanted moments met", figures.wanted_met),
            ("nudges that no label wants", figures.unwanted_share),
            ("expectations of .call files met", figures.expectations_met),
            *((f"calm calls with any {name}*", share) for name, share in figures.calm_calls_with_family.items()),
        ]
    )
    yield (
        f"<p>Nudges per call: {rate(figures.nudges_per_call)}. Unwarranted ones of warn or worse in an hour of calm "
        f"talk: {rate(figures.calm_alarms_per_hour)}.</p>"
    )
    rows = [
        (
            rule.rule,
            str(rule.shown),
            str(rule.right),
            str(rule.wrong),
            str(rule.unjudged),
            percent(rule.precision),
            percent(rule.recall),
            percent(rule.f1),
            seconds(rule.lead_ms),
            rate(rule.false_alarms_per_hour),
            rate(rule.per_call),
            percent(rule.withdrawn),
        )
        for rule in figures.rules
    ]
    yield _table(_HEADINGS, rows)


def _openings(openings: OpeningFigures) -> Iterator[str]:
    yield "<h3>Openings for empathy</h3>"
    yield f"<p>{openings.labelled} labelled, {openings.said} noticed, {openings.found} of these labelled.</p>"
    yield _bars(
        [
            ("precision", openings.precision),
            ("recall", openings.recall),
            ("recall of strong ones", openings.recall_of_strong),
            ("outcome right, of those found", openings.outcome_right),
            ("always saying missed", openings.always_missed),
        ]
    )
    said = list(next(iter(openings.confusion.values())))
    rows = [
        (label, *(str(row[name]) for name in said), found_share(label, row))
        for label, row in openings.confusion.items()
    ]
    yield _table(("Labelled \\ said", *said, "right"), rows)


def _onset(onset: OnsetFigures) -> Iterator[str]:
    yield f"<h3>Escalation announced by {escape(ANNOUNCED_BY[onset.announcer])}</h3>"
    yield f"<p>{onset.escalating} calls escalate, {onset.calm} stay calm; lead {seconds(onset.lead_ms)}.</p>"
    yield _bars(
        [
            ("announced within two customer turns", onset.recall),
            ("calm calls with a false one", onset.false_in_calm),
            ("escalating calls with one too early", onset.early),
        ]
    )


def _changes(report: Report) -> Iterator[str]:
    first, second = (pack.pack for pack in report.packs[:2])
    yield f"<section><h2>{escape(second)} against {escape(first)}</h2><p>{len(report.changes)} calls differ.</p>"
    for change in report.changes:
        yield _change(change)
    yield "</section>"


def _change(change: Change) -> str:
    verdict = f"{change.better} better, {change.worse} worse"
    return f"<details><summary>{escape(change.id)} <small>{verdict}</small></summary>{_list(change.lines)}</details>"


def _bars(measures: Iterable[tuple[str, Measure]]) -> str:
    """Shares as bars, each with its interval as a line over it."""
    rows = []
    for name, measure in measures:
        if measure.value is None or measure.low is None or measure.high is None:
            continue
        low, high = 100 * measure.low, 100 * min(1.0, measure.high)
        rows.append(
            f'<tr><th scope="row">{escape(name)}</th><td class="bar"><svg viewBox="0 0 100 10" '
            f'preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/>'
            f'<rect class="value" width="{100 * measure.value:.1f}" height="10"/>'
            f'<line class="interval" x1="{low:.1f}" x2="{high:.1f}" y1="5" y2="5"/></svg></td>'
            f"<td>{percent(measure)}</td></tr>"
        )
    return f'<table class="bars">{"".join(rows)}</table>'


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in headings)
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{escape(cell)}</th>' if place == 0 else f"<td>{escape(cell)}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"
