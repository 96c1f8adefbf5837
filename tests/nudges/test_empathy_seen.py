"""The ledger with a trained eye: what is sure opens at once, what is less sure is watched, a hint wants an answer."""

from typing import Any

import msgspec
import pytest

from nudges.attention import Glimpse
from nudges.conversation import Conversation
from nudges.cues import CueBook
from nudges.empathy import EmpathySettings, Ledger
from nudges.rulepack import Pack
from nudges.signals import OpeningDue, OpeningMoved, Signal, TurnClosed, TurnGrew
from streams.events import Quote
from tests.nudges.saying import says

STRONG = "I'm really frustrated about this"
EMPATHY = "I'm so sorry you've had to wait"


class Words:
    """Judges a reply by its first word."""

    def judge(self, opening: str, reply: str) -> Any:
        assert opening
        word = reply.split(maxsplit=1)[0]
        return word if word in {"given", "bare"} else "missed"


def _patient(pack: Pack) -> EmpathySettings:
    """Two turns for a weak opening, so that it is told apart from a strong one."""
    return msgspec.structs.replace(pack.empathy, weak_turns=2)


class Seen:
    """A conversation whose openings are seen by an eye that is told what to see."""

    def __init__(self, pack: Pack, book: CueBook) -> None:
        self.conversation = Conversation(pack.conversation, book)
        self.ledger = Ledger("c-o", 0, _patient(pack), self.conversation, Words())
        self._numbers = {"A": 0, "C": 0}

    def hears(
        self,
        start_ms: int,
        call: Any,
        run: int = 0,
        strength: Any = "weak",
        text: str = "so it goes",
        sure: float = 0.5,
    ) -> list[str]:
        event = says("customer", start_ms, start_ms + 3000, text, number=self._numbers["C"])
        self._numbers["C"] += 1
        glimpse = Glimpse(
            run=run,
            text=text,
            call=call,
            strength=strength,
            opening=sure,
            tension=0.0,
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


def test_an_opening_is_as_sure_as_the_surest_of_what_was_heard(seen: Seen) -> None:
    for number, sure in enumerate((0.5, 0.7, 0.6)):
        seen.hears(4000 * number, "speak", sure=sure)
    (opening,) = seen.ledger.openings
    assert opening.sure == 0.7


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


def test_a_hint_counts_only_when_the_agent_answers_it(seen: Seen) -> None:
    assert seen.hears(0, "hint") == []
    assert seen.answers(4000, "can you confirm your account number") == []
    assert seen.hears(8000, "hint", run=1) == []
    assert seen.answers(12_000, "bare and nothing more than that") == ["c-o1 open", "c-o1 bare"]


def test_a_feeling_that_is_named_is_watched_on_a_hint(seen: Seen) -> None:
    assert seen.hears(0, "hint", text=f"four four one nine {STRONG}") == []
    assert seen.answers(4000, "can you confirm your account number") == ["c-o1 open", "due"]


def test_what_is_watched_while_another_waits_is_a_new_one(seen: Seen) -> None:
    seen.hears(0, "speak")
    assert seen.hears(3200, "watch", run=1) == []
    assert seen.answers(7000, "can you confirm your account number") == []
    assert seen.hears(11_000, "watch", run=2) == []
    assert seen.answers(15_000, "can you confirm your post code") == ["c-o1 missed", "c-o2 open", "due"]
    assert seen.hears(19_000, "hint", run=3) == []
    assert seen.answers(23_000, "bare and nothing more than that") == ["c-o2 missed", "c-o3 open", "c-o3 bare"]
    assert seen.hears(27_000, "watch", run=4) == []
    assert seen.answers(31_000, "can you confirm your account number") == ["c-o4 open", "due"]


def test_what_is_watched_stays_so_when_they_go_on(seen: Seen) -> None:
    assert seen.hears(0, "hint", text=STRONG, sure=0.2) == []
    assert seen.hears(3200, "hint", text="and that was on the third of may", sure=0.3) == []
    assert seen.answers(7000, "can you confirm your account number") == ["c-o1 open", "due"]
    (opening,) = seen.ledger.openings
    assert (opening.strength, opening.sure, opening.ended_ms) == ("strong", 1.0, 6200)


def test_a_nod_answers_nothing_that_is_watched(seen: Seen) -> None:
    assert seen.hears(0, "hint", text=STRONG, sure=0.2) == []
    assert seen.answers(4000, "mm okay right") == []
    assert seen.hears(8000, "hint", run=1, sure=0.3) == []
    assert seen.answers(12_000, "can you confirm your account number") == ["c-o1 open", "due"]


def test_what_is_surer_later_in_a_turn_is_watched(seen: Seen) -> None:
    assert seen.hears(0, "hint", sure=0.3) == []
    assert seen.hears(3200, "watch", strength="strong", sure=0.35) == []
    assert seen.answers(7000, "can you confirm your account number") == ["c-o1 open", "due"]
    assert (seen.ledger.openings[0].strength, seen.ledger.openings[0].sure) == ("strong", 0.35)


def test_a_hint_in_each_piece_is_still_a_hint(seen: Seen) -> None:
    assert seen.hears(0, "hint") == []
    assert seen.hears(3200, "hint") == []
    assert seen.answers(7000, "can you confirm your account number") == []


def test_a_feeling_that_is_named_needs_no_hint(seen: Seen) -> None:
    assert seen.hears(0, "nothing", text=STRONG, sure=0.04) == []
    assert seen.answers(4000, "can you confirm your account number") == []
    assert seen.hears(8000, "nothing", run=1, text=STRONG, sure=0.05) == []
    assert seen.answers(12_000, "and can you confirm your post code") == ["c-o1 open", "due"]
    assert seen.ledger.openings[0].sure == 1.0


def test_hard_news_is_watched_however_calm_it_looks(seen: Seen) -> None:
    assert seen.hears(0, "nothing", text="my husband passed away in May", sure=0.0) == []
    assert seen.answers(4000, "and which day would you like me to come") == ["c-o1 open", "due"]
    assert (seen.ledger.openings[0].strength, seen.ledger.openings[0].sure) == ("strong", 1.0)


def test_a_hint_that_is_passed_over_leaves_the_waiting_one(seen: Seen) -> None:
    seen.hears(0, "speak")
    seen.answers(4000, "can you confirm your account number")
    seen.hears(8000, "hint", run=1)
    assert seen.answers(12_000, "can you confirm your post code") == ["due"]


def test_an_answer_much_later_is_about_something_else(seen: Seen) -> None:
    seen.hears(0, "speak", strength="strong")
    assert seen.answers(4000, "can you confirm your account number") == ["due"]
    assert seen.answers(8000, "and can you confirm your post code") == []
    assert seen.answers(12_000, "given and this is what I say") == []


def test_thanks_do_not_undo_what_was_passed_over(seen: Seen) -> None:
    seen.hears(0, "speak")
    seen.answers(4000, "can you confirm your account number")
    assert seen.hears(8000, "nothing", run=1, text="okay, thank you so much") == ["c-o1 missed"]
