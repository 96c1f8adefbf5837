"""How a turn is told, whatever its words: `Spoken -> shape_features -> values`.

People who are worn down tell a story in the past, count, and say the same word again ("process, process"); people who
want something end on a request. None of it needs a list of topics, so it travels from one trade to another.
"""

from collections import Counter
from itertools import pairwise

from nudges.families import EMPTY_WORDS
from nudges.spoken_words import Spoken

_TAIL = 11  # words at the end of a turn in which the request stands that it leads to
_SHORT = 30  # words up to which saying a word again tells something; a longer turn repeats its topic anyway
PAST = frozenset(
    [
        "went",
        "came",
        "said",
        "told",
        "got",
        "took",
        "gave",
        "made",
        "had",
        "did",
        "was",
        "were",
        "been",
        "sent",
        "paid",
        "rang",
        "spoke",
        "found",
        "left",
        "kept",
        "thought",
        "knew",
        "saw",
        "heard",
        "sat",
        "stood",
        "waited",
        "lost",
        "broke",
        "fell",
        "woke",
        "ran",
        "drove",
        "wrote",
        "met",
        "held",
        "hung",
        "tried",
        "bought",
        "brought",
        "began",
        "became",
        "felt",
        "meant",
        "spent",
        "stuck",
        "taught",
        "understood",
        "won",
        "wore",
        "done",
        "gone",
        "given",
        "taken",
        "written",
        "spoken",
        "rung",
        "driven",
        "broken",
        "forgotten",
        "known",
        "seen",
        "shown",
        "chosen",
        "promised",
    ]
)
_HELPERS = frozenset(
    [
        "can",
        "could",
        "may",
        "would",
        "do",
        "does",
        "did",
        "is",
        "are",
        "should",
        "shall",
        "will",
        "am",
        "was",
        "has",
        "have",
    ]
)
_ASKERS = frozenset(["how", "what", "which", "where", "when", "who", "why"])
_ASKED = frozenset(["i", "you", "we", "it", "that", "there", "the", "my", "this", "they", "he", "she", "your"])
_MONEY = frozenset(
    [
        "pound",
        "pounds",
        "euro",
        "euros",
        "dollar",
        "dollars",
        "buck",
        "bucks",
        "quid",
        "rand",
        "rupees",
        "pesos",
        "grand",
        "cents",
        "pence",
        "fiver",
        "tenner",
        "$",
        "€",
        "£",
    ]
)
_UNITS = frozenset(
    [
        "second",
        "seconds",
        "minute",
        "minutes",
        "min",
        "mins",
        "hour",
        "hours",
        "hr",
        "hrs",
        "day",
        "days",
        "night",
        "nights",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
        "fortnight",
        "weekend",
    ]
)
_COUNTS = frozenset(
    [
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "fifteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "hundred",
        "several",
    ]
)
_ORDINALS = frozenset(
    [
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "2nd",
        "3rd",
        "4th",
        "5th",
        "6th",
        "7th",
        "8th",
        "9th",
        "10th",
    ]
)
_PRAISE = frozenset(
    [
        "lovely",
        "great",
        "brilliant",
        "wonderful",
        "fantastic",
        "perfect",
        "marvellous",
        "charming",
        "super",
        "excellent",
        "amazing",
        "grand",
        "beautiful",
        "smashing",
        "bless",
        "proud",
        "delighted",
        "impressive",
        "wow",
        "congratulations",
        "bravo",
    ]
)


def shape_features(spoken: Spoken) -> dict[str, float]:
    """Measure how a turn is told; empty for a turn without words."""
    words = spoken.words
    values: dict[str, float] = {}
    past = sum(word in PAST or (len(word) > 4 and word.endswith("ed")) for word in words)
    _steps(values, "past", past, 3)
    if len(words) < _SHORT:
        content = Counter(word for word in words if word not in EMPTY_WORDS and len(word) > 2)
        _steps(values, "repeats", sum(count > 1 for count in content.values()), 3)
        pairs = Counter(pair for pair in pairwise(words) if not set(pair) <= EMPTY_WORDS)
        if max(content.values(), default=0) > 2:
            values["repeats.thrice"] = 1.0
        if max(pairs.values(), default=0) > 1:
            values["repeats.pair"] = 1.0
    numbers = {word for word in words if word in _COUNTS or word[0].isdigit()}
    _steps(values, "counts", len(numbers), 2)
    timed = any(word in _UNITS for word in words)
    for name, met in (
        ("counts.order", any(word in _ORDINALS for word in words)),
        ("counts.money", any(word in _MONEY for word in words)),
        ("counts.time", timed),
        # Praise that comes with a count of what it cost is seldom meant.
        ("praise+count", any(word in _PRAISE for word in words) and (timed or bool(numbers))),
        ("ends.asking", any(_asks(one, two) for one, two in pairwise(words[-_TAIL:]))),
    ):
        if met:
            values[name] = 1.0
    return values


def _asks(one: str, two: str) -> bool:
    return one in _ASKERS or (one in _HELPERS and two in _ASKED)


def _steps(values: dict[str, float], name: str, count: int, most: int) -> None:
    for least in range(1, min(count, most) + 1):
        values[f"{name}.{least}"] = 1.0
