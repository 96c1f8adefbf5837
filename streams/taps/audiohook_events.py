"""What the platform may be told of its call: our events flow in, entities of AudioHook's `event` messages flow out.

Pure. Finals become `transcript`, nudges become suggestions of `agentassist`. Ids are derived, so that a replay says the
same.
"""

import hashlib
import html
from collections.abc import Sequence
from typing import Any

from streams.events import Channel, Nudge, Utterance

ENTITIES_AT_ONCE = 20
"""In one message; its text stays far below the platform's bound."""


def entity_of(event: Utterance | Nudge, channels: Sequence[Channel], language: str) -> dict[str, Any] | None:
    """The entity for one event; None where there is nothing to tell, or of a side that the session does not carry."""
    if isinstance(event, Nudge):
        return _suggestion(event)
    if not event.text or event.channel not in channels:
        return None
    tokens = [
        {
            "type": "word",
            "value": word.text,
            "confidence": round(word.p, 3),
            "offset": position(word.start_ms),
            "duration": position(word.end_ms - word.start_ms),
        }
        for word in event.words
    ]
    return {
        "type": "transcript",
        "data": {
            "id": _uuid(f"{event.call_id}/{event.channel}/{event.utterance}"),
            "channelId": list(channels).index(event.channel),
            "isFinal": True,
            "offset": position(event.started_ms),
            "duration": position(event.ended_ms - event.started_ms),
            "language": language,
            "alternatives": [
                {
                    "confidence": round(event.confidence, 3),
                    "interpretations": [{"type": "display", "transcript": event.text, "tokens": tokens}],
                }
            ],
        },
    }


def position(ms: int) -> str:
    """A time as the platform writes it, such as PT1.25S."""
    seconds, rest = divmod(max(ms, 0), 1000)
    return f"PT{seconds}.{rest:03}S" if rest else f"PT{seconds}S"


def _suggestion(nudge: Nudge) -> dict[str, Any]:
    answer = html.escape(f"{nudge.text} {nudge.say}".strip())
    return {
        "type": "agentassist",
        "data": {
            "id": _uuid(f"{nudge.nudge}/message"),
            "suggestions": [
                {
                    "type": "faq",
                    "id": _uuid(nudge.nudge),
                    "confidence": 1.0,
                    "position": position(nudge.at_ms),
                    "question": nudge.title,
                    "answer": answer,
                }
            ],
        },
    }


def _uuid(text: str) -> str:
    """An id in the form of a UUID (version 8: of our own making)."""
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"
