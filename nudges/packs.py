"""Rule packs: TOML text flows in, one frozen `Pack` comes out, with every number, text and expression of the coach.

Unknown keys and wrong types are refused with the rule and line they stand in. A pack of one's own that `extends`
another is laid over it first, as tables: rules by their id, cue families by their name, settings key by key.
"""

import re
import tomllib
from functools import lru_cache
from typing import Any, Protocol

import msgspec

from nudges.conversation import ConversationSettings
from nudges.cues import CueBook, CueSpec
from nudges.delivery import DeliverySettings
from nudges.empathy import EmpathySettings
from nudges.heat import HeatSettings
from nudges.sentiment import MoodSettings
from nudges.situation import Condition
from nudges.timing import TimingSettings
from nudges.triggers import Heard, PartsMissing, Trigger
from nudges.wrapup import WrapUpSettings
from streams.errors import PackError
from streams.events import Outcome, Severity

LONGEST_TEXT = 75
"""Characters of a nudge's text: what is taken in at a glance beside other work."""


class RuleTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A conversation of a rule's own, in the `.call` format with its expectations."""

    name: str
    call: str


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One nudge: what sets it off, what holds it back, what the agent sees, and when it is done.

    `when` are triggers of which any may set it off, of several at one moment the first; `unless` keeps it from the
    agent until it is shown; `done` is what the nudge asks for, `gone` makes it pointless. `valid_for_s` counts from the
    moment it became true, `life_s` from its arrival on screen, where it then `ends_as`. A rule `at_once` does not wait
    for a pause; a `mixed` one also works where both sides share one channel.
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
    valid_for_s: float = 15.0
    life_s: float | None = None
    ends_as: Outcome = "expired"
    cooldown_s: float | None = None
    max_per_call: int | None = None
    at_once: bool = False
    mixed: bool = False
    enabled: bool = True
    shadow: bool = False
    test: tuple[RuleTest, ...] = ()


class Pack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole rule pack; `customer` and `agent` are the cue families of either side."""

    name: str
    version: str
    about: str = ""
    extends: str = ""
    conversation: ConversationSettings
    timing: TimingSettings
    mood: MoodSettings
    heat: HeatSettings
    empathy: EmpathySettings
    delivery: DeliverySettings
    wrap_up: WrapUpSettings = WrapUpSettings()
    customer: dict[str, CueSpec]
    agent: dict[str, CueSpec]
    rule: tuple[Rule, ...]


class LoadedPack(Protocol):
    """A pack with its cue families compiled."""

    pack: Pack
    book: CueBook


class _Loaded(msgspec.Struct, frozen=True):
    pack: Pack
    book: CueBook


def tables(text: str, name: str) -> dict[str, Any]:
    """A pack's TOML text as plain tables.

    Raises PackError with the line when it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{name}: not TOML: {error}") from error


def overlay(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A pack's tables laid over those it extends: rules by id, everything else key by key."""
    result = dict(base)
    for key, value in own.items():
        old = result.get(key)
        if key == "rule":
            result[key] = _overlay_rules(base.get("rule", []), value)
        elif isinstance(old, dict) and isinstance(value, dict):
            result[key] = overlay(old, value)
        else:
            result[key] = value
    return result


@lru_cache(maxsize=16)
def load(text: str, name: str = "pack") -> _Loaded:
    """A pack from its TOML text, checked and compiled; kept, since every call of a service uses the same.

    Raises PackError naming the rule, the line and what is wrong.
    """
    table = tables(text, name)
    try:
        pack = msgspec.convert(table, Pack)
    except msgspec.ValidationError as error:
        raise PackError(f"{name}{_where(str(error), text, table)}: {error}") from error
    try:
        book = CueBook(pack.customer, pack.agent)
        _check(pack, book, text)
    except PackError as error:
        raise PackError(f"{name}: {error}") from error
    return _Loaded(pack, book)


def _overlay_rules(base: list[dict[str, Any]], own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rules = {rule.get("id", ""): dict(rule) for rule in base}
    for rule in own:
        rules[rule.get("id", "")] = {**rules.get(rule.get("id", ""), {}), **rule}
    return list(rules.values())


def _where(message: str, text: str, table: dict[str, Any]) -> str:
    in_rule = re.search(r"\$\.rule\[(\d+)\]", message)
    if in_rule is not None:
        index = int(in_rule.group(1))
        rule = table["rule"][index]
        starts = [line for line, content in enumerate(text.splitlines(), 1) if content.strip() == "[[rule]]"]
        line = starts[index] if index < len(starts) else 0
        return f":{line}: rule {rule.get('id', '?')}" if isinstance(rule, dict) else f":{line}"
    # The key itself where the pack holds it, else the heading of its section.
    field: list[str] = re.findall(r"field `(\w+)`", message)
    path: list[str] = re.findall(r"\.(\w+)", message.rpartition(" at ")[2])
    lines = [_line_of_key(name, text) for name in (*field, *reversed(path))]
    return f":{next((line for line in lines if line), 1)}"


def _line_of_key(name: str, text: str) -> int:
    wanted = re.compile(rf"\s*(\[+{name}\b|{name}\s*=)")
    return next((line for line, content in enumerate(text.splitlines(), 1) if wanted.match(content)), 0)


def _line_of(rule: str, text: str) -> int:
    wanted = re.compile(rf'\s*id\s*=\s*["\']{re.escape(rule)}["\']')
    return next((line for line, content in enumerate(text.splitlines(), 1) if wanted.match(content)), 0)


def _check(pack: Pack, book: CueBook, text: str) -> None:
    known: list[str] = []
    for rule in pack.rule:
        where = f"rule {rule.id} (line {_line_of(rule.id, text)})"
        if rule.id in known:
            raise PackError(f"{where}: stands twice; ids must differ")
        known.append(rule.id)
        if len(rule.text) > LONGEST_TEXT:
            raise PackError(f"{where}: text has {len(rule.text)} characters, {LONGEST_TEXT} fit")
        if not rule.when:
            raise PackError(f"{where}: has no `when`, so it could never fire")
        for cue in _cues_of(rule):
            if cue not in book.names:
                raise PackError(f"{where}: no cue family {cue}; write C.name or A.name of one that stands in the pack")
    for section, cues in _cues_of_settings(pack):
        for cue in cues:
            if cue not in book.names:
                raise PackError(f"[{section}]: no cue family {cue}; write C.name or A.name of one in the pack")
    for rule in pack.rule:
        for other in (name for condition in _conditions_of(rule) for name in condition.showing):
            if other not in known:
                raise PackError(f"rule {rule.id} (line {_line_of(rule.id, text)}): no rule {other} in the pack")


def _conditions_of(rule: Rule) -> list[Condition]:
    return [
        *(condition for trigger in rule.when for condition in (*trigger.only_if, *trigger.unless)),
        *rule.unless,
        *rule.done,
        *rule.gone,
    ]


def _cues_of(rule: Rule) -> list[str]:
    cues = [cue for condition in _conditions_of(rule) for cue in (*condition.heard, *condition.heard_all)]
    for trigger in rule.when:
        cues.extend(getattr(trigger, "moves", ()))
        if isinstance(trigger, Heard | PartsMissing):
            cues.extend(trigger.cues)
        if isinstance(trigger, PartsMissing):
            cues.extend(cue for part in trigger.parts for cue in (*part.cues, *part.if_heard))
    return cues


def _cues_of_settings(pack: Pack) -> list[tuple[str, tuple[str, ...]]]:
    empathy, conversation, wrap_up = pack.empathy, pack.conversation, pack.wrap_up
    return [
        ("wrap_up", (*wrap_up.promises, *wrap_up.timeframes, *(cue for mark in wrap_up.marks for cue in mark.cues))),
        ("conversation", (*conversation.resolution_cues, *conversation.closing_cues)),
        (
            "empathy",
            (
                *empathy.strong,
                *empathy.weak,
                *empathy.answers,
                *empathy.defers,
                *empathy.formulas,
                *empathy.withdraws,
            ),
        ),
    ]
