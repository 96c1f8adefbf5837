"""Who wants nothing heard: pauses of the platform and of the agent flow in, what holds flows out. Pure.

An agent pauses while a customer reads card data out. Sound that comes meanwhile is dropped before anything listens to
it. A pause that was forgotten ends by itself; one that holds for both reasons ends when both are over. A call may begin
in a pause: that of its part before, in which the service ended.
"""

from collections import deque

import msgspec

from streams.engine import Transcription
from streams.events import AudioPaused, AudioResumed, Word

BY_AGENT = "agent"
"""The reason of a pause by the agent's own key; any other is the platform's, and its sound does not come at all."""
FROM_BEFORE = "agent_before"
"""The reason of an agent's pause that a call begins in; the same key ends it."""
_AGENTS = frozenset({BY_AGENT, FROM_BEFORE})
REMEMBERED = 16
"""An agent's pauses of a call that are remembered; what was said before yet earlier ones is decoded long since."""


class Pausing:
    """The pauses of one call; an agent's ends after `longest_ms`, 0: never by itself.

    `lasted_ms` is how long the agent's pause has lasted already in which the call begins; None where it begins in none.
    """

    def __init__(self, longest_ms: int = 0, *, lasted_ms: int | None = None) -> None:
        self._longest_ms = longest_ms
        self._lasted_ms = lasted_ms
        self._by_platform: AudioPaused | None = None
        self._by_agent: AudioPaused | None = None
        self._over: deque[tuple[int, int]] = deque(maxlen=REMEMBERED)

    @property
    def deaf(self) -> bool:
        """Whether sound that comes is not to be heard."""
        return self._by_agent is not None

    def begin(self, call_id: str, at_ms: int) -> tuple[AudioPaused, ...]:
        """The pause that the call begins in, where it does."""
        if self._lasted_ms is None:
            return ()
        self._by_agent = AudioPaused(call_id=call_id, at_ms=at_ms, reason=FROM_BEFORE)
        return (self._by_agent,)

    def feed(self, event: AudioPaused | AudioResumed) -> tuple[AudioPaused | AudioResumed, ...]:
        """Take note of an event; gives what those behind see: one pause at a time, the agent's first."""
        before = self._seen
        pause = event if isinstance(event, AudioPaused) else None
        if event.reason not in _AGENTS:
            self._by_platform = pause and (self._by_platform or pause)
        else:
            if self._by_agent is not None:
                self._over.append((self._by_agent.at_ms, event.at_ms))
            self._by_agent = pause
        if (before and before.reason) == (self._seen and self._seen.reason):
            # One that is asked for again is said again: its time begins anew, also for whoever keeps it.
            return (event,) if pause is not None and event.reason in _AGENTS else ()
        # A pause that another takes the place of ends: so a journal, fed in again, gives what stands in it.
        ended = [AudioResumed(call_id=event.call_id, at_ms=event.at_ms, reason=_ending(before))] if before else []
        begun = [msgspec.structs.replace(self._seen, at_ms=event.at_ms)] if self._seen else []
        return (*ended, *begun)

    def without_paused(self, heard: Transcription) -> Transcription:
        """What was recognised, less what was said in an agent's pause: a transcript knows words that nobody heard."""
        words = tuple(word for word in heard.words if not self._in_pause(word))
        if len(words) == len(heard.words):
            return heard
        return msgspec.structs.replace(heard, words=words, text=" ".join(word.text for word in words))

    def over(self, call_id: str, now_ms: int) -> AudioResumed | None:
        """The end of an agent's pause that has lasted too long."""
        paused = self._by_agent
        if paused is None or not self._longest_ms:
            return None
        before_ms = self._lasted_ms or 0 if paused.reason == FROM_BEFORE else 0
        if now_ms - paused.at_ms + before_ms < self._longest_ms:
            return None
        return AudioResumed(call_id=call_id, at_ms=now_ms, reason=BY_AGENT)

    @property
    def _seen(self) -> AudioPaused | None:
        return self._by_agent or self._by_platform

    def _in_pause(self, word: Word) -> bool:
        middle_ms = (word.start_ms + word.end_ms) // 2
        if self._by_agent is not None and middle_ms >= self._by_agent.at_ms:
            return True
        return any(from_ms <= middle_ms < to_ms for from_ms, to_ms in self._over)


def by_agent(call_id: str, at_ms: int, *, on: bool) -> AudioPaused | AudioResumed:
    """The agent wants nothing heard, or wants to be heard again."""
    kind = AudioPaused if on else AudioResumed
    return kind(call_id=call_id, at_ms=at_ms, reason=BY_AGENT)


def _ending(paused: AudioPaused) -> str:
    """The reason that the end of a pause gives; a platform's gives none."""
    return BY_AGENT if paused.reason in _AGENTS else ""
