"""What is in a customer's turn, as numbers: `TurnFacts -> turn_features -> Features(values, quotes)`.

Families of phrases with the reach of negation, length, punctuation (where there is any), persons, questions, the echo
of the agent's words, what the agent had just said, and where in the call it stands. A value is 0 to about 2; names are
what nudges/packs/noticing.json weighs.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from nudges.families import CALM, EMPTY_WORDS, HEATED, MILD, NEGATABLE, PLAIN_WORDS, TELLING
from nudges.moves import Move, content_of
from nudges.noticing_shape import shape_features
from nudges.phrases import Hit, PhraseBook, Phrases
from nudges.spoken_words import Spoken, split_words

_NEGATORS = frozenset(["not", "no", "never", "without", "nor", "neither", "hardly", "nothing", "nobody"])
_SCOPE_ENDS = frozenset(["but", "because", "so", "although", "though", "and", "then"])
_SCOPE = 3  # words a negation reaches forward
_FADE = 0.6  # of what earlier turns were together, with each turn
_READ_ON = 3  # words by which a quote may grow beyond the phrase that was found
_OWN_REACH = 4  # words before a feeling in which its owner stands
_FIRST_PERSONS = frozenset(["i", "we"])
_NOT_NOW = frozenset(["was", "were", "used", "would", "if", "thought", "could", "might", "will", "he", "she", "they"])
_FIRST = frozenset(["i", "me", "my", "mine", "myself", "we", "us", "our"])
_SECOND = frozenset(["you", "your", "yours", "yourself", "yourselves"])
_THIRD = frozenset(["he", "she", "him", "her", "his", "they", "them", "their"])
_MARKS = re.compile(r"[.,;:!?]")
_SHOUTED = re.compile(r"\b[A-Z]{4,}\b")


class Past(msgspec.Struct, frozen=True):
    """What the customer's earlier turns looked like.

    How likely the last one was an opening, or tense; the likeliest one; and all together, fading with each turn.
    """

    opening: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tension: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def after(self, opening: float, tension: float) -> "Past":
        """What it is after one more turn."""
        return Past(_after(self.opening, opening), _after(self.tension, tension))


def _after(past: tuple[float, float, float], now: float) -> tuple[float, float, float]:
    _, most, together = past
    return now, max(most, now), _FADE * together + now


class TurnFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's turn and what it stands in; counts are of the call so far, without this turn.

    `before` is the agent's turn before; `turn` the number of earlier customer turns, -1 where it is not known; `does`
    and `answers` are the learned moves of this turn and of the agent's before.
    """

    text: str
    before: str = ""
    turn: int = -1
    refusals: int = 0
    failed: int = 0
    confused: int = 0
    heated: int = 0
    agent_repeats: bool = False
    does: tuple[Move, ...] = ()
    answers: tuple[Move, ...] = ()
    past: Past = Past()


class Features(NamedTuple):
    """Values by name, and for a name that words stand behind, the words."""

    values: dict[str, float]
    quotes: dict[str, str]


def turn_features(facts: TurnFacts, phrases: Phrases) -> Features:
    """Measure one turn; time grows with its words, which `split_words` bounds."""
    spoken = split_words(facts.text)
    values: dict[str, float] = {}
    quotes: dict[str, str] = {}
    counts = _families(spoken, phrases.customer, values, quotes)
    _words(spoken, values)
    values.update(shape_features(spoken))
    _punctuation(facts.text, values)
    _shape(spoken, counts, values)
    _before(facts, spoken, phrases.agent, values)
    _course(facts, values)
    _together(facts, spoken, counts, values)
    _moves(facts, values, quotes)
    _past(facts.past, values)
    return Features(values, quotes)


def _families(spoken: Spoken, book: PhraseBook, values: dict[str, float], quotes: dict[str, str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    taken: dict[str, int] = {}
    longest: dict[str, int] = {}
    for hit in book.find(spoken):
        if hit.first < taken.get(hit.family, 0):
            continue
        taken[hit.family] = hit.after
        if hit.family in NEGATABLE and _negated(spoken.words, hit):
            values[f"not.{hit.family}"] = 1.0
            continue
        counts[hit.family] += 1
        if hit.family == "feeling" and _own_now(spoken.words[max(0, hit.first - _OWN_REACH) : hit.first]):
            values["own.feeling"] = 1.0
        if hit.after - hit.first > longest.get(hit.family, 0):
            longest[hit.family] = hit.after - hit.first
            quotes[f"says.{hit.family}"] = spoken.quote(hit.first, _told_to(spoken, hit.after))
    for family, count in counts.items():
        values[f"says.{family}"] = 1.0
        if count > 1:
            values[f"more.{family}"] = min(count - 1, 3) / 2
            quotes[f"more.{family}"] = quotes[f"says.{family}"]
    return counts


def _told_to(spoken: Spoken, after: int) -> int:
    """Where a quote that would break off ("nobody's", "i had to") comes to something that can be read."""
    most = min(len(spoken.words), after + _READ_ON)
    while after < most and spoken.words[after - 1] in EMPTY_WORDS:
        if _MARKS.search(spoken.text[spoken.spans[after - 1][1] : spoken.spans[after][0]]):
            break
        after += 1
    return after


def _own_now(before: Sequence[str]) -> bool:
    """Whether the words before a feeling say that it is the speaker's, and that it is there now."""
    return not _FIRST_PERSONS.isdisjoint(before) and _NOT_NOW.isdisjoint(before)


def _negated(words: Sequence[str], hit: Hit) -> bool:
    for at in range(hit.first - 1, max(-1, hit.first - 1 - _SCOPE), -1):
        if words[at] in _SCOPE_ENDS:
            return False
        if words[at] in _NEGATORS:
            # "not only angry" and "never been so angry" say more, not less.
            return not (words[at + 1] in {"only", "just"} or "so" in words[at + 1 : hit.first])
    return False


def _words(spoken: Spoken, values: dict[str, float]) -> None:
    words = spoken.words
    # How a turn is cut differs between chat and speech, so length speaks only where a turn can hardly tell anything.
    if len(words) < 9:
        values["length.under9" if len(words) > 4 else "length.under5"] = 1.0
    negations = sum(word in _NEGATORS for word in words)
    if negations:
        values[f"negations.{min(negations, 3)}"] = 1.0
    for name, group in (("first", _FIRST), ("second", _SECOND), ("third", _THIRD)):
        count = sum(word in group for word in words)
        if count:
            values[f"person.{name}"] = min(count, 4) / 2
    numbers = sum(word[0].isdigit() for word in words)
    if numbers:
        values["numbers"] = min(numbers, 4) / 2
    if numbers > 3 or sum(len(word) == 1 and word not in {"i", "a"} for word in words) > 3:
        values["spelling"] = 1.0


def _punctuation(text: str, values: dict[str, float]) -> None:
    if not _MARKS.search(text):
        values["marks.none"] = 1.0
    questions = text.count("?")
    if questions:
        values["marks.question"] = 1.0
        if questions > 1:
            values["marks.questions"] = min(questions - 1, 3) / 2
    if "??" in text or "?!" in text or "!?" in text:
        values["marks.doubled"] = 1.0
    shouts = text.count("!")
    if shouts:
        values["marks.shout"] = 1.0
        if shouts > 1:
            values["marks.shouts"] = min(shouts - 1, 3) / 2
    if ".." in text or "\u2026" in text:
        values["marks.trailing"] = 1.0
    capitals = len(_SHOUTED.findall(text))
    if capitals > 1:
        values["marks.capitals"] = min(capitals, 4) / 2


def _shape(spoken: Spoken, counts: Counter[str], values: dict[str, float]) -> None:
    words = spoken.words
    told = sum(family in TELLING for family in counts)
    mild = sum(family in MILD for family in counts)
    for least in range(1, 6):
        if told >= least:
            values[f"told.{least}"] = 1.0
    values["told.mild"] = mild / 5
    if words:
        values["told.share"] = min(1.0, 4 * sum(counts[family] for family in counts if family in TELLING) / len(words))
        values["report.share"] = min(1.0, 4 * counts["report"] / len(words))
    plain = sum(word in PLAIN_WORDS for word in words)
    if words and words[0] in PLAIN_WORDS:
        values["starts.plain"] = 1.0
    if len(words) - plain < 2 and not told and not mild:
        values["only.ack"] = 1.0
    heated = sum(family in HEATED for family in counts)
    for least in range(1, 4):
        if heated >= least:
            values[f"heated.{least}"] = 1.0
    # Calm forms weigh less where something is told in the same breath, so each has two names.
    for family in CALM:
        if values.pop(f"says.{family}", 0.0):
            values[f"{'amid' if told else 'calm'}.{family}"] = 1.0
            values.pop(f"more.{family}", None)


def _before(facts: TurnFacts, spoken: Spoken, book: PhraseBook, values: dict[str, float]) -> None:
    if not facts.before:
        values["before.none"] = 1.0
        return
    agent = split_words(facts.before)
    prefix = "before" if "told.1" in values else "quiet"
    for hit in book.find(agent):
        values[f"{prefix}.{hit.family}"] = 1.0
    if facts.before.rstrip().endswith("?"):
        values[f"{prefix}.question"] = 1.0
    own = content_of(spoken)
    if own:
        echo = len(own & content_of(agent)) / len(own)
        values["echo"] = echo
        if echo >= 0.5:
            values["echo.half"] = 1.0


def _course(facts: TurnFacts, values: dict[str, float]) -> None:
    if facts.turn == 0:
        values["course.first"] = 1.0
    elif 0 < facts.turn < 3:
        values["course.early"] = 1.0
    elif facts.turn >= 8:
        values["course.late"] = 1.0
    for name, count in (
        ("refusals", facts.refusals),
        ("failed", facts.failed),
        ("confused", facts.confused),
        ("heated", facts.heated),
    ):
        if count:
            values[f"course.{name}"] = min(count, 3) / 2
    if facts.agent_repeats:
        values["course.agent_repeats"] = 1.0


def _together(facts: TurnFacts, spoken: Spoken, counts: Counter[str], values: dict[str, float]) -> None:
    """Pairs that mean more than their parts; each is named in the notes on real talk, none was searched for."""
    has = counts.__contains__
    negated = any(name in values for name in ("negations.1", "negations.2", "negations.3"))
    told = sum(f"told.{least}" in values for least in range(1, 6))
    refused = "before.refusal" in values or "quiet.refusal" in values
    pairs = {
        "money+not": has("money_plain") and negated,
        "contrast+failed": has("but_mild") and has("persists"),
        "tried+failed": (has("tally") or has("tries") or has("did_that") or has("tried_mild")) and has("persists"),
        "tried+fault": has("tried_mild") and has("fix_failed") and has("but_mild"),
        "span+not": has("span") and (negated or has("waiting")),
        "stakes+not": (has("stakes_people") or has("stakes_event")) and (negated or has("loss") or has("persists")),
        "question+you": has("challenge") and "person.second" in values,
        "answer+report": "quiet.diagnose" in values and has("report"),
        "refusal+end": refused and (has("dead_end") or has("challenge") or has("help_mild") or has("ask_mild")),
        "refusal+but": refused and has("but_mild"),
        "instructed+lost": ("before.instruct" in values or "quiet.instruct" in values)
        and (has("confusion") or has("see_mild")),
        "first+long": facts.turn == 0 and len(spoken.words) > 24,
        "first+told": facts.turn == 0 and told >= 3,
        "calm+one": has("calm_talk") and told == 1,
        "thanks+told": (has("thanks") or has("thanks_warm")) and told >= 1,
        "solved+told": has("past_solved") and told >= 1,
        "shout+told": "marks.shout" in values and told >= 1,
        "bangs+unthankful": "!!" in facts.text and not has("thanks") and not has("thanks_warm"),
        "doubled+told": "marks.doubled" in values and told >= 1,
        "shout+not": "marks.shout" in values and negated and not has("thanks") and not has("thanks_warm"),
        "shouts+not": "marks.shouts" in values and negated and not has("thanks") and not has("thanks_warm"),
        "third+feeling": has("third_party") and has("feeling"),
        "quoted+one": any(mark in facts.text for mark in '"\u201c') and told == 1,
    }
    for name, met in pairs.items():
        if met:
            values[name] = 1.0


def _moves(facts: TurnFacts, values: dict[str, float], quotes: dict[str, str]) -> None:
    for move in facts.does:
        values[f"does.{move.name}"] = move.sure
        quotes[f"does.{move.name}"] = facts.text[move.start : move.end]
    for move in facts.answers:
        values[f"answers.{move.name}"] = move.sure
        # Where nothing is told it is a mere answer, and what the agent had asked weighs more.
        if "told.1" not in values:
            values[f"after.{move.name}"] = move.sure


def _past(past: Past, values: dict[str, float]) -> None:
    for name, chances in (("opening", past.opening), ("tension", past.tension)):
        for when, chance in zip(("last", "most", "together"), chances, strict=True):
            if chance:
                values[f"earlier.{name}.{when}"] = chance
