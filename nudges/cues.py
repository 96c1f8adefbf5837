"""Cue families: expressions that say what kind of thing was said.

Text flows in, matches flow out. The expressions come from the rule pack, are compiled once, and look at lower-case
text with straight apostrophes, so that offsets are those of the text itself. They never rely on punctuation, which
recognisers give or withhold as they like.
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from streams.errors import PackError

Side: TypeAlias = Literal["A", "C"]

VETO_BEFORE = 48
VETO_AFTER = 32
"""How much text before and after a match its family's `unless` looks at, characters: about one spoken clause."""

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"})


class CueSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One cue family of a rule pack.

    `say` holds one expression a line, of which one must match between word boundaries, and `more` those that a pack
    adds to the ones it extends; `unless`, in the same form, takes a match back when found around it; `weight` is heat
    in points.
    """

    say: str
    more: str = ""
    unless: str = ""
    weight: float = 0.0


class Match(NamedTuple):
    """Where a cue family matched: its name (`C.waiting`), first and past-the-end offset in the text."""

    cue: str
    start: int
    end: int


class _Family(NamedTuple):
    cue: str
    expression: re.Pattern[str]
    veto: re.Pattern[str] | None


def normalise(text: str) -> str:
    """Lower case and straight apostrophes, with every character kept at its offset."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate(_APOSTROPHES)


class CueBook:
    """All cue families of a pack, compiled.

    Raises PackError when an expression does not compile.
    """

    def __init__(self, customer: Mapping[str, CueSpec], agent: Mapping[str, CueSpec]) -> None:
        self._families: dict[Side, tuple[_Family, ...]] = {
            "C": tuple(_compiled(f"C.{name}", spec) for name, spec in customer.items()),
            "A": tuple(_compiled(f"A.{name}", spec) for name, spec in agent.items()),
        }
        self._weights = {f"C.{name}": spec.weight for name, spec in customer.items()}
        self.names = frozenset(self._weights) | {f"A.{name}" for name in agent}

    def weight(self, cue: str) -> float:
        """Heat in points of a customer's cue family; 0 for the agent's."""
        return self._weights.get(cue, 0.0)

    def find(self, side: Side, text: str, new_from: int = 0) -> tuple[Match, ...]:
        """Every match that ends after `new_from`, families in the pack's order."""
        low = normalise(text)
        return tuple(
            match for family in self._families[side] for match in _matches(family, low) if match.end > new_from
        )


def quote_around(text: str, start: int, end: int, limit: int = 64) -> str:
    """The matched words with as much of what stands around them as fits `limit` characters, cut between words."""
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    words_before = text[:start].split()
    words_after = text[end:].split()
    quote = text[start:end].strip()
    while words_before or words_after:
        take_after = bool(words_after) and (not words_before or len(words_after) >= len(words_before))
        longer = f"{quote} {words_after.pop(0)}" if take_after else f"{words_before.pop()} {quote}"
        if len(longer) > limit:
            break
        quote = longer
    return quote


def _matches(family: _Family, low: str) -> list[Match]:
    found = []
    for hit in family.expression.finditer(low):
        start, end = hit.span()
        around = low[max(0, start - VETO_BEFORE) : end + VETO_AFTER]
        if family.veto is None or not family.veto.search(around):
            found.append(Match(family.cue, start, end))
    return found


def _compiled(cue: str, spec: CueSpec) -> _Family:
    expression = _expression(cue, f"{spec.say}\n{spec.more}")
    veto = _expression(cue, spec.unless) if spec.unless else None
    return _Family(cue, expression, veto)


def _expression(cue: str, lines: str) -> re.Pattern[str]:
    alternatives = [line.strip() for line in lines.splitlines() if line.strip()]
    if not alternatives:
        raise PackError(f"cue {cue}: holds no expression")
    try:
        return re.compile(r"(?<!\w)(?:" + "|".join(alternatives) + r")(?!\w)")
    except re.error as error:
        wrong = next((line for line in alternatives if not _compiles(line)), lines)
        raise PackError(f"cue {cue}: {wrong!r} is not an expression: {error.msg}") from error


def _compiles(expression: str) -> bool:
    try:
        re.compile(expression)
    except re.error:
        return False
    return True
