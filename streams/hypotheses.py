"""What is heard so far of one utterance: passes over its growing sound flow in, a stable prefix and a tail flow out.

A word becomes stable when two passes in a row agree on it, or when it ends well before the edge of what was heard
and the aligner is sure of it. Stable words are never taken back.

Not every pass goes through the aligner. Words of one that did not have a probability of 0 and guessed times: they are
shown and agreed on like others, but sound is never cut by them.
"""

from collections.abc import Sequence

from streams.engine import Transcription
from streams.events import Word

EDGE_MS = 500
EDGE_P = 0.6

_CLOSING = (".", "…", "?", "!", ",")
_PROMPT_WORDS = 16
_LONGEST_OVERLAP = 5
_OVERLAP_MS = 200
_KEPT_AFTER_TRIM_MS = 800
_GAP_MS = 100  # less than a short pause between two words is within the aligner's error


def timed_words(heard: Transcription, started_ms: int, ended_ms: int) -> tuple[Word, ...]:
    """The words of a decode; where it has text without times, they are spread over the span, and nothing is sure."""
    if heard.words:
        return heard.words
    texts = heard.text.split()
    letters = sum(len(text) for text in texts)
    words: list[Word] = []
    done = 0
    for text in texts:
        start_ms = started_ms + (ended_ms - started_ms) * done // letters
        done += len(text)
        end_ms = started_ms + (ended_ms - started_ms) * done // letters
        words.append(Word(text, start_ms, end_ms, 0.0))
    return tuple(words)


class HypothesisTracker:
    """Agreement between successive passes over one utterance, and where the next pass should begin."""

    def __init__(self, started_ms: int) -> None:
        self._from_ms = started_ms
        self._stable: list[Word] = []
        # Words before this index lie before `_from_ms` and are not decoded again.
        self._trimmed = 0
        self._tail: tuple[Word, ...] = ()
        # How the latest pass closed its last word; said of the words so far, but not settled.
        self._closing = ""
        self._until_ms = started_ms
        # Whether the latest pass had words with times.
        self._timed = False

    @property
    def stable(self) -> str:
        """The words that will not change before the final."""
        return _text(self._stable)

    @property
    def tail(self) -> str:
        """The words that may still change."""
        return _text(self._tail)

    @property
    def text(self) -> str:
        """All words so far, as the latest pass closed them."""
        return _text((*self._stable, *self._tail)) + self._closing

    @property
    def stable_until_ms(self) -> int:
        """Where the last stable word ends; 0 while there is none."""
        return max((word.end_ms for word in self._stable), default=0)

    @property
    def heard_until_ms(self) -> int:
        """How far the latest pass reached."""
        return self._until_ms

    @property
    def next_from_ms(self) -> int:
        """Where the next pass should begin."""
        return self._from_ms

    def said_until(self, at_ms: int) -> str:
        """The last stable words that were over by a point of the media clock: what a cut there leaves behind."""
        return _text([word for word in self._stable if word.end_ms <= at_ms][-_PROMPT_WORDS:])

    def feed(self, words: Sequence[Word], from_ms: int, until_ms: int) -> None:
        """Take one pass over the sound between two points of the media clock; one that reaches less far is ignored."""
        if until_ms < self._until_ms:
            return
        fresh = self._beyond_stable(words, from_ms)
        sure = max(_agreeing(fresh, self._tail), _clear_of_edge(fresh, until_ms))
        settled = list(fresh[:sure])
        if settled and sure == len(fresh):
            # The end of a sentence is guessed from the end of the sound; more words may follow.
            last = settled[-1]
            settled[-1] = Word(_open(last.text), last.start_ms, last.end_ms, last.p)
        self._stable += settled
        self._tail = tuple(fresh[sure:])
        self._closing = ""
        if self._stable and words and not self._tail and not self._stable[-1].text.endswith(_CLOSING):
            self._closing = words[-1].text[len(_open(words[-1].text)) :]
        self._until_ms = until_ms
        self._timed = bool(words) and words[-1].p > 0

    @property
    def spoken(self) -> bool:
        """Whether any words were heard."""
        return bool(self._stable or self._tail)

    def worth_timing(self, until_ms: int, limit_ms: int) -> bool:
        """Whether a pass up to `until_ms` should bring times: the span may be trimmed.

        Where the latest pass had times and no gap was found in it, one more word makes little difference.
        """
        due_ms = limit_ms if self._timed else _at_gaps_ms(limit_ms)
        return until_ms - self._from_ms >= due_ms

    def trim(self, limit_ms: int) -> None:
        """Let the next pass begin behind stable words once the span grew to `limit_ms`, at their widest gap.

        At a gap that can be heard it is done sooner.
        """
        span_ms = self._until_ms - self._from_ms
        if span_ms < _at_gaps_ms(limit_ms):
            return
        known = (*self._stable, *self._tail)
        best: tuple[int, int, int] | None = None
        for index in range(self._trimmed + 1, min(len(self._stable), len(known) - 1) + 1):
            before, after = known[index - 1], known[index]
            gap_ms = after.start_ms - before.end_ms
            cut_ms = max(before.end_ms, (before.end_ms + after.start_ms) // 2)
            within = self._from_ms + span_ms // 3 <= cut_ms <= self._until_ms - _KEPT_AFTER_TRIM_MS
            if not (within and before.p and after.p):
                continue
            # Of gaps that can be heard the latest leaves the least to be decoded again.
            if gap_ms >= _GAP_MS:
                best = max(best or (-1, 0, 0), (_GAP_MS, cut_ms, index))
            elif span_ms >= limit_ms:
                best = max(best or (-1, 0, 0), (gap_ms, cut_ms, index))
        if best is not None:
            _, self._from_ms, self._trimmed = best

    def _beyond_stable(self, words: Sequence[Word], from_ms: int) -> Sequence[Word]:
        first = self._trimmed
        if from_ms < self._from_ms:
            first = next((n for n, word in enumerate(self._stable) if _middle(word) >= from_ms), len(self._stable))
        known = [_same(word) for word in self._stable[first:]]
        heard = [_same(word) for word in words]
        if heard[: len(known)] == known:
            self._stable[first:] = map(_retimed, self._stable[first:], words)
            return words[len(known) :]
        if not all(word.p for word in (*self._stable[first:], *words)):
            return words[_likeliest_end(known, heard) :]
        # The pass reads the stable part differently: go by time, then by words said twice at the seam.
        until_ms = self.stable_until_ms
        rest = [word for word in words if _middle(word) > until_ms]
        if rest and rest[0].start_ms <= until_ms + _OVERLAP_MS:
            for length in range(min(_LONGEST_OVERLAP, len(known), len(rest)), 0, -1):
                if [_same(word) for word in rest[:length]] == known[-length:]:
                    return rest[length:]
        return rest


def _at_gaps_ms(limit_ms: int) -> int:
    """How long a span may grow before it is cut where somebody paused."""
    return limit_ms * 2 // 3


def _retimed(word: Word, again: Word) -> Word:
    """A stable word with the times of a later pass, unless those are guessed."""
    return Word(word.text, again.start_ms, again.end_ms, again.p) if again.p else word


def _likeliest_end(known: Sequence[str], heard: Sequence[str]) -> int:
    """How many of the words heard are those that are known, where the pass reads these differently.

    The beginning of `heard` with the smallest edit distance to `known`, of equals the one nearest in length.
    """
    costs = list(range(len(heard) + 1))
    for word in known:
        diagonal, costs[0] = costs[0], costs[0] + 1
        for place, other in enumerate(heard, 1):
            least = min(diagonal + (word != other), costs[place] + 1, costs[place - 1] + 1)
            diagonal, costs[place] = costs[place], least
    return min(range(len(costs)), key=lambda count: (costs[count], abs(count - len(known))))


def _agreeing(fresh: Sequence[Word], previous: Sequence[Word]) -> int:
    count = 0
    for now, before in zip(fresh, previous, strict=False):
        if _same(now) != _same(before):
            break
        count += 1
    return count


def _clear_of_edge(fresh: Sequence[Word], until_ms: int) -> int:
    count = 0
    for word in fresh:
        if word.end_ms > until_ms - EDGE_MS or word.p < EDGE_P:
            break
        count += 1
    return count


def _same(word: Word) -> str:
    """What counts when two words are compared: letters and digits, without case."""
    return "".join(filter(str.isalnum, word.text.casefold())) or word.text


def _open(text: str) -> str:
    """A word without the marks that close a sentence or clause."""
    return text.rstrip("".join(_CLOSING)) or text


def _middle(word: Word) -> int:
    return (word.start_ms + word.end_ms) // 2


def _text(words: Sequence[Word]) -> str:
    return " ".join(text for word in words if (text := word.text.strip()))
