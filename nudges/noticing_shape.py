"""How a turn is told, whatever its words: `Spoken -> shape_features -> values`.

People who are worn down tell a story in the past, count, and say the same word again ("process, process"); people who
want something end on a request. None of it needs a list of topics, so it travels from one trade to another.
"""

from collections import Counter
from itertools import pairwise

from nudges.families import EMPTY_WORDS
from nudges.lexicon import (
    COUNTS,
    MONEY,
    ORDINALS,
    PAST,
    PRAISE,
    UNITS,
    is_asking,
)
from nudges.spoken_words import Spoken

_TAIL = 11  # words at the end of a turn in which the request stands that it leads to
_SHORT = 30  # words up to which saying a word again tells something; a longer turn repeats its topic anyway


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
    numbers = {word for word in words if word in COUNTS or word[0].isdigit()}
    _steps(values, "counts", len(numbers), 2)
    timed = any(word in UNITS for word in words)
    for name, met in (
        ("counts.order", any(word in ORDINALS for word in words)),
        ("counts.money", any(word in MONEY for word in words)),
        ("counts.time", timed),
        # Praise that comes with a count of what it cost is seldom meant.
        ("praise+count", any(word in PRAISE for word in words) and (timed or bool(numbers))),
        ("ends.asking", is_asking(words[-_TAIL:])),
    ):
        if met:
            values[name] = 1.0
    return values


def _steps(values: dict[str, float], name: str, count: int, most: int) -> None:
    for least in range(1, min(count, most) + 1):
        values[f"{name}.{least}"] = 1.0
