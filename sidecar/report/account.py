"""A call as a report shows it: its events flow in, one `Account` flows out.

Sums are the coach's own (`CallSummary`); what a picture needs is taken from the events.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar

import msgspec

from streams.errors import TranscriptError
from streams.events import (
    Answer,
    AudioPaused,
    AudioResumed,
    CallEnded,
    CallStarted,
    CallSummary,
    Channel,
    Checklist,
    ChecklistState,
    Empathy,
    Event,
    FloorAlert,
    Heat,
    Mood,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    OpeningState,
    Outcome,
    Severity,
    SpeechEnded,
    Strength,
    Telemetry,
    Utterance,
)

Kind = TypeVar("Kind")


class Promise(msgspec.Struct, frozen=True):
    """What the agent said they or somebody will do, and whether they said when."""

    quote: str
    said_ms: int
    has_time: bool = False


class OpeningSums(msgspec.Struct, frozen=True):
    """The empathy ledger in numbers; `median_answer_ms` of those that were given."""

    total: int = 0
    strong: int = 0
    given: int = 0
    bare: int = 0
    missed: int = 0
    not_needed: int = 0
    median_answer_ms: int | None = None


class Sums(msgspec.Struct, frozen=True):
    """What the coach summed up: ms, shares from 0 to 1, moods from -1 to 1, heat from 0 to 100, words a minute.

    `in_shadow` says by rule when it would have spoken (media ms), were it not only logged.
    """

    duration_ms: int = 0
    agent_talk_ms: int = 0
    customer_talk_ms: int = 0
    agent_talk_share: float | None = None
    silence_ms: int = 0
    silence_share: float | None = None
    longest_silence_ms: int = 0
    overlap_ms: int = 0
    talk_overs: int = 0
    hold_ms: int = 0
    agent_wpm: int | None = None
    customer_wpm: int | None = None
    heat_peak: float = 0.0
    heat_peak_at_ms: int = 0
    heat_at_end: float = 0.0
    mood_lowest: float = 0.0
    mood_at_end: float = 0.0
    mood_arc: float | None = None
    openings: OpeningSums = OpeningSums()
    disposition: str | None = None
    disposition_because: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()
    in_shadow: dict[str, tuple[int, ...]] = {}


class Stretch(msgspec.Struct, frozen=True):
    """One side spoke."""

    channel: Channel
    started_ms: int
    ended_ms: int


class Point(msgspec.Struct, frozen=True):
    """A value at a moment."""

    at_ms: int
    value: float


class ShownNudge(msgspec.Struct, frozen=True, kw_only=True):
    """A nudge and what became of it; `thumb` where the agent gave one."""

    at_ms: int
    rule: str
    severity: Severity
    title: str
    text: str
    why: str
    outcome: Outcome | None = None
    thumb: Literal["helpful", "not_helpful"] | None = None


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """An opening for empathy and what became of it, `settled_ms` when that was."""

    said_ms: int
    strength: Strength
    state: OpeningState
    quote: str
    settled_ms: int | None = None


class ChecklistLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the checklist as it stood at the end."""

    label: str
    state: ChecklistState
    at_ms: int


class Said(msgspec.Struct, frozen=True):
    """Words of one side."""

    channel: Channel
    started_ms: int
    text: str


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a report of one call says; for `paused_ms` nothing was heard, because somebody wanted it so."""

    call_id: str
    agent: str
    queue: str
    source: str
    started_at: str
    words_from: str
    sums: Sums
    nudges: tuple[ShownNudge, ...]
    ledger: tuple[LedgerLine, ...]
    checklist: tuple[ChecklistLine, ...]
    alerts: tuple[str, ...]
    speech: tuple[Stretch, ...]
    moods: tuple[Point, ...]
    heats: tuple[Point, ...]
    said: tuple[Said, ...]
    paused_ms: int = 0
    note: str = ""


def account(events: Sequence[Event | Telemetry], note: str = "") -> Account:
    """The account of a call that began; `note` is what a person should know about how it was kept.

    Raises TranscriptError for a call without a beginning, or with sums of another kind.
    """
    started = next((event for event in events if isinstance(event, CallStarted)), None)
    if started is None:
        raise TranscriptError("there is no CallStarted among the events; nothing can be reported")
    utterances = _all(events, Utterance)
    return Account(
        call_id=started.call_id,
        agent=started.agent_name or started.agent_id,
        queue=started.queue,
        source=started.source,
        started_at=started.started_at,
        words_from=started.words_from,
        sums=_sums(events),
        nudges=tuple(_nudges(events)),
        ledger=tuple(_ledger(_all(events, Empathy))),
        checklist=tuple(_checklist(_all(events, Checklist))),
        alerts=tuple(f"{clock(alert.at_ms)} {alert.text or alert.rule}" for alert in _all(events, FloorAlert)),
        speech=_speech(events, utterances),
        moods=tuple(Point(mood.at_ms, mood.smoothed) for mood in _all(events, Mood)),
        heats=tuple(Point(heat.at_ms, heat.value) for heat in _all(events, Heat)),
        said=tuple(Said(each.channel, each.started_ms, each.text) for each in utterances if each.text),
        paused_ms=_paused_ms(events),
        note=note,
    )


def clock(at_ms: int) -> str:
    """A moment as MM:SS."""
    return f"{at_ms // 60_000:02d}:{at_ms // 1000 % 60:02d}"


def _all(events: Iterable[Event | Telemetry], kind: type[Kind]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def _sums(events: Sequence[Event | Telemetry]) -> Sums:
    summaries = _all(events, CallSummary)
    if not summaries:
        return Sums(duration_ms=max(event.at_ms for event in events))
    try:
        return msgspec.convert(summaries[-1].totals, Sums)
    except msgspec.ValidationError as error:
        raise TranscriptError(f"the call's summary is of another version: {error}") from error


def _paused_ms(events: Sequence[Event | Telemetry]) -> int:
    """How long listening was paused, to the end of the call where it was not resumed."""
    paused_ms, since_ms = 0, None
    for event in events:
        if isinstance(event, AudioPaused) and since_ms is None:
            since_ms = event.at_ms
        elif isinstance(event, AudioResumed | CallEnded) and since_ms is not None:
            paused_ms, since_ms = paused_ms + event.at_ms - since_ms, None
    return paused_ms


def _nudges(events: Sequence[Event | Telemetry]) -> Iterable[ShownNudge]:
    ends = {event.nudge: event.outcome for event in _all(events, NudgeResolved)}
    thumbs: dict[str, Answer] = {
        event.nudge: event.answer for event in _all(events, NudgeAnswered) if event.answer in {"helpful", "not_helpful"}
    }
    for nudge in _all(events, Nudge):
        reasons = [f"“{quote.quote}”" for quote in nudge.evidence if quote.quote]
        if nudge.measured:
            reasons.append(f"{nudge.measured} (from {nudge.threshold})" if nudge.threshold else nudge.measured)
        thumb = thumbs.get(nudge.nudge)
        yield ShownNudge(
            at_ms=nudge.at_ms,
            rule=nudge.rule,
            severity=nudge.severity,
            title=nudge.title,
            text=nudge.text,
            why="; ".join(reasons),
            outcome=ends.get(nudge.nudge),
            thumb="helpful" if thumb == "helpful" else "not_helpful" if thumb else None,
        )


def _ledger(moves: Iterable[Empathy]) -> Iterable[LedgerLine]:
    """Each opening as it was last told."""
    last: dict[str, Empathy] = {}
    for move in moves:
        last[move.opening] = move
    for move in last.values():
        yield LedgerLine(
            said_ms=move.said_ms,
            strength=move.strength,
            state=move.state,
            quote=move.quote,
            settled_ms=None if move.state == "open" else move.at_ms,
        )


def _checklist(moves: Iterable[Checklist]) -> Iterable[ChecklistLine]:
    last: dict[str, Checklist] = {}
    for move in moves:
        last[move.item] = move
    for item, move in last.items():
        yield ChecklistLine(label=move.label or item, state=move.state, at_ms=move.at_ms)


def _speech(events: Sequence[Event | Telemetry], utterances: Iterable[Utterance]) -> tuple[Stretch, ...]:
    """Who spoke when: by voice activity, or by the words where there was none."""
    ended = _all(events, SpeechEnded)
    heard: Iterable[SpeechEnded | Utterance] = ended or utterances
    return tuple(Stretch(each.channel, each.started_ms, each.ended_ms) for each in heard)
