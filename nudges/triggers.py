"""What a rule can be set off by: the kinds of `when` that a rule pack may use.

The pack flows in here as frozen structs, one a kind (`on` names it); `detectors.py` knows how to find each. Adding a
kind means a struct here, named in `Trigger`, and a function there.
"""

from typing import TypeAlias

import msgspec

from nudges.cues import Side
from nudges.situation import Condition
from streams.events import OpeningState, Severity, Strength


class _Trigger(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="on"):
    """What all kinds share.

    `severity` replaces the rule's; `floor` is said to supervisors as well; the find counts only where every `only_if`
    and no `unless` holds. With `wait_s` it is first watched for so long, until the words of side `wait_for` are known,
    and dropped as soon as an `unless` holds.
    """

    severity: Severity | None = None
    floor: str = ""
    only_if: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    wait_s: float = 0.0
    wait_for: Side = "A"


class Heard(_Trigger, frozen=True, kw_only=True, tag="heard"):
    """One of these cues in final words, `count` times or in so many `turns` within the last `within_s`."""

    cues: tuple[str, ...]
    count: int = 1
    turns: int = 1
    within_s: float = 0.0


class Unanswered(_Trigger, frozen=True, kw_only=True, tag="unanswered"):
    """An opening for empathy whose answer is due."""


class OpeningIs(_Trigger, frozen=True, kw_only=True, tag="opening"):
    """An opening for empathy came into this state."""

    state: OpeningState
    strength: tuple[Strength, ...] = ("weak", "strong")


class AnsweredWell(_Trigger, frozen=True, kw_only=True, tag="answered_well"):
    """An opening was answered in the agent's first substantive turn with each of these moves."""

    strength: tuple[Strength, ...]
    moves: tuple[str, ...]


class HeatReaches(_Trigger, frozen=True, kw_only=True, tag="heat"):
    """The customer's words brought the heat to `at` or above, with so many raising turns in a row."""

    at: float
    streak: int = 1


class HeatCooled(_Trigger, frozen=True, kw_only=True, tag="heat_cooled"):
    """Heat that was at `top` or above stayed at `bottom` or below for so many of the customer's turns."""

    top: float
    bottom: float
    turns: int


class MoodRecovered(_Trigger, frozen=True, kw_only=True, tag="mood_recovered"):
    """The smoothed mood stayed `by` above a low of `low` or worse for so many scored utterances."""

    low: float
    by: float
    utterances: int


class SilenceLasts(_Trigger, frozen=True, kw_only=True, tag="silence"):
    """Nobody has spoken for `s` seconds."""

    s: float


class TalksOver(_Trigger, frozen=True, kw_only=True, tag="talk_over"):
    """The agent interrupted `count` times in `within_s`; or once, long, or within the customer's issue statement."""

    count: int = 1
    within_s: float = 0.0
    long: bool = False
    in_issue: bool = False


class HastyReplies(_Trigger, frozen=True, kw_only=True, tag="hasty_replies"):
    """So many of the agent's last `of` replies came in less than `under_ms`."""

    count: int
    of: int
    under_ms: int


class FloorHeld(_Trigger, frozen=True, kw_only=True, tag="floor_held"):
    """The agent has held the floor for `s` seconds."""

    s: float


class TalkShare(_Trigger, frozen=True, kw_only=True, tag="talk_share"):
    """The agent's share of all speech in the last `window_s` is above `above`, with `speech_s` of speech in it."""

    above: float
    window_s: float
    speech_s: float


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a good close: its name and the cues of which one says it.

    With `if_heard` it is needed only where one of those was heard, and counts from `back_s` before the last of them.
    """

    name: str
    cues: tuple[str, ...]
    if_heard: tuple[str, ...] = ()
    back_s: float = 0.0


class PartsMissing(_Trigger, frozen=True, kw_only=True, tag="parts_missing"):
    """One of these cues was heard while parts of a good close are still unsaid."""

    cues: tuple[str, ...]
    parts: tuple[Part, ...]


Trigger: TypeAlias = (
    Heard
    | Unanswered
    | OpeningIs
    | AnsweredWell
    | HeatReaches
    | HeatCooled
    | MoodRecovered
    | SilenceLasts
    | TalksOver
    | HastyReplies
    | FloorHeld
    | TalkShare
    | PartsMissing
)
