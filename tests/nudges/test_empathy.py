"""The ledger, driven through a real conversation so that its answers stand where they were said."""

from typing import Any

import pytest

from nudges.attention import Glimpse
from nudges.conversation import Conversation
from nudges.cues import CueBook
from nudges.empathy import Ledger
from nudges.rulepack import Pack
from nudges.signals import OpeningDue, OpeningMoved, Signal, TurnClosed, TurnGrew
from streams.events import Quote
from tests.nudges.saying import ends, partly, says, starts

STRONG = "I'm really frustrated about this"
WEAK = "I've been waiting for three weeks"
PROCEDURE = "can you confirm your account number please"
EMPATHY = "I'm so sorry you've had to wait"
FORMULA = "I'm sorry for the inconvenience"


class Call:
    """A conversation with its ledger, fed as the coach feeds them."""

    def __init__(self, pack: Pack, book: CueBook) -> None:
        self.conversation = Conversation(pack.conversation, book)
        self.ledger = Ledger("c-o", 0, pack.empathy, self.conversation)
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


# --- with the trained eye ---------------------------------------------------------------------------------------------


class Words:
    """Judges a reply by its first word."""

    def judge(self, opening: str, reply: str) -> Any:
        assert opening
        word = reply.split(maxsplit=1)[0]
        return word if word in {"given", "bare"} else "missed"


class Seen:
    """A conversation whose openings are seen by an eye that is told what to see."""

    def __init__(self, pack: Pack, book: CueBook) -> None:
        self.conversation = Conversation(pack.conversation, book)
        self.ledger = Ledger("c-o", 0, pack.empathy, self.conversation, Words())
        self._numbers = {"A": 0, "C": 0}

    def hears(
        self, start_ms: int, call: Any, run: int = 0, strength: Any = "weak", text: str = "so it goes"
    ) -> list[str]:
        event = says("customer", start_ms, start_ms + 3000, text, number=self._numbers["C"])
        self._numbers["C"] += 1
        glimpse = Glimpse(
            run=run,
            text=text,
            call=call,
            strength=strength,
            tension=0.0,
            tense_at=0.5,
            because=(Quote("it goes", start_ms + 500),),
            tense_because=(),
        )
        grown = [one for one in self.conversation.utterance("C", event) if isinstance(one, TurnGrew)]
        return told([out for grew in grown for out in self.ledger.customer_spoke(grew, None, glimpse)])

    def answers(self, start_ms: int, text: str) -> list[str]:
        event = says("agent", start_ms, start_ms + 3000, text, number=self._numbers["A"])
        self._numbers["A"] += 1
        out: list[Signal] = []
        for signal in (*self.conversation.utterance("A", event), *self.conversation.advance(start_ms + 3700)):
            if isinstance(signal, TurnClosed) and signal.turn.side == "A":
                out += self.ledger.agent_closed(signal)
            elif isinstance(signal, TurnGrew):
                out += self.ledger.agent_spoke()
        return told(out)


def told(signals: list[Signal]) -> list[str]:
    return [
        f"{one.opening.opening} {one.opening.state}" if isinstance(one, OpeningMoved) else "due"
        for one in signals
        if isinstance(one, OpeningMoved | OpeningDue)
    ]


@pytest.fixture
def seen(pack: Pack, book: CueBook) -> Seen:
    return Seen(pack, book)


def test_what_is_sure_opens_at_once_and_quotes_what_weighed_most(seen: Seen) -> None:
    assert seen.hears(0, "nothing") == []
    assert seen.hears(4000, "speak") == ["c-o1 open"]
    (opening,) = seen.ledger.openings
    assert (opening.quote, opening.said_ms, opening.strength) == ("it goes", 4500, "weak")
    assert opening.because == (Quote("it goes", 4500),)


def test_a_feeling_that_is_named_is_strong(seen: Seen) -> None:
    seen.hears(0, "speak", text=STRONG)
    assert seen.ledger.openings[0].strength == "strong"


@pytest.mark.parametrize(("word", "states"), [("given", ["c-o1 given"]), ("bare", ["c-o1 bare"]), ("so", [])])
def test_the_judge_says_what_an_answer_was(seen: Seen, word: str, states: list[str]) -> None:
    seen.hears(0, "speak")
    assert seen.answers(4000, f"{word} and this is what I say") == states


def test_cues_alone_are_no_answer_where_there_is_a_judge(seen: Seen) -> None:
    seen.hears(0, "speak")
    assert "c-o1 given" not in seen.answers(4000, f"well {EMPATHY}")


def test_what_is_less_sure_opens_when_it_was_passed_over(seen: Seen) -> None:
    assert seen.hears(0, "watch") == []
    assert seen.ledger.waiting is None
    assert seen.answers(4000, "mm right") == []
    assert seen.answers(8000, "can you confirm your account number") == ["c-o1 open", "due"]
    assert seen.answers(15_000, "given and this is what I say") == ["c-o1 given"]


def test_what_is_less_sure_and_answered_counts_as_given(seen: Seen) -> None:
    seen.hears(0, "watch")
    assert seen.answers(4000, "given and this is what I say") == ["c-o1 open", "c-o1 given"]
    assert seen.hears(8000, "watch", run=1) == []
    assert seen.answers(12_000, "can you confirm your account number") == []


def test_a_watch_becomes_sure(seen: Seen) -> None:
    assert seen.hears(0, "watch") == []
    assert seen.hears(3500, "speak") == ["c-o1 open"]
    assert seen.hears(7000, "watch") == []
    assert seen.answers(12_000, "can you confirm your account number") == []


def test_said_again_because_nothing_came(seen: Seen) -> None:
    seen.hears(0, "speak", strength="strong")
    assert seen.answers(4000, "can you confirm your account number") == ["due"]
    assert seen.hears(8000, "speak", run=1) == ["c-o1 missed", "c-o2 open"]
    assert seen.answers(12_000, "bare and nothing more than that") == ["c-o2 bare"]
    assert seen.hears(16_000, "speak", run=2) == ["c-o3 open"]


def test_the_same_turn_goes_on(seen: Seen) -> None:
    seen.hears(0, "speak", strength="strong")
    assert seen.hears(3200, "speak") == []
    assert seen.ledger.openings[0].ended_ms == 6200
    assert seen.hears(6400, "speak", run=0, strength="strong") == []
    assert seen.hears(12_000, "speak", run=1) == []


def test_a_weak_one_that_grows_strong(seen: Seen) -> None:
    seen.hears(0, "speak")
    assert seen.hears(3200, "speak", strength="strong") == ["c-o1 open"]
    assert [opening.strength for opening in seen.ledger.openings] == ["strong"]


def test_after_an_answer_there_is_a_quiet_time(seen: Seen) -> None:
    seen.hears(0, "speak")
    seen.answers(4000, "given and this is what I say")
    assert seen.hears(8000, "speak", run=1) == []
    assert seen.hears(60_000, "speak", run=2) == ["c-o2 open"]
