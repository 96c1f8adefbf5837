"""Rule packs on disk: the name or path of a pack flows in, its whole TOML text comes out.

A pack that extends another is laid over it here, so that what a call's context carries needs no other file.
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import tomlkit

from nudges.packs import load, load_all, overlay, refuse_twice, tables
from nudges.rulepack import Pack, Scope
from sidecar.config_sections import NudgesConfig
from sidecar.expressions import refuse_endless
from sidecar.packtext import as_toml
from streams.errors import PackError

DEFAULT = "default"

LONGEST_CHARS = 1_000_000
"""More than this is some other file; each call's journal holds the pack that it was decided on."""


_WHOLE_ONLY = ("name", "version", "about", "extends", "model", "scope")


class _Source(NamedTuple):
    """A pack as a person wrote it."""

    name: str
    text: str


def read_pack(name_or_path: str) -> str:
    """The text of the pack that ships with the sidecar (`default`), or of a file; checked, also for each scope.

    Raises PackError when it cannot be read or used.
    """
    return _whole(_chain(name_or_path))


def trusted_pack(name_or_path: str) -> str:
    """The text of a pack that calls may go by: checked as by `read_pack`, and none of its expressions hangs.

    Takes a second where the pack has expressions of its own, and waits meanwhile. Raises PackError.
    """
    text = read_pack(name_or_path)
    _refuse_endless(text, name_or_path)
    return text


@lru_cache(maxsize=8)
def _refuse_endless(text: str, name: str) -> None:
    refuse_endless(load(text).pack, load(read_pack(DEFAULT)).pack, name)


def proven_in(name_or_path: str) -> frozenset[str]:
    """The rules whose conversations stand in this very file, not in a pack that it extends.

    Raises PackError when it cannot be read.
    """
    source = _source(name_or_path)
    own = tables(source.text, source.name)
    parts = [*own.get("rule", ()), *(rule for scope in own.get("scope", ()) for rule in scope.get("rule", ()))]
    return frozenset(part["id"] for part in parts if part.get("test"))


def unknown_ids(text: str, nudges: NudgesConfig) -> list[str]:
    """A line for each id under `nudges.off` and `nudges.shadow` that a pack does not have: such a slip leaves it on."""
    rules = {rule.id for rule in load(text).pack.rule}
    return [
        f"nudges.{setting} names {name}, which the pack does not have"
        for setting, ids in (("off", nudges.off), ("shadow", nudges.shadow))
        for name in sorted(set(ids) - rules)
    ]


def schema() -> dict[str, Any]:
    """The JSON Schema of rule packs; of what a pack may extend nothing but an id is required."""
    whole = msgspec.json.schema(Pack)
    defs = whole["$defs"]
    pack = defs["Pack"]
    for name in ("Pack", "Rule", "ChecklistItem", "CueSpec", *_settings(pack["properties"])):
        defs[name]["required"] = [field for field in defs[name].get("required", ()) if field == "id"]
    scope = msgspec.json.schema(Scope)["$defs"]["Scope"]["properties"]
    parts = {name: part for name, part in pack["properties"].items() if name not in _WHOLE_ONLY}
    pack["properties"]["scope"]["items"] = {**pack, "title": "Scope", "properties": {**scope, **parts}}
    return {"title": "sidecar rule pack", **whole}


def _settings(properties: Mapping[str, Any]) -> Iterator[str]:
    """The names of sections that are tables of settings."""
    return (str(part["$ref"]).rpartition("/")[2] for part in properties.values() if "$ref" in part)


def _chain(name: str) -> tuple[_Source, ...]:
    """A pack and those that it stands on, the lowest last."""
    chain = [_source(name)]
    while base := _extends(chain[-1]):
        above = chain[-1].name
        # A pack beside this one is meant by its bare file name.
        nearby = base if base == DEFAULT else str(Path(above).parent / base)
        if nearby in (source.name for source in chain):
            raise PackError(f"{above}: extends {base}, which stands on it in turn: packs may not extend in a circle")
        try:
            chain.append(_source(nearby))
        except PackError as error:
            raise PackError(f"{above}: extends {error}") from error
    return tuple(chain)


@lru_cache(maxsize=8)
def _whole(chain: tuple[_Source, ...]) -> str:
    """A pack laid over those it stands on; kept, since a call that begins must not keep those that go on waiting."""
    own, *below = chain
    text = own.text
    if below:
        merged: dict[str, Any] = {}
        for source in reversed(chain):
            table = tables(source.text, source.name)
            refuse_twice(table, source.name, source.text)
            merged = overlay(merged, {key: value for key, value in table.items() if key != "extends"})
        text = as_toml(merged)
    load_all(text, own.name, written=own.text)
    return text


@lru_cache(maxsize=16)
def _extends(source: _Source) -> str:
    """The pack that another stands on; empty where it stands by itself."""
    base = tables(source.text, source.name).get("extends", "")
    if not isinstance(base, str):
        raise PackError(f"{source.name}: 'extends' must name another pack: \"default\", or a file beside this one")
    return base


def _source(name: str) -> _Source:
    if name == DEFAULT:
        return _Source(name, _default())
    try:
        with Path(name).open(encoding="utf-8-sig") as file:
            text = file.read(LONGEST_CHARS + 1)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise PackError(f"{name}: {reason}; write 'default' or the path of a rule pack") from error
    if len(text) > LONGEST_CHARS:
        raise PackError(f"{name}: more than {LONGEST_CHARS:,} characters; that is no rule pack")
    return _Source(name, text)


@cache
def _default() -> str:
    packs = resources.files("nudges").joinpath("packs")
    files = ("default.toml", "phrases.toml", "noticing.json", "moves.json")
    return _with_model(*(packs.joinpath(file).read_text("utf-8") for file in files))


def _with_model(pack: str, phrases: str, numbers: str, moves: str) -> str:
    """The pack with what the trained eye has learned, so that a call's context holds all it was decided on."""
    model = tomlkit.table()
    model.add("phrases", tomlkit.string(phrases, literal=True, multiline=True))
    model.add("numbers", tomlkit.string(numbers, literal=True, multiline=True))
    model.add("moves", tomlkit.string(moves, literal=True, multiline=True))
    return f"{pack}\n[model]\n{model.as_string()}"
