"""The empathy ledger: what opened a door for empathy, and whether the agent went through it.

Turns, scores and glimpses flow in; openings with their state come out, and a signal when an answer is due. Every
judgement looks at what the agent said *after the opening in the audio*, also when those words were recognised first.

With a glimpse the trained eye decides: what it is sure of opens at once; what it is less sure of is watched without a
word, and opens only when the agent's next turn has passed it over or answered it; what is a mere hint opens only when
the agent answers it, who heard more than the words, unless a feeling is named in it. Without a glimpse the cue
families decide.
"""

from typing import Protocol

import msgspec

from nudges.attention import Glimpse
from nudges.conversation import Conversation
from nudges.signals import Hit, Opening, OpeningDue, OpeningMoved, Signal, Turn, TurnClosed, TurnGrew
from streams.events import OpeningState, Quote, Strength


class EmpathySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What opens, answers and closes an opening.

    `strong` and `weak` are customer families, `sentiment` the score that opens a weak one; a turn with a strong family
    in it is watched from the probability `named` on, with one of `grave` always; `answers` close it as given,
    `defers` excuse the agent's turns, `formulas` are answers that say nothing specific, `withdraws` close it as not
    needed. An answer is due after so many substantive agent turns, or `due_after_s` after the customer stopped if the
    agent has said something; an opening expires after `expires_s`; for `quiet_s` after an answer no new one opens.
    """

    strong: tuple[str, ...]
    weak: tuple[str, ...]
    sentiment: float
    named: float = 1.0
    grave: tuple[str, ...] = ()
    answers: tuple[str, ...]
    defers: tuple[str, ...]
    formulas: tuple[str, ...]
    withdraws: tuple[str, ...]
    strong_turns: int
    weak_turns: int
    due_after_s: float
    expires_s: float
    quiet_s: float


class Judge(Protocol):
    """Says what a reply made of an opening."""

    def judge(self, opening: str, reply: str) -> OpeningState:
        """Given, bare or missed, by the words of both."""
        ...


class _Watched(msgspec.Struct, frozen=True):
    """What may be an opening, the customer's words and the number of their turn; a hint must be answered to count."""

    opening: Opening
    text: str
    run: int
    hinted: bool


def _together(known: _Watched | None, new: _Watched) -> _Watched:
    """What is watched stays so when the customer goes on unanswered: what comes on top takes nothing back."""
    if known is None:
        return new
    one, two = known.opening, new.opening
    surest = one if one.sure >= two.sure else two
    strength: Strength = "strong" if "strong" in {one.strength, two.strength} else "weak"
    opening = msgspec.structs.replace(surest, strength=strength, ended_ms=max(one.ended_ms, two.ended_ms))
    return _Watched(opening, new.text, new.run, hinted=known.hinted and new.hinted)


class Ledger:
    """The openings of one call; their ids are `prefix` and a number above `first`."""

    def __init__(
        self, prefix: str, first: int, settings: EmpathySettings, conversation: Conversation, judge: Judge | None = None
    ) -> None:
        self._prefix = prefix
        self._first = first
        self._settings = settings
        self._conversation = conversation
        self._judge = judge
        self._substantive = conversation.substantive_words
        self._openings: list[Opening] = []
        self._watched: _Watched | None = None
        self._text = ""
        self._turn = -1
        self._due_told = True
        self._over = True

    @property
    def openings(self) -> tuple[Opening, ...]:
        """All openings so far, oldest first, each as it stands now."""
        return tuple(self._openings)

    @property
    def count(self) -> int:
        """The highest number given to an opening."""
        return self._first + len(self._openings)

    @property
    def waiting(self) -> Opening | None:
        """The opening that still wants an answer; one answered by a formula alone still does."""
        return None if self._over else self._openings[-1]

    def find(self, opening: str) -> Opening | None:
        """The opening of this id."""
        return next((known for known in self._openings if known.opening == opening), None)

    def customer_spoke(self, grew: TurnGrew, score: float | None, glimpse: Glimpse | None = None) -> list[Signal]:
        """Look for an opening, or for its withdrawal, in new words of the customer."""
        settings = self._settings
        run = grew.turn.index if glimpse is None else glimpse.run
        cues = tuple(hit.cue for hit in grew.hits)
        waiting = self.waiting
        if waiting is not None and run != self._turn and any(cue in settings.withdraws for cue in cues):
            # Thanks after a turn that passed it over do not undo that.
            return [self._move(waiting, "missed" if waiting.turns and waiting.state == "open" else "not_needed")]
        strong = [hit for hit in grew.hits if hit.cue in settings.strong]
        weak = [hit for hit in grew.hits if hit.cue in settings.weak]
        hits = strong or weak
        if glimpse is not None:
            return self._glimpsed(grew, glimpse, hits, named=bool(strong))
        strength: Strength = "strong" if strong else "weak"
        if hits:
            found = self._opening(strength, hits[0].quote, hits[0].said_ms, grew)
        elif score is not None and score <= settings.sentiment:
            found = self._opening(strength, grew.piece.text[:64], grew.piece.started_ms, grew)
        else:
            return []
        return self._open(found, grew.turn.text, run)

    def _glimpsed(self, grew: TurnGrew, glimpse: Glimpse, hits: list[Hit], *, named: bool) -> list[Signal]:
        """What the trained eye saw; cue families say that a feeling was `named`, and give it words to quote."""
        # What is named is watched on a mere hint: "four four one nine, I'm fed up" is a number for the most part.
        grave = any(hit.cue in self._settings.grave for hit in hits)
        named_enough = named and (grave or glimpse.opening >= self._settings.named)
        if glimpse.call == "nothing" and not named_enough:
            return []
        quoted = [*glimpse.because, *(Quote(hit.quote, hit.said_ms) for hit in hits)]
        first = quoted[0] if quoted else Quote(grew.piece.text[:64], grew.piece.started_ms)
        found = self._opening("strong" if named else glimpse.strength, first.quote, first.said_ms, grew)
        found = msgspec.structs.replace(found, because=glimpse.because, sure=1.0 if named_enough else glimpse.opening)
        if glimpse.call == "speak":
            self._watched = None
            return self._open(found, glimpse.text, glimpse.run)
        waiting = self.waiting
        repeated = waiting is not None and waiting.turns > 0 and glimpse.run != self._turn
        if repeated or (waiting is None and not self._answered_lately(grew.piece.started_ms)):
            hinted = glimpse.call == "hint" and not named_enough
            self._watched = _together(self._watched, _Watched(found, glimpse.text, glimpse.run, hinted=hinted))
        return []

    def _opening(self, strength: Strength, quote: str, said_ms: int, grew: TurnGrew) -> Opening:
        return Opening("", strength, "open", quote, said_ms, grew.piece.ended_ms)

    def agent_spoke(self) -> list[Signal]:
        """See whether the agent's words so far, stable partial ones included, answer the waiting opening."""
        waiting = self.waiting
        if waiting is None or self._judge is not None:
            return []
        moves = self._conversation.heard((*self._settings.answers, *self._settings.defers), waiting.ended_ms)
        given = [hit for hit in moves if hit.cue in self._settings.answers]
        if not given:
            return []
        answered = msgspec.structs.replace(
            waiting, answered_ms=given[0].said_ms, moves=tuple(dict.fromkeys(hit.cue for hit in moves))
        )
        return [self._move(answered, "given")]

    def agent_closed(self, closed: TurnClosed) -> list[Signal]:
        """Judge a finished turn of the agent."""
        watched = self._watched
        if watched is not None and closed.turn.started_ms >= watched.opening.ended_ms:
            if closed.turn.word_count < self._substantive:
                return []
            # What was watched in silence is passed over now, or answered: either way it was there.
            self._watched = None
            if not watched.hinted or self._outcome(watched.text, closed.turn) != "missed":
                return self._unveil(watched)
        waiting = self.waiting
        if waiting is None or closed.turn.ended_ms <= waiting.ended_ms:
            return []
        return self._judge_turn(waiting, closed.turn)

    def _unveil(self, watched: "_Watched") -> list[Signal]:
        waiting = self.waiting
        signals: list[Signal] = []
        if waiting is not None:
            # They say it again because nothing came: that one was missed, and this is a new one.
            signals += [self._move(waiting, "missed")] if waiting.state == "open" else []
            self._over = True
        self._text = watched.text
        signals += self._announce(watched.opening, watched.run)
        ignored = self.waiting
        if ignored is not None and ignored.state == "open" and ignored.turns and not self._due_told:
            self._due_told = True
            signals.append(OpeningDue(ignored, "passed over", "1 turn"))
        return signals

    def advance(self, now_ms: int) -> list[Signal]:
        """What has become due or expired by now."""
        waiting = self.waiting
        if waiting is None:
            return []
        signals: list[Signal] = []
        due_ms = self._due_at_ms(waiting)
        if (
            not self._due_told
            and now_ms >= due_ms
            and self._words_known(due_ms, now_ms)
            and self._agent_answered(waiting)
        ):
            self._due_told = True
            signals.append(
                OpeningDue(waiting, f"{self._settings.due_after_s:g} s", f"{self._settings.due_after_s:g} s")
            )
        if now_ms >= self._expires_at_ms(waiting):
            self._over = True
            if waiting.state == "open":
                signals.append(self._move(waiting, "missed"))
        return signals

    def wake_ms(self, now_ms: int) -> int | None:
        """When something becomes due or expires."""
        waiting = self.waiting
        if waiting is None:
            return None
        times = [self._expires_at_ms(waiting)]
        if not self._due_told:
            due_ms = self._due_at_ms(waiting)
            times += [due_ms, due_ms + self._conversation.words_wait_ms]
        return min((at_ms for at_ms in times if at_ms > now_ms), default=None)

    def finish(self) -> list[Signal]:
        """The call is over: what the agent had no turn to answer was not needed, the rest was missed."""
        waiting = self.waiting
        if waiting is None or waiting.state == "bare":
            return []
        return [self._move(waiting, "missed" if waiting.turns else "not_needed")]

    def withdraw(self) -> list[Signal]:
        """Take back the waiting opening, as when it turns out that the agent said those words."""
        waiting = self.waiting
        return [] if waiting is None else [self._move(waiting, "not_needed")]

    def _open(self, found: Opening, text: str, run: int) -> list[Signal]:
        waiting = self.waiting
        if waiting is not None and run == self._turn:
            if waiting.strength == "strong" or found.strength == "weak":
                # The customer is still explaining: the answer is due after the last of it.
                self._text = text
                self._openings[-1] = msgspec.structs.replace(
                    waiting, ended_ms=found.ended_ms, sure=max(waiting.sure, found.sure)
                )
                return []
        elif waiting is not None and self._judge is not None and waiting.turns:
            # They say it again because nothing came: that one was missed, and this is a new one.
            missed: list[Signal] = [self._move(waiting, "missed")] if waiting.state == "open" else []
            self._over = True
            self._text = text
            return [*missed, *self._announce(found, run)]
        elif waiting is not None and (waiting.strength == "strong" or found.strength == "weak"):
            return []
        if waiting is None and self._answered_lately(found.said_ms):
            return []
        self._text = text
        return self._announce(found, run)

    def _announce(self, found: Opening, run: int) -> list[Signal]:
        waiting = self.waiting
        number = self.count + (waiting is None)
        opening = msgspec.structs.replace(found, opening=f"{self._prefix}{number}")
        if waiting is None:
            self._openings.append(opening)
        self._turn = run
        self._over, self._due_told = False, False
        signals: list[Signal] = [self._move(opening, "open")]
        # The agent's words may have been recognised before the customer's that they answer.
        signals.extend(self.agent_spoke())
        for turn in self._conversation.closed_turns("A")[-4:]:
            if turn.started_ms >= opening.ended_ms and (current := self.waiting) is not None:
                signals.extend(self._judge_turn(current, turn))
        return signals

    def _judge_turn(self, waiting: Opening, turn: Turn) -> list[Signal]:
        signals: list[Signal] = []
        outcome = self._outcome(self._text, turn)
        enough = self._settings.strong_turns if waiting.strength == "strong" else self._settings.weak_turns
        # An answer that comes later than one turn after it was due is about something else.
        if outcome == "given" and waiting.turns <= enough:
            return [self._move(msgspec.structs.replace(waiting, answered_ms=turn.started_ms), "given")]
        formulas = self._conversation.heard(self._settings.formulas, max(waiting.ended_ms, turn.started_ms))
        formal = any(hit.said_ms <= turn.ended_ms for hit in formulas) if self._judge is None else outcome == "bare"
        if waiting.state == "open" and formal:
            waiting = msgspec.structs.replace(waiting, answered_ms=turn.started_ms)
            signals.append(self._move(waiting, "bare"))
            waiting = self._openings[-1]
        if turn.word_count < self._substantive:
            return signals
        excused = bool(self._conversation.heard(self._settings.defers, waiting.ended_ms))
        waiting = msgspec.structs.replace(waiting, turns=waiting.turns + (not excused))
        self._openings[-1] = waiting
        if not self._due_told and waiting.state == "open" and waiting.turns >= enough:
            self._due_told = True
            plural = "s" if waiting.turns > 1 else ""
            signals.append(OpeningDue(waiting, f"{waiting.turns} turn{plural} without it", f"{enough}"))
        return signals

    def _outcome(self, text: str, turn: Turn) -> OpeningState:
        return self._judge.judge(text, turn.text) if self._judge is not None else "missed"

    def _move(self, opening: Opening, state: OpeningState) -> OpeningMoved:
        self._openings[-1] = msgspec.structs.replace(opening, state=state)
        self._over = state not in {"open", "bare"}
        return OpeningMoved(self._openings[-1])

    def _answered_lately(self, at_ms: int) -> bool:
        last = self._openings[-1] if self._openings else None
        if last is None or last.state != "given" or last.answered_ms is None:
            return False
        return at_ms - last.answered_ms < self._settings.quiet_s * 1000

    def _agent_answered(self, waiting: Opening) -> bool:
        """Whether the agent has said something since, none of which excuses the wait."""
        if waiting.state != "open" or self._conversation.heard(self._settings.defers, waiting.ended_ms):
            return False
        return self._conversation.words_after("A", waiting.ended_ms) >= self._substantive

    def _words_known(self, until_ms: int, now_ms: int) -> bool:
        known_ms = self._conversation.known_until("A", now_ms)
        return known_ms >= until_ms or now_ms >= until_ms + self._conversation.words_wait_ms

    def _due_at_ms(self, waiting: Opening) -> int:
        return waiting.ended_ms + round(self._settings.due_after_s * 1000)

    def _expires_at_ms(self, waiting: Opening) -> int:
        return waiting.ended_ms + round(self._settings.expires_s * 1000)
