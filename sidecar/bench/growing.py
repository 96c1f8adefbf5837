"""The usual way's bookkeeping: passes over a growing buffer flow in, words on which two passes agree flow out.

As whisper_streaming does it: words are confirmed once two passes in a row begin alike, and the buffer is cut at the end
of a confirmed segment when it has grown beyond 15 s.
"""

from collections.abc import Sequence

from streams.events import Word

LONGEST_MS = 15_000
"""A buffer that is longer is cut as soon as a segment in it is confirmed."""

_SLACK_MS = 100
_LONGEST_OVERLAP = 5
_PROMPT_LETTERS = 200


class GrowingBuffer:
    """One channel's buffer; times are on the media clock."""

    def __init__(self) -> None:
        self.from_ms = 0
        """Where the buffer begins."""
        self._confirmed: list[Word] = []
        self._pending: list[Word] = []

    @property
    def prompt(self) -> str:
        """The last confirmed words from before the buffer."""
        before = " ".join(word.text for word in self._confirmed if word.end_ms <= self.from_ms)
        return before[-_PROMPT_LETTERS:].partition(" ")[2] if len(before) > _PROMPT_LETTERS else before

    def take(self, words: Sequence[Word], segment_ends_ms: Sequence[int], until_ms: int) -> tuple[Word, ...]:
        """Take a pass over the buffer up to `until_ms` and return the words it confirmed."""
        fresh = self._beyond_confirmed(words)
        agreed = 0
        for before, now in zip(self._pending, fresh, strict=False):
            if before.text != now.text:
                break
            agreed += 1
        confirmed = tuple(fresh[:agreed])
        self._confirmed += confirmed
        self._pending = fresh[agreed:]
        if until_ms - self.from_ms > LONGEST_MS:
            self._cut(segment_ends_ms)
        return confirmed

    def _beyond_confirmed(self, words: Sequence[Word]) -> list[Word]:
        known_ms = self._confirmed[-1].end_ms if self._confirmed else self.from_ms
        fresh = [word for word in words if word.start_ms > known_ms - _SLACK_MS]
        for length in range(1, min(_LONGEST_OVERLAP, len(self._confirmed), len(fresh)) + 1):
            if [word.text for word in self._confirmed[-length:]] == [word.text for word in fresh[:length]]:
                return fresh[length:]
        return fresh

    def _cut(self, segment_ends_ms: Sequence[int]) -> None:
        """Begin behind the last segment but one that is confirmed to its end."""
        known_ms = self._confirmed[-1].end_ms if self._confirmed else self.from_ms
        ends_ms = [end_ms for end_ms in segment_ends_ms[:-1] if self.from_ms < end_ms <= known_ms]
        if ends_ms:
            self.from_ms = ends_ms[-1]
