"""The customer's mood: words flow in, a score, a smoothed value and a trend come out.

Only the customer is ever scored. The agent's emotions are nobody's business here, and a lexicon takes good empathy
("that must be so frustrating") for anger.
"""

import re
from functools import lru_cache
from itertools import takewhile
from typing import Any, Protocol, TypeAlias, cast

import msgspec
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from streams.events import Trend

Valences: TypeAlias = tuple[tuple[str, float], ...]
"""Words or expressions with their value on VADER's scale, -4 to 4."""


class SentimentScorer(Protocol):
    """Scores one utterance."""

    def score(self, text: str) -> float:
        """From -1 (as bad as it gets) to 1."""
        ...


class MoodSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How mood is measured.

    `alpha` is the weight of the newest score; utterances below `min_words` say nothing; `neutral_words` are words of
    the trade that a general lexicon takes for feelings, `valences` words whose lexicon value (-4 to 4) is replaced,
    `phrases` expressions that carry a feeling as a whole, which no word of them does; the trend compares the last
    `trend_window_s` with the same time before it and is steady within `trend_step`;
    first and last `arc_window_s` of the call make its arc.
    """

    alpha: float
    min_words: int
    trend_window_s: float
    trend_step: float
    arc_window_s: float
    neutral_words: tuple[str, ...]
    valences: dict[str, float]
    phrases: dict[str, float] = {}


_LEADING_NO = re.compile(r"^\W*(?:(?:no|nope|nah)\b[\s,.!]*)+", re.IGNORECASE)


class VaderScorer:
    """VADER's compound score with leading "no" dropped, the words of the trade made neutral and whole phrases felt."""

    def __init__(self, neutral_words: tuple[str, ...], valences: Valences, phrases: Valences = ()) -> None:
        self._analyser: Any = cast("Any", SentimentIntensityAnalyzer)()
        for word in neutral_words:
            self._analyser.lexicon.pop(word, None)
        self._analyser.lexicon.update(valences)
        # A phrase is put before VADER as one made-up word, so that its own rules for negation and degree hold for it.
        self._phrases = [
            (re.compile(rf"\b(?:{phrase})\b", re.IGNORECASE), f" phrase{number} ")
            for number, (phrase, _) in enumerate(phrases)
        ]
        self._analyser.lexicon.update((f"phrase{number}", valence) for number, (_, valence) in enumerate(phrases))

    def score(self, text: str) -> float:
        """The corrected compound score; 0 for a text that holds nothing but "no"."""
        rest = _LEADING_NO.sub("", text.replace("\u2019", "'"))
        for phrase, word in self._phrases:
            rest = phrase.sub(word, rest)
        return round(float(self._analyser.polarity_scores(rest)["compound"]), 4) if rest else 0.0


@lru_cache(maxsize=8)
def vader(neutral_words: tuple[str, ...], valences: Valences, phrases: Valences = ()) -> VaderScorer:
    """The scorer for these corrections; loading the lexicon takes a tenth of a second, so it is kept."""
    return VaderScorer(neutral_words, valences, phrases)


class MoodLine:
    """The customer's mood over the call."""

    def __init__(self, settings: MoodSettings, scorer: SentimentScorer) -> None:
        self._settings = settings
        self._scorer = scorer
        self._points: list[tuple[int, float, float]] = []
        self.lowest = 0.0
        """The lowest smoothed value so far; 0 before anything was scored."""

    @property
    def smoothed(self) -> float:
        """The smoothed value now; 0 before anything was scored."""
        return self._points[-1][2] if self._points else 0.0

    def hear(self, text: str, said_ms: int) -> float | None:
        """Score one utterance that ended at `said_ms`; None when it is too short to say anything."""
        if len(text.split()) < self._settings.min_words:
            return None
        score = self._scorer.score(text)
        alpha = self._settings.alpha
        smoothed = round(alpha * score + (1 - alpha) * self.smoothed, 4)
        self.lowest = min(self.lowest, smoothed) if self._points else smoothed
        self._points.append((said_ms, score, smoothed))
        return score

    def smoothed_at(self, at_ms: int) -> float:
        """The smoothed value as it stood at `at_ms`."""
        return next((smoothed for said_ms, _, smoothed in reversed(self._points) if said_ms <= at_ms), 0.0)

    def last(self, count: int) -> tuple[float, ...]:
        """The newest `count` smoothed values, oldest first."""
        return tuple(smoothed for _, _, smoothed in self._points[-count:])

    def trend(self) -> Trend:
        """Whether the last window is better or worse than the one before it."""
        if not self._points:
            return "steady"
        end_ms = self._points[-1][0]
        window_ms = round(self._settings.trend_window_s * 1000)
        earlier = self._mean(end_ms - 2 * window_ms, end_ms - window_ms)
        moved = (self._mean(end_ms - window_ms, end_ms) or 0.0) - (earlier or 0.0)
        if abs(moved) < self._settings.trend_step:
            return "steady"
        return "rising" if moved > 0 else "falling"

    def arc(self, ended_ms: int) -> float | None:
        """Half the difference between the call's last and first window; None when either holds no score."""
        window_ms = round(self._settings.arc_window_s * 1000)
        first = self._mean(-1, window_ms)
        last = self._mean(ended_ms - window_ms, ended_ms)
        return None if first is None or last is None else round((last - first) / 2, 4)

    def _mean(self, after_ms: int, until_ms: int) -> float | None:
        # One side's words come in the order in which they were said, so the search ends where the stretch begins.
        later = takewhile(lambda point: point[0] > after_ms, reversed(self._points))
        scores = [score for said_ms, score, _ in later if said_ms <= until_ms]
        return sum(scores) / len(scores) if scores else None
