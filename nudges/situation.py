"""Everything a rule may look at, and the conditions it may state about it.

The read models flow in here once a step; triggers and rules ask it questions and change nothing.
"""

from typing import Literal

import msgspec

from nudges.conversation import Conversation, Phase
from nudges.empathy import Ledger
from nudges.findings import Finding, ms
from nudges.heat import HeatGauge
from nudges.sentiment import MoodLine
from nudges.signals import Signal
from nudges.timing import Timing
from streams.events import Channel, OpeningState

Who = Literal["A", "C", "any"]

_CHANNELS: dict[str, tuple[Channel, ...]] = {
    "A": ("agent",),
    "C": ("customer",),
    "any": ("agent", "customer", "mixed"),
}


class Situation:
    """The call as it stands at `now_ms`; `signals` are what has just become true, `showing` the rules on screen."""

    def __init__(
        self, conversation: Conversation, timing: Timing, mood: MoodLine, heat: HeatGauge, ledger: Ledger
    ) -> None:
        self.conversation = conversation
        self.timing = timing
        self.mood = mood
        self.heat = heat
        self.ledger = ledger
        self.now_ms = 0
        self.signals: tuple[Signal, ...] = ()
        self.showing: tuple[str, ...] = ()


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that may hold; of the fields given, all must.

    Words: `heard` any of these families (`count` times in all), `heard_all` each of them, `missing_said` what
    the find says is missing; counted from the end of the
    evidence on, with `within_s` from so long before its beginning on, with `ever` in the whole call.
    Speech: who is `speaking`, who `spoke` since the evidence (for `spoke_s`), `listened_s` the customer had spoken
    before the agent answered, `calm_s` without talk-over, `on_hold`.
    Feeling: `heat_from` at least, `heat_below`, `heat_fallen` points from the peak since the evidence, `peak_from` at
    any time of the call, `mood_risen_below` within `within_s`, `opening_waiting`, the find's `opening` in this state.
    Course: `phase` one of these, `showing` one of these rules, `call_s` since the call began.
    """

    heard: tuple[str, ...] = ()
    heard_all: tuple[str, ...] = ()
    missing_said: bool = False
    count: int = 1
    within_s: float | None = None
    ever: bool = False
    speaking: Who | None = None
    spoke: Who | None = None
    spoke_s: float = 0.0
    listened_s: float | None = None
    calm_s: float | None = None
    on_hold: bool | None = None
    heat_from: float | None = None
    heat_below: float | None = None
    heat_fallen: float | None = None
    peak_from: float | None = None
    mood_risen_below: float | None = None
    opening_waiting: bool | None = None
    opening: tuple[OpeningState, ...] = ()
    phase: tuple[Phase, ...] = ()
    showing: tuple[str, ...] = ()
    call_s: float | None = None


def holds(condition: Condition, finding: Finding, seen: Situation) -> bool:
    """Whether a condition holds now for what was found."""
    return (
        _words_hold(condition, finding, seen)
        and _speech_holds(condition, finding, seen)
        and _feeling_holds(condition, finding, seen)
        and _course_holds(condition, seen)
    )


def any_holds(conditions: tuple[Condition, ...], finding: Finding, seen: Situation) -> bool:
    """Whether at least one of the conditions holds."""
    return any(holds(condition, finding, seen) for condition in conditions)


def condition_wake_ms(condition: Condition, finding: Finding, seen: Situation) -> int | None:
    """When a condition may come to hold without anything being said, so that the moment is met exactly."""
    now_ms = seen.now_ms
    times: list[int | None] = []
    if condition.calm_s is not None:
        times.append(_last_talk_over_ms(finding, seen) + ms(condition.calm_s))
    if condition.spoke is not None and condition.spoke_s:
        times.extend(
            now_ms + ms(condition.spoke_s) - _spoke_ms(condition.spoke, finding, seen)
            for channel in _CHANNELS[condition.spoke]
            if seen.timing.speaking(channel)
        )
    if condition.heat_fallen is not None:
        target = seen.heat.peak(finding.until_ms, now_ms) - condition.heat_fallen
        times.append(seen.heat.falls_to_ms(target, now_ms))
    return min((at_ms for at_ms in times if at_ms is not None and at_ms > now_ms), default=None)


def _words_hold(condition: Condition, finding: Finding, seen: Situation) -> bool:
    if condition.ever:
        since_ms = -1
    elif condition.within_s is not None:
        since_ms = finding.from_ms - ms(condition.within_s)
    else:
        since_ms = finding.until_ms
    heard = seen.conversation.heard
    if condition.heard and len(heard(condition.heard, since_ms)) < condition.count:
        return False
    if condition.missing_said and not all(heard(group, since_ms) for group in finding.missing):
        return False
    return all(heard((cue,), since_ms) for cue in condition.heard_all)


def _speech_holds(condition: Condition, finding: Finding, seen: Situation) -> bool:
    timing = seen.timing
    if condition.speaking is not None and not any(
        timing.speaking(channel) for channel in _CHANNELS[condition.speaking]
    ):
        return False
    if condition.spoke is not None:
        spoke = any(timing.spoke_after(channel, finding.until_ms) for channel in _CHANNELS[condition.spoke])
        if not spoke or _spoke_ms(condition.spoke, finding, seen) < ms(condition.spoke_s):
            return False
    if condition.listened_s is not None and timing.listened_ms(finding.from_ms) < ms(condition.listened_s):
        return False
    if condition.calm_s is not None and seen.now_ms < _last_talk_over_ms(finding, seen) + ms(condition.calm_s):
        return False
    return condition.on_hold is None or condition.on_hold == timing.on_hold


def _feeling_holds(condition: Condition, finding: Finding, seen: Situation) -> bool:
    now_ms = seen.now_ms
    value = seen.heat.value(now_ms)
    if condition.heat_from is not None and value < condition.heat_from:
        return False
    if condition.heat_below is not None and value >= condition.heat_below:
        return False
    if condition.heat_fallen is not None and _fallen(finding, seen) < condition.heat_fallen:
        return False
    if condition.peak_from is not None and seen.heat.highest[1] < condition.peak_from:
        return False
    if condition.mood_risen_below is not None:
        before = seen.mood.smoothed_at(now_ms - ms(condition.within_s or 0.0))
        if seen.mood.smoothed - before >= condition.mood_risen_below:
            return False
    if condition.opening_waiting is not None and condition.opening_waiting != (seen.ledger.waiting is not None):
        return False
    if condition.opening:
        opening = seen.ledger.find(finding.opening)
        return opening is not None and opening.state in condition.opening
    return True


def _course_holds(condition: Condition, seen: Situation) -> bool:
    if condition.phase and seen.conversation.phase not in condition.phase:
        return False
    if condition.showing and not any(rule in seen.showing for rule in condition.showing):
        return False
    return condition.call_s is None or seen.now_ms >= ms(condition.call_s)


def _fallen(finding: Finding, seen: Situation) -> float:
    # Rounded, so that the moment computed for the crossing is one at which it holds.
    return round(seen.heat.peak(finding.until_ms, seen.now_ms) - seen.heat.value(seen.now_ms), 6)


def _last_talk_over_ms(finding: Finding, seen: Situation) -> int:
    last = seen.timing.talk_overs[-1:]
    return max([finding.until_ms, *(over.started_ms for over in last)])


def _spoke_ms(who: Who, finding: Finding, seen: Situation) -> int:
    return max(seen.timing.spoke_ms(channel, finding.until_ms, seen.now_ms) for channel in _CHANNELS[who])
