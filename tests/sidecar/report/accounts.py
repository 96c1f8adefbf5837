"""Events of one call with something of everything, and its account."""

from typing import Any, TypeVar

from sidecar.report.account import Account, account
from streams.events import (
    CallEnded,
    CallStarted,
    CallSummary,
    Channel,
    Checklist,
    Empathy,
    Event,
    FloorAlert,
    Heat,
    Mood,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    Quote,
    SpeechEnded,
    Utterance,
)

SCRIPT = "<script>alert('x')</script> & \"y\""
Kind = TypeVar("Kind")


def of(kind: type[Kind], at_ms: int, **fields: Any) -> Kind:
    """An event of the call "c"."""
    return kind(call_id="c", at_ms=at_ms, **fields)


def nudge(number: int, at_ms: int, severity: str = "warn", **fields: Any) -> Nudge:
    """A nudge on screen."""
    own = {"rule": "a.b", "family": "a", "title": "T", "text": f"Text {number}.", **fields}
    return of(Nudge, at_ms, nudge=f"n{number}", severity=severity, **own)


def said(channel: Channel, started_ms: int, ended_ms: int, text: str) -> list[Event]:
    """One side's words."""
    span = {"channel": channel, "started_ms": started_ms, "ended_ms": ended_ms}
    return [of(SpeechEnded, ended_ms, **span), of(Utterance, ended_ms, utterance=0, text=text, **span)]


TOTALS: dict[str, object] = {
    "duration_ms": 100_000,
    "agent_talk_ms": 40_000,
    "customer_talk_ms": 20_000,
    "agent_talk_share": 0.6667,
    "silence_share": 0.25,
    "longest_silence_ms": 61_000,
    "overlap_ms": 1500,
    "talk_overs": 1,
    "hold_ms": 5000,
    "agent_wpm": 150,
    "customer_wpm": 140,
    "heat_peak": 42.4,
    "heat_peak_at_ms": 30_000,
    "mood_arc": -0.25,
    "openings": {"total": 3, "given": 1, "not_needed": 1, "median_answer_ms": 4000},
    "disposition": "Delivery",
    "disposition_because": ["parcel"],
    "notes": [f"Issue: {SCRIPT}"],
    "promises": [
        {"quote": "I'll call", "said_ms": 9000, "has_time": True},
        {"quote": "I'll see", "said_ms": 9500, "has_time": False},
    ],
    "nudges": {"shown": 4},
    "in_shadow": {"c.d": [70_000, 95_000], SCRIPT: [90_000]},
}

EVENTS: list[Event] = [
    of(CallStarted, 0, agent_name="Hannah", queue="deliveries", source="cot.flac", started_at="2024-05-01T10:00:00Z"),
    *said("agent", 0, 4000, "hello"),
    *said("customer", 4500, 20_000, f"so upset {SCRIPT}"),
    *said("customer", 21_000, 21_500, ""),
    of(Mood, 20_000, utterance=0, score=-0.5, smoothed=-0.2, trend="falling"),
    of(Heat, 20_000, value=30.0, band="watch"),
    of(Heat, 30_000, value=42.4, band="warm"),
    of(Empathy, 20_000, opening="o1", state="open", strength="strong", quote=SCRIPT, said_ms=15_000),
    of(Empathy, 25_000, opening="o1", state="given", strength="strong", quote=SCRIPT, said_ms=15_000),
    of(Empathy, 40_000, opening="o2", state="open", strength="weak", quote="three weeks", said_ms=39_000),
    of(Checklist, 5000, item="greet", state="due", label="Greeting"),
    of(Checklist, 6000, item="greet", state="done", label="Greeting"),
    of(Checklist, 7000, item="verify", state="overdue"),
    nudge(1, 22_000, evidence=(Quote(SCRIPT, 15_000), Quote("", 15_000)), measured="1 turn", threshold="1"),
    nudge(2, 22_500, "critical", measured="once"),
    nudge(3, 23_000, "info"),
    nudge(4, 80_000, "praise"),
    of(NudgeResolved, 24_000, nudge="n1", rule="a.b", outcome="done"),
    of(NudgeResolved, 25_000, nudge="n2", rule="a.b", outcome="expired"),
    of(NudgeAnswered, 26_000, nudge="n1", answer="acknowledged"),
    of(NudgeAnswered, 26_000, nudge="n1", answer="helpful"),
    of(NudgeAnswered, 26_000, nudge="n2", answer="not_helpful"),
    of(FloorAlert, 30_000, rule="deesc.threat", severity="critical", text=""),
    of(CallEnded, 100_000),
    of(CallSummary, 100_000, totals=TOTALS),
]


def whole() -> Account:
    """The account of a call in which everything happened."""
    return account(EVENTS, note="cut short")


def bare() -> Account:
    """The account of a call in which nothing happened."""
    return account([of(CallStarted, 0), of(CallEnded, 1000)])
