"""The course of one call, as the noticer needs it: `who said what -> NoticingState.feed -> TurnFacts`.

A customer's pieces are joined until the agent takes a turn of more than a nod, because people tell what wears them
down in several breaths and a recogniser cuts them where they breathe. Pure: no clock, only the order of what was said.
"""

from typing import Literal

from nudges.cues import Side
from nudges.families import HEATED
from nudges.moves import Move, MoveBook, Setting, content_of
from nudges.noticing_features import Past, TurnFacts
from nudges.phrases import Phrases
from nudges.spoken_words import split_words

_NOD_WORDS = 2  # an agent's "right" or "mm okay" does not end the customer's turn
_MAX_CHARS = 4000  # of one joined turn; what was said before that has had its chance
_REPEAT = 0.8  # share of content words that makes an agent's line a copy of an earlier one
_REPEAT_WORDS = 5  # content words a line needs before it can be a copy
_KEPT_LINES = 12


class NoticingState:
    """What has happened in this call so far; `feed` returns the facts of the customer's turn as it now stands."""

    def __init__(self, phrases: Phrases, moves: MoveBook | None = None) -> None:
        self._phrases = phrases
        self._moves = moves
        self._agent = ""
        self._customer = ""
        self._agent_lines: list[frozenset[str]] = []
        self._agent_repeats = False
        self._turns = 0
        self._refusals = 0
        self._failed = 0
        self._confused = 0
        self._heated = 0
        self._agent_answered = ""
        self._said: dict[Side, tuple[frozenset[str], ...]] = {"A": (), "C": ()}
        self._answers: tuple[Move, ...] | None = None
        self._past = Past()
        self._looks = (0.0, 0.0)

    def feed(self, who: Literal["customer", "agent"], text: str) -> TurnFacts | None:
        """Take the next piece said; return the customer's joined turn with its context, or None for an agent's."""
        if who == "agent":
            self._hear_agent(text)
            return None
        self._customer = f"{self._customer} {text}".strip()[-_MAX_CHARS:]
        return TurnFacts(
            text=self._customer,
            before=self._agent,
            turn=self._turns,
            refusals=self._refusals,
            failed=self._failed,
            confused=self._confused,
            heated=self._heated,
            agent_repeats=self._agent_repeats,
            does=self._find("C", self._customer, self._agent),
            answers=self._agent_moves(),
            past=self._past,
        )

    def judged(self, opening: float, tension: float) -> None:
        """Be told how the customer's turn was scored as it now stands: later turns are seen in the light of it."""
        self._looks = opening, tension

    def _agent_moves(self) -> tuple[Move, ...]:
        """What the agent's turn before does; it is asked for with every piece of the customer's."""
        if self._answers is None:
            self._answers = self._find("A", self._agent, self._agent_answered)
        return self._answers

    def _find(self, side: Side, text: str, before: str) -> tuple[Move, ...]:
        return self._moves.find(side, text, Setting(before, self._said[side])) if self._moves is not None else ()

    def _hear_agent(self, text: str) -> None:
        spoken = split_words(text)
        if self._customer and len(spoken.words) <= _NOD_WORDS:
            return
        self._answers = None
        if not self._customer:
            self._agent = f"{self._agent} {text}".strip()[-_MAX_CHARS:]
        else:
            self._close_turn()
            self._agent = text[-_MAX_CHARS:]
            self._agent_repeats = False
        if any(hit.family == "refusal" for hit in self._phrases.agent.find(spoken)):
            self._refusals += 1
        line = content_of(spoken)
        if len(line) >= _REPEAT_WORDS:
            self._agent_repeats = self._agent_repeats or any(
                len(line & earlier) >= _REPEAT * len(line) for earlier in self._agent_lines
            )
            self._agent_lines = [*self._agent_lines[1 - _KEPT_LINES :], line]

    def _close_turn(self) -> None:
        spoken = split_words(self._customer)
        found = {hit.family for hit in self._phrases.customer.find(spoken)}
        self._keep("A", content_of(split_words(self._agent)))
        self._keep("C", content_of(spoken))
        self._agent_answered, self._customer = self._customer, ""
        self._past, self._looks = self._past.after(*self._looks), (0.0, 0.0)
        self._turns += 1
        self._failed += "fix_failed" in found
        self._confused += "confusion" in found
        # Heat cools by itself: an earlier heated turn counts for half after the next one, then is forgotten.
        self._heated = min(3, self._heated // 2 + len(found & HEATED))

    def _keep(self, side: Side, content: frozenset[str]) -> None:
        self._said[side] = (*self._said[side][1 - _KEPT_LINES :], content)
