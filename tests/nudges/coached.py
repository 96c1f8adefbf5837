"""Whole calls for the coach to hear, and what it said of them in few words."""

from collections.abc import Callable

from nudges.coach import Coach
from nudges.packs import load
from streams.events import (
    CoachEvent,
    Nudge,
)
from tests.nudges.conftest import PACK_FILE

Play = Callable[..., list[CoachEvent]]

Make = Callable[..., Coach]

PACK_TEXT = PACK_FILE.read_text("utf-8")

CASES = [(f"{rule.id}: {test.name}", rule.id, test) for rule in load(PACK_TEXT).pack.rule for test in rule.test]

CONVERSATIONS = [(name, test.call) for name, _, test in CASES]

ANGRY = """
0-4 agent  hello this is Sam speaking how can I help you
5-11 customer  hi this is the third time I've called and nobody ever called me back
12-16 agent  okay what is your account number please
17-22 customer  I already told you that, this is ridiculous, I want to speak to a supervisor
24-27 agent  right let me see what it says here
40-46 customer  are you there, I'm really frustrated, I'm going to the ombudsman
47-55 agent  I'm so sorry you've had to call three times, what would help you most today
56-60 customer  okay well thank you so much, I just want my refund
61-66 agent  I'll make sure of that today, have a nice day, goodbye
"""


def kinds(events: list[CoachEvent], *types: type) -> list[str]:
    lines = []
    for event in events:
        if isinstance(event, types):
            detail = getattr(event, "outcome", None) or getattr(event, "state", None) or getattr(event, "severity", "")
            lines.append(f"{event.at_ms} {type(event).__name__} {getattr(event, 'rule', '')} {detail}".strip())
    return lines


def nudges(events: list[CoachEvent]) -> list[str]:
    return [f"{event.rule} {event.severity}" for event in events if isinstance(event, Nudge)]
