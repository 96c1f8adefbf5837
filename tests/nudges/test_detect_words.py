"""Cues, openings and their answers."""

from typing import Any

import pytest

from nudges.findings import Finding, Memory
from nudges.signals import (
    HeatMoved,
    OpeningDue,
    OpeningMoved,
    TalkedOver,
    TurnClosed,
)
from nudges.situation import Situation
from nudges.triggers import (
    AnsweredWell,
    Heard,
    OpeningIs,
    Unanswered,
)
from streams.events import Quote
from tests.nudges.looking import look, opening, says_agent, says_customer, turn


def test_a_cue_in_new_words(scene: Situation) -> None:
    trigger = Heard(cues=("C.hardship",))
    new = says_customer(scene, 0, 4000, "my husband passed away")

    (found,) = look(scene, trigger, *new)
    assert found.evidence == (Quote("my husband passed away", found.from_ms),)
    assert (found.measured, found.threshold) == ("hardship: once", "once")
    assert look(scene, trigger, *says_customer(scene, 5000, 6000, "hello", 1)) == []
    assert look(scene, trigger, TalkedOver(0, 0, False, False)) == []


def test_a_cue_several_times(scene: Situation) -> None:
    trigger = Heard(cues=("A.sorry",), count=2, within_s=60)
    assert look(scene, trigger, *says_agent(scene, 0, 1000, "sorry")) == []
    (found,) = look(scene, trigger, *says_agent(scene, 9000, 10_000, "sorry", 1))
    assert (found.measured, found.threshold) == ("sorry: 2 times", "2 times in 60 s")
    assert look(scene, trigger, *says_agent(scene, 90_000, 91_000, "sorry", 2)) == []


def test_a_cue_in_several_turns(scene: Situation) -> None:
    trigger = Heard(cues=("A.sorry",), turns=2, within_s=60)
    assert look(scene, trigger, *says_agent(scene, 0, 1000, "sorry sorry sorry")) == []
    assert len(look(scene, trigger, *says_agent(scene, 9000, 10_000, "sorry", 1))) == 1


def test_a_cue_at_the_beginning_of_a_turn(scene: Situation) -> None:
    trigger = Heard(cues=("A.sorry",), early_s=1.5)
    assert len(look(scene, trigger, *says_agent(scene, 0, 9000, "sorry but this is as far as I can go with it"))) == 1
    late = says_agent(scene, 20_000, 29_000, "this is as far as I can go with it I am sorry", 1)
    assert look(scene, trigger, *late) == []


def test_an_answer_is_due(scene: Situation) -> None:
    (found,) = look(scene, Unanswered(), OpeningDue(opening(), "1 turn", "1"))
    assert found == Finding(
        from_ms=900,
        until_ms=1000,
        measured="1 turn",
        threshold="1",
        evidence=(Quote("so frustrated", 900),),
        opening="c-o1",
    )
    assert look(scene, Unanswered(strength=("weak",)), OpeningDue(opening(), "1 turn", "1")) == []


@pytest.mark.parametrize(("sure", "found"), [(0.6, 1), (0.59, 0)])
def test_an_answer_is_due_where_it_is_sure_that_something_opened(scene: Situation, sure: float, found: int) -> None:
    assert len(look(scene, Unanswered(sure=0.6), OpeningDue(opening(sure=sure), "1 turn", "1"))) == found


def test_an_opening_comes_into_a_state(scene: Situation) -> None:
    trigger = OpeningIs(state="bare", strength=("strong",))
    assert len(look(scene, trigger, OpeningMoved(opening(state="bare")))) == 1
    assert look(scene, trigger, OpeningMoved(opening(state="given"))) == []
    assert look(scene, trigger, OpeningMoved(opening(state="bare", strength="weak"))) == []
    assert look(scene, trigger, HeatMoved(1, 0, 1)) == []


GOOD = "I'm so sorry you've had to wait, you have been waiting three weeks"

WELL = AnsweredWell(strength=("strong",), moves=("A.ack_emotion", "A.validate_specific"))


def given(**changes: Any) -> OpeningMoved:
    return OpeningMoved(opening(state="given", answered_ms=2000, **changes))


def test_a_good_first_answer_is_judged_when_its_turn_is_over(scene: Situation) -> None:
    memory = Memory()
    assert look(scene, WELL, given(), *says_agent(scene, 2000, 5000, GOOD), memory=memory) == []
    closed = scene.conversation.finish()
    assert look(scene, WELL, TurnClosed(turn("A", 0, 900, "hello")), memory=memory) == []
    (found,) = look(scene, WELL, *closed, memory=memory)
    assert found.measured == "ack emotion, validate specific in the first answer"
    assert len(found.evidence) == 2
    assert look(scene, WELL, *closed, memory=memory) == []


def test_an_answer_that_is_not_good_enough(scene: Situation) -> None:
    says_agent(scene, 2000, 5000, "that must be really stressful for you")
    closed = scene.conversation.finish()
    assert look(scene, WELL, given(), *closed) == []
    assert look(scene, WELL, given(turns=1), *closed) == []
    assert look(scene, WELL, given(strength="weak"), *closed) == []
    assert look(scene, WELL, OpeningMoved(opening()), *closed) == []
    assert look(scene, WELL, given(), TurnClosed(turn("C", 2000, 5000, GOOD))) == []
