"""The record of what was sent: messages flow in at the moment they leave, lines to read flow out.

Pure; the newest are kept, by call and by the machine itself.
"""

from collections import deque

import msgspec

from streams.floor import DetailPut, FloorMessage, StatePut

KEPT = 12
"""Messages of one call that can be looked at."""
CALLS_KEPT = 32
"""Calls whose messages can be looked at; the one that was spoken of longest ago goes first."""


class SentLog:
    """What went to the hub lately; times are the sender's own, in ms."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[tuple[int, str]]] = {}
        self._machine: dict[str, tuple[int, str]] = {}

    def add(self, message: FloorMessage, now_ms: int) -> None:
        """Keep a message as it goes, letter by letter."""
        text = msgspec.json.encode(message).decode()
        call_id = _call_of(message)
        if not call_id:
            self._machine[type(message).__name__] = (now_ms, text)
            return
        lines = self._calls.pop(call_id, None) or deque(maxlen=KEPT)
        self._calls[call_id] = lines
        lines.append((now_ms, text))
        while len(self._calls) > CALLS_KEPT:
            del self._calls[next(iter(self._calls))]

    def lines(self, call_id: str, now_ms: int) -> tuple[str, ...]:
        """What was sent of a call and of the machine itself, the newest first."""
        sent = [*self._calls.get(call_id, ()), *self._machine.values()]
        # Of two messages of one moment the later one stands first.
        newest = sorted(enumerate(sent), key=lambda entry: (entry[1][0], entry[0]), reverse=True)
        return tuple(f"{max(0, now_ms - at_ms) // 1000} s ago  {text}" for _, (at_ms, text) in newest)


def _call_of(message: FloorMessage) -> str:
    """The call that a message is about; empty where it is about the machine."""
    match message:
        case StatePut():
            return message.state.call_id
        case DetailPut():
            return message.detail.call_id
        case _:
            return str(getattr(message, "call_id", ""))
