"""What a rule pack is: frozen structs that `packs.py` reads out of TOML and everything else goes by."""

from fnmatch import fnmatchcase
from typing import Any

import msgspec

from nudges.attention import ModelSettings
from nudges.checklist import ChecklistItem
from nudges.conversation import ConversationSettings
from nudges.cues import CueSpec
from nudges.delivery import DeliverySettings
from nudges.empathy import EmpathySettings
from nudges.forecast import ForecastSettings
from nudges.heat import HeatSettings
from nudges.pace import PaceSettings
from nudges.sentiment import MoodSettings
from nudges.situation import Condition
from nudges.timing import TimingSettings
from nudges.triggers import Trigger
from nudges.wrapup import WrapUpSettings
from streams.events import Outcome, Severity


class RuleTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A conversation of a rule's own, in the `.call` format with its expectations.

    `pack` holds keys, one a line, laid over the pack for this conversation alone; `events` says what happens besides
    the talk; with `alone` no other rule runs.
    """

    name: str
    call: str
    pack: str = ""
    events: tuple[tuple[float, str], ...] = ()
    alone: bool = False


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One nudge: what sets it off, what holds it back, what the agent sees, and when it is done.

    `when` are triggers of which any may set it off, of several at one moment the first; `unless` keeps it from the
    agent until it is shown; `done` is what the nudge asks for, `gone` makes it pointless. `valid_for_s` counts from the
    moment it became true, `life_s` from its arrival on screen, where it then `ends_as`. While a `defer` condition
    holds it is put off, by `defer_s` at most. A rule `at_once` does not wait for a pause, an `urgent` one for no gap;
    one `in_heat` is shown where heat holds other information back; one `while_listening` only while the customer
    speaks; a `mixed` one also works where both sides share one channel. `{missing}` in the text names what is missing.
    """

    id: str
    family: str
    severity: Severity
    title: str
    text: str
    when: tuple[Trigger, ...]
    say: str = ""
    priority: int = 50
    unless: tuple[Condition, ...] = ()
    done: tuple[Condition, ...] = ()
    gone: tuple[Condition, ...] = ()
    defer: tuple[Condition, ...] = ()
    defer_s: float = 20.0
    valid_for_s: float = 15.0
    life_s: float | None = None
    ends_as: Outcome = "expired"
    cooldown_s: float | None = None
    max_per_call: int | None = None
    at_once: bool = False
    urgent: bool = False
    in_heat: bool = False
    while_listening: bool = False
    mixed: bool = False
    enabled: bool = True
    shadow: bool = False
    test: tuple[RuleTest, ...] = ()


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where the tables that stand beside these are laid over the pack: queues and agents by name, `*` for any part."""

    queues: tuple[str, ...] = ("*",)
    agents: tuple[str, ...] = ("*",)

    def holds(self, queue: str, agent: str) -> bool:
        """Whether a call of this queue and agent is meant."""
        return named(queue, self.queues) and named(agent, self.agents)


class Pack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole rule pack; `customer` and `agent` are the cue families of either side.

    Each `scope` holds tables like those of the pack itself, for some queues or agents.
    """

    name: str
    version: str
    about: str = ""
    extends: str = ""
    conversation: ConversationSettings
    timing: TimingSettings
    pace: PaceSettings
    mood: MoodSettings
    heat: HeatSettings
    forecast: ForecastSettings = ForecastSettings()
    empathy: EmpathySettings
    delivery: DeliverySettings
    wrap_up: WrapUpSettings = WrapUpSettings()
    customer: dict[str, CueSpec]
    agent: dict[str, CueSpec]
    rule: tuple[Rule, ...]
    checklist: tuple[ChecklistItem, ...] = ()
    model: ModelSettings | None = None
    scope: tuple[dict[str, Any], ...] = ()


def named(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a name fits one of the patterns, in which `*` stands for any part."""
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)
