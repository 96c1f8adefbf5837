"""A detector looking at a small situation: signals in few words flow in, findings flow out."""

from typing import Any

from nudges.detectors import find
from nudges.findings import Memory
from nudges.signals import (
    Opening,
    Piece,
    Signal,
    Turn,
)
from nudges.situation import Situation
from nudges.triggers import (
    Trigger,
)
from tests.nudges.saying import says


def look(scene: Situation, trigger: Trigger, *signals: Signal, at_ms: int = 0, memory: Memory | None = None) -> Any:
    scene.now_ms = at_ms
    scene.signals = signals
    return find(trigger, scene, memory or Memory())


def turn(side: Any, start_ms: int, end_ms: int, text: str, index: int = 0) -> Turn:
    return Turn(side, index, (Piece(0, start_ms, end_ms, text),))


def opening(**changes: Any) -> Opening:
    fields: dict[str, Any] = {
        "opening": "c-o1",
        "strength": "strong",
        "state": "open",
        "quote": "so frustrated",
        "said_ms": 900,
        "ended_ms": 1000,
    }
    return Opening(**{**fields, **changes})


def says_agent(scene: Situation, start_ms: int, end_ms: int, text: str, number: int = 0) -> list[Signal]:
    return scene.conversation.utterance("A", says("agent", start_ms, end_ms, text, number=number))


def says_customer(scene: Situation, start_ms: int, end_ms: int, text: str, number: int = 0) -> list[Signal]:
    return scene.conversation.utterance("C", says("customer", start_ms, end_ms, text, number=number))
