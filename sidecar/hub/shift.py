"""The shift: the last hours of some teams flow in from the hub's file, plain numbers under stable names flow out.

For coaching, not for ranking: nothing here is by agent, unless the one who asks is that agent or is named in
`hub.per_agent`.
"""

import csv
import datetime as dt
import io
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sidecar.hub.records import Question

UNCLAIMED_MS = 30_000
CSV_HEADER = ("figure", "of", "name", "at", "value")


def report(database: sqlite3.Connection, question: Question, now_s: float) -> dict[str, object]:
    """The figures that a question asks for.

    `mood` is the customers' mean in hundredths (-100 to 100) with how many moods it is of, by queue and five minutes;
    `claims` are seconds from an alert until somebody took the call in hand.
    """
    since_s = now_s - question.hours * 3600
    scope = _Scope(database, since_s, question.teams, question.station)
    figures: dict[str, object] = {
        "hours": question.hours,
        "teams": list(question.teams),
        "from": _iso(since_s),
        "to": _iso(now_s),
        "calls": scope.one("SELECT count(*) FROM ended WHERE {ended}"),
        "heat": _heat(scope),
        "openings": _openings(scope),
        "rules": _rules(scope),
    }
    if question.station:
        return figures
    figures["mood"] = _mood(scope)
    figures["claims"] = _claims(scope)
    if question.agents:
        figures["agents"] = _agents(scope)
    return figures


def as_rows(figures: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """The figures as rows of a table, after `CSV_HEADER`."""
    for name in ("hours", "from", "to", "calls"):
        yield name, "", "", "", figures[name]
    for queue, points in figures.get("mood", {}).items():
        for at, mean, number in points:
            yield "mood", queue, "mean", at, mean
            yield "mood", queue, "number", at, number
    for kind, of, values in (
        *(("heat", queue, values) for queue, values in figures["heat"].items()),
        ("claims", "", figures.get("claims", {})),
        ("openings", "", figures["openings"]),
        *(("rule", rule, values) for rule, values in figures["rules"].items()),
        *(("agent", agent, values) for agent, values in figures.get("agents", {}).items()),
    ):
        for name, value in values.items():
            yield kind, of, name, "", value


def as_csv(figures: Mapping[str, Any]) -> str:
    """The figures as CSV: one figure a row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    writer.writerows([_inert(cell) for cell in row] for row in as_rows(figures))
    return text.getvalue()


class _Scope:
    """Asks the file about some teams, or about one workstation, since a time."""

    def __init__(self, database: sqlite3.Connection, since_s: float, teams: Sequence[str], station: str) -> None:
        self._database = database
        marks = ", ".join("?" * len(teams))
        whose, self._values = ("station = ?", [station]) if station else (f"team IN ({marks})", list(teams))
        self._clauses = {
            "ended": f"ended_s >= ? AND {whose}",
            "alert": f"at_s >= ? AND {whose}",
            "mood": f"bucket_s >= ? AND {whose}",
        }
        self._since_s = since_s

    def all(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query that names its table's clause in braces."""
        rows = self._database.execute(query.format(**self._clauses), [self._since_s, *self._values])
        return rows.fetchall()

    def one(self, query: str) -> Any:
        """The one value of a query."""
        return self.all(query)[0][0]


def _mood(scope: _Scope) -> dict[str, list[list[object]]]:
    moods: dict[str, list[list[object]]] = {}
    query = "SELECT queue, bucket_s, sum(total), sum(number) FROM mood WHERE {mood} GROUP BY 1, 2 ORDER BY 1, 2"
    for queue, bucket_s, total, number in scope.all(query):
        moods.setdefault(queue, []).append([_iso(bucket_s), round(total / number, 1), number])
    return moods


def _heat(scope: _Scope) -> dict[str, dict[str, float]]:
    query = (
        "SELECT queue, count(*), sum(to_s - from_s), max(peak) FROM heat JOIN ended ON ended.id = heat.ended "
        "WHERE {ended} GROUP BY 1 ORDER BY 1"
    )
    return {
        queue: {"episodes": episodes, "minutes": round(seconds / 60, 1), "peak": peak}
        for queue, episodes, seconds, peak in scope.all(query)
    }


def _claims(scope: _Scope) -> dict[str, object]:
    rows = scope.all("SELECT claimed_after_ms FROM alert WHERE {alert}")
    claimed = sorted(row[0] for row in rows if row[0] is not None)
    return {
        "alerts": len(rows),
        "claimed": len(claimed),
        "late_or_never": sum(row[0] is None or row[0] > UNCLAIMED_MS for row in rows),
        "to_claim_s_p50": _rank(claimed, 0.5),
        "to_claim_s_p90": _rank(claimed, 0.9),
    }


def _openings(scope: _Scope) -> dict[str, int]:
    query = "SELECT total(given), total(bare), total(missed) FROM ended WHERE {ended}"
    return dict(zip(("given", "bare", "missed"), map(int, scope.all(query)[0]), strict=True))


def _rules(scope: _Scope) -> dict[str, dict[str, int]]:
    rules: dict[str, dict[str, int]] = {}
    query = (
        "SELECT rule, outcome, sum(number) FROM outcome JOIN ended ON ended.id = outcome.ended "
        "WHERE {ended} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    for rule, outcome, number in scope.all(query):
        rules.setdefault(rule, {})[outcome] = number
    return rules


def _agents(scope: _Scope) -> dict[str, dict[str, float]]:
    query = (
        "SELECT coalesce(nullif(agent, ''), station), count(*), total(duration_ms), total(given), total(bare), "
        "total(missed) FROM ended WHERE {ended} GROUP BY 1 ORDER BY 1"
    )
    return {
        agent: {
            "calls": calls,
            "minutes": round(length_ms / 60_000, 1),
            "given": int(given),
            "bare": int(bare),
            "missed": int(missed),
        }
        for agent, calls, length_ms, given, bare, missed in scope.all(query)
    }


def _rank(ordered_ms: Sequence[int], share: float) -> float | None:
    """The value in seconds below which this share of values lies."""
    if not ordered_ms:
        return None
    return ordered_ms[min(int(len(ordered_ms) * share), len(ordered_ms) - 1)] / 1000


def _inert(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula: queues and agents are named by strangers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell


def _iso(at_s: float) -> str:
    return dt.datetime.fromtimestamp(at_s, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
