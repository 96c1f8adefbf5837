"""The ledger, driven through a real conversation so that its answers stand where they were said."""

from typing import Any

import msgspec
import pytest

from nudges.conversation import Conversation
from nudges.cues import CueBook
from nudges.empathy import EmpathySettings, Ledger
from nudges.rulepack import Pack
from nudges.signals import OpeningDue, OpeningMoved, Signal, TurnClosed, TurnGrew
from tests.nudges.saying import ends, partly, says, starts

STRONG = "I'm really frustrated about this"
WEAK = "I've been waiting for three weeks"
PROCEDURE = "can you confirm your account number please"
EMPATHY = "I'm so sorry you've had to wait"
FORMULA = "I'm sorry for the inconvenience"


def _patient(pack: Pack) -> EmpathySettings:
    """Two turns for a weak opening, so that it is told apart from a strong one."""
    return msgspec.structs.replace(pack.empathy, weak_turns=2)


class Call:
    """A conversation with its ledger, fed as the coach feeds them."""

    def __init__(self, pack: Pack, book: CueBook) -> None:
        self.conversation = Conversation(pack.conversation, book)
        self.ledger = Ledger("c-o", 0, _patient(pack), self.conversation)
        self.heard: list[Signal] = []
        self._numbers = {"A": 0, "C": 0}

    def says(self, side: Any, start_ms: int, end_ms: int, text: str, score: float | None = None) -> list[Signal]:
        channel = "agent" if side == "A" else "customer"
        event = says(channel, start_ms, end_ms, text, number=self._numbers[side])
        self._numbers[side] += 1
        return self._pass_on(self.conversation.utterance(side, event), end_ms, score)

    def at(self, now_ms: int) -> list[Signal]:
        found = self._pass_on(self.conversation.advance(now_ms), now_ms, None)
        own = self.ledger.advance(now_ms)
        self.heard += own
        return found + own

    def _pass_on(self, signals: list[Signal], now_ms: int, score: float | None) -> list[Signal]:
        found: list[Signal] = []
        for signal in signals:
            if isinstance(signal, TurnGrew) and signal.turn.side == "C":
                found += self.ledger.customer_spoke(signal, score)
            elif isinstance(signal, TurnGrew):
                found += self.ledger.agent_spoke()
            elif isinstance(signal, TurnClosed) and signal.turn.side == "A":
                found += self.ledger.agent_closed(signal)
        self.heard += found
        return found

    @property
    def states(self) -> list[str]:
        return [opening.state for opening in self.ledger.openings]


@pytest.fixture
def call(pack: Pack, book: CueBook) -> Call:
    return Call(pack, book)


def due(signals: list[Signal]) -> list[OpeningDue]:
    return [signal for signal in signals if isinstance(signal, OpeningDue)]


def test_a_strong_opening_is_due_after_one_turn(call: Call) -> None:
    (moved,) = call.says("C", 0, 3000, STRONG)
    assert isinstance(moved, OpeningMoved)
    assert (moved.opening.opening, moved.opening.strength, moved.opening.state) == ("c-o1", "strong", "open")

    call.says("A", 4000, 6000, PROCEDURE)
    assert due(call.at(6699)) == []
    (signal,) = due(call.at(6700))
    assert signal.measured == "1 turn without it"
    assert call.ledger.wake_ms(6700) == 63_000


def test_a_weak_opening_is_due_after_two(call: Call) -> None:
    call.says("C", 0, 3000, WEAK)
    call.says("A", 4000, 5000, PROCEDURE)
    assert due(call.at(5700)) == []
    call.says("A", 6000, 7000, PROCEDURE)
    (signal,) = due(call.at(7700))
    assert signal.measured == "2 turns without it"
    assert due(call.at(30_000)) == []


def test_short_turns_are_no_answer(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.says("A", 4000, 4500, "okay right")
    assert due(call.at(14_000)) == []
    assert due(call.at(18_000)) == []


def test_an_answer_in_time(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    (moved,) = call.says("A", 4000, 6000, EMPATHY)
    assert isinstance(moved, OpeningMoved)
    assert moved.opening.state == "given"
    assert moved.opening.answered_ms == 4000
    assert moved.opening.moves[0] == "A.ack_emotion"
    assert call.ledger.waiting is None
    assert call.at(90_000) == []
    assert call.ledger.find("c-o1") == moved.opening
    assert call.ledger.find("c-o2") is None


def test_an_answer_known_from_a_partial(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.conversation.hypothesis("A", partly("agent", 4000, 6000, EMPATHY))
    assert len(call.ledger.agent_spoke()) == 1
    assert call.states == ["given"]


def test_an_answer_recognised_before_what_it_answers(call: Call) -> None:
    call.says("A", 4000, 6000, EMPATHY)
    opened, given = call.says("C", 0, 3000, STRONG)
    assert isinstance(opened, OpeningMoved)
    assert isinstance(given, OpeningMoved)
    assert (opened.opening.state, given.opening.state) == ("open", "given")


def test_a_procedure_recognised_before_what_it_ignores(call: Call) -> None:
    call.says("A", 4000, 6000, PROCEDURE)
    call.at(6700)
    signals = call.says("C", 0, 3000, STRONG)
    assert len(due(signals)) == 1


def test_words_before_the_opening_answer_nothing(call: Call) -> None:
    call.says("A", 0, 2000, EMPATHY)
    call.at(2700)
    call.says("C", 3000, 5000, STRONG)
    assert call.states == ["open"]


def test_a_formula_is_a_bare_answer_that_may_still_become_a_real_one(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.says("A", 4000, 6000, FORMULA)
    call.at(6700)
    assert call.states == ["bare"]
    assert call.ledger.waiting is not None
    call.says("A", 8000, 9000, EMPATHY)
    assert call.states == ["given"]


def test_a_bare_answer_stays_bare(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.says("A", 4000, 6000, FORMULA)
    call.at(6700)
    call.says("A", 8000, 9000, FORMULA)
    call.at(9700)
    assert call.at(63_000) == []
    assert call.states == ["bare"]
    assert call.ledger.finish() == []


def test_a_short_formula(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.says("A", 4000, 5000, "sorry")
    call.at(5700)
    assert call.states == ["bare"]


def test_it_expires(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    assert call.ledger.wake_ms(3000) == 18_000
    assert call.ledger.wake_ms(20_000) == 21_000
    assert call.ledger.wake_ms(21_000) == 63_000
    call.at(63_000)
    assert call.states == ["missed"]
    assert call.ledger.wake_ms(63_000) is None


def test_due_by_time_once_the_agent_has_said_something(call: Call) -> None:
    call.says("C", 0, 3000, WEAK)
    call.says("A", 4000, 6000, PROCEDURE)
    call.at(6700)
    assert due(call.at(17_999)) == []
    (signal,) = due(call.at(18_000))
    assert (signal.measured, signal.threshold) == ("15 s", "15 s")


def test_due_by_time_waits_for_words_not_yet_known(call: Call) -> None:
    call.says("C", 0, 3000, WEAK)
    call.says("A", 4000, 6000, PROCEDURE)
    call.at(6700)
    call.conversation.edge("A", starts("agent", 15_000))
    call.conversation.edge("A", ends("agent", 15_000, 17_500))
    assert due(call.at(18_000)) == []
    assert due(call.at(20_999)) == []
    assert len(due(call.at(21_000))) == 1


def test_due_by_time_is_dropped_when_the_late_words_answer(call: Call) -> None:
    call.says("C", 0, 3000, WEAK)
    call.says("A", 4000, 6000, PROCEDURE)
    call.at(6700)
    call.conversation.edge("A", starts("agent", 15_000))
    call.conversation.edge("A", ends("agent", 15_000, 17_500))
    assert due(call.at(18_000)) == []
    call.says("A", 15_000, 17_500, EMPATHY)
    assert due(call.at(21_000)) == []
    assert call.states == ["given"]


def test_a_question_about_it_excuses_the_wait(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.says("A", 4000, 6000, "tell me more about what happened there")
    call.at(6700)
    assert due(call.at(18_000)) == []
    assert call.states == ["open"]


def test_the_customer_goes_on_explaining(call: Call) -> None:
    call.says("C", 0, 3000, WEAK)
    assert call.says("C", 3300, 9000, "and nobody ever called me back") == []
    waiting = call.ledger.waiting
    assert waiting is not None
    assert waiting.ended_ms == 9000


def test_the_same_complaint_in_a_later_turn_opens_nothing_new(call: Call) -> None:
    call.says("C", 0, 3000, WEAK)
    assert call.says("C", 9000, 12_000, WEAK) == []
    assert call.ledger.count == 1


def test_a_feeling_makes_a_weak_opening_strong(call: Call) -> None:
    call.says("C", 0, 3000, WEAK)
    (moved,) = call.says("C", 9000, 12_000, STRONG)
    assert isinstance(moved, OpeningMoved)
    assert (moved.opening.opening, moved.opening.strength) == ("c-o1", "strong")


def test_right_after_an_answer_no_new_one_opens(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.says("A", 4000, 6000, EMPATHY)
    assert call.says("C", 7000, 9000, STRONG) == []
    call.says("C", 30_000, 32_000, STRONG)
    assert call.states == ["given", "open"]


def test_after_a_missed_one_a_new_one_opens_at_once(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.at(63_000)
    call.says("C", 64_000, 66_000, STRONG)
    assert call.states == ["missed", "open"]


def test_a_bad_score_opens_a_weak_one(call: Call) -> None:
    (moved,) = call.says("C", 0, 3000, "it is all so dark and cold here", -0.6)
    assert isinstance(moved, OpeningMoved)
    assert moved.opening.strength == "weak"
    assert call.says("C", 80_000, 83_000, "it is a parcel from the shop", -0.1) == []
    assert call.says("C", 90_000, 93_000, "it is a parcel from the shop", None) == []


def test_the_customer_waves_it_away(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.says("C", 3300, 5000, "it's fine")
    assert call.states == ["open"]
    call.says("C", 9000, 11_000, "don't worry about it")
    assert call.states == ["not_needed"]


def test_the_call_ends_before_the_agent_could(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.ledger.finish()
    assert call.states == ["not_needed"]
    assert call.ledger.finish() == []


def test_the_call_ends_after_the_agent_did_not(call: Call) -> None:
    call.says("C", 0, 3000, STRONG)
    call.says("A", 4000, 6000, PROCEDURE)
    call.at(6700)
    call.ledger.finish()
    assert call.states == ["missed"]


def test_taking_it_back(call: Call) -> None:
    assert call.ledger.withdraw() == []
    call.says("C", 0, 3000, STRONG)
    call.ledger.withdraw()
    assert call.states == ["not_needed"]
