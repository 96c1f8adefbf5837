"""The trained eye of the coach: `TurnFacts -> Noticer.score -> Noticed`, `(opening, reply) -> Noticer.judge -> Judged`.

A linear model over the features of nudges/noticing_features.py and words in ones and twos. Its numbers lie in
nudges/packs/noticing.json, written by sidecar/training, learned from our own corpus only. Each score can say which
words and facts weighed most.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import exp
from typing import NamedTuple

import msgspec

from nudges.moves import MoveBook, Setting
from nudges.noticing_features import Features, TurnFacts, turn_features
from nudges.noticing_reply import reply_features
from nudges.noticing_state import NoticingState
from nudges.phrases import Phrases, parse_phrases
from nudges.spoken_words import split_words
from streams.errors import PackError
from streams.events import OpeningState, Strength

_EVIDENCE = 3  # reasons shown with a score
_WORTH_SHOWING = 0.2  # log-odds a reason must add
# One of these must be in a reply that is said to acknowledge something; words alone are too easily fooled.
_WARM_SIGNS = frozenset(["warm.1", "sorry.echo", "sorry.named", "knows.echo", "knows.named", "you.echo", "we.past"])


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question asked of a turn: log-odds at rest, by feature, and by word or pair of words."""

    bias: float
    features: dict[str, float]
    words: dict[str, float]


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a probability becomes a deed.

    `speak` lets an opening be announced at once, `watch` holds it until the agent's next turn has ignored it, `hint`
    believes in it only when that turn answers it; `strong` makes it a strong one; `tension` announces heat; `given` and
    `answered` sort replies.
    """

    speak: float
    watch: float
    hint: float
    strong: float
    tension: float
    given: float
    answered: float


class Numbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything learned; `note` says from what."""

    note: str
    thresholds: Thresholds
    opening: Head
    strong: Head
    tension: Head
    given: Head
    answered: Head


class NoticingModel(NamedTuple):
    """The learned numbers and the phrases that they weigh."""

    numbers: Numbers
    phrases: Phrases


class Reason(NamedTuple):
    """Why: the feature, the words behind it (may be empty), what it added in log-odds."""

    name: str
    quote: str
    weight: float


class Noticed(NamedTuple):
    """How likely a customer's turn opens for empathy, strongly so, and is tense (2 or 3 of 3); with reasons."""

    opening_p: float
    strong_p: float
    tension_p: float
    evidence: tuple[Reason, ...]
    heat_evidence: tuple[Reason, ...]


class Judged(NamedTuple):
    """What a reply made of an opening, with the probabilities behind it."""

    outcome: OpeningState
    given_p: float
    answered_p: float
    evidence: tuple[Reason, ...]


def parse_model(numbers: str, phrases: str) -> NoticingModel:
    """Read the learned numbers (JSON) and the phrases (TOML); raises PackError when they do not belong together."""
    book = parse_phrases(phrases)
    try:
        learned = msgspec.json.decode(numbers, type=Numbers)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise PackError(f"noticing: the numbers cannot be read: {error}") from None
    for side, heads in (
        (book.customer, (learned.opening, learned.strong, learned.tension)),
        (book.agent, (learned.given, learned.answered)),
    ):
        for name in {name for head in heads for name in head.features}:
            kind, _, family = name.partition(".")
            if kind in {"says", "more", "calm", "amid", "not", "reply", "again"} and family not in side.families:
                raise PackError(f"noticing: '{name}' is weighed, but no family '{family}' is in the phrases")
    return NoticingModel(learned, book)


class Noticer:
    """Scores turns and replies; holds nothing of a call."""

    def __init__(self, model: NoticingModel, moves: MoveBook | None = None) -> None:
        self._phrases = model.phrases
        self._numbers = model.numbers
        self._moves = moves

    def new_state(self) -> NoticingState:
        """The course of a call before anything was said."""
        return NoticingState(self._phrases, self._moves)

    @property
    def thresholds(self) -> Thresholds:
        """The thresholds that belong to the numbers."""
        return self._numbers.thresholds

    def score(self, facts: TurnFacts) -> Noticed:
        """Score one customer's turn as it stands now."""
        found = turn_features(facts, self._phrases)
        pairs = word_pairs(facts.text)
        opening, why = _weigh(self._numbers.opening, found, pairs)
        strong, _ = _weigh(self._numbers.strong, found, pairs)
        tension, hot = _weigh(self._numbers.tension, found, pairs)
        return Noticed(opening, min(strong, opening), tension, why, hot)

    def judge(self, opening: str, reply: str) -> Judged:
        """Say what `reply`, an agent's turn, made of the customer's `opening`."""
        does = self._moves.find("A", reply, Setting(opening)) if self._moves is not None else ()
        found = reply_features(opening, reply, self._phrases, does)
        pairs = word_pairs(reply)
        given, why = _weigh(self._numbers.given, found, pairs)
        answered, _ = _weigh(self._numbers.answered, found, pairs)
        limits = self._numbers.thresholds
        outcome: OpeningState = "missed"
        warm = not _WARM_SIGNS.isdisjoint(found.values)
        if given >= limits.given and warm:
            outcome = "given"
        elif answered >= limits.answered and (warm or "formal.1" in found.values):
            outcome = "bare"
        return Judged(outcome, given, answered, why)

    def strength(self, noticed: Noticed) -> Strength:
        """Return how strong an opening is, if it is one."""
        return "strong" if noticed.strong_p >= self._numbers.thresholds.strong else "weak"


def word_pairs(text: str) -> dict[str, None]:
    """Return the words of a text and its pairs of neighbours, each once, in order."""
    words = split_words(text).words
    found = dict.fromkeys(words)
    found.update(dict.fromkeys(f"{one} {two}" for one, two in pairwise(words)))
    return found


def _weigh(head: Head, found: Features, pairs: Mapping[str, None]) -> tuple[float, tuple[Reason, ...]]:
    weights = head.features
    parts = [(weights[name] * value, name) for name, value in found.values.items() if name in weights]
    words = head.words
    odds = head.bias + sum(part for part, _ in parts) + sum([words[pair] for pair in pairs if pair in words])
    reasons = [
        Reason(name, found.quotes.get(name, ""), weight)
        for part, name in parts
        if part > 0 and (weight := round(part, 2)) >= _WORTH_SHOWING
    ]
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds)))), _shown(reasons)


def _shown(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons worth showing: words before facts, no words twice, what weighed most first."""
    # Words in ones and twos weigh in the sum, but only phrases and facts make sense to a reader.
    worth = sorted(reasons, key=lambda r: (not r.quote, -r.weight, r.name))
    shown: list[Reason] = []
    for reason in worth:
        quote = reason.quote.lower()
        if quote and any(quote in other.quote.lower() or other.quote.lower() in quote for other in shown):
            continue
        shown.append(reason)
        if len(shown) == _EVIDENCE:
            break
    return tuple(sorted(shown, key=lambda r: (-r.weight, r.name)))
