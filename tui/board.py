"""What the panel knows of the call: events flow in, each gives a new frozen `Board`, drawing reads it.

Pure: no screen, no clock. Every function takes a board and returns another, so a snapshot is the same fold as the
live stream. A board follows one call, the one that started last; events of other calls leave it unchanged, and
`tui.roster` keeps a board for each.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from nudges import lifecycle
from streams.events import (
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallEnded,
    CallStarted,
    CallSummary,
    Channel,
    Checklist,
    Claimed,
    Doubt,
    Empathy,
    Event,
    Health,
    Heat,
    Held,
    HelpAnswered,
    HelpAsked,
    Hold,
    Hypothesis,
    Mood,
    Muted,
    Note,
    NoteDelivered,
    NoteRead,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    Quiet,
    Released,
    Resumed,
    SharingChanged,
    SidesSwapped,
    SpeechEnded,
    SpeechStarted,
    StageLag,
    Telemetry,
    Unmuted,
    Utterance,
    Volume,
    Watched,
)
from tui.state import Board, Item, Point, Said, Signed, Step, Whispered

ITEMS_KEPT = 100
"""Nudges of one call that are remembered; the oldest goes first."""
SAID_KEPT = 60
"""Utterances that are remembered, far more than any panel shows; the oldest goes first."""
MOODS_KEPT = 240
"""Mood values that are remembered, one per customer utterance; the oldest goes first."""
NOTES_KEPT = 20
"""Notes that are remembered; the oldest goes first."""


def fold(board: Board, events: Iterable[Event | Telemetry]) -> Board:
    """The board after all of these events."""
    for event in events:
        board = reduce(board, event)
    return board


def reduce(board: Board, event: Event | Telemetry) -> Board:
    """The board after one event; an event of another call than the one followed changes nothing."""
    if isinstance(event, CallStarted):
        return Board(phase="live", started=event, call_id=event.call_id, at_ms=event.at_ms)
    if board.phase == "idle" and not isinstance(event, CallEnded):
        # Joined in mid-call: the beginning is not known, everything from here on is.
        board = Board(phase="live", call_id=event.call_id)
    if event.call_id != board.call_id:
        return board
    if board.phase == "live":
        board = replace(board, at_ms=max(board.at_ms, event.at_ms))
    match event:
        case Hypothesis() | Utterance() | SpeechStarted() | SpeechEnded():
            return _speech(board, event)
        case Nudge():
            return _nudge(board, event)
        case NudgeResolved() | NudgeAnswered():
            return _settle(board, event)
        case Mood():
            points = (*board.moods, Point(event.at_ms, event.smoothed))[-MOODS_KEPT:]
            return replace(board, moods=points, trend=event.trend)
        case Heat():
            return replace(board, heat=event)
        case Empathy():
            return replace(board, openings=board.openings | {event.opening: event.state})
        case Checklist():
            return _checklist(board, event)
        case CallSummary():
            return replace(board, totals=event.totals)
        case CallEnded():
            return replace(board, phase="wrap_up", ended_reason=event.reason, speaking={})
        case StageLag() | Health():
            return _telemetry(board, event)
        case Note() | NoteDelivered() | NoteRead():
            return _note(board, event)
        case HelpAsked() | HelpAnswered() | Claimed() | Released() | Watched() | SharingChanged() | Quiet() | Volume():
            return _people(board, event)
        case Held():
            return replace(board, held=max(0, event.count))
        case _:
            return _source(board, event)


def _source(board: Board, event: Event) -> Board:
    match event:
        case AudioLost():
            return replace(board, lost_ms=board.lost_ms + max(0, event.lost_ms), lost_at_ms=event.at_ms)
        case AudioPaused():
            before = event.reason == "agent_before"
            by_agent = before or event.reason == "agent"
            return replace(board, audio_paused=True, paused_by_agent=by_agent, paused_from_before=before)
        case AudioResumed():
            return replace(board, audio_paused=False, paused_by_agent=False, paused_from_before=False)
        case Hold():
            return replace(board, on_hold=True)
        case Resumed():
            return replace(board, on_hold=False)
        case Muted():
            return replace(board, muted=(*(side for side in board.muted if side != event.channel), event.channel))
        case Unmuted():
            return replace(board, muted=tuple(side for side in board.muted if side != event.channel))
        case SidesSwapped():
            doubts = {about: text for about, text in board.doubts.items() if about != "sides"}
            spoken, speaking = _swapped(board.spoken_ms), _swapped(board.speaking)
            return replace(board, spoken_ms=spoken, speaking=speaking, doubts=doubts)
        case Doubt():
            return replace(board, doubts=board.doubts | {event.about: event.text})
        case _:
            return board


def _swapped(by_side: dict[Channel, int]) -> dict[Channel, int]:
    other: dict[Channel, Channel] = {"agent": "customer", "customer": "agent", "mixed": "mixed"}
    return {other[side]: value for side, value in by_side.items()}


def _speech(board: Board, event: Hypothesis | Utterance | SpeechStarted | SpeechEnded) -> Board:
    match event:
        case SpeechStarted():
            return replace(board, speaking=board.speaking | {event.channel: event.started_ms})
        case SpeechEnded():
            spoken = board.spoken_ms.get(event.channel, 0) + max(0, event.ended_ms - event.started_ms)
            speaking = {side: since for side, since in board.speaking.items() if side != event.channel}
            return replace(board, speaking=speaking, spoken_ms=board.spoken_ms | {event.channel: spoken})
        case Hypothesis():
            words = Said(event.channel, event.utterance, event.started_ms, event.stable, event.tail)
            return replace(board, said=_said(board.said, words), lag_ms=event.lag_ms)
        case Utterance():
            words = Said(event.channel, event.utterance, event.started_ms, event.text, final=True)
            return replace(board, said=_said(board.said, words), lag_ms=event.lag_ms)
        case _:
            assert_never(event)


def _said(said: tuple[Said, ...], words: Said) -> tuple[Said, ...]:
    """The utterances in the order in which they began, with this one put in its place; one without words goes."""
    key = (words.channel, words.utterance)
    known = next((old for old in said if (old.channel, old.utterance) == key), None)
    if known is not None and known.final and not words.final:
        return said
    others = [old for old in said if (old.channel, old.utterance) != key]
    if words.stable.strip() or words.tail.strip():
        others.append(words)
    return tuple(sorted(others, key=lambda each: each.started_ms)[-SAID_KEPT:])


def _nudge(board: Board, event: Nudge) -> Board:
    others = tuple(item for item in board.items if item.nudge.nudge != event.nudge)
    return replace(board, items=(*others, Item(event))[-ITEMS_KEPT:])


def _settle(board: Board, event: NudgeResolved | NudgeAnswered) -> Board:
    return replace(
        board, items=tuple(_settled(item, event) if item.nudge.nudge == event.nudge else item for item in board.items)
    )


def _settled(item: Item, event: NudgeResolved | NudgeAnswered) -> Item:
    if isinstance(event, NudgeResolved):
        state = lifecycle.resolved(item.state, event.outcome)
    elif event.answer == "helpful" or event.answer == "not_helpful":  # noqa: PLR1714  narrows the type
        return replace(item, thumb=event.answer)
    else:
        state = lifecycle.answered(item.state, event.answer)
    if state is item.state:
        return item
    return replace(item, state=state, settled_ms=0 if state.on_screen else event.at_ms)


def _checklist(board: Board, event: Checklist) -> Board:
    step = Step(event.item, event.label or event.item, event.state)
    if any(old.item == event.item for old in board.checklist):
        return replace(board, checklist=tuple(step if old.item == event.item else old for old in board.checklist))
    return replace(board, checklist=(*board.checklist, step))


def _telemetry(board: Board, event: Telemetry) -> Board:
    if isinstance(event, Health):
        return replace(board, behind_ms=max(0, event.words_behind_ms), health=event.text)
    lag_ms = round(event.p50_ms) if event.stage == "words" else board.lag_ms
    return replace(board, lag_ms=lag_ms, delays=board.delays | {event.stage: event})


def _note(board: Board, event: Note | NoteDelivered | NoteRead) -> Board:
    if isinstance(event, Note):
        others = tuple(note for note in board.notes if note.note != event.note)
        note = Whispered(event.note, event.by, event.text, event.at_ms)
        return replace(board, notes=(*others, note)[-NOTES_KEPT:])
    return replace(
        board, notes=tuple(_minded(note, event) if note.note == event.note else note for note in board.notes)
    )


def _minded(note: Whispered, event: NoteDelivered | NoteRead) -> Whispered:
    if isinstance(event, NoteDelivered):
        return note if note.delivered_ms >= 0 else replace(note, delivered_ms=event.at_ms)
    return note if note.read_ms >= 0 else replace(note, read_ms=event.at_ms)


def _people(
    board: Board,
    event: HelpAsked | HelpAnswered | Claimed | Released | Watched | SharingChanged | Quiet | Volume,
) -> Board:
    match event:
        case HelpAsked():
            return replace(board, help=Signed("", event.text, event.at_ms), help_waiting=True)
        case HelpAnswered():
            return replace(board, help=Signed(event.by, event.text, event.at_ms), help_waiting=False)
        case Claimed():
            return replace(board, claimed_by=event.by)
        case Released():
            return replace(board, claimed_by="")
        case Watched():
            return replace(board, watchers=event.names)
        case SharingChanged():
            return replace(board, shared=event.what != "off")
        case Quiet():
            return replace(board, quiet_until_ms=event.until_ms)
        case Volume():
            return replace(board, volume=event.level)
        case _:
            assert_never(event)
