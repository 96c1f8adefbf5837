"""Who is who: what each leg of a call gave flows in, the same under the names of the sides flows out.

A leg is one direction of the source and keeps its channel's name; after `SidesSwapped` the legs speak under each
other's names. What was being said at that moment is closed under the old name and opened under the new one, so that
nobody downstream sees a side that never falls silent or waits for an utterance that never comes.
"""

import msgspec

from streams.events import Channel, Hypothesis, SidesSwapped, SpeechEnded, SpeechEvent, SpeechStarted, Utterance

_OTHER: dict[Channel, Channel] = {"agent": "customer", "customer": "agent", "mixed": "mixed"}


class _Pending(msgspec.Struct, frozen=True):
    """What a leg has begun to say and no final has told yet; `utterance` once a hypothesis has shown it."""

    started_ms: int
    utterance: int | None = None


class Sides:
    """Names the legs of one call; legs keep their names until the first swap."""

    def __init__(self, call_id: str) -> None:
        self._call_id = call_id
        self._swapped = False
        self._speaking: dict[Channel, int] = {}
        self._pending: dict[Channel, _Pending] = {}
        # Both legs count their utterances from 0, so after a swap a side's numbers go on above those it had.
        self._first: dict[Channel, int] = {"agent": 0, "customer": 0, "mixed": 0}
        self._next: dict[Channel, int] = {"agent": 0, "customer": 0, "mixed": 0}

    def feed(self, event: SpeechEvent) -> SpeechEvent:
        """The event under the name that its leg has now; it comes with the leg's own channel."""
        leg = event.channel
        side = self._side(leg)
        match event:
            case SpeechStarted():
                self._speaking[leg] = event.started_ms
                self._pending.setdefault(leg, _Pending(event.started_ms))
                return msgspec.structs.replace(event, channel=side)
            case SpeechEnded():
                started_ms = self._speaking.pop(leg, event.started_ms)
                return msgspec.structs.replace(event, channel=side, started_ms=started_ms)
            case Hypothesis():
                number = self._number(side, event.utterance)
                self._pending[leg] = _Pending(event.started_ms, number)
                return msgspec.structs.replace(event, channel=side, utterance=number)
        number = self._number(side, event.utterance)
        self._settle(leg, number, event.ended_ms)
        return msgspec.structs.replace(event, channel=side, utterance=number)

    def swap(self, event: SidesSwapped) -> tuple[SpeechEvent | SidesSwapped, ...]:
        """Change names: what was being said is closed, the swap itself, what is being said is opened again."""
        closed: list[SpeechEvent] = []
        opened: list[SpeechEvent] = []
        at_ms = event.at_ms
        for leg, started_ms in self._speaking.items():
            side = self._side(leg)
            closed.append(
                SpeechEnded(call_id=self._call_id, at_ms=at_ms, channel=side, started_ms=started_ms, ended_ms=at_ms)
            )
            opened.append(SpeechStarted(call_id=self._call_id, at_ms=at_ms, channel=_OTHER[side], started_ms=at_ms))
            self._speaking[leg] = at_ms
        for leg, pending in self._pending.items():
            closed.append(self._empty(self._side(leg), pending, at_ms))
        self._pending = {leg: _Pending(at_ms) for leg in self._speaking}
        self._swapped = not self._swapped
        self._first = dict(self._next)
        return (*closed, event, *opened)

    def _side(self, leg: Channel) -> Channel:
        return _OTHER[leg] if self._swapped else leg

    def _number(self, side: Channel, utterance: int) -> int:
        number = self._first[side] + utterance
        self._next[side] = max(self._next[side], number + 1)
        return number

    def _settle(self, leg: Channel, number: int, ended_ms: int) -> None:
        """Forget what the final told; what the leg has begun to say since stays pending."""
        pending = self._pending.pop(leg, None)
        if pending is None:
            return
        if pending.utterance is not None and pending.utterance > number:
            self._pending[leg] = pending
        elif self._speaking.get(leg, -1) >= ended_ms:
            self._pending[leg] = _Pending(self._speaking[leg])

    def _empty(self, side: Channel, pending: _Pending, at_ms: int) -> Utterance:
        """An utterance without words: moves the side's watermark on and takes its hypothesis from the screen."""
        number = self._next[side] if pending.utterance is None else pending.utterance
        self._next[side] = max(self._next[side], number + 1)
        return Utterance(
            call_id=self._call_id,
            at_ms=at_ms,
            channel=side,
            utterance=number,
            started_ms=min(pending.started_ms, at_ms),
            ended_ms=at_ms,
            text="",
        )
