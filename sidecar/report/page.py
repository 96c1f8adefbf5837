"""A report as one HTML page that needs nothing else: an account flows in, its text flows out."""

from collections.abc import Iterable, Iterator
from html import escape

from sidecar.report.account import Account, ShownNudge, clock
from sidecar.report.style import page
from sidecar.report.timeline import STYLE as TIMELINE_STYLE
from sidecar.report.timeline import svg
from sidecar.report.wording import MARKS, OUTCOMES, STATES, facts, figures, in_shadow, tally, title

_STYLE = (
    """
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .7rem; margin: 1rem 0; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; }
.card b { display: block; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
.card span { color: var(--quiet); font-size: .85rem; display: block; }
.mark { display: inline-block; min-width: 1.6rem; text-align: center; border-radius: .8rem; color: var(--ground);
  font-weight: 700; }
.mark.info { background: var(--info); } .mark.warn { background: var(--warn); }
.mark.critical { background: var(--critical); } .mark.praise { background: var(--praise); }
.time { white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--quiet); }
.who { white-space: nowrap; } tr.agent .who { color: var(--agent); } tr.customer .who { color: var(--customer); }
.full { width: 100%; } .overdue, .missed { color: var(--critical); } .done, .given { color: var(--good); }
"""
    + TIMELINE_STYLE
)
_WHO = {"agent": "agent", "customer": "customer", "mixed": "both"}
_THUMBS = {"helpful": "helpful", "not_helpful": "not helpful", None: ""}


def html(account: Account) -> str:
    """The whole page."""
    return page(f"Call report: {title(account)}", _body(account), _STYLE)


def _body(account: Account) -> Iterator[str]:
    yield f"<header><h1>{escape(title(account))}</h1><p>{escape(' · '.join(facts(account)))}</p></header>"
    cards = "".join(
        f'<div class="card"><span>{escape(name)}</span><b>{escape(value)}</b><span>{escape(beside)}</span></div>'
        for name, value, beside in figures(account.sums)
    )
    yield f'<section class="cards">{cards}</section>'
    yield f"<section><h2>Timeline</h2>{svg(account)}{_legend()}</section>"
    yield from _wrap_up(account)
    yield from _checklist(account)
    yield from _ledger(account)
    yield from _nudges(account)
    if account.alerts:
        yield f"<section><h2>Told to the floor</h2>{_list(account.alerts)}</section>"
    yield from _transcript(account)


def _legend() -> str:
    words = (
        "circles on the customer's lane are openings for empathy: green answered, hollow a formula or open, red missed"
    )
    marks = ", ".join(f"{mark} {severity}" for severity, mark in MARKS.items())
    return f'<p class="quiet"><small>Nudges: {escape(marks)}; {words}.</small></p>'


def _wrap_up(account: Account) -> Iterator[str]:
    sums = account.sums
    if not (sums.disposition or sums.notes or sums.promises):
        return
    yield "<section><h2>Suggested wrap-up</h2>"
    if sums.disposition:
        because = f" <small>{escape(', '.join(sums.disposition_because))}</small>" if sums.disposition_because else ""
        yield f"<p>Disposition: <strong>{escape(sums.disposition)}</strong>{because}</p>"
    if sums.notes:
        yield _list(sums.notes)
    if sums.promises:
        rows = [
            (
                _time(promise.said_ms),
                f"<td>{escape(promise.quote)}</td>",
                _word("" if promise.has_time else "no time given", "overdue"),
            )
            for promise in sums.promises
        ]
        yield f"<h3>Open promises</h3>{_table((), rows)}"
    yield "</section>"


def _checklist(account: Account) -> Iterator[str]:
    if account.checklist:
        rows = [
            (f"<td>{escape(line.label)}</td>", _word(line.state, line.state), _time(line.at_ms))
            for line in account.checklist
        ]
        yield f"<section><h2>Checklist</h2>{_table((), rows)}</section>"


def _ledger(account: Account) -> Iterator[str]:
    if not account.ledger:
        return
    rows = [
        (
            _time(line.said_ms),
            f"<td>“{escape(line.quote)}”</td>",
            f"<td>{line.strength}</td>",
            _word(STATES[line.state], line.state),
        )
        for line in account.ledger
    ]
    yield f"<section><h2>Openings for empathy</h2>{_table(('At', 'Words', 'Strength', 'Answer'), rows)}</section>"


def _nudges(account: Account) -> Iterator[str]:
    yield f"<section><h2>Nudges</h2><p>{escape(tally(account))}.</p>"
    if account.nudges:
        yield _table(("At", "", "Nudge", "Why", "Outcome"), [_nudge(nudge) for nudge in account.nudges])
    if logged := in_shadow(account.sums):
        rows = [(_time(at_ms), f"<td>{escape(rule)}</td>") for at_ms, rule in logged]
        yield f"<h3>Only logged: in shadow, or thumbed down</h3>{_table((), rows)}"
    yield "</section>"


def _nudge(nudge: ShownNudge) -> tuple[str, ...]:
    thumb = f"<br><small>{_THUMBS[nudge.thumb]}</small>" if nudge.thumb else ""
    return (
        _time(nudge.at_ms),
        f'<td><span class="mark {nudge.severity}" title="{nudge.severity}">{MARKS[nudge.severity]}</span></td>',
        f"<td>{escape(nudge.text)}<br><small>{escape(nudge.rule)}</small></td>",
        f"<td><small>{escape(nudge.why)}</small></td>",
        f"<td>{OUTCOMES[nudge.outcome]}{thumb}</td>",
    )


def _transcript(account: Account) -> Iterator[str]:
    if not account.said:
        return
    rows = "".join(
        f'<tr class="{each.channel}">{_time(each.started_ms)}<td class="who">{_WHO[each.channel]}</td>'
        f"<td>{escape(each.text)}</td></tr>"
        for each in account.said
    )
    yield f'<section><details><summary>Transcript</summary><table class="full">{rows}</table></details></section>'


def _time(at_ms: int) -> str:
    return f'<td class="time">{clock(at_ms)}</td>'


def _word(text: str, style: str) -> str:
    return f'<td class="{style}">{escape(text)}</td>'


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """`rows` hold whole cells, already escaped."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in headings)
    head = f"<thead><tr>{head}</tr></thead>" if head else ""
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<table class="full">{head}<tbody>{body}</tbody></table>'


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"
