"""A made-up call for what leaves the machine, told in events."""

from typing import Any, TypeVar

from sidecar import config
from sidecar.config_sections import ShareConfig
from streams import events as e

CALL = "c1"
T = TypeVar("T")


def of(kind: type[T], at_ms: int = 0, **fields: Any) -> T:
    """An event of the call."""
    return kind(**({"call_id": CALL, "at_ms": at_ms} | fields))


def nudge(name: str, rule: str = "empathy.missed", at_ms: int = 5_000, **fields: Any) -> e.Nudge:
    given: dict[str, Any] = {
        "nudge": name,
        "rule": rule,
        "family": rule.partition(".")[0],
        "severity": "warn",
        "title": "Empathy owed",
        "text": "Name what went wrong.",
        "evidence": (e.Quote("i have been charged twice", 4_000),),
        "measured": "22 s",
    }
    return of(e.Nudge, at_ms, **(given | fields))


def heat(value: float, band: e.Band, at_ms: int) -> e.Heat:
    because = (
        e.Cause("anger", 12.0, "this is ridiculous", at_ms - 500),
        e.Cause("anger", 9.0, "again and again", at_ms - 400),
        e.Cause("repeat_contact", 9.0, "the third time", at_ms - 300),
    )
    return of(e.Heat, at_ms, value=value, band=band, because=because)


def mood(smoothed: float, at_ms: int, trend: e.Trend = "falling") -> e.Mood:
    return of(e.Mood, at_ms, utterance=0, score=smoothed, smoothed=smoothed, trend=trend)


def said(text: str, at_ms: int, channel: e.Channel = "customer", number: int = 0) -> e.Utterance:
    return of(
        e.Utterance,
        at_ms,
        channel=channel,
        utterance=number,
        started_ms=at_ms - 900,
        ended_ms=at_ms,
        text=text,
        lag_ms=700,
    )


def empathy(opening: str, state: e.OpeningState, at_ms: int, said_ms: int = 4_000) -> e.Empathy:
    return of(e.Empathy, at_ms, opening=opening, state=state, strength="strong", quote="charged twice", said_ms=said_ms)


STARTED = of(e.CallStarted, agent_id="a7", agent_name="Ana", queue="Billing", started_at="2026-11-22T09:00:00Z")
SECRET = ("ridiculous", "charged twice", "third time", "again and again")
"""Words of the call that must be in nothing that leaves it."""


def share(**changes: Any) -> ShareConfig:
    """The default `[share]` section with a hub, and what a test changes."""
    given = {"hub": "tcp://hub:9000", "hub_key": "k" * 40, "station": "desk 4"} | changes
    sets = [f"share.{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in given.items()]
    return config.load(sets=sets).share
