"""Rule packs on disk: the name or path of a pack flows in, its whole TOML text comes out.

A pack that extends another is laid over it here, so that what a call's context carries needs no other file.
"""

from importlib import resources
from pathlib import Path
from typing import Any

import tomlkit

from nudges.packs import load, overlay, tables
from streams.errors import PackError

DEFAULT = "default"

_DEEPEST = 8
"""How many packs may extend each other in a row; more is a circle."""


def read_pack(name_or_path: str) -> str:
    """The text of the pack that ships with the sidecar (`default`), or of a file; checked.

    Raises PackError when it cannot be read or used.
    """
    text = _text(name_or_path, Path())
    table = tables(text, name_or_path)
    if table.get("extends"):
        text = tomlkit.dumps(_whole(table, name_or_path, 0))
    load(text, name_or_path)
    return text


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


def _text(name: str, where: Path) -> str:
    if name == DEFAULT:
        return resources.files("nudges").joinpath("packs/default.toml").read_text("utf-8")
    path = where / name
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise PackError(f"{path}: {reason}; write 'default' or the path of a rule pack") from error
