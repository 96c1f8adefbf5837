"""A policy at its desk: advice in few words flows in, decisions flow out."""

from typing import Any

from nudges.delivery import Advice, Air, Decision, DeliverySettings, Resolve, Show
from nudges.findings import Finding
from nudges.policy import Policy
from streams.events import Severity

SETTINGS = DeliverySettings(
    gap_s=20,
    cooldown_s=90,
    cap=3,
    cap_window_s=300,
    cap_per_call=8,
    life_s={"info": 12, "warn": 20, "critical": 45, "praise": 6},
    pause_ms=300,
    critical_yield_s=10,
    read_s=3,
    praise_per_call=2,
    praise_heat_below=40,
    info_heat_below=60,
    thumbs_down=2,
    thumbs_window=10,
    undo_s=5,
)

CALM = Air(quiet_since_ms=-1000)

LISTENING = Air(customer_speaking=True, anyone_speaking=True)

TALKING = Air(anyone_speaking=True)


def advice(rule: str = "a.one", severity: Severity = "warn", at_ms: int = 0, **changes: Any) -> Advice:
    evidence_ms = changes.pop("evidence_ms", at_ms)
    valid_s = changes.pop("valid_s", 15)
    finding = Finding(from_ms=evidence_ms, until_ms=evidence_ms, measured="", threshold="")
    return Advice(
        **{
            "rule": rule,
            "family": rule.split(".", maxsplit=1)[0],
            "severity": severity,
            "priority": 50,
            "true_ms": at_ms,
            "valid_until_ms": at_ms + valid_s * 1000,
            "finding": finding,
            **changes,
        }
    )


def policy(level: Any = "novice", **history: tuple[bool, ...]) -> Policy:
    return Policy("c", SETTINGS, level, {rule.replace("_", "."): thumbs for rule, thumbs in history.items()})


def offer(desk: Policy, *advices: Advice, at_ms: int, air: Air = CALM) -> list[Decision]:
    for one in advices:
        desk.offer(one)
    return desk.settle(at_ms, air)


def shown(decisions: list[Decision]) -> list[str]:
    return [decision.advice.rule for decision in decisions if isinstance(decision, Show)]


def ended(decisions: list[Decision]) -> list[tuple[str, str]]:
    return [(decision.rule, decision.outcome) for decision in decisions if isinstance(decision, Resolve)]
