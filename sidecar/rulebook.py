"""Rule packs on disk: the name or path of a pack flows in, its whole TOML text comes out.

A pack that extends another is laid over it here, so that what a call's context carries needs no other file.
"""

from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import tomlkit

from nudges.packs import load, overlay, tables
from nudges.rulepack import Pack
from streams.errors import PackError

DEFAULT = "default"

_DEEPEST = 8
"""How many packs may extend each other in a row; more is a circle."""


def read_pack(name_or_path: str) -> str:
    """The text of the pack that ships with the sidecar (`default`), or of a file; checked.

    Raises PackError when it cannot be read or used.
    """
    written = text = _text(name_or_path, Path())
    if _extends(text, name_or_path):
        text = tomlkit.dumps(_whole(tables(text, name_or_path), name_or_path, 0))
    load(text, name_or_path, written=written)
    return text


def schema() -> dict[str, Any]:
    """The JSON Schema of rule packs; nothing but an id is required, since a pack may extend another."""
    whole = msgspec.json.schema(Pack)
    for name in ("Pack", "Rule", "ChecklistItem", "CueSpec"):
        part = whole["$defs"][name]
        part["required"] = [field for field in part.get("required", ()) if field == "id"]
    return {"title": "sidecar rule pack", **whole}


def _whole(table: dict[str, Any], name: str, depth: int) -> dict[str, Any]:
    """A pack's tables over those of the pack it extends, and that one's in turn."""
    base_name = table.get("extends")
    if not base_name:
        return table
    if not isinstance(base_name, str) or depth >= _DEEPEST:
        raise PackError(f"{name}: 'extends' must name another pack, and packs may not extend each other in a circle")
    where = Path(name).parent
    base = tables(_text(base_name, where), base_name)
    # A pack beside this one is meant by its bare file name.
    nearby = base_name if base_name == DEFAULT else str(where / base_name)
    return overlay(_whole(base, nearby, depth + 1), {key: value for key, value in table.items() if key != "extends"})


@lru_cache(maxsize=16)
def _extends(text: str, name: str) -> bool:
    """Whether a pack stands on another; kept, since a call that begins must not keep those that go on waiting."""
    return bool(tables(text, name).get("extends"))


@cache
def _default() -> str:
    packs = resources.files("nudges").joinpath("packs")
    parts = (packs.joinpath(file).read_text("utf-8") for file in ("default.toml", "phrases.toml", "noticing.json"))
    return _with_model(*parts)


def _text(name: str, where: Path) -> str:
    if name == DEFAULT:
        return _default()
    path = where / name
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise PackError(f"{path}: {reason}; write 'default' or the path of a rule pack") from error


def _with_model(pack: str, phrases: str, numbers: str) -> str:
    """The pack with what the trained eye has learned, so that a call's context holds all it was decided on."""
    model = tomlkit.table()
    model.add("phrases", tomlkit.string(phrases, literal=True, multiline=True))
    model.add("numbers", tomlkit.string(numbers, literal=True, multiline=True))
    return f"{pack}\n[model]\n{model.as_string()}"
