from typing import Any

import pytest

from nudges.checklist import Checklist, ChecklistItem, overdue
from nudges.conversation import Conversation
from nudges.cues import CueBook
from nudges.rulepack import Pack
from nudges.signals import ItemOverdue
from tests.nudges.saying import ends, says, starts


class Call:
    """A conversation and a checklist of one line."""

    def __init__(self, pack: Pack, book: CueBook, **fields: Any) -> None:
        self.conversation = Conversation(pack.conversation, book)
        item = ChecklistItem(**{"id": "x", "label": "the line", "group": "g", **fields})
        self.checklist = Checklist(
            (item, ChecklistItem(id="off", label="", group="g", enabled=False)), self.conversation
        )
        self._numbers = {"agent": 0, "customer": 0}

    def says(self, channel: Any, start_ms: int, end_ms: int, text: str) -> list[str]:
        event = says(channel, start_ms, end_ms, text, number=self._numbers[channel])
        self._numbers[channel] += 1
        self.conversation.utterance("A" if channel == "agent" else "C", event)
        return self.at(end_ms)

    def at(self, now_ms: int) -> list[str]:
        self.conversation.advance(now_ms)
        return [moved.state for moved in self.checklist.advance(now_ms)]


@pytest.fixture
def line(pack: Pack, book: CueBook) -> Any:
    return lambda **fields: Call(pack, book, **fields)


def test_a_line_is_due_and_then_done(line: Any) -> None:
    call = line(cues=("A.recap",))
    assert call.at(0) == ["due"]
    assert call.at(1000) == []
    assert [item.id for item in call.checklist.missing(("g",))] == ["x"]
    assert call.checklist.missing(("h",)) == ()
    assert not call.checklist.done(("x",))
    assert call.says("agent", 1000, 2000, "so just to recap") == ["done"]
    assert call.checklist.done(("x",))
    assert call.checklist.states == {"x": "done"}
    assert call.checklist.missing(("g",)) == ()
    assert call.at(900_000) == []


def test_a_deadline_on_the_clock(line: Any) -> None:
    call = line(cues=("A.recap",), by_s=20)
    assert call.checklist.wake_ms(0) is None
    call.at(0)
    assert call.checklist.wake_ms(0) == 20_000
    assert call.at(19_999) == []
    assert call.at(20_000) == ["overdue"]
    assert call.says("agent", 21_000, 22_000, "so just to recap") == ["done"]


def test_a_deadline_waits_for_words_not_yet_known(line: Any) -> None:
    call = line(cues=("A.recap",), by_s=20)
    call.at(0)
    call.conversation.edge("A", starts("agent", 18_000))
    call.conversation.edge("A", ends("agent", 18_000, 19_500))
    assert call.at(20_000) == []
    assert call.checklist.wake_ms(20_000) == 23_000
    assert call.at(23_000) == ["overdue"]
    assert overdue(call.checklist.advance(24_000)) == []


def test_a_deadline_at_the_end_of_a_turn(line: Any) -> None:
    call = line(cues=("A.greet_name",), turn_words=8)
    call.at(0)
    assert call.says("agent", 0, 1000, "yes hello") == []
    assert call.at(2000) == []
    call.says("agent", 3000, 6000, "and what can I do for you today please")
    assert call.at(6700) == ["overdue"]


def test_a_deadline_that_somebody_sets(line: Any) -> None:
    call = line(cues=("A.recap",), before=("C.accept",))
    call.at(0)
    assert call.says("customer", 0, 1000, "okay go ahead") == ["overdue"]


def test_a_line_that_is_wanted_only_after_something(line: Any) -> None:
    call = line(cues=("A.timeframe",), if_heard=("A.promise",), back_s=5)
    assert call.at(0) == []
    assert call.says("agent", 0, 2000, "they will call you tomorrow") == ["done"]
    assert call.says("agent", 60_000, 62_000, "and they will email you") == ["due"]
    assert call.says("agent", 63_000, 64_000, "within two days") == ["done"]


def test_a_line_that_needs_an_answer(line: Any) -> None:
    call = line(cues=("A.verify",), answered=True)
    call.at(0)
    assert call.says("agent", 0, 3000, "can you confirm your date of birth") == []
    assert call.says("customer", 4000, 6000, "the third of june") == ["done"]


def test_a_line_read_out_in_any_order(line: Any) -> None:
    call = line(line="this call may be recorded for training and quality")
    call.at(0)
    assert call.says("agent", 0, 3000, "this call is for you") == []
    assert call.says("agent", 5000, 9000, "for quality and training the call is recorded") == ["done"]


@pytest.mark.parametrize(("first", "states"), [("agent", ["due"]), ("customer", [])])
def test_a_line_for_those_who_open_the_call(line: Any, first: str, states: list[str]) -> None:
    call = line(cues=("A.recap",), opens=True)
    assert call.at(0) == []
    assert call.says(first, 0, 1000, "hello there") == states
    other = "customer" if first == "agent" else "agent"
    assert call.says(other, 2000, 3000, "hello there") == []


def test_what_rules_are_told(line: Any) -> None:
    call = line(cues=("A.recap",), by_s=20)
    call.at(0)
    assert overdue(call.checklist.advance(20_000)) == [ItemOverdue("x", "the line", "g")]
