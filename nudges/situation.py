"""Everything a rule may look at, and the conditions it may state about it.

The read models flow in here once a step; triggers and rules ask it questions and change nothing.
"""

from typing import Literal

import msgspec

from nudges.checklist import Checklist
from nudges.conversation import Conversation, Phase
from nudges.empathy import Ledger
from nudges.findings import Finding, ms
from nudges.heat import HeatGauge
from nudges.moves import content_of
from nudges.pace import Pace
from nudges.sentiment import MoodLine
from nudges.signals import Signal, Turn
from nudges.spoken_words import split_words
from nudges.timing import Timing
from streams.events import Channel, OpeningState

Who = Literal["A", "C", "any"]

TURNS_KEPT = 128
"""Turns whose words that carry content are remembered, of both sides together; no rule looks back at more."""

PAUSED_BEFORE_S = 60.0
"""A recording paused so shortly before the evidence was paused for it."""

_CHANNELS: dict[str, tuple[Channel, ...]] = {
    "A": ("agent",),
    "C": ("customer",),
    "any": ("agent", "customer", "mixed"),
}


class Situation:
    """The call as it stands at `now_ms`; `signals` are what has just become true, `showing` the rules on screen.

    `helped` says that a person beside the agent was asked for, or has come; `peaks` are the highest heats of the
    agent's calls before this one.
    """

    def __init__(
        self,
        *,
        conversation: Conversation,
        timing: Timing,
        pace: Pace,
        mood: MoodLine,
        heat: HeatGauge,
        ledger: Ledger,
        checklist: Checklist,
    ) -> None:
        self.conversation = conversation
        self.timing = timing
        self.pace = pace
        self.mood = mood
        self.heat = heat
        self.ledger = ledger
        self.checklist = checklist
        self.helped = False
        self.peaks: tuple[float, ...] = ()
        self.now_ms = 0
        self.signals: tuple[Signal, ...] = ()
        self.showing: tuple[str, ...] = ()
        self._content: dict[tuple[str, int], tuple[int, frozenset[str]]] = {}

    def content(self, turn: Turn) -> frozenset[str]:
        """The words of a turn that carry content; kept, since turns are held against each other again and again."""
        key, pieces = (turn.side, turn.index), len(turn.pieces)
        known_pieces, words = self._content.get(key, (0, frozenset[str]()))
        if known_pieces != pieces:
            words = content_of(split_words(turn.text))
            self._content[key] = (pieces, words)
            while len(self._content) > TURNS_KEPT:
                del self._content[next(iter(self._content))]
        return words


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that may hold; of the fields given, all must.

    Words: `heard` any of these families (`count` times in all), `heard_all` each of them, `unheard` none of them;
    counted from the end of the evidence on, with `within_s` from so long before its beginning on, with `last_s` in the
    time just past, with `ever` in the whole call. `items_done`: the lines of the checklist that the find is about. The
    agent has since said `words` words, in a turn that is `unlike` what the find is about (at most so large a share of
    its words the same) or `names_it` (a word of it).
    Speech: who is `speaking`, who `spoke` since the evidence (for `spoke_s`), `listened_s` the customer had spoken
    before the agent answered, `calm_s` without talk-over, `on_hold`, `paused` recording since or just before the
    evidence, `pace_below` so many words a minute over the last `pace_s` of speech since the evidence.
    Feeling: `heat_from` at least, `heat_below`, `heat_fallen` points from the peak since the evidence, `peak_from` at
    any time of the call, or in `hot_calls` of the agent's last `of_calls` with this one, `tense_from` the probability
    of a tense turn in what the customer said last (holds where that was not learned), `mood_risen_below` within
    `within_s`, `opening_waiting`, the find's `opening` in this state, `openings` so many in the call.
    Course: `phase` one of these, `showing` one of these rules, `call_s` since the call began or `call_below_s`,
    `helped` somebody was called or has come.
    """

    heard: tuple[str, ...] = ()
    heard_all: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()
    count: int = 1
    within_s: float | None = None
    last_s: float | None = None
    ever: bool = False
    items_done: bool = False
    words: int = 0
    unlike: float | None = None
    names_it: bool = False
    speaking: Who | None = None
    spoke: Who | None = None
    spoke_s: float = 0.0
    listened_s: float | None = None
    calm_s: float | None = None
    on_hold: bool | None = None
    paused: bool = False
    pace_below: float | None = None
    pace_s: float = 15.0
    heat_from: float | None = None
    heat_below: float | None = None
    heat_fallen: float | None = None
    peak_from: float | None = None
    hot_calls: int = 1
    of_calls: int = 1
    tense_from: float | None = None
    mood_risen_below: float | None = None
    opening_waiting: bool | None = None
    opening: tuple[OpeningState, ...] = ()
    openings: int = 0
    phase: tuple[Phase, ...] = ()
    showing: tuple[str, ...] = ()
    call_s: float | None = None
    call_below_s: float | None = None
    helped: bool | None = None


def holds(condition: Condition, finding: Finding, seen: Situation) -> bool:
    """Whether a condition holds now for what was found."""
    return (
        _words_hold(condition, finding, seen)
        and _turns_hold(condition, finding, seen)
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
    if condition.last_s is not None:
        hits = seen.conversation.heard((*condition.heard, *condition.unheard), now_ms - ms(condition.last_s))
        times.extend(hit.ended_ms + ms(condition.last_s) for hit in hits)
    if condition.call_below_s is not None:
        times.append(ms(condition.call_below_s))
    if condition.heat_fallen is not None:
        target = seen.heat.peak(finding.until_ms, now_ms) - condition.heat_fallen
        times.append(seen.heat.falls_to_ms(target, now_ms))
    return min((at_ms for at_ms in times if at_ms is not None and at_ms > now_ms), default=None)


def _since_ms(condition: Condition, finding: Finding, seen: Situation) -> int:
    if condition.ever:
        return -1
    if condition.last_s is not None:
        return seen.now_ms - ms(condition.last_s)
    return finding.until_ms if condition.within_s is None else finding.from_ms - ms(condition.within_s)


def _words_hold(condition: Condition, finding: Finding, seen: Situation) -> bool:
    since_ms = _since_ms(condition, finding, seen)
    heard = seen.conversation.heard
    if condition.heard and len(heard(condition.heard, since_ms)) < condition.count:
        return False
    if condition.unheard and heard(condition.unheard, since_ms):
        return False
    if condition.items_done and not seen.checklist.done(finding.items):
        return False
    return all(heard((cue,), since_ms) for cue in condition.heard_all)


def _turns_hold(condition: Condition, finding: Finding, seen: Situation) -> bool:
    if condition.words and seen.conversation.words_after("A", finding.until_ms) < condition.words:
        return False
    if condition.unlike is None and not condition.names_it:
        return True
    about = content_of(split_words(finding.text))
    for turn in seen.conversation.last_turns("A", 4):
        own = seen.content(turn)
        if turn.started_ms < finding.until_ms or turn.word_count < seen.conversation.substantive_words or not own:
            continue
        shared = own & about
        if (not condition.names_it or shared) and len(shared) <= (condition.unlike or 1.0) * len(own):
            return True
    return False


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
    if condition.paused and (timing.paused_ms is None or timing.paused_ms < finding.from_ms - ms(PAUSED_BEFORE_S)):
        return False
    if condition.pace_below is not None:
        rate = seen.pace.rate(condition.pace_s, finding.until_ms)
        if rate is None or rate.wpm >= condition.pace_below:
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
    if condition.peak_from is not None:
        peaks = (*seen.peaks, seen.heat.highest[1])[-condition.of_calls :]
        if sum(peak >= condition.peak_from for peak in peaks) < condition.hot_calls:
            return False
    tone = seen.heat.tone
    if condition.tense_from is not None and tone is not None and tone.tension < condition.tense_from:
        return False
    if condition.mood_risen_below is not None:
        before = seen.mood.smoothed_at(now_ms - ms(condition.within_s or 0.0))
        if seen.mood.smoothed - before >= condition.mood_risen_below:
            return False
    if condition.opening_waiting is not None and condition.opening_waiting != (seen.ledger.waiting is not None):
        return False
    if len(seen.ledger.openings) < condition.openings:
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
    if condition.call_s is not None and seen.now_ms < ms(condition.call_s):
        return False
    if condition.call_below_s is not None and seen.now_ms >= ms(condition.call_below_s):
        return False
    return condition.helped is None or condition.helped == seen.helped


def _fallen(finding: Finding, seen: Situation) -> float:
    # Rounded, so that the moment computed for the crossing is one at which it holds.
    return round(seen.heat.peak(finding.until_ms, seen.now_ms) - seen.heat.value(seen.now_ms), 6)


def _last_talk_over_ms(finding: Finding, seen: Situation) -> int:
    last = seen.timing.talk_overs[-1:]
    return max([finding.until_ms, *(over.started_ms for over in last)])


def _spoke_ms(who: Who, finding: Finding, seen: Situation) -> int:
    return max(seen.timing.spoke_ms(channel, finding.until_ms, seen.now_ms) for channel in _CHANNELS[who])
