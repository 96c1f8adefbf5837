"""The course of one call, as the noticer needs it: `who said what -> NoticingState.feed -> TurnFacts`.

A customer's pieces are joined until the agent takes a turn of more than a nod, because people tell what wears them
down in several breaths and a recogniser cuts them where they breathe. Pure: no clock, only the order of what was said.
"""

from typing import Literal

from nudges.families import HEATED
from nudges.noticing_features import TurnFacts, content_words
from nudges.phrases import Phrases
from nudges.spoken_words import split_words

_NOD_WORDS = 2  # an agent's "right" or "mm okay" does not end the customer's turn
_MAX_CHARS = 4000  # of one joined turn; what was said before that has had its chance
_REPEAT = 0.8  # share of content words that makes an agent's line a copy of an earlier one
_REPEAT_WORDS = 5  # content words a line needs before it can be a copy
_KEPT_LINES = 12


class NoticingState:
    """What has happened in this call so far; `feed` returns the facts of the customer's turn as it now stands."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._agent = ""
        self._customer = ""
        self._agent_lines: list[frozenset[str]] = []
        self._agent_repeats = False
        self._turns = 0
        self._refusals = 0
        self._failed = 0
        self._confused = 0
        self._heated = 0

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
        )

    def _hear_agent(self, text: str) -> None:
        spoken = split_words(text)
        if not self._customer:
            self._agent = f"{self._agent} {text}".strip()[-_MAX_CHARS:]
        elif len(spoken.words) <= _NOD_WORDS:
            return
        else:
            self._close_turn()
            self._agent = text[-_MAX_CHARS:]
            self._agent_repeats = False
        if any(hit.family == "refusal" for hit in self._phrases.agent.find(spoken)):
            self._refusals += 1
        line = content_words(spoken)
        if len(line) >= _REPEAT_WORDS:
            self._agent_repeats = self._agent_repeats or any(
                len(line & earlier) >= _REPEAT * len(line) for earlier in self._agent_lines
            )
            self._agent_lines = [*self._agent_lines[1 - _KEPT_LINES :], line]

    def _close_turn(self) -> None:
        found = {hit.family for hit in self._phrases.customer.find(split_words(self._customer))}
        self._customer = ""
        self._turns += 1
        self._failed += "fix_failed" in found
        self._confused += "confusion" in found
        # Heat cools by itself: an earlier heated turn counts for half after the next one, then is forgotten.
        self._heated = min(3, self._heated // 2 + len(found & HEATED))
