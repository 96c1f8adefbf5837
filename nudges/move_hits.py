"""Learned moves as cues: a side's turn and what it answers flow in, hits of cue families flow out.

People pause in the middle of what they have to say, so the turns of one side are read together until the other side
has said more than a nod. Within such a run a move is heard once, and not where its family's expressions were.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, takewhile
from operator import attrgetter

from nudges.cues import CueBook, Learned, Side, quote_around
from nudges.moves import Move, MoveBook, Setting, content_of
from nudges.signals import Hit, Turn
from nudges.spoken_words import split_words

_NOD_WORDS = 2  # "right" or "mm okay" does not end the other side's run
_RUN_TURNS = 4  # of one run are read together; who talks on longer has said it before
_ANSWERED_TURNS = 5  # of the other side's are read as what a run answers
_EARLIER_TURNS = 12  # of a side are remembered, to know what it says again
_SHORTEST = 2  # words a turn needs to be one
_LONGEST_CHARS = 4000  # of what was said are read, the last ones: more than `split_words` keeps the words of

_started_ms = attrgetter("started_ms")


class MoveListener:
    """Hears the learned moves of one call; without learned numbers it hears nothing."""

    def __init__(self, book: CueBook, moves: MoveBook | None) -> None:
        self._book = book
        self._moves = moves
        self._wanted: dict[Side, tuple[Learned, ...]] = {"C": book.learned("C"), "A": book.learned("A")}
        self._contents: dict[Side, dict[int, frozenset[str]]] = {"C": {}, "A": {}}

    def hear(
        self,
        own: Sequence[Turn],
        turn: Turn,
        theirs: Iterable[Turn],
        hits: Iterable[Hit],
        heard: Mapping[str, Sequence[Hit]],
    ) -> tuple[Hit, ...]:
        """The hits that a turn's moves bring besides `hits`, those of its newest expressions.

        `own` are the closed turns of its side, `theirs` all of the other's, newest first; `heard` is what is kept of
        its side, by family and the newest last. Nothing is kept in here of what was heard, so words that may still
        change can be asked about as well.
        """
        if self._moves is None or turn.word_count < _SHORTEST:
            return ()
        begun, before = _standing(own, turn, theirs)
        new = {hit.cue for hit in hits}
        wanted = [
            one
            for one in self._wanted[turn.side]
            if one.cue not in new and not (one.cue in heard and heard[one.cue][-1].turn >= begun)
        ]
        if not wanted:
            return ()
        first = max(begun, len(own) + 1 - _RUN_TURNS)
        text = _newest(" ".join(said.text for said in (*own[first:], turn)))
        setting = Setting(_newest(before), self._earlier(own, turn.side, first))
        moves = {move.name: move for move in self._moves.find(turn.side, text, setting)}
        made = [(cue, moves[name]) for cue, name, sure in wanted if name in moves and moves[name].sure >= sure]
        return tuple(
            _hit(cue, move, text, turn)
            for cue, move in made
            if not self._book.takes_back(cue, text, move.start, move.end)
        )

    def _earlier(self, own: Sequence[Turn], side: Side, first: int) -> tuple[frozenset[str], ...]:
        """The content of the last turns before a run; read once for each turn, since every piece asks for it."""
        known = self._contents[side]
        self._contents[side] = {
            at: known[at] if at in known else content_of(split_words(_newest(own[at].text)))
            for at in range(max(0, first - _EARLIER_TURNS), first)
        }
        return tuple(self._contents[side].values())


def _standing(own: Sequence[Turn], turn: Turn, theirs: Iterable[Turn]) -> tuple[int, str]:
    """The index of the first turn of the run that a turn ends, and what the other side said before it."""
    said = (other for other in theirs if other.started_ms < turn.ended_ms and other.word_count > _NOD_WORDS)
    newest = next(said, None)
    if newest is None:
        return 0, ""
    begun = bisect_left(own, newest.started_ms, key=_started_ms)
    since_ms = own[begun - 1].started_ms if begun else 0
    more = islice(takewhile(lambda other: other.started_ms >= since_ms, said), _ANSWERED_TURNS - 1)
    return begun, " ".join(other.text for other in reversed([newest, *more]))


def _newest(text: str) -> str:
    return text if len(text) <= _LONGEST_CHARS else text[-_LONGEST_CHARS:].partition(" ")[2]


def _hit(cue: str, move: Move, text: str, turn: Turn) -> Hit:
    """It stands where the turn's newest words are: only with them was it clear."""
    newest = turn.pieces[-1]
    quote = quote_around(text, move.start, move.end)
    return Hit(cue, turn.side, quote, newest.started_ms, newest.ended_ms, turn.index, move.sure)
