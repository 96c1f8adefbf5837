"""What goes into the delivery policy and what comes out of it: settings, advice and the state of the air; decisions."""

from typing import Literal, TypeAlias

import msgspec

from nudges.findings import Finding
from nudges.lifecycle import NudgeState
from streams.events import Outcome, Severity

Level: TypeAlias = Literal["novice", "standard", "expert"]


class DeliverySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much an agent is told.

    A gap of `gap_s` from the last arrival; a rule's own `cooldown_s`; `cap` nudges in `cap_window_s` and
    `cap_per_call`, critical and praise outside of them, urgent ones never held back. `life_s` on screen by severity;
    shown after a pause of `pause_ms` or while the customer speaks. A card that somebody may be reading gives way to
    another rule's only after `read_s`, to a critical one at once; a critical one to another after `critical_yield_s`.
    Praise at most `praise_per_call` times and below `praise_heat_below`, info below `info_heat_below`. With
    `thumbs_down` of the last `thumbs_window` thumbs what a rule says is only logged for that agent, unless it is
    critical. An answer may be undone for `undo_s`.
    """

    gap_s: float
    cooldown_s: float
    cap: int
    cap_window_s: float
    cap_per_call: int
    life_s: dict[Severity, float]
    pause_ms: int
    critical_yield_s: float
    read_s: float = 0.0
    praise_per_call: int
    praise_heat_below: float
    info_heat_below: float
    thumbs_down: int
    thumbs_window: int
    undo_s: float


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would say, since when it is true and until when it is worth saying.

    `trigger` is the index of the rule's `when` that found it. `urgent` advice waits for no gap and no cap and takes the
    place of a card that is not graver; `in_heat` is information worth having in the worst of it; `while_listening` is
    shown only while the customer speaks.
    """

    rule: str
    family: str
    severity: Severity
    priority: int
    true_ms: int
    valid_until_ms: int
    finding: Finding
    trigger: int = 0
    at_once: bool = False
    life_s: float | None = None
    ends_as: Outcome = "expired"
    cooldown_s: float | None = None
    max_per_call: int | None = None
    shadow: bool = False
    urgent: bool = False
    in_heat: bool = False
    while_listening: bool = False


class Air(msgspec.Struct, frozen=True, kw_only=True):
    """What the policy must know of the call: heat, whether customer or anyone speaks, since when nobody did."""

    heat: float = 0.0
    customer_speaking: bool = False
    anyone_speaking: bool = False
    quiet_since_ms: int = 0


class Card(msgspec.Struct, kw_only=True):
    """A nudge that was shown, where it stands, and what the agent thought of it: None while that was not said."""

    nudge: str
    advice: Advice
    shown_ms: int
    expires_ms: int
    state: NudgeState = NudgeState.SHOWN
    answered_ms: int = -1
    helpful: bool | None = None


class Show(msgspec.Struct, frozen=True):
    """Put this nudge on screen."""

    nudge: str
    advice: Advice
    expires_ms: int


class Resolve(msgspec.Struct, frozen=True):
    """This nudge has come to its end."""

    nudge: str
    rule: str
    outcome: Outcome


Decision: TypeAlias = Show | Resolve
