"""The read models in one order, with the learned numbers; the coach's own tests drive them without."""

from collections.abc import Callable
from typing import Any

import pytest

from nudges.coach import Coach
from streams.events import CallContext, CallSummary, Checklist, CoachEvent, Empathy, Event, Heat, Nudge
from tests.nudges.conftest import PACK_FILE

WEARY = "I've rung you four times now and nobody's called me back, I'm at my wits' end"


@pytest.fixture(scope="module")
def whole(pack_text: str) -> str:
    packs = PACK_FILE.parent
    texts = [(packs / name).read_text("utf-8") for name in ("phrases.toml", "noticing.json", "moves.json")]
    keys = [f"{key} = '''\n{text}'''\n" for key, text in zip(("phrases", "numbers", "moves"), texts, strict=True)]
    return f"{pack_text}\n[model]\n{''.join(keys)}"


@pytest.fixture
def hear(whole: str, call_events: Callable[[str], list[Event]]) -> Callable[[str], list[CoachEvent]]:
    def run(text: str) -> list[CoachEvent]:
        coach = Coach(CallContext(call_id="c", at_ms=0, pack=whole, config={"volume": "novice"}))
        return [said for event in call_events(text) for said in coach.feed(event)]

    return run


def states(said: list[CoachEvent]) -> list[str]:
    return [event.state for event in said if isinstance(event, Empathy)]


def test_an_opening_seen_by_the_trained_eye(hear: Any) -> None:
    worn = "it was for my daughter's birthday and she cried when she saw the box"
    said = hear(f"0-6 customer  {worn}\n7-10 agent  okay let me see what it says about the order\n11-12 agent  hm\n")
    assert states(said)[0] == "open"
    assert any(isinstance(event, Nudge) and event.rule == "empathy.missed" for event in said)


@pytest.mark.parametrize(
    ("said", "severity"),
    [("I'm really worried I only have two tablets left", "info"), ("I'm so upset about this", "warn")],
)
def test_a_feeling_warns_only_where_the_call_is_not_calm(hear: Any, said: str, severity: str) -> None:
    heard = hear(f"0-6 customer  {said}\n7-10 agent  okay which order is it about please\n11-12 agent  hm\n")
    assert [event.severity for event in heard if isinstance(event, Nudge) and event.rule == "empathy.missed"] == [
        severity
    ]


def test_a_tense_turn_is_a_cause_of_heat(hear: Any) -> None:
    said = hear("0-6 customer  you people don't read a word I say, do you, this is a complete waste of my time\n")
    assert any(cause.cue for event in said if isinstance(event, Heat) for cause in event.because)


def test_what_is_said_after_a_nod_is_the_same_turn_and_heats_once(hear: Any) -> None:
    said = hear(
        "0-6 customer  you people don't read a word I say, do you, this is a complete waste of my time\n"
        "6.5-7 agent  right\n8-10 customer  so that is that then\n"
    )
    first, *later = [event.value for event in said if isinstance(event, Heat)]
    assert first >= 20
    assert all(value < first for value in later)


def test_the_next_turn_heats_anew(hear: Any) -> None:
    tense = "what do you want me to do then, do you even read what I write"
    said = hear(
        f"0-6 customer  {tense}\n7-11 agent  okay let me see what it says about the order\n12-18 customer  {tense}\n"
    )
    values = [event.value for event in said if isinstance(event, Heat)]
    assert values[-1] > values[0] + 10


@pytest.mark.parametrize(
    ("said", "rises"),
    [
        ("I'm very disappointed again, you don't read a word I say, thank you so much for your help", True),
        ("oh my god thank you so much, I was so worried this morning but you've been fantastic", False),
    ],
)
def test_thanks_cool_where_they_are_meant(hear: Any, said: str, rises: bool) -> None:
    heard = hear(f"0-9 customer  {said}\n10-13 agent  okay let me see\n")
    assert any(isinstance(event, Nudge) and event.rule == "deesc.rising_heat" for event in heard) is rises


def test_an_answer_judged_by_its_words(hear: Any) -> None:
    warm = "four calls and nobody rang you back, I'm so sorry, that must be exhausting, I'll own this now"
    said = hear(f"0-6 customer  {WEARY}\n7-13 agent  {warm}\n15-16 customer  okay\n")
    assert states(said) == ["open", "given"]


def test_the_checklist_is_told(hear: Any) -> None:
    said = hear("0-5 agent  good morning this is Dev how can I help you today\n6-8 customer  hello there\n")
    lines = [(event.item, event.state) for event in said if isinstance(event, Checklist)]
    assert ("greet-name", "done") in lines
    assert isinstance(said[-1], CallSummary)
