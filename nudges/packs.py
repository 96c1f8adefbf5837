"""Rule packs: TOML text flows in, one frozen `Pack` comes out, with every number, text and expression of the coach.

Unknown keys and wrong types are refused with the rule and line they stand in. A pack of one's own that `extends`
another is laid over it first, as tables: rules by their id, cue families by their name, settings key by key.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from nudges.cues import CueBook, CueSpec
from nudges.moves import MoveBook, parse_moves
from nudges.noticing import NoticingModel, parse_model
from nudges.packcheck import check, check_moves, check_weighed
from nudges.packlines import LISTS, last_line_of, line_of, line_with, place_of_rule
from nudges.packwords import refusal
from nudges.rulepack import Pack, Scope
from streams.errors import PackError

_SCOPE_KEYS = ("queues", "agents")


class LoadedPack(msgspec.Struct, frozen=True):
    """A pack with its cue families compiled, and its learned numbers where it has any."""

    pack: Pack
    book: CueBook
    model: NoticingModel | None
    moves: MoveBook | None = None


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


def load_all(text: str, name: str, *, written: str = "") -> tuple[LoadedPack, ...]:
    """A pack as it stands for calls that no scope is for, then with each of its scopes alone.

    Raises PackError as `load` does, so that a mistake in a scope is not found by the first call that it is for.
    """
    scopes = range(len(_scopes(text, name)))
    return tuple(_load(text, name, own, written or text) for own in ((), *((number,) for number in scopes)))


def refuse_twice(own: dict[str, Any], name: str, written: str) -> None:
    """Raise PackError where one file states a rule or line of the checklist twice: the second would win unseen."""
    for part in (own, *own.get("scope", ())):
        for kind in LISTS:
            parts = part.get(kind, ()) if isinstance(part, dict) else ()
            if (twice := _twice(parts)) is not None:
                line = last_line_of((kind, twice, "id"), written)
                raise PackError(f"{name}:{line or 1}: {kind} {twice}: stands twice; say it all in one place")


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
        keys, reason = refusal(str(error), table)
        raise PackError(f"{name}:{_place(keys, written)} {reason}") from error
    try:
        book = CueBook(pack.customer, pack.agent)
    except PackError as error:
        raise PackError(f"{name}{_line_of_cue(pack, written)}: {error}") from error
    try:
        check(pack, book, written)
        model = None if pack.model is None else _model(pack.model.numbers, pack.model.phrases)
        moves = None if pack.model is None else _moves(pack.model.moves, pack.model.numbers, pack.model.phrases)
        if model is not None and moves is not None:
            check_moves(book, moves, written)
            check_weighed(model.numbers, moves)
    except PackError as error:
        raise PackError(f"{name}: {error}") from error
    return LoadedPack(pack, book, model, moves)


@lru_cache(maxsize=4)
def _model(numbers: str, phrases: str) -> NoticingModel:
    """What was learned is large, and many packs share it."""
    return parse_model(numbers, phrases)


@lru_cache(maxsize=4)
def _moves(moves: str, numbers: str, phrases: str) -> MoveBook | None:
    return MoveBook(parse_moves(moves), _model(numbers, phrases).phrases) if moves else None


@lru_cache(maxsize=16)
def _scopes(text: str, name: str) -> tuple[Scope, ...]:
    try:
        return msgspec.convert(tables(text, name).get("scope", []), tuple[Scope, ...])
    except msgspec.ValidationError as error:
        raise PackError(f"{name}: [[scope]]: {error}") from error


def _twice(parts: Any) -> str | None:
    ids = Counter(part["id"] for part in _tables_in(parts) if isinstance(part.get("id"), str))
    return next((name for name, count in ids.items() if count > 1), None)


def _tables_in(parts: Any) -> Iterable[dict[str, Any]]:
    return (part for part in parts if isinstance(part, dict)) if isinstance(parts, list) else ()


def _overlay_list(base: list[dict[str, Any]], own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    parts = {part.get("id", ""): dict(part) for part in base}
    for part in own:
        parts[part.get("id", "")] = {**parts.get(part.get("id", ""), {}), **part}
    return list(parts.values())


def _line_of_cue(pack: Pack, written: str) -> str:
    """Where the expression that does not compile stands, with the colon before it."""
    for side, families in (("customer", pack.customer), ("agent", pack.agent)):
        for name, spec in families.items():
            said = [line for part in (spec.say, spec.more, spec.unless) for line in part.splitlines() if line.strip()]
            wrong = [line.strip() for line in said if _is_wrong(line)]
            if wrong or not (said or spec.learned):
                line = line_with(wrong[0], written) if wrong else 0
                return f":{at}" if (at := line or line_of((side, name), written)) else ""
    return ""


def _is_wrong(expression: str) -> bool:
    try:
        CueBook({"": CueSpec(say=expression)}, {})
    except PackError:
        return True
    return False


def _place(keys: tuple[str, ...], written: str) -> str:
    """Where something stands in the text that a person wrote, and of which part of the pack it is."""
    part = ""
    if len(keys) > 1 and keys[0] in LISTS:
        part = f" {keys[0]} {keys[1]}:"
    elif len(keys) > 1:
        part = f" [{'.'.join(keys[:-1])}]:"
    line = line_of(keys, written)
    if not line and keys[0] == "rule" and len(keys) > 1:
        return f" {place_of_rule(keys[1], written)}:"
    return f"{line or 1}:{part}"
