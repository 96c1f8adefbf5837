"""How soon and how steadily words came: stamped words, decodes and the truth flow in, latencies flow out.

A word's latency is counted from its true end, a final's from the true end of its last word. It consists of waiting (for
more sound, for a second opinion, for the pause that shows that speech is over), standing in the queue, and computing; a
decode that was ready before it was published cost nothing but waiting.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from sidecar.bench.matching import matched, plain, split
from sidecar.bench.watch import Decode, Stamped
from streams.events import Channel, Hypothesis, Utterance, Word

TURN_GAP_MS = 1_000
"""Silence of one side after which its turn is over."""

_EARLY_MS = 400  # how far before its own beginning an utterance's first word may lie
_AT_ONCE_MS = 30.0  # a final published so soon after its decode waited for that decode, not for the pause


class Final(NamedTuple):
    """A final or a word: how long after its true end it came, and what that time was spent on, ms."""

    at_ms: float
    total_ms: float
    wait_ms: float
    queue_ms: float
    compute_ms: float


class Score(NamedTuple):
    """Latencies in ms of every word and final, and counts."""

    shown: tuple[Final, ...]
    committed: tuple[Final, ...]
    finals: tuple[Final, ...]
    turn_finals_ms: tuple[float, ...]
    words_said: int
    words_lost: int
    words_invented: int
    words_drawn: int
    words_changed: int
    committed_changed: int
    finals_lost: int

    @property
    def shown_ms(self) -> tuple[float, ...]:
        """How long each word took until it was first shown."""
        return tuple(word.total_ms for word in self.shown)

    @property
    def committed_ms(self) -> tuple[float, ...]:
        """How long each word took until it was first committed."""
        return tuple(word.total_ms for word in self.committed)


class _Fate:
    """When one true word was first shown, first committed, and final."""

    def __init__(self, word: Word) -> None:
        self.word = word
        self.shown: Final | None = None
        self.committed: Final | None = None
        self.final_ms: float | None = None

    def see(self, at_ms: float, decode: Decode | None, *, committed: bool, final: bool) -> None:
        if self.shown is None:
            self.shown = _late(at_ms, self.word.end_ms, decode)
        if committed and self.committed is None:
            self.committed = _late(at_ms, self.word.end_ms, decode)
        if final and self.final_ms is None:
            self.final_ms = at_ms


class _Side:
    """One channel's truth and what came out of it."""

    def __init__(self, words: Sequence[Word], decodes: Sequence[Decode]) -> None:
        self.fates = [_Fate(word) for word in words]
        self._texts = [plain(word.text) for word in words]
        self._decodes: dict[int, list[Decode]] = {}
        for decode in sorted(decodes, key=lambda decode: decode.ended_ms):
            self._decodes.setdefault(decode.job.utterance, []).append(decode)
        self._settled = 0  # words before this one are in a final
        self._utterance = -1
        self._drawn: list[str] = []
        self._stable: list[str] = []
        self.finals: list[Final] = []
        self.numbers: set[int] = set()
        self.invented = self.drawn = self.changed = self.committed_changed = 0

    def take(self, stamped: Stamped) -> None:
        event = stamped.event
        if isinstance(event, Hypothesis):
            stable = split(event.stable)
            self._steadiness(event.utterance, [*stable, *split(event.tail)], stable)
            self._match(stamped, [*stable, *split(event.tail)], len(stable))
            return
        words = split(event.text)
        self._steadiness(event.utterance, words, [])
        self.numbers.add(event.utterance)
        found = self._match(stamped, words, len(words))
        if found:
            self._settled = found[-1] + 1
            self.finals.append(_late(stamped.at_ms, self.fates[found[-1]].word.end_ms, self._behind(stamped)))
        elif not any(
            event.started_ms <= fate.word.end_ms and fate.word.start_ms <= event.ended_ms for fate in self.fates
        ):
            self.invented += len(words)

    def _match(self, stamped: Stamped, words: list[str], committed: int) -> list[int]:
        event = stamped.event
        first = self._settled
        if isinstance(event, Hypothesis):
            while first < len(self.fates) and self.fates[first].word.end_ms < event.started_ms - _EARLY_MS:
                first += 1
        last = first
        while last < len(self.fates) and self.fates[last].word.start_ms < stamped.at_ms:
            last += 1
        found = []
        decode = self._behind(stamped)
        for place, index in matched(words, self._texts[first:last]):
            self.fates[first + index].see(
                stamped.at_ms, decode, committed=place < committed, final=isinstance(event, Utterance)
            )
            found.append(first + index)
        return found

    def _steadiness(self, utterance: int, words: list[str], stable: list[str]) -> None:
        if utterance != self._utterance:
            self._utterance, self._drawn, self._stable = utterance, [], []
        kept = sum(1 for _ in matched(self._drawn, words))
        self.drawn += len(words) - kept
        self.changed += len(self._drawn) - kept
        if stable:
            same = sum(
                1 for before, now in zip(self._stable, stable, strict=False) if before == now or "•" in (before, now)
            )
            self.committed_changed += len(self._stable) - same
            self._stable = stable
        self._drawn = words

    def _behind(self, stamped: Stamped) -> Decode | None:
        """The decode that words came from: the last one that was over by then, for a final one of the whole."""
        done = self._decodes.get(stamped.event.utterance, [])
        done = done[: bisect_right(done, stamped.at_ms, key=lambda decode: decode.ended_ms)]
        final = isinstance(stamped.event, Utterance)
        return next((decode for decode in reversed(done) if not (final and decode.job.kind.is_partial)), None)


def _late(at_ms: float, said_ms: int, decode: Decode | None) -> Final:
    """What came at `at_ms` by a decode, of what was over at `said_ms`."""
    total_ms = at_ms - said_ms
    if decode is None or at_ms - decode.ended_ms > _AT_ONCE_MS:
        return Final(at_ms, total_ms, total_ms, 0.0, 0.0)
    compute_ms = decode.ended_ms - decode.begun_ms
    queue_ms = max(0.0, decode.begun_ms - decode.job.requested_ms)
    return Final(at_ms, total_ms, total_ms - queue_ms - compute_ms, queue_ms, compute_ms)


def score(
    words: Mapping[Channel, Sequence[Word]],
    stamped: Iterable[Stamped],
    decodes: Sequence[Decode] = (),
    begun: Iterable[tuple[Channel, int]] = (),
) -> Score:
    """Hold what came out against what was said; `begun` are the utterances of which a final was asked."""
    sides = {
        channel: _Side(spoken, [decode for decode in decodes if decode.job.channel == channel])
        for channel, spoken in words.items()
    }
    for one in stamped:
        sides[one.event.channel].take(one)
    fates = [fate for side in sides.values() for fate in side.fates]
    return Score(
        shown=tuple(fate.shown for fate in fates if fate.shown is not None),
        committed=tuple(fate.committed for fate in fates if fate.committed is not None),
        finals=tuple(final for side in sides.values() for final in side.finals),
        turn_finals_ms=tuple(late for side in sides.values() for late in _turns_ms(side.fates)),
        words_said=len(fates),
        words_lost=sum(fate.final_ms is None for fate in fates),
        words_invented=sum(side.invented for side in sides.values()),
        words_drawn=sum(side.drawn for side in sides.values()),
        words_changed=sum(side.changed for side in sides.values()),
        committed_changed=sum(side.committed_changed for side in sides.values()),
        finals_lost=_lost(sides, begun),
    )


def _lost(sides: Mapping[Channel, _Side], begun: Iterable[tuple[Channel, int]]) -> int:
    """Utterances of which a final was asked or whose number was passed over, and of which none came."""
    asked = set(begun)
    for channel, side in sides.items():
        asked |= {(channel, number) for number in range(max(side.numbers, default=-1) + 1)}
    return sum(number not in sides[channel].numbers for channel, number in asked if channel in sides)


def _turns_ms(fates: Sequence[_Fate]) -> list[float]:
    """For every turn, how long after its true end its last known word was final."""
    late: list[float] = []
    turn = 0
    numbered: list[tuple[int, _Fate]] = []
    for before, fate in zip([None, *fates], fates, strict=False):
        if before is not None and fate.word.start_ms - before.word.end_ms >= TURN_GAP_MS:
            turn += 1
        numbered.append((turn, fate))
    for _, members in groupby(numbered, key=lambda pair: pair[0]):
        known = [fate for _, fate in members if fate.final_ms is not None]
        if known and known[-1].final_ms is not None:
            late.append(known[-1].final_ms - known[-1].word.end_ms)
    return late
