"""When a call begins and ends, where no platform says so: who speaks flows in, beginnings and ends flow out.

A softphone tells nobody of its calls, so they are told by ear: a conversation is both sides' voices within some
seconds, and it is over when nobody has spoken for long. A hotkey may say both instead.
"""

from collections import deque
from typing import Literal, TypeAlias

from streams.taps.local_slots import SLOT_MS

Start: TypeAlias = Literal["voice", "hotkey", "always"]
Moment: TypeAlias = Literal["begin", "end"]

WINDOW_MS = 12_000
"""Both sides must be heard within this: a greeting, a silence, an answer."""
VOICE_MS = 400
"""Of each side: more than a cough, less than "hello, Ana speaking"."""
REST_MS = 4_000
"""After a call that was ended by hand both sides must be silent for this before voices begin another."""


class CallSense:
    """Listens for calls; `idle_end_ms` of silence end one, 0 never."""

    def __init__(self, start: Start, idle_end_ms: int) -> None:
        self._start = start
        self._idle_end_ms = idle_end_ms
        self._heard: deque[tuple[bool, bool]] = deque(maxlen=WINDOW_MS // SLOT_MS)
        # How many slots of those each side speaks in, so that they need not be counted fifty times a second.
        self._spoken = [0, 0]
        self._silent_ms = 0
        self._resting = False
        self._ended = False
        self.in_call = False
        """Whether a call is going on."""

    @property
    def voices_ms(self) -> int:
        """How long ago the oldest voice of those was heard that make a conversation."""
        oldest = next((back for back, speaking in enumerate(self._heard) if any(speaking)), len(self._heard))
        return (len(self._heard) - oldest) * SLOT_MS

    def feed(self, *, agent: bool, customer: bool) -> Moment | None:
        """Take who speaks in the next slot."""
        self._hear((agent, customer))
        self._silent_ms = 0 if agent or customer else self._silent_ms + SLOT_MS
        if self.in_call:
            over = self._start != "always" and self._idle_end_ms and self._silent_ms >= self._idle_end_ms
            return self.end(by_hand=False) if over else None
        if self._resting and self._silent_ms >= REST_MS:
            self._resting = False
            self._forget()
        return self.begin() if not self._resting and self._conversation() else None

    def begin(self) -> Moment | None:
        """A call begins; None when one is going on."""
        if self.in_call:
            return None
        self.in_call = True
        self._silent_ms = 0
        return "begin"

    def end(self, *, by_hand: bool = True) -> Moment | None:
        """The call ends; None when there is none."""
        if not self.in_call:
            return None
        self.in_call = False
        self._ended = True
        self._resting = by_hand
        self._forget()
        return "end"

    def _hear(self, speaking: tuple[bool, bool]) -> None:
        gone = self._heard[0] if len(self._heard) == self._heard.maxlen else (False, False)
        self._heard.append(speaking)
        for side in (0, 1):
            self._spoken[side] += speaking[side] - gone[side]

    def _forget(self) -> None:
        self._heard.clear()
        self._spoken = [0, 0]

    def _conversation(self) -> bool:
        if self._start == "hotkey":
            return False
        if self._start == "always":
            return not self._ended or self._silent_ms == 0
        return min(self._spoken) >= VOICE_MS // SLOT_MS
