"""Rule packs: TOML text flows in, one frozen `Pack` comes out, with every number, text and expression of the coach.

Unknown keys and wrong types are refused with the rule and line they stand in. A pack of one's own that `extends`
another is laid over it first, as tables: rules by their id, cue families by their name, settings key by key.
"""

import re
import tomllib
from functools import lru_cache
from typing import Any

import msgspec

from nudges.cues import CueBook
from nudges.noticing import NoticingModel, parse_model
from nudges.packcheck import check
from nudges.packlines import line_in_rule, line_of_key, place_of_rule
from nudges.rulepack import Pack, Scope
from streams.errors import PackError

_SCOPE_KEYS = ("queues", "agents")


class LoadedPack(msgspec.Struct, frozen=True):
    """A pack with its cue families compiled, and its learned numbers where it has any."""

    pack: Pack
    book: CueBook
    model: NoticingModel | None


def tables(text: str, name: str) -> dict[str, Any]:
    """A pack's TOML text as plain tables.

    Raises PackError with the line when it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{name}: not TOML: {error}") from error


def overlay(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A pack's tables laid over those it extends: rules and lines of the checklist by id, the rest key by key.

    Expressions under `more` come on top of those that stand there already.
    """
    result = dict(base)
    for key, value in own.items():
        old = result.get(key)
        if key in {"rule", "checklist"}:
            result[key] = _overlay_list(base.get(key, []), value)
        elif key == "more" and isinstance(old, str):
            result[key] = f"{old}\n{value}"
        elif isinstance(old, dict) and isinstance(value, dict):
            result[key] = overlay(old, value)
        else:
            result[key] = value
    return result


def load(text: str, name: str = "pack", *, queue: str = "", agent: str = "", written: str = "") -> LoadedPack:
    """A pack from its TOML text, as it stands for calls of this queue and agent; checked and compiled.

    `written` is what a person wrote of it, where that is not all: messages name its lines. Kept, since every call of a
    service uses the same. Raises PackError naming the rule, the line and what is wrong.
    """
    own = tuple(number for number, scope in enumerate(_scopes(text, name)) if scope.holds(queue, agent))
    return _load(text, name, own, written or text)


def laid_over(text: str, own: str) -> str:
    """The text of a pack with the keys of another, one a line, laid over it for every call."""
    return f"{text}\n[[scope]]\n{own}\n"


@lru_cache(maxsize=16)
def _load(text: str, name: str, scopes: tuple[int, ...], written: str) -> LoadedPack:
    table = tables(text, name)
    for number in scopes:
        table = overlay(table, {key: value for key, value in table["scope"][number].items() if key not in _SCOPE_KEYS})
    try:
        pack = msgspec.convert(table, Pack)
    except msgspec.ValidationError as error:
        raise PackError(f"{name}{_where(str(error), written, table)}: {error}") from error
    try:
        book = CueBook(pack.customer, pack.agent)
        check(pack, book, written)
        model = None if pack.model is None else _model(pack.model.numbers, pack.model.phrases)
    except PackError as error:
        raise PackError(f"{name}: {error}") from error
    return LoadedPack(pack, book, model)


@lru_cache(maxsize=4)
def _model(numbers: str, phrases: str) -> NoticingModel:
    """What was learned is large, and many packs share it."""
    return parse_model(numbers, phrases)


@lru_cache(maxsize=16)
@lru_cache(maxsize=16)
def _scopes(text: str, name: str) -> tuple[Scope, ...]:
    try:
        return msgspec.convert(tables(text, name).get("scope", []), tuple[Scope, ...])
    except msgspec.ValidationError as error:
        raise PackError(f"{name}: [[scope]]: {error}") from error


def _overlay_list(base: list[dict[str, Any]], own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    parts = {part.get("id", ""): dict(part) for part in base}
    for part in own:
        parts[part.get("id", "")] = {**parts.get(part.get("id", ""), {}), **part}
    return list(parts.values())


def _where(message: str, written: str, table: dict[str, Any]) -> str:
    """The place of what a message of the decoder is about, in the text that a person wrote."""
    # The key itself where the text holds it, else the heading of its section.
    field: list[str] = re.findall(r"field `(\w+)`", message)
    path: list[str] = re.findall(r"\.(\w+)", message.rpartition(" at ")[2])
    keys = [*field, *reversed(path)]
    in_rule = re.search(r"\$\.rule\[(\d+)\]", message)
    if in_rule is None:
        return f":{line_of_key(keys, written.splitlines()) or 1}"
    rule = table["rule"][int(in_rule.group(1))]
    if not isinstance(rule, dict):
        return f":{line_of_key(['rule'], written.splitlines())}"
    name = str(rule.get("id", "?"))
    line = line_in_rule(name, [key for key in keys if key != "rule"], written)
    return f":{line}: rule {name}" if line else f": {place_of_rule(name, written)}"
