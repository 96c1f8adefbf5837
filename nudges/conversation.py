"""What was said by whom: words and speech edges flow in, turns, cues and the phase of the call come out.

This is the read model of the words lane. Everything in it stands where it was *said*, so that it does not matter which
side's words were recognised first.
"""

from bisect import bisect_left, bisect_right, insort_right
from collections.abc import Iterable
from itertools import chain
from operator import attrgetter
from typing import Literal, TypeAlias

import msgspec

from nudges.cues import CueBook, Side, quote_around
from nudges.move_hits import MoveListener
from nudges.moves import MoveBook
from nudges.signals import Hit, Piece, Turn, TurnClosed, TurnGrew
from nudges.watermark import Watermark
from streams.events import Hypothesis, SpeechEnded, SpeechStarted, Utterance

Spoken: TypeAlias = TurnGrew | TurnClosed
Phase: TypeAlias = Literal["opening", "discovery", "resolution", "closing"]

SCAN_BACK = 160
"""How much of a turn's earlier text is looked at again with each new piece, characters: longer than any cue."""


class ConversationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How words become turns.

    Pieces of one side closer than `turn_gap_ms` are one turn; from `substantive_words` on it says something;
    `words_wait_ms` bounds every wait for words; an utterance's last word may end `cover_slack_ms` before its speech.
    A customer's turn of `issue_words` states the issue; the cues named open the later phases.
    """

    turn_gap_ms: int
    substantive_words: int
    words_wait_ms: int
    cover_slack_ms: int
    issue_words: int
    resolution_cues: tuple[str, ...]
    closing_cues: tuple[str, ...]


_started_ms = attrgetter("started_ms")
_ended_ms = attrgetter("ended_ms")
_said_ms = attrgetter("said_ms")


class _Lane:
    """One side: its watermark, its turn in the making, and what was heard so far of the utterance after it."""

    def __init__(self, side: Side, slack_ms: int) -> None:
        self.side: Side = side
        self.watermark = Watermark(slack_ms)
        self.turn: Turn | None = None
        self.turns: list[Turn] = []
        self.words = 0
        self.hits: dict[str, list[Hit]] = {}
        self.provisional: tuple[Hit, ...] = ()
        self.partial = ""
        self.partial_of = -1

    def keep(self, hits: tuple[Hit, ...]) -> None:
        """Remember final hits by family, in the order of their ends."""
        for hit in hits:
            insort_right(self.hits.setdefault(hit.cue, []), hit, key=_ended_ms)


class Conversation:
    """The turns of one call."""

    def __init__(self, settings: ConversationSettings, book: CueBook, moves: MoveBook | None = None) -> None:
        self._settings = settings
        self._book = book
        self._listener = MoveListener(book, moves)
        self._lanes: dict[Side, _Lane] = {
            "A": _Lane("A", settings.cover_slack_ms),
            "C": _Lane("C", settings.cover_slack_ms),
        }
        self.words_wait_ms = settings.words_wait_ms
        self.substantive_words = settings.substantive_words
        self.phase: Phase = "opening"
        self._issue: Turn | None = None

    def use(self, book: CueBook, moves: MoveBook | None = None) -> None:
        """Listen for other cues from here on; what was heard stays heard."""
        self._book = book
        self._listener = MoveListener(book, moves)

    # --- what rules ask -------------------------------------------------------------------------------------------

    def known_until(self, side: Side, now_ms: int) -> int:
        """Everything this side said before this moment is known."""
        return self._lanes[side].watermark.known_until(now_ms)

    def closed_turns(self, side: Side) -> list[Turn]:
        """This side's finished turns, oldest first."""
        return self._lanes[side].turns

    def closed_words(self, side: Side) -> int:
        """How many words this side's finished turns have."""
        return self._lanes[side].words

    def closed_from(self, side: Side, since_ms: int, count: int) -> list[Turn]:
        """This side's first `count` finished turns that began at `since_ms` or later."""
        turns = self._lanes[side].turns
        first = bisect_left(turns, since_ms, key=_started_ms)
        return turns[first : first + count]

    def open_turn(self, side: Side) -> Turn | None:
        """This side's turn in the making."""
        return self._lanes[side].turn

    @property
    def issue_ended_ms(self) -> int | None:
        """When the customer had stated the issue; None before."""
        return self._issue.ended_ms if self._issue else None

    def first_turn(self, side: Side) -> Turn | None:
        """This side's first turn as it stands now."""
        lane = self._lanes[side]
        return lane.turns[0] if lane.turns else lane.turn

    def last_turns(self, side: Side, count: int) -> list[Turn]:
        """This side's newest turns, oldest first, the one in the making as the last."""
        lane = self._lanes[side]
        return [*lane.turns[-count:], *((lane.turn,) if lane.turn is not None else ())][-count:]

    def words_after(self, side: Side, since_ms: int) -> int:
        """How many words this side said in pieces that end after `since_ms`, stable words of a partial included."""
        lane = self._lanes[side]
        turns = self.last_turns(side, 9)
        final = sum(len(piece.text.split()) for turn in turns for piece in turn.pieces if piece.ended_ms > since_ms)
        return final + len(lane.partial.split())

    def heard(self, cues: Iterable[str], since_ms: int) -> list[Hit]:
        """The hits of these families that end after `since_ms`, by time; stable words of a partial count as well."""
        found: list[Hit] = []
        for cue in cues:
            lane = self._lanes["A" if cue.startswith("A") else "C"]
            if (hits := lane.hits.get(cue)) is not None:
                found.extend(hits[bisect_right(hits, since_ms, key=_ended_ms) :])
            found.extend(hit for hit in lane.provisional if hit.ended_ms > since_ms and hit.cue == cue)
        found.sort(key=_said_ms)
        return found

    # --- the flow -------------------------------------------------------------------------------------------------

    def edge(self, side: Side, event: SpeechStarted | SpeechEnded) -> None:
        """Take in a speech edge."""
        self._lanes[side].watermark.feed(event)

    def hypothesis(self, side: Side, event: Hypothesis) -> None:
        """Take in what is stable of an utterance: its cues count as heard, though they start nothing."""
        lane = self._lanes[side]
        lane.watermark.feed(event)
        if not event.stable or (lane.partial_of, lane.partial) == (event.utterance, event.stable):
            return
        lane.partial_of, lane.partial = event.utterance, event.stable
        ended_ms = max(event.stable_until_ms, event.started_ms)
        piece = Piece(event.utterance, event.started_ms, ended_ms, event.stable)
        index = lane.turn.index if lane.turn else len(lane.turns)
        lane.provisional = self._hits(side, index, (piece,), event.stable, 0)
        if side == "A":
            # Nothing is done for what a customer has half said, so their moves can wait for the whole of it.
            turn = Turn(side, index, (*(lane.turn.pieces if lane.turn else ()), piece))
            lane.provisional += self._learned(lane, turn, lane.provisional)

    def utterance(self, side: Side, event: Utterance) -> list[Spoken]:
        """Take in final words; they join this side's turn or begin a new one."""
        lane = self._lanes[side]
        lane.watermark.feed(event)
        if lane.partial_of <= event.utterance:
            lane.provisional, lane.partial = (), ""
        text = " ".join(event.text.split())
        if not text:
            return []
        signals: list[Spoken] = []
        piece = Piece(event.utterance, event.started_ms, event.ended_ms, text, event.words, event.confidence)
        if lane.turn is not None and event.started_ms - lane.turn.ended_ms >= self._settings.turn_gap_ms:
            signals.append(self._close(lane, lane.turn))
        before = lane.turn.pieces if lane.turn is not None else ()
        turn = Turn(side, len(lane.turns), (*before, piece))
        tail, pieces = _tail(turn)
        lane.turn = turn = Turn(side, turn.index, (*_untimed(turn.pieces[: -len(pieces)]), *pieces))
        hits = self._hits(side, turn.index, pieces, tail, len(tail) - len(text))
        hits += self._learned(lane, turn, hits)
        lane.keep(hits)
        self._move_phase(turn, hits)
        signals.append(TurnGrew(turn, piece, hits))
        return signals

    def advance(self, now_ms: int) -> list[Spoken]:
        """The turns that are over by now."""
        return [
            self._close(lane, lane.turn)
            for lane in self._lanes.values()
            if lane.turn is not None and (at_ms := self._close_at_ms(lane, lane.turn)) is not None and at_ms <= now_ms
        ]

    def wake_ms(self, now_ms: int) -> int | None:
        """When the next turn will be over if nothing more is said."""
        times = [
            at_ms
            for lane in self._lanes.values()
            if lane.turn is not None and (at_ms := self._close_at_ms(lane, lane.turn)) is not None and at_ms > now_ms
        ]
        return min(times, default=None)

    def finish(self) -> list[Spoken]:
        """The call is over, and so is every turn."""
        return [self._close(lane, lane.turn) for lane in self._lanes.values() if lane.turn is not None]

    def _close_at_ms(self, lane: _Lane, turn: Turn) -> int | None:
        gap_ms = self._settings.turn_gap_ms
        unheard = lane.watermark.unheard
        if unheard is None:
            return turn.ended_ms + gap_ms
        started_ms, ended_ms = unheard
        if started_ms - turn.ended_ms >= gap_ms:
            return turn.ended_ms + gap_ms
        return None if ended_ms is None else ended_ms + gap_ms + self._settings.words_wait_ms

    def _close(self, lane: _Lane, turn: Turn) -> TurnClosed:
        closed = Turn(turn.side, turn.index, _untimed(turn.pieces))
        lane.turns.append(closed)
        lane.words += closed.word_count
        lane.turn = None
        return TurnClosed(closed)

    def _hits(self, side: Side, index: int, pieces: tuple[Piece, ...], text: str, new_from: int) -> tuple[Hit, ...]:
        return tuple(
            Hit(
                match.cue,
                side,
                quote_around(text, match.start, match.end),
                _ms_at(pieces, match.start),
                _ms_at(pieces, match.end),
                index,
            )
            for match in self._book.find(side, text, new_from)
        )

    def _learned(self, lane: _Lane, turn: Turn, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        other = self._lanes["C" if lane.side == "A" else "A"]
        theirs = chain((other.turn,) if other.turn is not None else (), reversed(other.turns))
        return self._listener.hear(lane.turns, turn, theirs, hits, lane.hits)

    def _move_phase(self, turn: Turn, hits: tuple[Hit, ...]) -> None:
        cues = [hit.cue for hit in hits]
        if self.phase == "opening" and turn.side == "C" and turn.word_count >= self._settings.issue_words:
            self.phase = "discovery"
            self._issue = turn
        elif self._issue is not None and (turn.side, turn.index) == ("C", self._issue.index):
            self._issue = turn
        if self.phase in {"opening", "discovery"} and any(cue in self._settings.resolution_cues for cue in cues):
            self.phase = "resolution"
        if self.phase == "resolution" and any(cue in self._settings.closing_cues for cue in cues):
            self.phase = "closing"


def _tail(turn: Turn) -> tuple[str, tuple[Piece, ...]]:
    pieces: list[Piece] = []
    length = 0
    for piece in reversed(turn.pieces):
        if pieces and length + len(piece.text) > SCAN_BACK + len(turn.pieces[-1].text):
            break
        pieces.insert(0, piece)
        length += len(piece.text) + 1
    return " ".join(piece.text for piece in pieces), tuple(pieces)


def _untimed(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces without the times of their words: no cue is looked for there again, and an hour has ten thousand."""
    return tuple(msgspec.structs.replace(piece, words=()) if piece.words else piece for piece in pieces)


def _ms_at(pieces: tuple[Piece, ...], offset: int) -> int:
    """The media time of a character of the pieces' joined text: by its word's time, else in proportion."""
    for piece in pieces[:-1]:
        if offset <= len(piece.text):
            return _ms_within(piece, offset)
        offset -= len(piece.text) + 1
    return _ms_within(pieces[-1], offset)


def _ms_within(piece: Piece, offset: int) -> int:
    offset = max(0, offset)
    index = len(piece.text[:offset].split())
    if len(piece.words) == len(piece.text.split()):
        at_word_start = offset == 0 or piece.text[offset - 1 : offset] == " "
        if at_word_start and index < len(piece.words):
            return piece.words[index].start_ms
        return piece.words[index - 1].end_ms
    share = offset / max(1, len(piece.text))
    return piece.started_ms + round(share * (piece.ended_ms - piece.started_ms))
