"""Who wants nothing heard: pauses of the platform and of the agent flow in, what holds flows out. Pure.

An agent pauses while a customer reads card data out. Sound that comes meanwhile is dropped before anything listens to
it. A pause that was forgotten ends by itself; one that holds for both reasons ends when both are over.
"""

from streams.events import AudioPaused, AudioResumed

BY_AGENT = "agent"
"""The reason of a pause by the agent's own key; any other is the platform's, and its sound does not come at all."""


class Pausing:
    """The pauses of one call; an agent's ends after `longest_ms`, 0: never by itself."""

    def __init__(self, longest_ms: int = 0) -> None:
        self._longest_ms = longest_ms
        self._by_platform = False
        self._since_ms: int | None = None

    @property
    def deaf(self) -> bool:
        """Whether sound that comes is not to be heard."""
        return self._since_ms is not None

    def changes(self, event: AudioPaused | AudioResumed) -> bool:
        """Take note of an event; whether it changes anything for those behind."""
        before, pauses = self._paused, isinstance(event, AudioPaused)
        if event.reason != BY_AGENT:
            self._by_platform = pauses
            return not self.deaf
        self._since_ms = event.at_ms if pauses else None
        return before != self._paused

    def over(self, call_id: str, now_ms: int) -> AudioResumed | None:
        """The end of an agent's pause that has lasted too long."""
        if self._since_ms is None or not self._longest_ms or now_ms - self._since_ms < self._longest_ms:
            return None
        return AudioResumed(call_id=call_id, at_ms=now_ms, reason=BY_AGENT)

    @property
    def _paused(self) -> bool:
        return self._by_platform or self.deaf


def by_agent(call_id: str, at_ms: int, *, on: bool) -> AudioPaused | AudioResumed:
    """The agent wants nothing heard, or wants to be heard again."""
    kind = AudioPaused if on else AudioResumed
    return kind(call_id=call_id, at_ms=at_ms, reason=BY_AGENT)
