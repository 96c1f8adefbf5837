"""How fast the agent speaks: final words with their times flow in, words a minute come out.

Only time filled with words counts, short gaps between them included: a pause is no slow speech. Spelled letters and
digits are left out, which everybody says slowly.
"""

from collections import deque
from itertools import pairwise
from typing import NamedTuple

import msgspec

from nudges.signals import Piece

WORDS_KEPT = 2_000
"""The agent's last words whose times are remembered: ten minutes of talk, longer than any window of a rule."""


class PaceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gap of `pause_ms` or more between two words is a pause; the agent's own pace is that of the first `own_s`."""

    pause_ms: int
    own_s: float


class Rate(NamedTuple):
    """Words a minute over the `words` words said since `from_ms`."""

    wpm: float
    words: int
    from_ms: int


class _Said(NamedTuple):
    start_ms: int
    end_ms: int


class Pace:
    """The agent's pace over one call."""

    def __init__(self, settings: PaceSettings) -> None:
        self._settings = settings
        self._said: deque[_Said] = deque(maxlen=WORDS_KEPT)
        self._own_ms = 0
        self._own_words = 0
        self.own_wpm: float | None = None
        """The pace at which the agent began the call; None before that is known."""

    def hear(self, piece: Piece) -> None:
        """Take in the words of one utterance; without times of their own they share it evenly."""
        texts = piece.text.split()
        if len(piece.words) == len(texts):
            times = [_Said(word.start_ms, word.end_ms) for word in piece.words]
        else:
            each_ms = (piece.ended_ms - piece.started_ms) / len(texts)
            edges = [piece.started_ms + round(each_ms * number) for number in range(len(texts) + 1)]
            times = [_Said(*edge) for edge in pairwise(edges)]
        for said in (said for said, text in zip(times, texts, strict=True) if not _spelled(text)):
            if self.own_wpm is None and self._said:
                self._begin(self._said[-1], said)
            self._said.append(said)

    def rate(self, window_s: float, since_ms: int = -1) -> Rate | None:
        """The pace over the last `window_s` of speech, all of it after `since_ms`; None while there is not so much."""
        spoken_ms = 0
        later: _Said | None = None
        for count, said in enumerate(reversed(self._said), 1):
            if said.start_ms < since_ms:
                return None
            spoken_ms += self._takes_ms(said, later)
            later = said
            if spoken_ms >= window_s * 1000:
                return Rate(60_000 * count / spoken_ms, count, said.start_ms)
        return None

    def _begin(self, before: _Said, said: _Said) -> None:
        """Count the agent's first words, until they are enough to tell the agent's own pace."""
        self._own_words += 1
        self._own_ms += self._takes_ms(before, said)
        if self._own_ms >= self._settings.own_s * 1000:
            self.own_wpm = 60_000 * self._own_words / self._own_ms

    def _takes_ms(self, said: _Said, later: _Said | None) -> int:
        """How long a word takes, with the gap before the next one unless that is a pause."""
        own_ms = max(1, said.end_ms - said.start_ms)
        if later is None:
            return own_ms
        gap_ms = later.start_ms - said.end_ms
        return own_ms + (gap_ms if 0 < gap_ms < self._settings.pause_ms else 0)


def _spelled(text: str) -> bool:
    letters = [char for char in text if char.isalnum()]
    return any(char.isdigit() for char in letters) or (len(letters) < 2 and text.lower() not in {"i", "a"})
