"""What happens in a rule's own conversation besides the talk: speech and happenings flow in, one stream flows out."""

from collections.abc import Iterable, Iterator
from heapq import merge

from nudges.findings import ms
from streams.errors import PackError
from streams.events import (
    AudioPaused,
    AudioResumed,
    CallEnded,
    Claimed,
    Event,
    HelpAsked,
    Hold,
    NudgeAnswered,
    Resumed,
)

HAPPENINGS = ("hold", "resumed", "paused", "unpaused", "help", "claimed", "acknowledged", "end")


def with_happenings(events: Iterable[Event], happenings: Iterable[tuple[float, str]], call_id: str) -> Iterator[Event]:
    """The talk with what else happens, each (seconds, name) at its time; `end` moves the end of the call.

    Raises PackError for a name that stands for nothing.
    """
    talk = list(events)
    other = [_event(ms(at_s), name, call_id) for at_s, name in happenings]
    ends = [event for event in other if isinstance(event, CallEnded)]
    if ends:
        talk = [event for event in talk if not isinstance(event, CallEnded)]
    yield from merge(talk, sorted(other, key=lambda event: event.at_ms), key=lambda event: event.at_ms)


def _event(at_ms: int, name: str, call_id: str) -> Event:
    match name:
        case "hold":
            return Hold(call_id=call_id, at_ms=at_ms)
        case "resumed":
            return Resumed(call_id=call_id, at_ms=at_ms)
        case "paused":
            return AudioPaused(call_id=call_id, at_ms=at_ms, reason="card")
        case "unpaused":
            return AudioResumed(call_id=call_id, at_ms=at_ms)
        case "help":
            return HelpAsked(call_id=call_id, at_ms=at_ms, help="h1")
        case "claimed":
            return Claimed(call_id=call_id, at_ms=at_ms, by="supervisor")
        case "acknowledged":
            return NudgeAnswered(call_id=call_id, at_ms=at_ms, nudge="", answer="acknowledged")
        case "end":
            return CallEnded(call_id=call_id, at_ms=at_ms)
        case _:
            raise PackError(f"'{name}' is nothing that can happen; write one of {', '.join(HAPPENINGS)}")
