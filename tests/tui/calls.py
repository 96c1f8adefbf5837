"""A made-up call for the screens, told in events."""

from typing import Any, TypeVar

from streams.events import (
    CallEnded,
    CallStarted,
    CallSummary,
    Cause,
    Channel,
    Checklist,
    Empathy,
    Event,
    Heat,
    Hypothesis,
    Mood,
    Nudge,
    NudgeResolved,
    OpeningState,
    Outcome,
    Quote,
    Severity,
    SpeechEnded,
    SpeechStarted,
    Telemetry,
    Utterance,
)

CALL = "call-7"
T = TypeVar("T")


def of(kind: type[T], at_ms: int = 0, **fields: Any) -> T:
    """An event of the call."""
    return kind(**({"call_id": CALL, "at_ms": at_ms} | fields))


def spoken(channel: Channel, number: int, started_ms: int, ended_ms: int, text: str) -> list[Event]:
    """One utterance with its speech edges."""
    return [
        of(SpeechStarted, started_ms, channel=channel, started_ms=started_ms),
        of(SpeechEnded, ended_ms, channel=channel, started_ms=started_ms, ended_ms=ended_ms),
        of(
            Utterance,
            ended_ms + 400,
            channel=channel,
            utterance=number,
            started_ms=started_ms,
            ended_ms=ended_ms,
            text=text,
            lag_ms=900,
        ),
    ]


def nudge(name: str, severity: Severity = "warn", at_ms: int = 19_000, **fields: Any) -> Nudge:
    """A nudge with something in every field unless told otherwise."""
    given: dict[str, Any] = {
        "nudge": name,
        "rule": "empathy.missed",
        "family": "empathy",
        "severity": severity,
        "title": "Empathy owed",
        "text": "Name what went wrong for them before you fix it.",
    }
    return of(Nudge, at_ms, **(given | fields))


def resolved(name: str, outcome: Outcome, at_ms: int) -> NudgeResolved:
    return of(NudgeResolved, at_ms, nudge=name, rule="empathy.missed", outcome=outcome)


def opening(name: str, state: OpeningState, at_ms: int, quote: str) -> Empathy:
    """What became of an opening for empathy, at the moment this was known."""
    return of(Empathy, at_ms, opening=name, state=state, strength="strong", quote=quote, said_ms=at_ms - 500)


STARTED = of(CallStarted, 0, agent_name="Sam", queue="Billing")
TALK: tuple[Event | Telemetry, ...] = (
    *spoken("agent", 0, 0, 4_200, "thank you for calling northwind this is sam how can i help"),
    *spoken("customer", 0, 5_000, 8_600, "hi yes i have been [bold]charged twice[/bold] again for october"),
    opening("o0", "open", 9_000, "charged twice again for october"),
    of(Mood, 9_100, utterance=0, score=-0.2, smoothed=-0.31, trend="steady"),
    of(Checklist, 9_200, item="verify", label="verify identity", state="due"),
    of(Checklist, 9_200, item="greet", label="greet", state="done"),
    *spoken("agent", 1, 9_000, 11_000, "okay and can i take your account number"),
    *spoken("customer", 1, 11_500, 17_500, "this is the third time i've called about the same charge"),
    opening("o1", "open", 17_900, "third time i've called"),
    of(Mood, 18_000, utterance=1, score=-0.8, smoothed=-0.68, trend="falling"),
    of(
        Heat,
        18_100,
        value=64.0,
        band="hot",
        forecast="boiling",
        because=(Cause("repeat_contact", 14.0, "third time i've called", 16_000),),
    ),
    *spoken("agent", 2, 17_800, 18_400, "let me pull that up for you"),
)
DEAD_AIR = nudge(
    "n0",
    "info",
    10_000,
    rule="silence.dead_air",
    title="Dead air",
    text="Say what you're doing: 'I'm just checking your order, still here.'",
)
EMPATHY = nudge(
    "n1",
    at_ms=17_900,
    say="Being charged twice and calling three times: that is on us.",
    evidence=(Quote("charged twice again for october", 8_000),),
    expires_ms=60_000,
)
RISING = nudge(
    "n2",
    "critical",
    18_500,
    rule="deesc.rising_heat",
    title="Escalation rising",
    text="Pause. Say back their main complaint in one line, then your next step.",
    say="You've had to call three times. I'd be annoyed too. I'm staying with this until it's fixed.",
    evidence=(Quote("third time i've called", 16_000),),
    measured="heat 64",
    threshold="60",
    expires_ms=63_500,
)
GROWING = (
    of(SpeechStarted, 19_000, channel="customer", started_ms=19_000),
    of(
        Hypothesis,
        20_500,
        channel="customer",
        utterance=2,
        started_ms=19_000,
        stable="i don't want you to pull",
        tail="anything up",
        lag_ms=800,
    ),
)
ENDED = (
    resolved("n1", "done", 40_000),
    resolved("n2", "expired", 63_500),
    of(CallEnded, 92_000),
    of(CallSummary, 92_000, totals={"nudges_shown": 3, "peak_heat": 64.0, "openings": ["x"], "closed_well": True}),
)
