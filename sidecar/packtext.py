"""A rule pack as TOML text again: tables flow in, one line a key flows out.

Written for the machine: a call's context carries it, and a service lays packs over one another while calls go on, for
which a library that keeps people's comments and spacing takes a second too long.
"""

import json
from collections.abc import Mapping
from typing import Any


def as_toml(tables: Mapping[str, Any]) -> str:
    """Text that `tomllib` reads back as these tables, one key a line; more `[[scope]]` may be put at its end."""
    blocks = {key: value for key, value in tables.items() if _is_blocks(value)}
    lines = [f"{_text(key)} = {_value(value)}\n" for key, value in tables.items() if key not in blocks]
    for key, parts in blocks.items():
        for part in parts:
            lines.append(f"[[{_text(key)}]]\n")
            lines.extend(f"{_text(name)} = {_value(value)}\n" for name, value in part.items())
    return "".join(lines)


def _is_blocks(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(part, dict) for part in value)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case dict():
            return "{" + ", ".join(f"{_text(key)} = {_value(part)}" for key, part in value.items()) + "}"
        case list():
            return "[" + ", ".join(_value(part) for part in value) + "]"
        case _:
            return str(value)


def _text(text: str) -> str:
    """A basic string; TOML asks for one escape more than JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
