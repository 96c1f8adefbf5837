"""A report as plain text: an account flows in, lines flow out."""

from collections.abc import Iterator

from sidecar.report.account import Account, clock
from sidecar.report.wording import MARKS, OUTCOMES, STATES, facts, figures, in_shadow, tally, title


def lines(account: Account) -> Iterator[str]:
    """The whole report."""
    yield title(account)
    yield "  ".join(facts(account))
    yield ""
    for name, value, beside in figures(account.sums):
        yield f"{name:<26}{value:<12}{beside}".rstrip()
    yield from _wrap_up(account)
    yield from _checklist(account)
    yield from _ledger(account)
    yield from _nudges(account)
    if account.alerts:
        yield from ("", "Told to the floor", *(f"  {alert}" for alert in account.alerts))


def _wrap_up(account: Account) -> Iterator[str]:
    sums = account.sums
    if sums.disposition:
        because = f"  ({', '.join(sums.disposition_because)})" if sums.disposition_because else ""
        yield from ("", f"Suggested disposition     {sums.disposition}{because}")
    if sums.notes:
        yield from ("", "Suggested notes", *(f"  {note}" for note in sums.notes))
    if sums.promises:
        yield from ("", "Open promises")
        for promise in sums.promises:
            yield f"  {clock(promise.said_ms)}  {promise.quote}{'' if promise.has_time else '  (no time given)'}"


def _checklist(account: Account) -> Iterator[str]:
    if account.checklist:
        yield from ("", "Checklist")
        marks = {"done": "x", "due": " ", "overdue": "!"}
        for line in account.checklist:
            yield f"  [{marks[line.state]}] {line.label}"


def _ledger(account: Account) -> Iterator[str]:
    if account.ledger:
        yield from ("", "Openings for empathy")
        for line in account.ledger:
            yield f"  {clock(line.said_ms)}  {line.strength:<7}{STATES[line.state]:<23}“{line.quote}”"


def _nudges(account: Account) -> Iterator[str]:
    yield from ("", tally(account))
    for nudge in account.nudges:
        thumb = {"helpful": "  (helpful)", "not_helpful": "  (not helpful)"}.get(nudge.thumb or "", "")
        yield f"  {clock(nudge.at_ms)}  {MARKS[nudge.severity]:<3}{nudge.text}  [{OUTCOMES[nudge.outcome]}]{thumb}"
        yield f"         {nudge.rule}{': ' if nudge.why else ''}{nudge.why}"
    if logged := in_shadow(account.sums):
        yield from ("", "Only logged: in shadow, or thumbed down")
        yield from (f"  {clock(at_ms)}  {rule}" for at_ms, rule in logged)
