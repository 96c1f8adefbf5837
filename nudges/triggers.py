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

    `severity` replaces the rule's, `urgent` adds to it; `floor` is said to supervisors as well; the find counts only
    where every `only_if` and no `unless` holds. With `wait_s` it is first watched for so long, until the words of side
    `wait_for` are known, and dropped as soon as an `unless` holds.
    """

    severity: Severity | None = None
    urgent: bool = False
    floor: str = ""
    only_if: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    wait_s: float = 0.0
    wait_for: Side = "A"


class Heard(_Trigger, frozen=True, kw_only=True, tag="heard"):
    """One of these cues in final words, `count` times or in so many `turns` within the last `within_s`.

    With `early_s` only such as are said within so long of the beginning of their turn.
    """

    cues: tuple[str, ...]
    count: int = 1
    turns: int = 1
    within_s: float = 0.0
    early_s: float | None = None


class Unanswered(_Trigger, frozen=True, kw_only=True, tag="unanswered"):
    """An opening for empathy of one of these strengths whose answer is due, and that is one with probability `sure`."""

    strength: tuple[Strength, ...] = ("weak", "strong")
    sure: float = 0.0


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
    """The agent's share of all speech in the last `window_s` is above `above`, with `speech_s` of speech in it.

    A customer who had more than `turns` turns in that time is in the conversation, however short they were.
    """

    above: float
    window_s: float
    speech_s: float
    turns: int


class Repeats(_Trigger, frozen=True, kw_only=True, tag="repeats"):
    """A turn of `side` says a `share` of its `words` or more content words again, said `from_s` to `to_s` before."""

    side: Side
    share: float
    words: int
    from_s: float = 0.0
    to_s: float = 300.0


class ReplyLacks(_Trigger, frozen=True, kw_only=True, tag="reply_lacks"):
    """After the customer's first turn of `words`, the agent's next `turns` held one of `cues` and none of `lacks`."""

    words: int
    turns: int
    cues: tuple[str, ...]
    lacks: tuple[str, ...]


class TopicDropped(_Trigger, frozen=True, kw_only=True, tag="topic_dropped"):
    """After one of the customer's `cues`, the agent's next `turns` took up no word of that turn."""

    cues: tuple[str, ...]
    turns: int


class SinceIssue(_Trigger, frozen=True, kw_only=True, tag="since_issue"):
    """So many seconds have passed since the customer stated the issue."""

    s: float


class IntoWait(_Trigger, frozen=True, kw_only=True, tag="into_wait"):
    """After one of the customer's `cues` the agent spoke in `turns`, each within `within_s` of what was said before."""

    cues: tuple[str, ...]
    turns: int
    within_s: float


class SpeaksFast(_Trigger, frozen=True, kw_only=True, tag="pace"):
    """The agent's pace over the last `window_s` of speech: above `wpm`, or `over_own` times the pace of the beginning.

    The second counts from `least_wpm` on.
    """

    window_s: float
    wpm: float | None = None
    over_own: float | None = None
    least_wpm: float = 0.0


class HoldLasts(_Trigger, frozen=True, kw_only=True, tag="hold"):
    """The customer has been on hold for `s` seconds."""

    s: float


class HoldOver(_Trigger, frozen=True, kw_only=True, tag="hold_over"):
    """The hold has ended."""


class Unclear(_Trigger, frozen=True, kw_only=True, tag="unclear"):
    """Of what the customer said in the last `window_s`, `words` or more were recognised with less than `below`."""

    below: float
    window_s: float
    words: int


class Escalates(_Trigger, frozen=True, kw_only=True, tag="escalates"):
    """The customer's words raised the heat to `at` or above, told once an episode.

    It begins with a turn that looks tense with a probability of `tense_from` (any turn does where that was not
    learned) and ends when so many of their turns in a row raised nothing. Where heat of an earlier episode is left, a
    new one begins only with a rise of so many points.
    """

    at: float
    calm_turns: int
    rise: float = 10.0
    tense_from: float = 0.0


class HeatLasts(_Trigger, frozen=True, kw_only=True, tag="heat_lasts"):
    """The heat has been at `at` or above for `s` seconds."""

    at: float
    s: float


class ItemsOverdue(_Trigger, frozen=True, kw_only=True, tag="overdue"):
    """Lines of the checklist in these groups were not said in time, and `least` of them are still to be said."""

    groups: tuple[str, ...]
    least: int = 1


class ItemsMissing(_Trigger, frozen=True, kw_only=True, tag="items_missing"):
    """One of these cues was heard while `least` lines of the checklist in these groups are still to be said."""

    cues: tuple[str, ...]
    groups: tuple[str, ...]
    least: int = 1


class CallEnds(_Trigger, frozen=True, kw_only=True, tag="call_over"):
    """The call has ended."""


Trigger: TypeAlias = (
    Heard
    | Unanswered
    | OpeningIs
    | AnsweredWell
    | HeatReaches
    | HeatCooled
    | HeatLasts
    | Escalates
    | MoodRecovered
    | SilenceLasts
    | HoldLasts
    | HoldOver
    | TalksOver
    | HastyReplies
    | FloorHeld
    | TalkShare
    | SpeaksFast
    | IntoWait
    | Unclear
    | Repeats
    | ReplyLacks
    | TopicDropped
    | SinceIssue
    | ItemsOverdue
    | ItemsMissing
    | CallEnds
)
