"""How each kind of trigger is found: the situation flows in, findings flow out.

A detector is a function of the trigger, the situation and a small memory of its own. Kinds that can become true though
nothing happens have a second function that says when to look again.
"""

from collections.abc import Callable
from typing import Any

from nudges import detect_feeling, detect_timing, detect_words
from nudges.findings import Finding, Memory
from nudges.situation import Situation
from nudges.triggers import (
    AnsweredWell,
    FloorHeld,
    HastyReplies,
    Heard,
    HeatCooled,
    HeatReaches,
    MoodRecovered,
    OpeningIs,
    PartsMissing,
    SilenceLasts,
    TalkShare,
    TalksOver,
    Trigger,
    Unanswered,
)


def find(trigger: Trigger, seen: Situation, memory: Memory) -> list[Finding]:
    """What this step brought for a trigger."""
    return _FIND[type(trigger)](trigger, seen, memory)


def is_timed(trigger: Trigger) -> bool:
    """Whether a trigger may become true without any signal, merely because time has passed."""
    return type(trigger) in _WAKE


def wake_ms(trigger: Trigger, seen: Situation) -> int | None:
    """When a timed trigger must be looked at again though nothing happens."""
    return _WAKE[type(trigger)](trigger, seen)


_FIND: dict[type, Callable[[Any, Situation, Memory], list[Finding]]] = {
    Heard: detect_words.heard,
    Unanswered: detect_words.unanswered,
    OpeningIs: detect_words.opening_is,
    AnsweredWell: detect_words.answered_well,
    HeatReaches: detect_feeling.heat,
    HeatCooled: detect_feeling.heat_cooled,
    MoodRecovered: detect_feeling.mood_recovered,
    SilenceLasts: detect_timing.silence,
    TalksOver: detect_timing.talk_over,
    HastyReplies: detect_timing.hasty_replies,
    FloorHeld: detect_timing.floor_held,
    TalkShare: detect_timing.talk_share,
    PartsMissing: detect_words.parts_missing,
}

_WAKE: dict[type, Callable[[Any, Situation], int | None]] = {
    SilenceLasts: detect_timing.silence_wake_ms,
    FloorHeld: detect_timing.floor_wake_ms,
}
