"""What a screen knows of the bus: which event comes next in every call, and when only a snapshot can help.

Envelopes, heartbeats and snapshots flow in, as they come off the wire in any order; what the screen may trust flows
out, in order and without holes. Pure: no socket and no clock, so every loss and restart can be played in a test.
"""

from collections import deque
from typing import NamedTuple

from streams.wire import Envelope, Heartbeat, Snapshot

HELD_LIMIT = 2_000
"""Envelopes kept while a snapshot is on its way; beyond that all are dropped and a fresh snapshot is asked for."""


class Followed(NamedTuple):
    """What one arrival led to: items to hand on in order, and whether a snapshot must be asked for now."""

    items: tuple[Snapshot | Envelope, ...] = ()
    ask: bool = False


class Follower:
    """Follows one service; every method takes one arrival and says what it led to."""

    def __init__(self) -> None:
        self._service = ""
        self._seqs: dict[str, int] = {}
        self._whole = False
        self._held: deque[Envelope] = deque()

    @property
    def service(self) -> str:
        """The run of the service that is being followed; empty before the first snapshot."""
        return self._service

    @property
    def whole(self) -> bool:
        """Whether everything up to now is known; false while a snapshot is awaited."""
        return self._whole

    def envelope(self, envelope: Envelope) -> Followed:
        """One event came off the wire."""
        if not self._whole:
            if len(self._held) >= HELD_LIMIT:
                self._held.clear()
                return Followed(ask=True)
            self._held.append(envelope)
            return Followed()
        call_id = envelope.event.call_id
        last = self._seqs.get(call_id, 0)
        if envelope.seq <= last:
            return Followed()
        if envelope.seq > last + 1:
            return self.lose_track()
        self._seqs[call_id] = envelope.seq
        return Followed(items=(envelope,))

    def heartbeat(self, heartbeat: Heartbeat) -> Followed:
        """The service said that it is there, and how far each of its calls has come."""
        if not self._whole:
            return Followed()
        if heartbeat.service != self._service:
            return self.lose_track()
        if any(self._seqs.get(call_id, 0) < seq for call_id, seq in heartbeat.seqs.items()):
            return self.lose_track()
        self._seqs = {call_id: seq for call_id, seq in self._seqs.items() if call_id in heartbeat.seqs}
        return Followed()

    def snapshot(self, snapshot: Snapshot) -> Followed:
        """The whole state arrived; what was held and is newer follows it."""
        self._service = snapshot.service
        self._seqs = dict(snapshot.seqs)
        self._whole = True
        held, self._held = self._held, deque()
        items: list[Snapshot | Envelope] = [snapshot]
        ask = False
        for envelope in held:
            followed = self.envelope(envelope)
            items.extend(followed.items)
            ask = ask or followed.ask
        return Followed(items=tuple(items), ask=ask)

    def lose_track(self) -> Followed:
        """Something may have been missed: nothing more is handed on until a snapshot has come.

        What came before the question is in the answer to it, so only what comes from here on is held.
        """
        self._whole = False
        self._held.clear()
        return Followed(ask=True)
