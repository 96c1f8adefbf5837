"""JSON as platforms really send it: text in, plain tables out; numbers may be texts, texts numbers, fields missing.

Whoever asks for a field says what it should be and gets nothing where it is something else, so that a platform that
adds or changes fields breaks no call.
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from streams.errors import ProtocolError

LONGEST_NUMBER = 18
"""Digits; above that a whole number is no longer one in every language that platforms are written in."""
MOST_OBJECTS = 100

_decode = msgspec.json.Decoder(type=dict[str, Any]).decode
_piecewise = json.JSONDecoder()


def table(text: str) -> dict[str, Any]:
    """The one object that a text holds.

    Raises ProtocolError for anything else.
    """
    try:
        return _decode(text)
    except msgspec.ValidationError as error:
        raise ProtocolError("a message must be a JSON object", "bad_message") from error
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {error}", "bad_json") from error


def tables(text: str) -> list[dict[str, Any]]:
    """The objects of a text in which several may follow each other without anything between them.

    Raises ProtocolError for anything else.
    """
    found: list[dict[str, Any]] = []
    at = _skip_space(text, 0)
    while at < len(text):
        try:
            value, at = _piecewise.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise ProtocolError(f"not JSON at character {at}", "bad_json") from error
        if not isinstance(value, dict) or len(found) >= MOST_OBJECTS:
            raise ProtocolError(f"a message must be JSON objects, at most {MOST_OBJECTS}", "bad_message")
        found.append(value)
        at = _skip_space(text, at)
    return found


def table_at(message: Mapping[str, Any], *path: str) -> dict[str, Any]:
    """The table under a path of names; empty where there is none."""
    value = _at(message, path)
    return value if isinstance(value, dict) else {}


def text_at(message: Mapping[str, Any], *path: str) -> str:
    """The text under a path of names, a whole number as its digits; empty where there is neither."""
    value = _at(message, path)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18 else ""


def number_at(message: Mapping[str, Any], *path: str) -> int | None:
    """The whole number under a path of names, also when it is written as text; None where there is none."""
    value = _at(message, path)
    if isinstance(value, float) and abs(value) < 10**LONGEST_NUMBER and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**LONGEST_NUMBER else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER:
        return int(value)
    return None


def _at(message: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = message
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
