"""What is wrong with a pack in a person's words: the decoder's message and the tables flow in, path and reason out."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import msgspec
from msgspec import inspect

from nudges.cues import CueSpec
from nudges.packlines import LISTS
from nudges.rulepack import Pack

Tables: TypeAlias = dict[str, Any]

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}


class Refusal(NamedTuple):
    """Why a pack is refused: the path of what is wrong, with ids for numbers of rules, and the reason."""

    keys: tuple[str, ...]
    reason: str


def refusal(message: str, tables: Tables) -> Refusal:
    """The decoder's message about these tables as a person's words."""
    reason, _, where = message.partition(" - at ")
    path = _path(re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", where), tables)
    keys = _named(path, tables)
    known = _known(path, tables)
    if found := re.fullmatch(r"Object contains unknown field `(\w+)`", reason):
        return Refusal((*keys, found[1]), f"no setting {found[1]} here{nearest(found[1], known)}")
    if found := re.fullmatch(r"Object missing required field `(\w+)`", reason):
        return Refusal((*keys, found[1]), f"{found[1]} is missing{_perhaps_meant(path, tables)}")
    what = next((str(step) for step in reversed(path) if isinstance(step, str)), "the pack")
    if found := re.fullmatch(r"Expected `([^`]+)`, got `(\w+)`", reason):
        wanted = " or ".join(_KINDS.get(kind, kind) for kind in found[1].split(" | ") if kind != "null")
        return Refusal(keys, f"{what} must be {wanted}, not {_KINDS.get(found[2], found[2])}")
    if found := re.fullmatch(r"Expected `\w+` (>|<=) ([\d.]+)", reason):
        bound = "above" if found[1] == ">" else "at most"
        return Refusal(keys, f"{what} must be {bound} {float(found[2]):g}")
    if found := re.fullmatch(r"Invalid (?:enum )?value '(.*)'", reason, re.DOTALL):
        return Refusal(keys, f"{what} cannot be '{found[1]}'{nearest(found[1], known)}")
    return Refusal(keys, f"{what}: {reason}")


def nearest(name: str, known: Sequence[str]) -> str:
    """What was probably meant, as the end of a message; else all that is known, where that is something."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known: {', '.join(known)}" if known else ""


def _path(steps: Iterable[tuple[str, str]], tables: Tables) -> list[str | int]:
    """The decoder's path with the name of a cue family, which it does not tell, in its place."""
    path: list[str | int] = []
    for key, number in steps:
        path.append(key or (int(number) if number.isdigit() else _wrong_family(tables.get(str(path[-1]), {}))))
    return path


def _wrong_family(families: Mapping[str, Any]) -> str:
    return next((name for name, spec in families.items() if not _is_family(spec)), "")


def _is_family(spec: object) -> bool:
    try:
        msgspec.convert(spec, CueSpec)
    except msgspec.ValidationError:
        return False
    return True


def _named(path: Sequence[str | int], tables: Tables) -> tuple[str, ...]:
    """A path with the ids of rules and lines of the checklist, and without other numbers."""
    keys = [step for step in path if isinstance(step, str)]
    if len(path) > 1 and path[0] in LISTS and isinstance(path[1], int):
        part = tables[str(path[0])][path[1]]
        keys.insert(1, str(part.get("id", "?")) if isinstance(part, dict) else "?")
    return tuple(keys)


def _perhaps_meant(path: Sequence[str | int], tables: Tables) -> str:
    """A rule that lacks what every rule needs may be another's, misspelled."""
    if not path:
        return '; a pack that only changes another begins with extends = "default"'
    if len(path) != 2 or path[0] not in LISTS:
        return ""
    own = _named(path, tables)[1]
    ids = [str(part.get("id")) for part in tables[str(path[0])] if isinstance(part, dict) and part.get("id") != own]
    close = difflib.get_close_matches(own, ids, n=1, cutoff=0.6)
    return f"; it is a new one, did you mean {close[0]}?" if close else "; it is a new one, and needs it"


def _known(path: Sequence[str | int], tables: Tables) -> list[str]:
    """The names that may stand at a path: keys of a table, or values of a choice."""
    kind: inspect.Type = _whole()
    value: Any = tables
    for step in path:
        kind = _chosen(kind, value)
        value = _within(value, step)
        match kind:
            case inspect.StructType(fields=fields):
                kind = next((field.type for field in fields if field.encode_name == step), inspect.AnyType())
            case inspect.VarTupleType(item_type=item):
                kind = item
            case inspect.DictType(value_type=item):
                kind = item
            case inspect.UnionType() if any(_tag_field(one) == step for one in kind.types):
                return [str(one.tag) for one in kind.types if isinstance(one, inspect.StructType)]
            case _:
                return []
    match _chosen(kind, value):
        case inspect.StructType(fields=fields):
            return [field.encode_name for field in fields]
        case inspect.LiteralType(values=values):
            return [str(one) for one in values]
        case _:
            return []


def _chosen(kind: inspect.Type, value: Any) -> inspect.Type:
    """The one of several kinds that a value is; the kinds themselves where it is none of them."""
    if not isinstance(kind, inspect.UnionType):
        return kind
    kinds = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
    if len(kinds) == 1:
        return kinds[0]
    tags = (one for one in kinds if isinstance(one, inspect.StructType) and isinstance(value, dict))
    return next((one for one in tags if value.get(str(one.tag_field)) == one.tag), kind)


def _tag_field(kind: inspect.Type) -> str | None:
    return kind.tag_field if isinstance(kind, inspect.StructType) else None


def _within(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


@cache
def _whole() -> inspect.Type:
    return inspect.type_info(Pack)
