"""Fixtures of the coach's tests: the default pack, and calls fed to a coach from a few lines of text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nudges.checklist import Checklist
from nudges.coach import Coach
from nudges.conversation import Conversation
from nudges.cues import CueBook
from nudges.empathy import Ledger
from nudges.heat import HeatGauge
from nudges.pace import Pace
from nudges.packs import load
from nudges.rulepack import Pack
from nudges.sentiment import MoodLine, vader
from nudges.situation import Situation
from nudges.timing import Timing
from streams.events import CallContext, CoachEvent, Event
from streams.script import script_events
from streams.transcript import read_transcript

PACK_FILE = Path(__file__).parents[2] / "nudges" / "packs" / "default.toml"


@pytest.fixture(scope="session")
def pack_text() -> str:
    return PACK_FILE.read_text("utf-8")


@pytest.fixture(scope="session")
def pack(pack_text: str) -> Pack:
    return load(pack_text).pack


@pytest.fixture(scope="session")
def book(pack_text: str) -> CueBook:
    return load(pack_text).book


@pytest.fixture
def make_coach(pack_text: str) -> Callable[..., Coach]:
    def make(**config: Any) -> Coach:
        history = config.pop("history", {})
        text = config.pop("pack", pack_text)
        explained = config.pop("explained", "")
        settings = {"volume": "novice", **config}
        return Coach(CallContext(call_id="c", at_ms=0, pack=text, config=settings, history=history), explained)

    return make


@pytest.fixture
def call_events() -> Callable[[str], list[Event]]:
    """The events of a call written as in a `.call` file."""

    def events(text: str) -> list[Event]:
        return list(script_events(read_transcript(text, "test.call"), "c"))

    return events


@pytest.fixture
def play(
    make_coach: Callable[..., Coach], call_events: Callable[[str], list[Event]]
) -> Callable[..., list[CoachEvent]]:
    """Everything the coach says about a call written as in a `.call` file."""

    def run(text: str, **config: Any) -> list[CoachEvent]:
        coach = make_coach(**config)
        return [said for event in call_events(text) for said in coach.feed(event)]

    return run


@pytest.fixture
def scene(pack: Pack, book: CueBook) -> Situation:
    """A situation of real read models at the beginning of a call."""
    conversation = Conversation(pack.conversation, book)
    return Situation(
        conversation=conversation,
        timing=Timing(pack.timing),
        pace=Pace(pack.pace),
        mood=MoodLine(pack.mood, vader(pack.mood.neutral_words, ())),
        heat=HeatGauge(pack.heat),
        ledger=Ledger("c-o", 0, pack.empathy, conversation),
        checklist=Checklist(pack.checklist, conversation),
    )
