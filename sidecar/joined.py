"""A call in which the service ended: the journals of its parts flow in, one journal of the whole call flows out. Pure.

Each part counts its time, its utterances and its nudges from the beginning. Here all count from the beginning of the
call: a part begins as long after the first as the clock on the wall says, and what nobody heard between is lost sound.
Sums of single parts are left out; whoever wants sums makes them of the whole.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from sidecar.journal import Kept, read_journal
from streams.events import (
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallContext,
    CallStarted,
    CallSummary,
    Channel,
    Event,
    Hold,
    Hypothesis,
    Muted,
    Resumed,
    SidesSwapped,
    SpeechEnded,
    SpeechStarted,
    Telemetry,
    Unmuted,
    Utterance,
)

SERVICE_ENDED = "service ended"
"""Why sound was lost between two parts."""
_TIMES = frozenset({"at_ms", "started_ms", "ended_ms", "said_ms", "start_ms", "end_ms"})
_UNTIL = frozenset({"until_ms", "stable_until_ms", "expires_ms"})
"""Media times of which 0 and below mean something else."""
_IDS = frozenset({"nudge", "opening", "note", "help"})


def read_call(folders: Iterable[Path]) -> Kept:
    """The whole call whose parts lie in these folders, the first first.

    Raises TranscriptError, with file and line, when one is not a journal, and StorageError when it cannot be read.
    """
    return joined([read_journal(folder) for folder in folders])


def joined(parts: Sequence[Kept]) -> Kept:
    """The parts of a call as one; a call of one part is that part."""
    whole = parts[0]
    for number, part in enumerate(parts[1:], start=2):
        broke_off_ms = whole.events[-1].at_ms
        begins_ms = max(broke_off_ms, began_after_ms(whole.started.started_at, part.started.started_at))
        events = [*whole.events, *_closing(whole.events, begins_ms)]
        lost_ms = begins_ms - broke_off_ms
        events += [_lost(whole, channel, begins_ms, lost_ms) for channel in whole.started.channels if lost_ms]
        heard = (event.utterance for event in events if isinstance(event, Utterance | Hypothesis))
        utterances = 1 + max(heard, default=-1)
        events += [_moved(event, begins_ms, utterances, number) for event in part.events if _goes_on(event)]
        told = f"the service ended at {clock(broke_off_ms)}; part {number} of {len(parts)} begins {clock(begins_ms)}"
        ends = part.cut if number == len(parts) else ""
        said = [whole.cut if number > 2 else "", f"{told} into the call", ends]
        whole = Kept(whole.context, whole.started, tuple(events), "; ".join(filter(None, said)))
    if len(parts) == 1:
        return whole
    return whole._replace(events=tuple(event for event in whole.events if not isinstance(event, CallSummary)))


def began_after_ms(first: str, later: str) -> int:
    """How long after the first a later part began, by when both began (ISO 8601)."""
    between = dt.datetime.fromisoformat(later) - dt.datetime.fromisoformat(first)
    return int(between.total_seconds()) * 1000


def clock(at_ms: int) -> str:
    """A moment as MM:SS."""
    return f"{at_ms // 60_000:02}:{at_ms // 1000 % 60:02}"


def _goes_on(event: Event | Telemetry) -> bool:
    """Whether an event of a later part is one of the whole call as well."""
    return not isinstance(event, CallContext | CallStarted | CallSummary)


def _lost(whole: Kept, channel: Channel, at_ms: int, lost_ms: int) -> AudioLost:
    return AudioLost(call_id=whole.started.call_id, at_ms=at_ms, channel=channel, lost_ms=lost_ms, reason=SERVICE_ENDED)


def _closing(events: Sequence[Event | Telemetry], begins_ms: int) -> Iterator[Event]:
    """What ends with a part, because the next one knows nothing of it: speech, hold, mutes, pauses, swapped sides."""
    call_id, broke_off_ms = events[-1].call_id, events[-1].at_ms
    speaking: dict[Channel, int] = {}
    open_: dict[str, Event] = {}
    for event in events:
        match event:
            case SpeechStarted():
                speaking[event.channel] = event.started_ms
            case SpeechEnded():
                speaking.pop(event.channel, None)
            case Hold():
                open_["hold"] = Resumed(call_id=call_id, at_ms=begins_ms)
            case Resumed():
                open_.pop("hold", None)
            case Muted():
                open_[event.channel] = Unmuted(call_id=call_id, at_ms=begins_ms, channel=event.channel)
            case Unmuted():
                open_.pop(event.channel, None)
            case AudioPaused():
                open_["pause"] = AudioResumed(call_id=call_id, at_ms=begins_ms, reason=event.reason)
            case AudioResumed():
                open_.pop("pause", None)
            case SidesSwapped():
                if open_.pop("sides", None) is None:
                    open_["sides"] = SidesSwapped(call_id=call_id, at_ms=begins_ms)
            case _:
                pass
    for channel, started_ms in speaking.items():
        ended_ms = max(started_ms, broke_off_ms)
        yield SpeechEnded(
            call_id=call_id, at_ms=broke_off_ms, channel=channel, started_ms=started_ms, ended_ms=ended_ms
        )
    yield from open_.values()


def _moved(event: Any, by_ms: int, utterances: int, part: int) -> Any:
    """An event, or what stands in one, with its times, utterances and ids as the whole call counts them."""
    changed: dict[str, object] = {}
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if name in _TIMES or (name in _UNTIL and value > 0):
            changed[name] = value + by_ms
        elif name == "utterance":
            changed[name] = value + utterances
        elif name in _IDS and value and not isinstance(value, tuple):
            changed[name] = f"{value}~{part}"
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            changed[name] = tuple(_moved(each, by_ms, utterances, part) for each in value)
    return msgspec.structs.replace(event, **changed)
