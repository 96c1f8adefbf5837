"""Cue families: expressions that say what kind of thing was said.

Text flows in, matches flow out. The expressions come from the rule pack, are compiled once, and look at lower-case
text with straight apostrophes, so that offsets are those of the text itself. They never rely on punctuation, which
recognisers give or withhold as they like.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple, TypeAlias

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
    in points. A turn that makes the `learned` move with a probability of `sure` or more counts as well, whatever its
    words, if `unless` is not found around those that showed it; none is ever 1. A family that has such a move may do
    without expressions.
    """

    say: str = ""
    more: str = ""
    unless: str = ""
    weight: float = 0.0
    learned: Annotated[str, msgspec.Meta(description="a learned move that counts as the family as well")] = ""
    sure: Annotated[float, msgspec.Meta(gt=0, le=1, description="the probability from which it counts")] = 0.7


class Match(NamedTuple):
    """Where a cue family matched: its name (`C.waiting`), first and past-the-end offset in the text."""

    cue: str
    start: int
    end: int


class Learned(NamedTuple):
    """A cue family that a learned move stands for as well, from a probability on."""

    cue: str
    move: str
    sure: float


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
        self._vetoes = {**_vetoes("C", customer), **_vetoes("A", agent)}
        self._families: dict[Side, tuple[_Family, ...]] = {
            "C": tuple(self._compiled(f"C.{name}", spec) for name, spec in customer.items() if _worded(spec)),
            "A": tuple(self._compiled(f"A.{name}", spec) for name, spec in agent.items() if _worded(spec)),
        }
        self._weights = {f"C.{name}": spec.weight for name, spec in customer.items()}
        self.names = frozenset(self._weights) | {f"A.{name}" for name in agent}
        self._learned: dict[Side, tuple[Learned, ...]] = {"C": _learned("C", customer), "A": _learned("A", agent)}

    def weight(self, cue: str) -> float:
        """Heat in points of a customer's cue family; 0 for the agent's."""
        return self._weights.get(cue, 0.0)

    def learned(self, side: Side) -> tuple[Learned, ...]:
        """The families of a side for which a learned move stands as well."""
        return self._learned[side]

    def find(self, side: Side, text: str, new_from: int = 0) -> tuple[Match, ...]:
        """Every match that ends after `new_from`, families in the pack's order."""
        low = normalise(text)
        return tuple(
            match for family in self._families[side] for match in _matches(family, low) if match.end > new_from
        )

    def takes_back(self, cue: str, text: str, start: int, end: int) -> bool:
        """Whether a family's `unless` is found around what was heard from `start` to `end` of a text."""
        veto = self._vetoes.get(cue)
        return veto is not None and _found_around(veto, normalise(text), start, end)

    def _compiled(self, cue: str, spec: CueSpec) -> _Family:
        return _Family(cue, _expression(cue, f"{spec.say}\n{spec.more}"), self._vetoes.get(cue))


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


def _learned(side: Side, families: Mapping[str, CueSpec]) -> tuple[Learned, ...]:
    return tuple(Learned(f"{side}.{name}", spec.learned, spec.sure) for name, spec in families.items() if spec.learned)


def _worded(spec: CueSpec) -> bool:
    """Whether its expressions are to be compiled: a family without any must have a learned move instead."""
    return not spec.learned or bool(f"{spec.say}{spec.more}".strip())


def _matches(family: _Family, low: str) -> list[Match]:
    found = []
    for hit in family.expression.finditer(low):
        start, end = hit.span()
        if family.veto is None or not _found_around(family.veto, low, start, end):
            found.append(Match(family.cue, start, end))
    return found


def _found_around(veto: re.Pattern[str], low: str, start: int, end: int) -> bool:
    return veto.search(low[max(0, start - VETO_BEFORE) : end + VETO_AFTER]) is not None


def _vetoes(side: Side, families: Mapping[str, CueSpec]) -> dict[str, re.Pattern[str]]:
    cues = {f"{side}.{name}": spec.unless for name, spec in families.items() if spec.unless}
    return {cue: _expression(cue, unless) for cue, unless in cues.items()}


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
