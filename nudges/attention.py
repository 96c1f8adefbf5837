"""What the trained eye makes of a call as it goes on: pieces of talk flow in, glimpses and judgements flow out.

The bridge between `noticing.py`, which knows text alone, and the ledger and the heat, which know the call. Without
learned numbers in the pack there is no attention, and the cue families decide by themselves.
"""

from typing import Literal, TypeAlias, cast

import msgspec

from nudges.moves import MoveBook
from nudges.noticing import Noticed, Noticer, NoticingModel, Reason
from nudges.noticing_features import TurnFacts
from nudges.signals import Piece
from streams.events import OpeningState, Quote, Strength

Call: TypeAlias = Literal["nothing", "hint", "watch", "speak"]


class ModelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The learned numbers (JSON) and the phrases they weigh (TOML), as texts, and a pack's own thresholds for them.

    `moves` are the numbers (JSON) of what else a turn may do; without them cue families know their expressions alone,
    and the trained eye, which weighs them as well, sees less.
    An opening is told from `speak` on, watched from `watch` on, and from `hint` on if the agent's next turn answers it;
    probabilities.
    """

    numbers: str
    phrases: str
    moves: str = ""
    speak: float | None = None
    watch: float | None = None
    hint: float | None = None


class Glimpse(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer's turn, joined from its pieces, looks like now; `run` counts such turns.

    `call` says what is to be done about an opening in it, `opening` how likely there is one; `because` and
    `tense_because` quote what weighed most.
    """

    run: int
    text: str
    call: Call
    strength: Strength
    opening: float
    tension: float
    because: tuple[Quote, ...]
    tense_because: tuple[Quote, ...]


class Attention:
    """The attention paid to one call."""

    def __init__(self, model: NoticingModel, settings: ModelSettings, moves: MoveBook | None = None) -> None:
        self._noticer = Noticer(model, moves)
        self._state = self._noticer.new_state()
        limits = model.numbers.thresholds
        self._speak = limits.speak if settings.speak is None else settings.speak
        self._watch = limits.watch if settings.watch is None else settings.watch
        self._hint = limits.hint if settings.hint is None else settings.hint
        self._run = -1
        self._pieces: list[Piece] = []

    def hear_agent(self, piece: Piece) -> None:
        """Take in what the agent said."""
        self._state.feed("agent", piece.text)

    def hear_customer(self, piece: Piece) -> Glimpse:
        """Take in what the customer said, and look at the turn that it belongs to."""
        facts = cast("TurnFacts", self._state.feed("customer", piece.text))
        if facts.turn != self._run:
            self._run, self._pieces = facts.turn, []
        self._pieces.append(piece)
        noticed = self._noticer.score(facts)
        self._state.judged(noticed.opening_p, noticed.tension_p)
        return Glimpse(
            run=facts.turn,
            text=facts.text,
            call=self._call(noticed),
            strength=self._noticer.strength(noticed),
            opening=noticed.opening_p,
            tension=noticed.tension_p,
            because=self._quotes(noticed.evidence),
            tense_because=self._quotes(noticed.heat_evidence),
        )

    def judge(self, opening: str, reply: str) -> OpeningState:
        """What a turn of the agent's made of a customer's opening."""
        return self._noticer.judge(opening, reply).outcome

    def _call(self, noticed: Noticed) -> Call:
        if noticed.opening_p >= self._speak:
            return "speak"
        if noticed.opening_p >= self._watch:
            return "watch"
        return "hint" if noticed.opening_p >= self._hint else "nothing"

    def _quotes(self, reasons: tuple[Reason, ...]) -> tuple[Quote, ...]:
        return tuple(Quote(reason.quote, self._said_ms(reason.quote)) for reason in reasons if reason.quote)

    def _said_ms(self, words: str) -> int:
        """When these words were said: within the piece that holds them, in proportion."""
        for piece in reversed(self._pieces):
            at = piece.text.lower().find(words.lower())
            if at >= 0:
                share = at / max(1, len(piece.text))
                return piece.started_ms + round(share * (piece.ended_ms - piece.started_ms))
        return self._pieces[-1].started_ms
