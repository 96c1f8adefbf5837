"""A kept call in forms that others read: a journal flows in, text flows out."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from sidecar.journal import Kept
from streams.events import Channel, Empathy, Heat, Mood, Nudge, NudgeResolved, Utterance
from streams.wire import to_json

Export: TypeAlias = Callable[[Kept], str]

VCON_VERSION = "0.3.0"
"""Of the IETF draft "The JSON format for vCon - Conversation Data Container"."""
_NAMESPACE = uuid.UUID("6f6d5bd8-6f0c-5f0e-9d1f-6a1f4b2c7a10")
"""Ids of exported calls are derived from it, so that a call exported twice is the same call."""
_PARTIES: tuple[Channel, ...] = ("agent", "customer", "mixed")


def json_lines(kept: Kept) -> str:
    """Every event as one line of JSON."""
    return "".join(f"{to_json(event).decode()}\n" for event in kept.events)


def call_text(kept: Kept) -> str:
    """The `.call` format: what was said, with the nudges as comments."""
    started = kept.started
    facts = {"queue": started.queue, "agent": started.agent_name, "started": started.started_at}
    lines = [f"# {started.call_id}, from its journal"]
    lines += [f"@ {key}: {_one_line(value)}" for key, value in facts.items() if value]
    placed: list[tuple[int, str]] = []
    for event in kept.events:
        match event:
            case Utterance() if event.text:
                # The format knows two sides; what nobody could tell apart is the customer's.
                who = "agent" if event.channel == "agent" else "customer"
                span = f"{_clock(event.started_ms)}-{_clock(max(event.ended_ms, event.started_ms + 1))}"
                placed.append((event.started_ms, f"{span} {who:<8}  {_one_line(event.text)}"))
            case Nudge():
                placed.append((event.at_ms, f"# {_clock(event.at_ms)} {event.rule} {event.severity}: {event.text}"))
            case NudgeResolved():
                placed.append((event.at_ms, f"# {_clock(event.at_ms)} {event.rule} {event.outcome}"))
    lines += [line for _, line in sorted(placed, key=lambda item: item[0])]
    return "\n".join(lines) + "\n"


def vcon(kept: Kept) -> str:
    """One vCon: the sides as parties, utterances as text dialog, and what the coach made of it as analysis."""
    started = kept.started
    names = {"agent": started.agent_name or "agent", "customer": "customer", "mixed": "agent and customer"}
    spoken = [event for event in kept.events if isinstance(event, Utterance) and event.text]
    body: Mapping[str, object] = {
        "vcon": VCON_VERSION,
        "uuid": str(uuid.uuid5(_NAMESPACE, f"{started.started_at} {started.call_id}")),
        "created_at": _moment(kept, 0),
        "subject": started.queue or started.call_id,
        "parties": [{"name": names[side], "role": side} for side in _PARTIES],
        "dialog": [
            {
                "type": "text",
                "start": _moment(kept, event.started_ms),
                "duration": (event.ended_ms - event.started_ms) / 1000,
                "parties": [_PARTIES.index(event.channel)],
                "mediatype": "text/plain",
                "body": event.text,
                "encoding": "none",
            }
            for event in spoken
        ],
        "analysis": [
            {
                "type": "agent-assist",
                "dialog": list(range(len(spoken))),
                "vendor": "agent-assist-sidecar",
                "mediatype": "application/json",
                "encoding": "json",
                "body": msgspec.to_builtins(
                    [event for event in kept.events if isinstance(event, Mood | Heat | Empathy | Nudge | NudgeResolved)]
                ),
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode() + "\n"


FORMATS: Mapping[str, Export] = {"jsonl": json_lines, "call": call_text, "vcon": vcon}


def _moment(kept: Kept, at_ms: int) -> str:
    """Wall time of a media time; a journal that does not say when it began counts from the epoch."""
    began = dt.datetime.fromisoformat(kept.started.started_at or "1970-01-01T00:00:00Z")
    return (began + dt.timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")


def _clock(at_ms: int) -> str:
    return f"{at_ms // 60_000:02}:{at_ms // 1000 % 60:02}.{at_ms % 1000:03}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
