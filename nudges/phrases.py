"""Families of expressions, found in one pass: `Spoken -> PhraseBook.find -> hits by family`.

A phrase is a row of words as `split_words` gives them. Besides plain words it may hold:

    frustrat*       any word that begins so (three letters at least)
    is|was          either
    really?         may be missing
    _               any one word
    ...             up to three words, whatever they are
    <unit>          any word of the class `unit` of the book

All phrases share one tree, so the time grows with the number of words said, not with the number of phrases, and no
phrase can be catastrophic: a row spans at most `MAX_SPAN` words.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from nudges.spoken_words import Spoken, split_words
from streams.errors import PackError

MAX_SPAN = 14  # words from the first to the last of one phrase, gaps included
_GAP = 3  # words that "..." may stand for
_STEM_MIN = 3
_STEM_MAX = 12
_ANY = "_"
_KEPT_WORDS = 4096  # whose keys are remembered; people say few words often
_KEPT_TURNS = 16  # whose phrases are remembered: an agent's turn is asked about again with each of the customer's


class Hit(NamedTuple):
    """One phrase found: its family, first word and the word after its last."""

    family: str
    first: int
    after: int


@dataclass
class _Node:
    then: dict[str, "_Node"] = field(default_factory=dict)
    families: list[str] = field(default_factory=list)


class PhraseBook:
    """All families of one side of the talk; `find` returns what a turn says."""

    def __init__(self, families: Mapping[str, Sequence[str]], classes: Mapping[str, Sequence[str]]) -> None:
        self.families = tuple(families)
        self._root = _Node()
        self._stems: dict[str, str] = {}
        self._classes: dict[str, list[str]] = {}
        self._known: set[str] = set()
        self._keys = lru_cache(maxsize=_KEPT_WORDS)(self._look_up)
        self._found = lru_cache(maxsize=_KEPT_TURNS)(self._search)
        for name, members in classes.items():
            for member in members:
                self._classes.setdefault(member, []).append(f"<{name}>")
        self._class_names = frozenset(f"<{name}>" for name in classes)
        for family, phrases in families.items():
            for phrase in phrases:
                self._add(family, phrase)

    def find(self, spoken: Spoken) -> tuple[Hit, ...]:
        """Return every phrase found, in order of its first word; of one family at one place only the longest."""
        return self._found(spoken.words)

    def _search(self, words: tuple[str, ...]) -> tuple[Hit, ...]:
        keys = [self._keys(word) for word in words]
        hits: list[Hit] = []
        for first in range(len(keys)):
            longest: dict[str, int] = {}
            for family, after in self._walk(self._root, keys, first, min(len(keys), first + MAX_SPAN)):
                if after > longest.get(family, 0):
                    longest[family] = after
            hits.extend(Hit(family, first, after) for family, after in longest.items())
        return tuple(hits)

    def _walk(self, node: _Node, keys: Sequence[Sequence[str]], at: int, end: int) -> Iterator[tuple[str, int]]:
        for family in node.families:
            yield family, at
        if at == end or not node.then:
            return
        for key in keys[at]:
            child = node.then.get(key)
            if child is not None:
                yield from self._walk(child, keys, at + 1, end)
        child = node.then.get(_ANY)
        if child is not None:
            yield from self._walk(child, keys, at + 1, end)

    def _look_up(self, word: str) -> tuple[str, ...]:
        keys = [word] if word in self._known else []
        keys.extend(self._classes.get(word, ()))
        if word.isdigit():
            keys.append("<digits>")
        for size in range(_STEM_MIN, min(len(word), _STEM_MAX) + 1):
            stem = self._stems.get(word[:size])
            if stem is not None:
                keys.append(stem)
        return tuple(keys)

    def _add(self, family: str, phrase: str) -> None:
        rows: list[list[str]] = [[]]
        for part in phrase.split():
            choices: list[list[str]] = []
            optional = part.endswith("?")
            if part == "...":
                choices = [[_ANY] * size for size in range(_GAP + 1)]
            else:
                choices = [[self._key(choice, phrase)] for choice in part.rstrip("?").split("|")]
                if optional:
                    choices.append([])
            rows = [row + choice for row in rows for choice in choices]
        for row in rows:
            if not row or row[0] == _ANY or len(row) > MAX_SPAN:
                raise PackError(f"family {family}: phrase '{phrase}' is empty, too long or begins with any word")
            node = self._root
            for key in row:
                node = node.then.setdefault(key, _Node())
            if family not in node.families:
                node.families.append(family)

    def _key(self, part: str, phrase: str) -> str:
        if part == _ANY:
            return part
        if part.startswith("<"):
            if part not in self._class_names and part != "<digits>":
                raise PackError(f"phrase '{phrase}': unknown class {part}; name it under [classes]")
            return part
        if part.endswith("*"):
            if not _STEM_MIN < len(part) <= _STEM_MAX + 1:
                raise PackError(f"phrase '{phrase}': '{part}' needs {_STEM_MIN} to {_STEM_MAX} letters before the star")
            return self._stems.setdefault(part[:-1], part)
        if split_words(part).words != (part,):
            raise PackError(f"phrase '{phrase}': write '{part}' as {' '.join(split_words(part).words) or 'a word'}")
        self._known.add(part)
        return part


class Phrases(NamedTuple):
    """The two books of one pack: what customers say, and what agents say."""

    customer: PhraseBook
    agent: PhraseBook


def parse_phrases(text: str) -> Phrases:
    """Read the TOML text of a book: [classes], [customer] and [agent]; raises PackError."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"phrases: not valid TOML: {error}") from None
    parts = {name: _families(tables, name) for name in ("classes", "customer", "agent")}
    return Phrases(PhraseBook(parts["customer"], parts["classes"]), PhraseBook(parts["agent"], parts["classes"]))


def _families(tables: Mapping[str, Any], name: str) -> dict[str, tuple[str, ...]]:
    table = tables.get(name)
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise PackError(f"phrases: [{name}] must be a table of texts, phrases apart by commas or new lines")
    return {
        family: tuple(part for part in (p.strip() for p in value.replace("\n", ",").split(",")) if part)
        for family, value in table.items()
    }
