"""How each kind of trigger is found: the situation flows in, findings flow out.

A detector is a function of the trigger, the situation and a small memory of its own. Kinds that can become true though
nothing happens have a second function that says when to look again.
"""

from collections.abc import Callable
from typing import Any

from nudges import detect_feeling, detect_items, detect_timing, detect_turns, detect_words
from nudges import triggers as on
from nudges.findings import Finding, Memory
from nudges.signals import (
    CallOver,
    HeatMoved,
    ItemOverdue,
    MoodMoved,
    OpeningDue,
    OpeningMoved,
    Replied,
    TalkedOver,
    TurnClosed,
    TurnGrew,
)
from nudges.situation import Situation
from nudges.triggers import Trigger


def find(trigger: Trigger, seen: Situation, memory: Memory) -> list[Finding]:
    """What this step brought for a trigger."""
    return _FIND[type(trigger)](trigger, seen, memory)


def is_timed(trigger: Trigger) -> bool:
    """Whether a trigger may become true without any signal, merely because time has passed."""
    return type(trigger) in _WAKE


def set_off_by(trigger: Trigger) -> frozenset[type]:
    """The signals without which a trigger finds nothing; for a timed one they do not matter."""
    return _SIGNALS.get(type(trigger), frozenset())


def wake_ms(trigger: Trigger, seen: Situation) -> int | None:
    """When a timed trigger must be looked at again though nothing happens."""
    return _WAKE[type(trigger)](trigger, seen)


_FIND: dict[type, Callable[[Any, Situation, Memory], list[Finding]]] = {
    on.Heard: detect_words.heard,
    on.Unanswered: detect_words.unanswered,
    on.OpeningIs: detect_words.opening_is,
    on.AnsweredWell: detect_words.answered_well,
    on.HeatReaches: detect_feeling.heat,
    on.HeatCooled: detect_feeling.heat_cooled,
    on.HeatLasts: detect_feeling.heat_lasts,
    on.Escalates: detect_feeling.escalates,
    on.MoodRecovered: detect_feeling.mood_recovered,
    on.SilenceLasts: detect_timing.silence,
    on.HoldLasts: detect_timing.hold,
    on.HoldOver: detect_timing.hold_over,
    on.TalksOver: detect_timing.talk_over,
    on.HastyReplies: detect_timing.hasty_replies,
    on.FloorHeld: detect_timing.floor_held,
    on.TalkShare: detect_timing.talk_share,
    on.SpeaksFast: detect_timing.pace,
    on.IntoWait: detect_turns.into_wait,
    on.Unclear: detect_turns.unclear,
    on.Repeats: detect_turns.repeats,
    on.ReplyLacks: detect_turns.reply_lacks,
    on.TopicDropped: detect_turns.topic_dropped,
    on.SinceIssue: detect_turns.since_issue,
    on.ItemsOverdue: detect_items.overdue,
    on.ItemsMissing: detect_items.items_missing,
    on.CallEnds: detect_items.call_ends,
}

_WAKE: dict[type, Callable[[Any, Situation], int | None]] = {
    on.SilenceLasts: detect_timing.silence_wake_ms,
    on.HoldLasts: detect_timing.hold_wake_ms,
    on.HoldOver: detect_timing.hold_over_wake_ms,
    on.FloorHeld: detect_timing.floor_wake_ms,
    on.HeatLasts: detect_feeling.heat_lasts_wake_ms,
    on.SinceIssue: detect_turns.since_issue_wake_ms,
}

_SIGNALS: dict[type, frozenset[type]] = {
    kind: frozenset(signals)
    for signals, kinds in (
        ((TurnGrew,), (on.Heard, on.SpeaksFast, on.ItemsMissing)),
        ((TurnClosed,), (on.HeatCooled, on.TalkShare, on.IntoWait, on.Unclear, on.Repeats, on.ReplyLacks)),
        ((TurnGrew, TurnClosed), (on.TopicDropped,)),
        ((OpeningDue,), (on.Unanswered,)),
        ((OpeningMoved,), (on.OpeningIs,)),
        ((OpeningMoved, TurnClosed), (on.AnsweredWell,)),
        ((HeatMoved,), (on.HeatReaches,)),
        ((HeatMoved, TurnClosed), (on.Escalates,)),
        ((MoodMoved,), (on.MoodRecovered,)),
        ((TalkedOver,), (on.TalksOver,)),
        ((Replied,), (on.HastyReplies,)),
        ((ItemOverdue,), (on.ItemsOverdue,)),
        ((CallOver,), (on.CallEnds,)),
    )
    for kind in kinds
}
