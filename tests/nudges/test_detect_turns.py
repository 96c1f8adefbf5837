"""Whole turns held against each other; each test plays turns and looks after every one of them."""

from typing import Any

import msgspec
import pytest

from nudges.detectors import find, wake_ms
from nudges.findings import Finding, Memory
from nudges.signals import Signal
from nudges.situation import Situation
from nudges.triggers import IntoWait, Repeats, ReplyLacks, SinceIssue, TopicDropped, Trigger, Unclear
from tests.nudges.saying import says

FORM = "the visits are planned by the regional office each monday"


def play(scene: Situation, trigger: Trigger, *turns: tuple[Any, int, int, str]) -> list[Finding]:
    """What a trigger finds in turns, each looked at as it grows and as it closes."""
    memory, found, numbers = Memory(), [], {"A": 0, "C": 0}
    for side, start_s, end_s, text in turns:
        channel: Any = "agent" if side == "A" else "customer"
        event = says(channel, start_s * 1000, end_s * 1000, text, number=numbers[side])
        numbers[side] += 1
        signals: list[Signal] = [*scene.conversation.utterance(side, event)]
        for now_ms, heard in (
            (end_s * 1000, signals),
            (end_s * 1000 + 700, scene.conversation.advance(end_s * 1000 + 700)),
        ):
            scene.now_ms, scene.signals = now_ms, tuple(heard)
            found += find(trigger, scene, memory)
    return found


def test_a_turn_said_again(scene: Situation) -> None:
    trigger = Repeats(side="A", share=0.8, words=5, from_s=2, to_s=60)
    (found,) = play(scene, trigger, ("A", 0, 5, FORM), ("C", 6, 7, FORM), ("A", 8, 12, FORM))
    assert (found.measured, found.threshold, found.text) == ("100 % of the words again", "80 %", FORM)
    assert [quote.said_ms for quote in found.evidence] == [0, 8000]


@pytest.mark.parametrize(
    "turns",
    [
        (("A", 0, 5, FORM), ("A", 100, 105, FORM)),
        (("A", 0, 5, FORM), ("A", 6, 11, FORM)),
        (("A", 0, 5, FORM), ("A", 10, 12, "the regional office")),
        (("A", 0, 5, FORM), ("A", 10, 14, "your engineer arrives thursday between eight and ten")),
        (("A", 0, 9, f"{FORM} {' '.join('abc' + c for c in 'abcdefghijk')}"), ("A", 15, 19, FORM)),
    ],
    ids=["too long ago", "too soon", "too short", "other words", "out of a long turn"],
)
def test_a_turn_that_is_new(scene: Situation, turns: Any) -> None:
    assert play(scene, Repeats(side="A", share=0.8, words=5, from_s=2, to_s=60), *turns) == []


LONG = "the internet drops each evening and then the box shows a red light for an hour"
LACKS = ReplyLacks(words=15, turns=2, cues=("A.instruct",), lacks=("A.paraphrase",))
STEP = "please click on the blue button"


def test_nothing_was_said_back(scene: Situation) -> None:
    turns = (
        ("C", 0, 2, "hello there"),
        ("C", 3, 9, LONG),
        ("A", 10, 11, "okay"),
        ("A", 12, 15, STEP),
        ("C", 16, 17, "done"),
        ("A", 18, 21, "and does the light go out"),
        ("A", 23, 26, STEP),
        ("C", 30, 36, LONG),
        ("A", 37, 39, STEP),
    )
    (found,) = play(scene, LACKS, *turns)
    assert (found.from_ms, found.until_ms) == (9000, 21_000)
    assert found.measured == "instruct, nothing said back"


@pytest.mark.parametrize("second", ["so you're saying it drops each evening", "and what colour is it then"])
def test_something_was_said_back_or_nothing_ordered(scene: Situation, second: str) -> None:
    first = STEP if "saying" in second else "and where does the box stand"
    assert play(scene, LACKS, ("C", 0, 9, LONG), ("A", 10, 13, first), ("A", 15, 18, second)) == []


DROPPED = TopicDropped(cues=("C.second_issue",), turns=2)


def test_a_topic_passed_over(scene: Situation) -> None:
    turns = (
        ("A", 0, 3, "the move is easy to arrange"),
        ("C", 4, 8, "another thing, the invoice had a fee"),
        ("A", 9, 10, "right"),
        ("A", 12, 15, "which floor will you be on"),
        ("A", 17, 20, "and is there a lift there"),
        ("A", 22, 25, "and is there a lift there"),
    )
    (found,) = play(scene, DROPPED, *turns)
    assert (found.from_ms, found.until_ms, found.measured) == (8000, 20_000, "2 turns without it")


def test_a_topic_taken_up(scene: Situation) -> None:
    turns = (
        ("C", 4, 8, "another thing, the invoice had a fee"),
        ("A", 12, 15, "I'll come to the invoice right after"),
        ("A", 17, 20, "and is there a lift there"),
        ("A", 22, 25, "and which floor is it on"),
    )
    assert play(scene, DROPPED, *turns) == []


def test_the_time_since_the_issue(scene: Situation) -> None:
    trigger, memory = SinceIssue(s=60), Memory()
    assert wake_ms(trigger, scene) is None
    scene.conversation.utterance("C", says("customer", 0, 4000, "my boiler has been off for a week now"))
    assert wake_ms(trigger, scene) == 64_000
    scene.conversation.utterance("C", says("customer", 4100, 5000, "and it is cold", number=1))
    assert wake_ms(trigger, scene) == 65_000
    scene.now_ms = 64_999
    assert find(trigger, scene, memory) == []
    scene.now_ms = 65_000
    (found,) = find(trigger, scene, memory)
    assert found.measured == "60 s since they said what is wrong"
    assert find(trigger, scene, memory) == []


WAIT = IntoWait(cues=("C.give_me_time",), turns=2, within_s=6)
SEARCH = ("C", 0, 2, "hang on let me find it")


def test_twice_into_a_search(scene: Situation) -> None:
    turns = (SEARCH, ("A", 4, 6, "it should be in your mail"), ("A", 8, 10, "it begins with two letters"))
    (found,) = play(scene, WAIT, *turns, ("A", 12, 14, "it begins with two letters"))
    assert (found.until_ms, found.measured) == (10_000, "2 times into their search")


@pytest.mark.parametrize(
    "turns",
    [
        (("A", 4, 6, "it should be in your mail"), ("A", 8, 10, "it begins with two letters")),
        (SEARCH, ("A", 4, 6, "it should be in your mail")),
        (SEARCH, ("A", 4, 6, "it should be in your mail"), ("A", 20, 22, "it begins with two letters")),
        (SEARCH, ("A", 4, 5, "mm hm"), ("A", 8, 10, "it begins with two letters")),
        (SEARCH, ("A", 4, 6, "it should be in your mail"), ("C", 7, 8, "no"), ("A", 9, 12, "it begins with two")),
    ],
    ids=["no wait", "once", "much later", "a nod", "they spoke"],
)
def test_a_search_left_alone(scene: Situation, turns: Any) -> None:
    assert play(scene, WAIT, *turns) == []


def test_words_that_are_not_sure(scene: Situation) -> None:
    trigger, memory = Unclear(below=0.5, window_s=20, words=8), Memory()

    def heard(start_ms: int, text: str, confidence: float, number: int) -> list[Finding]:
        event = says("customer", start_ms, start_ms + 3000, text, number=number)
        scene.conversation.utterance("C", msgspec.structs.replace(event, confidence=confidence))
        scene.now_ms = start_ms + 4000
        scene.signals = tuple(scene.conversation.advance(scene.now_ms))
        return find(trigger, scene, memory)

    assert heard(0, "one two three", 0.3, 0) == []
    (found,) = heard(5000, "four five six seven eight nine", 0.4, 1)
    assert (found.measured, found.threshold) == ("their words recognised with 37 %", "50 % over 20 s")
    assert heard(60_000, "four five six seven eight nine ten eleven", 0.9, 2) == []
