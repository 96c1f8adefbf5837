"""What a platform's message looks like without what it says: a message flows in, names of its fields flow out.

Names of people, numbers, tokens and sound stay out; only what describes the sound itself is shown with its value.
"""

import json
from typing import Any

from sidecar.printable import printable

SHOWN = frozenset(
    {
        "bit_rate",
        "channels",
        "content-type",
        "encoding",
        "event",
        "format",
        "mixType",
        "optimal_frame_size",
        "protocol",
        "ptime",
        "rate",
        "rate_hz",
        "sampleRate",
        "sample_rate",
        "track",
        "tracks",
        "type",
        "version",
    }
)
"""Fields whose values describe sound or message, and nobody's call."""
LONGEST = 400
DEEPEST = 5
MOST_FIELDS = 60
_VALUE = 60


def outline(message: str | bytes) -> str:
    """One line for a message; messages alike in form give the same line."""
    if isinstance(message, bytes):
        return f"binary, {len(message)} bytes"
    try:
        return printable(_fields(message))[:LONGEST]
    except RecursionError:
        return "text nested too deeply"


def _fields(text: str) -> str:
    if not text.lstrip().startswith(("{", "[")):
        # Asterisk's words: NAME key:value key:value
        name, *pairs = text.split(maxsplit=MOST_FIELDS) or [""]
        return f"words {name[:_VALUE]} {' '.join(_word(pair) for pair in pairs)}".rstrip()
    try:
        value, end = json.JSONDecoder().raw_decode(text.lstrip())
    except ValueError:
        return f"text that is no JSON, {len(text)} characters"
    more = " and another behind it" if text.lstrip()[end:].strip() else ""
    return f"text {_shape('', value, DEEPEST)}{more}"


def _word(pair: str) -> str:
    name, _, value = pair.partition(":")
    return f"{name[:_VALUE]}:{value[:_VALUE]}" if name in SHOWN else name[:_VALUE]


def _shape(name: str, value: Any, depth: int) -> str:
    if isinstance(value, dict):
        inner = (
            ", ".join(_shape(str(key), one, depth - 1) for key, one in [*value.items()][:MOST_FIELDS]) if depth else "…"
        )
        return f"{name}{{{inner}}}"
    if name in SHOWN and isinstance(value, str | int | float):
        return f"{name}={str(value)[:_VALUE]}"
    if isinstance(value, list):
        inner = ", ".join(_shape(name, one, depth - 1) for one in value[:8]) if depth else "…"
        return f"{name}[{inner}]" if name in SHOWN or "{" in inner else f"{name}[{len(value)}]"
    return name
