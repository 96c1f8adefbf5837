"""What a screen that starts late must know: each call's events, compacted to those that still decide what is drawn.

Every published event flows in; a `Snapshot` of all calls flows out. Pure. What is kept is a table: for each type of
event a key within the call and how many of that key are remembered, the newest winning.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from streams import events as e
from streams.events import Event, Telemetry
from streams.wire import Snapshot

CALLS_LIMIT = 32
"""Calls remembered at once; the one that was heard of longest ago makes room."""
NUMBERS_LIMIT = 1_000
"""Calls whose last number is remembered, so that a call that comes back is not taken for old news."""


def _one(event: Any) -> str:  # noqa: ARG001 - same shape as the other keys
    return ""


def _channel(event: Any) -> str:
    return str(event.channel)


_KEPT: dict[type, tuple[Callable[[Any], str], int]] = {
    e.CallStarted: (_one, 1),
    e.CallContext: (_one, 1),
    e.CallEnded: (_one, 1),
    e.CallSummary: (_one, 1),
    e.Tick: (_one, 1),
    e.AudioLost: (_one, 20),
    e.SidesSwapped: (_one, 50),
    e.Doubt: (lambda event: event.about, 1),
    # Four thousand stretches of speech are about three hours of talk; a talk share over those is fair enough.
    e.SpeechStarted: (_channel, 2_000),
    e.SpeechEnded: (_channel, 2_000),
    e.Hypothesis: (_channel, 1),
    e.Utterance: (_one, 200),
    e.Mood: (_one, 240),
    e.Heat: (_one, 240),
    e.Empathy: (lambda event: event.opening, 1),
    e.Checklist: (lambda event: event.item, 1),
    e.Nudge: (_one, 200),
    e.NudgeResolved: (_one, 200),
    e.NudgeAnswered: (_one, 400),
    e.FloorAlert: (_one, 20),
    e.Held: (_one, 1),
    e.Watched: (_one, 1),
    e.Quiet: (_one, 1),
    e.Volume: (_one, 1),
    e.SharingChanged: (_one, 1),
    e.Note: (_one, 50),
    e.NoteDelivered: (_one, 50),
    e.NoteRead: (_one, 50),
    e.HelpAsked: (_one, 20),
    e.HelpAnswered: (_one, 20),
    e.StageLag: (lambda event: event.stage, 1),
    e.Health: (_one, 1),
}

_PAIRED: dict[type, str] = {
    e.Hold: "hold",
    e.Resumed: "hold",
    e.AudioPaused: "audio",
    e.AudioResumed: "audio",
    e.Claimed: "claim",
    e.Released: "claim",
}
"""Types of which only the last said counts: one of a pair undoes the other."""


class CallSnapshot:
    """The compacted events of one call, bounded by the table above; `seq` is the number of the last one taken in."""

    def __init__(self, seq: int = 0) -> None:
        self._kept: dict[tuple[str, str], deque[tuple[int, Event | Telemetry]]] = {}
        self.seq = seq

    def add(self, event: Event | Telemetry) -> None:
        """Take one event in."""
        self.seq += 1
        name, key, limit = _slot(event)
        if isinstance(event, e.Utterance):
            self._drop_hypothesis(event)
        self._kept.setdefault((name, key), deque(maxlen=limit)).append((self.seq, event))

    def events(self) -> list[Event | Telemetry]:
        """What is remembered, in the order in which it came."""
        numbered = [entry for entries in self._kept.values() for entry in entries]
        return [event for _, event in sorted(numbered, key=lambda entry: entry[0])]

    def _drop_hypothesis(self, utterance: e.Utterance) -> None:
        pending = self._kept.get(("Hypothesis", utterance.channel))
        if pending and isinstance(last := pending[-1][1], e.Hypothesis) and last.utterance <= utterance.utterance:
            pending.clear()


class SnapshotStore:
    """All calls a screen may ask about; numbers within a call go on even when the call was forgotten and comes back."""

    def __init__(self, service: str = "") -> None:
        self._service = service
        self._calls: dict[str, CallSnapshot] = {}
        self._numbers: dict[str, int] = {}

    def add(self, event: Event | Telemetry) -> int:
        """Take one event in and return its number within its call, from 1; a second `CallStarted` begins afresh."""
        call_id = event.call_id
        call = self._calls.pop(call_id, None)
        if call is None or isinstance(event, e.CallStarted):
            call = CallSnapshot(seq=self._numbers.pop(call_id, 0))
        self._calls[call_id] = call
        while len(self._calls) > CALLS_LIMIT:
            del self._calls[next(iter(self._calls))]
        call.add(event)
        self._numbers.pop(call_id, None)
        self._numbers[call_id] = call.seq
        while len(self._numbers) > NUMBERS_LIMIT:
            del self._numbers[next(iter(self._numbers))]
        return call.seq

    def forget(self, call_id: str) -> None:
        """Drop a call that nobody needs any more."""
        self._calls.pop(call_id, None)

    def seqs(self) -> dict[str, int]:
        """The last number of every call."""
        return {call_id: call.seq for call_id, call in self._calls.items()}

    def snapshot(self) -> Snapshot:
        """Everything a late screen needs, call by call."""
        events = [event for call in self._calls.values() for event in call.events()]
        return Snapshot(events=tuple(events), seqs=self.seqs(), service=self._service)


def _slot(event: Event | Telemetry) -> tuple[str, str, int]:
    kind = type(event)
    if kind in _PAIRED:
        return _PAIRED[kind], "", 1
    if isinstance(event, e.Muted | e.Unmuted):
        return "mute", event.channel, 1
    key, limit = _KEPT[kind]
    return kind.__name__, key(event), limit


def without_pack(context: e.CallContext) -> e.CallContext:
    """The context as screens see it: no rule pack text and no memory of the agent's answers and calls."""
    return msgspec.structs.replace(context, pack="", history={}, peaks=())
