"""The events of the call that somebody wants a report of: a journal's as they were kept, others by playing them."""

import msgspec

from nudges.coach import Coach
from sidecar.journal import Kept
from streams.events import CallEnded, CallSummary, Event, Telemetry


class Collected:
    """Keeps every event of a call that is played; a sink of the runner."""

    def __init__(self) -> None:
        self.events: list[Event | Telemetry] = []

    def write(self, event: Event | Telemetry) -> None:
        """Keep one event."""
        self.events.append(event)


def of_journal(kept: Kept) -> list[Event | Telemetry]:
    """What happened; a journal that broke off gets the sums that the call had until then.

    Raises PackError when it holds a pack that this version cannot use.
    """
    events = list(kept.events)
    if any(isinstance(event, CallSummary) for event in events) or not kept.has_words:
        return events
    coach = Coach(msgspec.structs.replace(kept.context, at_ms=0))
    ended_ms = max(event.at_ms for event in events)
    ended = CallEnded(call_id=kept.started.call_id, at_ms=ended_ms, reason="cut_off")
    inputs = [*(event for event in kept.inputs if not isinstance(event, CallEnded)), ended]
    said = [event for given in inputs for event in coach.feed(given)]
    return [*events, *(event for event in said if isinstance(event, CallSummary))]
