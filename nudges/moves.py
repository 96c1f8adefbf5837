"""Moves: what a turn does, however it is worded: `(side, text, what stood before) -> MoveBook.find -> moves`.

Cue families find words that somebody thought of; a move is learned from many ways of saying the same ("who is above
you" asks for a supervisor as well). A linear model for each move weighs the turn's words in ones, twos and threes, the
families of phrases in it and in the other side's turn before, its length, and how much of it was said before. The
numbers lie in nudges/packs/moves.json, written by sidecar/training, learned from our own corpus only.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import exp
from operator import attrgetter
from typing import NamedTuple

import msgspec

from nudges.cues import Side
from nudges.families import EMPTY_WORDS
from nudges.phrases import PhraseBook, Phrases
from nudges.spoken_words import Spoken, split_words
from streams.errors import PackError

_ASKED, _FIRST = "<?", "<none"
_BEFORE = (_ASKED, _FIRST)
"""Facts about the turn before, besides the families of phrases in it: it ended as a question, there was none."""
_ECHO = (0.3, 0.6)
"""Shares of a turn's content words that stand in the other side's turn before."""
_AGAIN = (0.4, 0.6, 0.8)
"""Shares of a turn's content words that this side said in one earlier turn."""
_LEAST_SAID = 3  # content words a turn needs before a share of them means anything
_LENGTHS = (3, 6, 12)
WINDOW_WORDS = 40
"""A longer turn is read by so many words at a time: what adds up over a lecture is no move, and none was learned so."""
_STEP_WORDS = 25
_WINDOWS = 4  # the newest; what was said before them had its chance when it was said
_READ_ON = 2  # words around what weighed most that make it readable
_SHOWN_WORDS = 5  # the newest, of a turn that no word of its own speaks for
_KEPT_TEXTS = 8  # whose words stay weighed: a turn of each side, and what it grew from
_MOST_ODDS = 30.0  # beyond it nothing changes; below a probability of 1, so that a family that asks for 1 hears no move


class MoveHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One move: the log-odds of a turn of which nothing is known, and what each term adds to them."""

    bias: float
    terms: dict[str, float]


class MoveNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything learned, by side and move; `note` says from what."""

    note: str
    customer: dict[str, MoveHead]
    agent: dict[str, MoveHead]


class Setting(NamedTuple):
    """What a turn stands in: the other side's turn before it, and the content of this side's earlier turns."""

    before: str = ""
    earlier: Sequence[frozenset[str]] = ()


class Move(NamedTuple):
    """A move that a turn makes with probability `sure`; `start` and `end` are where in its text it shows most."""

    name: str
    sure: float
    start: int
    end: int


def parse_moves(text: str) -> MoveNumbers:
    """Read the learned numbers (JSON); raises PackError."""
    try:
        return msgspec.json.decode(text, type=MoveNumbers)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise PackError(f"moves: the numbers cannot be read: {error}") from None


def move_terms(side: Side, spoken: Spoken, setting: Setting, phrases: Phrases) -> dict[str, tuple[int, int]]:
    """What is weighed of a turn, each with the words behind it: first, and the one after the last (0, 0: none)."""
    own, other = (phrases.agent, phrases.customer) if side == "A" else (phrases.customer, phrases.agent)
    return {**_word_terms(spoken, own), **dict.fromkeys(_standing(spoken, setting, other), (0, 0))}


def _word_terms(spoken: Spoken, own: PhraseBook) -> dict[str, tuple[int, int]]:
    """What the words of a turn say by themselves."""
    words = spoken.words
    terms: dict[str, tuple[int, int]] = {}
    for at, word in enumerate(words):
        terms.setdefault(word, (at, at + 1))
    for at, pair in enumerate(pairwise(words)):
        terms.setdefault(" ".join(pair), (at, at + 2))
    for at, (one, two, three) in enumerate(zip(words, words[1:], words[2:], strict=False)):
        terms.setdefault(f"{one} {two} {three}", (at, at + 3))
        terms.setdefault(f"{one} _ {three}", (at, at + 3))
    for hit in own.find(spoken):
        terms.setdefault(f"#{hit.family}", (hit.first, hit.after))
    return terms


def _standing(spoken: Spoken, setting: Setting, other: PhraseBook) -> Iterable[str]:
    """Facts about the turn as a whole, each once: the turn before, length, and how much of it was said before."""
    before = split_words(setting.before)
    yield from dict.fromkeys(f"<{hit.family}" for hit in other.find(before))
    if setting.before.rstrip().endswith("?"):
        yield _ASKED
    if not setting.before:
        yield _FIRST
    yield from (f".longer than {words}" for words in _LENGTHS if len(spoken.words) > words)
    content = content_of(spoken)
    if len(content) < _LEAST_SAID:
        return
    echo = len(content & content_of(before)) / len(content)
    yield from (f".echo {share}" for share in _ECHO if echo >= share)
    again = max((len(content & earlier) / len(content) for earlier in setting.earlier), default=0.0)
    yield from (f".again {share}" for share in _AGAIN if again >= share)


def content_of(spoken: Spoken) -> frozenset[str]:
    """The words that carry content."""
    return frozenset(word for word in spoken.words if word not in EMPTY_WORDS and len(word) > 2)


def _check_families(heads: Mapping[str, MoveHead], own: PhraseBook, other: PhraseBook) -> None:
    for name, head in heads.items():
        for term in head.terms:
            book = own if term.startswith("#") else other if term.startswith("<") and term not in _BEFORE else None
            if book is not None and term[1:] not in book.families:
                raise PackError(f"moves: {name} weighs '{term}', but no family '{term[1:]}' is in the phrases")


class MoveBook:
    """All learned moves, laid out so that the time grows with what was said and not with the number of moves."""

    def __init__(self, numbers: MoveNumbers, phrases: Phrases) -> None:
        """Raise PackError where a move weighs a family of phrases that there is not."""
        _check_families(numbers.customer, phrases.customer, phrases.agent)
        _check_families(numbers.agent, phrases.agent, phrases.customer)
        self._phrases = phrases
        self._sides: dict[Side, _Heads] = {"C": _Heads(numbers.customer), "A": _Heads(numbers.agent)}
        # The trained eye and the cue families ask about the same words within one step, each with a setting of its own.
        self._weighed = lru_cache(maxsize=_KEPT_TEXTS)(self._weigh_words)

    def names(self, side: Side) -> tuple[str, ...]:
        """The moves of a side, in order."""
        return self._sides[side].names

    def find(self, side: Side, text: str, setting: Setting) -> tuple[Move, ...]:
        """How likely the turn makes each move of its side, in the order of their names."""
        heads = self._sides[side]
        other = self._phrases.customer if side == "A" else self._phrases.agent
        read = [heads.moves(words, _standing(words.spoken, setting, other)) for words in self._weighed(side, text)]
        return tuple(max(moves, key=_sure) for moves in zip(*read, strict=True))

    def _weigh_words(self, side: Side, text: str) -> tuple["_Weighed", ...]:
        own = self._phrases.agent if side == "A" else self._phrases.customer
        heads = self._sides[side]
        return tuple(heads.weigh(part, _word_terms(part, own)) for part in _windows(split_words(text)))


_sure = attrgetter("sure")


def _windows(spoken: Spoken) -> Iterable[Spoken]:
    """The turn in parts that are read by themselves, the newest first; none for a turn without words."""
    end = len(spoken.words)
    for _ in range(_WINDOWS):
        if end <= 0:
            return
        first = max(0, end - WINDOW_WORDS)
        yield Spoken(spoken.text, spoken.words[first:end], spoken.spans[first:end])
        end = end - _STEP_WORDS if first else 0


class _Weighed(NamedTuple):
    """A part of a turn, the log-odds of each move by its words alone, and where in the text they show most."""

    spoken: Spoken
    odds: tuple[float, ...]
    shown: tuple[tuple[int, int], ...]


class _Heads:
    def __init__(self, heads: Mapping[str, MoveHead]) -> None:
        self.names = tuple(sorted(heads))
        self._biases = tuple(heads[name].bias for name in self.names)
        self._adds: dict[str, list[tuple[int, float]]] = {}
        for number, name in enumerate(self.names):
            for term, weight in heads[name].terms.items():
                self._adds.setdefault(term, []).append((number, weight))

    def weigh(self, spoken: Spoken, terms: Mapping[str, tuple[int, int]]) -> _Weighed:
        """What the words of a turn say of each move, and where they say most."""
        odds = list(self._biases)
        count = len(spoken.words)
        most: list[tuple[float, int, int]] = [(0.0, max(0, count - _SHOWN_WORDS), count)] * len(odds)
        for term, (first, after) in terms.items():
            for number, weight in self._adds.get(term, ()):
                odds[number] += weight
                if weight > most[number][0]:
                    most[number] = (weight, first, after)
        spans = spoken.spans
        shown = tuple(
            (spans[max(0, first - _READ_ON)][0], spans[min(count, after + _READ_ON) - 1][1]) for _, first, after in most
        )
        return _Weighed(spoken, tuple(odds), shown)

    def moves(self, words: _Weighed, standing: Iterable[str]) -> tuple[Move, ...]:
        """The moves of a turn, from its words and from what it stands in."""
        odds = list(words.odds)
        for term in standing:
            for number, weight in self._adds.get(term, ()):
                odds[number] += weight
        return tuple(
            Move(name, 1 / (1 + exp(-max(-_MOST_ODDS, min(_MOST_ODDS, odd)))), start, end)
            for name, odd, (start, end) in zip(self.names, odds, words.shown, strict=True)
        )
