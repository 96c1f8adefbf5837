"""A platform's metadata as flat, harmless text: nested tables in, short printable facts by dotted name out."""

import hashlib
import re
from typing import Any

LONGEST_FACT = 500
"""Characters of a value, and of a name."""
MOST_FACTS = 100
DEEPEST = 4

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)


def clean(text: str) -> str:
    """One line of printable characters, as long as a fact may be."""
    return "".join(one if one.isprintable() else " " for one in text[:LONGEST_FACT]).strip()


def flat(value: object, name: str = "") -> dict[str, str]:
    """Texts, numbers and truths by dotted name; what is empty, too deep or too much is left out."""
    found: dict[str, str] = {}
    _gather(value, name, found, DEEPEST)
    return found


def safe_id(text: str) -> str:
    """A call's id as it may stand in paths and addresses; two different texts never give the same one."""
    if _SAFE_ID.fullmatch(text):
        return text
    mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    legible = re.sub(r"[^A-Za-z0-9._-]+", "-", text[:100]).strip("-._")
    return f"{legible}-{mark}" if legible else mark


def _gather(value: Any, name: str, found: dict[str, str], depth: int) -> None:
    if len(found) >= MOST_FACTS:
        return
    if isinstance(value, dict) and depth:
        for key, inner in value.items():
            _gather(inner, f"{name}.{key}" if name else str(key), found, depth - 1)
    elif said := _said(value):
        found[clean(name)] = said


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | float) or (isinstance(value, int) and abs(value) < 10**18):
        return clean(str(value))
    return ""
