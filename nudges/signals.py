"""What the read models tell the rules within one step: facts that have just become true.

Signals flow from conversation, timing, mood, heat and the empathy ledger into the rules, live for one step and are
never stored or sent. All times are on the call's media clock.
"""

from typing import TypeAlias

import msgspec

from nudges.cues import Side
from streams.events import OpeningState, Quote, Strength, Word


class Piece(msgspec.Struct, frozen=True):
    """The final words of one utterance within a turn."""

    utterance: int
    started_ms: int
    ended_ms: int
    text: str
    words: tuple[Word, ...] = ()
    confidence: float = 1.0


class Turn(msgspec.Struct, frozen=True):
    """One side's run of utterances with gaps shorter than the turn gap; `index` counts per side from 0."""

    side: Side
    index: int
    pieces: tuple[Piece, ...]

    @property
    def started_ms(self) -> int:
        """When the first utterance began."""
        return self.pieces[0].started_ms

    @property
    def ended_ms(self) -> int:
        """When the last utterance so far ended."""
        return self.pieces[-1].ended_ms

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def word_count(self) -> int:
        """How many words it has."""
        return sum(len(piece.text.split()) for piece in self.pieces)


class Hit(msgspec.Struct, frozen=True):
    """A cue that was heard: family (`C.waiting`), the words around it, when they were said, in which turn.

    `sure` is the probability of the learned move that stands for it (1 where an expression matched).
    """

    cue: str
    side: Side
    quote: str
    said_ms: int
    ended_ms: int
    turn: int
    sure: float = 1.0


class TurnGrew(msgspec.Struct, frozen=True):
    """New final words joined a turn; `hits` are the cues that the new words brought."""

    turn: Turn
    piece: Piece
    hits: tuple[Hit, ...]


class TurnClosed(msgspec.Struct, frozen=True):
    """A turn is over and all its words are known, or were waited for long enough."""

    turn: Turn


class TalkedOver(msgspec.Struct, frozen=True):
    """The agent competed for the floor while the customer spoke; said again when the overlap becomes long."""

    started_ms: int
    overlap_ms: int
    long: bool
    in_issue: bool


class Replied(msgspec.Struct, frozen=True):
    """The agent took the floor `gap_ms` after the customer's last word (negative: before it)."""

    started_ms: int
    gap_ms: int


class MoodMoved(msgspec.Struct, frozen=True):
    """A customer's utterance was scored."""

    score: float
    smoothed: float


class HeatMoved(msgspec.Struct, frozen=True):
    """The customer's words moved the heat; `streak` counts the customer's turns in a row that raised it."""

    value: float
    before: float
    streak: int


class Opening(msgspec.Struct, frozen=True):
    """An opening for empathy as it stands now.

    `ended_ms` is the end of the words that opened it, `answered_ms` the moment of the agent's answer, `turns` how many
    substantive turns the agent has closed since, `moves` the agent's cues heard in answer, `because` the words that
    weighed most, `sure` the probability that it is one (1 where a cue family said so).
    """

    opening: str
    strength: Strength
    state: OpeningState
    quote: str
    said_ms: int
    ended_ms: int
    answered_ms: int | None = None
    turns: int = 0
    moves: tuple[str, ...] = ()
    because: tuple[Quote, ...] = ()
    sure: float = 1.0


class OpeningMoved(msgspec.Struct, frozen=True):
    """An opening appeared, grew stronger or changed its state."""

    opening: Opening


class OpeningDue(msgspec.Struct, frozen=True):
    """An opening still has no answer, and it is time to say so; `why` is the measured fact."""

    opening: Opening
    measured: str
    threshold: str


class TurnTense(msgspec.Struct, frozen=True):
    """How likely the customer's turn is tense so far; `because` is what weighed most.

    The turn is what they said since the agent last said more than a nod; `run` counts such turns.
    """

    tension: float
    because: tuple[Quote, ...]
    run: int = 0


class ItemOverdue(msgspec.Struct, frozen=True):
    """A line of the checklist was not said in time."""

    item: str
    label: str
    group: str


class CallOver(msgspec.Struct, frozen=True):
    """The call has ended."""


Signal: TypeAlias = (
    TurnGrew
    | TurnClosed
    | TalkedOver
    | Replied
    | MoodMoved
    | HeatMoved
    | OpeningMoved
    | OpeningDue
    | ItemOverdue
    | CallOver
)
