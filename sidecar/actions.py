"""What people do, as events of the call: a command from a screen flows in, the event it means flows out.

Pure. Follows one call's events to know which nudge is on the screen, so that a hotkey or a foot pedal can answer it
without naming it.
"""

from typing import Literal, TypeAlias, get_args

import msgspec

from sidecar.pausing import by_agent
from streams.errors import InputError
from streams.events import (
    Answer,
    AudioPaused,
    AudioResumed,
    Event,
    HelpAsked,
    Note,
    NoteDelivered,
    NoteRead,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    Quiet,
    SharingChanged,
    SidesSwapped,
    Telemetry,
    Volume,
)
from streams.wire import Command

Action: TypeAlias = (
    NudgeAnswered
    | Quiet
    | Volume
    | HelpAsked
    | SidesSwapped
    | AudioPaused
    | AudioResumed
    | SharingChanged
    | NoteDelivered
    | NoteRead
)

NoteProgress: TypeAlias = Literal["new", "delivered", "read"]
ACTIONS = (
    "answer", "quiet", "volume", "ask_help", "swap_sides", "pause", "share", "note_shown", "note_read",
    "reload", "sharing", "sent",
)  # fmt: skip
"""All that a screen may ask for, the last three of no call in particular."""

LONGEST_QUIET_MIN = 24 * 60
LONGEST_TEXT = 500
THUMBS = ("helpful", "not_helpful")
_FEEDBACK = (*THUMBS, "undone")


class Actions:
    """Turns commands for one call into events; `keeps_sharing` says why the agent may not switch sharing off, if so."""

    def __init__(self, call_id: str, *, keeps_sharing: str = "") -> None:
        self._call_id = call_id
        self._keeps_sharing = keeps_sharing
        self._notes: dict[str, NoteProgress] = {}
        self._given: list[str] = []
        self._open: list[str] = []
        self._helps = 0

    def feed(self, event: Event | Telemetry) -> None:
        """Follow which nudges were given and which still stand on the screen."""
        match event:
            case Nudge():
                self._given.append(event.nudge)
                self._open.append(event.nudge)
            case NudgeResolved() if event.nudge in self._open:
                self._open.remove(event.nudge)
            case Note():
                self._notes.setdefault(event.note, "new")
            case NoteDelivered() if self._notes.get(event.note) == "new":
                self._notes[event.note] = "delivered"
            case NoteRead() if event.note in self._notes:
                self._notes[event.note] = "read"
            case _:
                pass

    def knows(self, note: str) -> bool:
        """Whether this note has come already."""
        return note in self._notes

    def event(self, command: Command, by: str, at_ms: int) -> Action | None:
        """The event that a command means at this media time; None where all is as it says already.

        Raises InputError when it means none.
        """
        match command.action:
            case "answer":
                return self._answered(command, by, at_ms)
            case "quiet":
                return Quiet(call_id=self._call_id, at_ms=at_ms, until_ms=_until_ms(command.value, at_ms))
            case "volume":
                return self._volume(command.value, at_ms)
            case "ask_help":
                self._helps += 1
                name = f"{self._call_id}/help-{self._helps}"
                return HelpAsked(call_id=self._call_id, at_ms=at_ms, help=name, text=command.value[:LONGEST_TEXT])
            case "swap_sides":
                return SidesSwapped(call_id=self._call_id, at_ms=at_ms)
            case "pause":
                return self._paused(command.value, at_ms)
            case "share":
                return self._shared(command.value, at_ms)
            case "note_shown" | "note_read":
                return self._noted(command, at_ms)
        raise InputError(f"no action {command.action!r}; there are {', '.join(ACTIONS)}")

    def _paused(self, value: str, at_ms: int) -> AudioPaused | AudioResumed:
        if value not in ("on", "off"):
            raise InputError(f"pause {value!r}? give `on` or `off`")
        return by_agent(self._call_id, at_ms, on=value == "on")

    def _shared(self, value: str, at_ms: int) -> SharingChanged:
        if value not in ("on", "off"):
            raise InputError(f"share {value!r}? give `on` or `off`")
        if self._keeps_sharing:
            raise InputError(self._keeps_sharing)
        return SharingChanged(call_id=self._call_id, at_ms=at_ms, what=value)

    def _noted(self, command: Command, at_ms: int) -> NoteDelivered | NoteRead | None:
        progress = self._notes.get(command.value)
        if progress is None:
            raise InputError("no such note has come in this call")
        if progress == "read" or (progress == "delivered" and command.action == "note_shown"):
            return None
        kind = NoteDelivered if command.action == "note_shown" else NoteRead
        return kind(call_id=self._call_id, at_ms=at_ms, note=command.value)

    def _answered(self, command: Command, by: str, at_ms: int) -> NudgeAnswered | NoteRead:
        try:
            answer = msgspec.convert(command.value, Answer)
        except msgspec.ValidationError:
            raise InputError(f"no answer {command.value!r}; there are {', '.join(get_args(Answer))}") from None
        unread = next((note for note, progress in self._notes.items() if progress == "delivered"), "")
        if answer == "acknowledged" and not command.nudge and not self._open and unread:
            # With no nudge on the screen a foot pedal answers what stands there instead: a note.
            return NoteRead(call_id=self._call_id, at_ms=at_ms, note=unread)
        nudge = command.nudge or self._on_screen(answer)
        if nudge not in self._given:
            raise InputError(f"no nudge {nudge[:LONGEST_TEXT]} was given in this call")
        return NudgeAnswered(call_id=self._call_id, at_ms=at_ms, nudge=nudge, answer=answer, by=by)

    def _on_screen(self, answer: str) -> str:
        """The nudge an unnamed answer is for; thumbs may come when it has left the screen."""
        nudges = self._open or (self._given if answer in _FEEDBACK else [])
        if not nudges:
            raise InputError("no nudge is on the screen")
        return nudges[-1]

    def _volume(self, level: str, at_ms: int) -> Volume:
        try:
            return msgspec.convert({"type": "Volume", "call_id": self._call_id, "at_ms": at_ms, "level": level}, Volume)
        except msgspec.ValidationError:
            raise InputError(f"no volume {level!r}; there are novice, standard, expert") from None


def _until_ms(value: str, at_ms: int) -> int:
    if value == "off":
        return 0
    if value == "call":
        return -1
    try:
        minutes = float(value)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes <= LONGEST_QUIET_MIN:
        raise InputError(f"quiet for {value!r}? give minutes, `call` or `off`")
    return at_ms + round(minutes * 60_000)
