"""What of one call leaves this machine: its events flow in, messages for the hub flow out.

Pure. The settings say which kinds travel at all; the agent may switch the rest off for the call that goes on, and from
then on only the fact of the call travels, and a call for help. Words travel while a supervisor has the call open.
"""

from collections import deque
from typing import TypeAlias

import msgspec

from sidecar.config_sections import ShareConfig
from sidecar.uplink.detail import Detail
from sidecar.uplink.episodes import Episodes
from sidecar.uplink.floorstate import FloorState, Kinds
from sidecar.uplink.quoting import Heard
from sidecar.uplink.sums import Sums
from streams.events import (
    CallSummary,
    Event,
    HelpAsked,
    NoteDelivered,
    NoteRead,
    SharingChanged,
    Telemetry,
    Tick,
    Utterance,
)
from streams.floor import AlertRaised, CallDetail, CallDone, CallState, Receipt

WORDS_KEPT = 20
"""Utterances that somebody who opens the call is told at once."""
OFF = "off"
"""What `SharingChanged.what` says when the agent has switched sharing off for this call; "on" as the settings say."""

Fact: TypeAlias = AlertRaised | CallDone | Receipt


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """What one event sends: the newest state, facts that must not be lost, and for who has the call open, the rest.

    The line puts in boots and numbers.
    """

    state: CallState | None = None
    facts: tuple[Fact, ...] = ()
    words: tuple[Utterance, ...] = ()
    detail: CallDetail | None = None


class CallSharing:
    """One call's way to the hub, as `[share]` and its agent will have it."""

    def __init__(self, share: ShareConfig) -> None:
        self._share = share
        kinds = Kinds(mood=share.mood, nudges=share.nudges, alerts=share.alerts, words=share.transcript)
        # Where words travel anyway there is nothing to keep out of the texts.
        self._heard = None if share.transcript else Heard()
        clean = self._heard.without_quotes if self._heard else str
        self._state = FloorState(kinds, clean)
        self._episodes = Episodes(clean, heat=share.mood and share.alerts, rules=share.alerts)
        self._sums = Sums(kinds)
        self._detail = Detail(kinds)
        self._words: deque[Utterance] = deque(maxlen=WORDS_KEPT)
        self._watched = False
        self._done = False
        self.off = False

    def feed(self, event: Event | Telemetry) -> Outgoing:
        """What leaves because of one event."""
        if isinstance(event, Tick):
            return Outgoing()
        if self._heard:
            self._heard.feed(event)
        if isinstance(event, SharingChanged):
            self.off = event.what == OFF
            self._words.clear()
        self._state.feed(event, private=self.off)
        alert = self._episodes.feed(event)
        if self.off:
            self._sums.skip(event)
            alert = alert if isinstance(event, HelpAsked) else None
        else:
            self._sums.feed(event)
        changed = not self.off and self._detail.feed(event)
        facts = (*((alert,) if alert else ()), *_receipts(event), *self._sum(event))
        return Outgoing(
            state=self._now(),
            facts=facts,
            words=self._spoken(event),
            detail=self._detail.now() if changed and self._watched else None,
        )

    def watched(self, *, by_anybody: bool) -> Outgoing:
        """Somebody has the call open from now on, or nobody has; who comes first is told how it went so far."""
        came = by_anybody and not self._watched
        self._watched = by_anybody
        if not came or self.off:
            return Outgoing()
        return Outgoing(words=tuple(self._words), detail=self._detail.now())

    def silent(self) -> CallState | None:
        """The state when nothing has been heard of the call for a while."""
        return None if self.off else self._state.silence()

    def finish(self) -> tuple[Fact, ...]:
        """What is still owed when the call will bring no more events."""
        return self._owed()

    def _now(self) -> CallState:
        return self._state.private() if self.off else self._state.state()

    def _spoken(self, event: Event | Telemetry) -> tuple[Utterance, ...]:
        if not (self._share.transcript and isinstance(event, Utterance) and event.text) or self.off:
            return ()
        self._words.append(event)
        return (event,) if self._watched else ()

    def _sum(self, event: Event | Telemetry) -> tuple[Fact, ...]:
        # The coach settles its last hints between the end of a call and its summary.
        return self._owed() if isinstance(event, CallSummary) else ()

    def _owed(self) -> tuple[Fact, ...]:
        if self._done or self.off or not self._share.shift:
            return ()
        self._done = True
        return (self._sums.done(),)


def _receipts(event: Event | Telemetry) -> tuple[Receipt, ...]:
    if isinstance(event, NoteDelivered):
        return (Receipt(boot="", number=0, call_id=event.call_id, note=event.note, state="delivered"),)
    if isinstance(event, NoteRead):
        return (Receipt(boot="", number=0, call_id=event.call_id, note=event.note, state="read"),)
    return ()
