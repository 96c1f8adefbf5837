"""Cases, events and scores in few words."""

from typing import Any

from sidecar.evaluation.labels import Case, Labels, case_of, paced
from sidecar.evaluation.scoring import CaseScore, SeenNudge
from streams.events import Band, Channel, Empathy, Heat, Nudge, NudgeResolved, OpeningState, Outcome, Severity


def case(labels: Labels | None = None, turns: int = 12, case_id: str = "a") -> Case:
    """A call of four-word turns that begin with the customer: turn n is from n * 2200 to n * 2200 + 1600 ms."""
    sides: list[Channel] = ["customer", "agent"]
    said = [(sides[number % 2], "one two three four") for number in range(turns)]
    return case_of(case_id, paced(said), labels or Labels(), "test", timed=True)


def nudge(rule: str, at_ms: int, severity: Severity = "warn", number: int = 1) -> Nudge:
    """A nudge on screen."""
    return Nudge(
        call_id="c", at_ms=at_ms, nudge=f"n{number}", rule=rule, family="f", severity=severity, title="T", text="Text."
    )


def resolved(rule: str, at_ms: int, outcome: Outcome, number: int = 1) -> NudgeResolved:
    """The end of a nudge."""
    return NudgeResolved(call_id="c", at_ms=at_ms, nudge=f"n{number}", rule=rule, outcome=outcome)


def opening(state: OpeningState, said_ms: int, opening_id: str = "o1") -> Empathy:
    """An opening came into a state."""
    return Empathy(
        call_id="c", at_ms=said_ms, opening=opening_id, state=state, strength="weak", quote="q", said_ms=said_ms
    )


def heat(at_ms: int, band: Band) -> Heat:
    """The heat meter's band."""
    return Heat(call_id="c", at_ms=at_ms, value=0, band=band)


def scored(case_id: str = "a", **fields: Any) -> CaseScore:
    """The score of an hour's call."""
    return CaseScore(**{"id": case_id, "talk_ms": 3_600_000, "judged": True, "calm": False, "complete": True, **fields})


def seen(rule: str, at_ms: int = 0, verdict: str = "wanted", **fields: Any) -> SeenNudge:
    """A nudge that was shown."""
    return SeenNudge(
        **{"rule": rule, "at_ms": at_ms, "verdict": verdict, "severity": "warn", "withdrawn": False, **fields}
    )
