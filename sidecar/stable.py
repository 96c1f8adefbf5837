"""Which events decide anything: all flow in, those that the coach must see and the journal must keep flow out.

Hypotheses come several times a second and mostly change only their tail, which decides nothing. Coach and journal ask
the same question here, so that a replayed journal leads to the same nudges.
"""

from streams.events import AudioFrame, Channel, Event, Health, Hypothesis, StageLag, Telemetry, Tick


class StableOnly:
    """Remembers each side's latest stable words."""

    def __init__(self) -> None:
        self._seen: dict[Channel, tuple[int, str, int]] = {}

    def decides(self, event: Event | AudioFrame | Telemetry) -> bool:
        """Whether the event says something new and lasting; ticks do not, they are made again on replay."""
        if isinstance(event, Hypothesis):
            stable = (event.utterance, event.stable, event.stable_until_ms)
            if not event.stable or self._seen.get(event.channel) == stable:
                return False
            self._seen[event.channel] = stable
            return True
        return not isinstance(event, AudioFrame | Tick | StageLag | Health)
