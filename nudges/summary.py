"""What a call amounted to: the read models flow in at its end, plain numbers under stable names come out."""

from nudges.policy import Policy
from nudges.situation import Situation
from streams.events import OpeningState, Outcome, Severity

OUTCOMES: tuple[Outcome, ...] = ("done", "dismissed", "expired", "superseded", "call_ended")
STATES: tuple[OpeningState, ...] = ("given", "bare", "missed", "not_needed")
SEVERITIES: tuple[Severity, ...] = ("critical", "warn", "info", "praise")


def totals(seen: Situation, policy: Policy) -> dict[str, object]:
    """The totals of a call that ends now: milliseconds, shares from 0 to 1, scores from -1 to 1, heat from 0 to 100.

    What `nudges.wrapup` suggests stands beside them in a call's summary.
    """
    return {
        "duration_ms": seen.now_ms,
        **_talk(seen),
        **_feeling(seen),
        "openings": _openings(seen),
        "ledger": _ledger(seen),
        "checklist": seen.checklist.states,
        "nudges": _nudges(policy),
        "in_shadow": _in_shadow(policy),
    }


def _talk(seen: Situation) -> dict[str, object]:
    timing, now_ms = seen.timing, seen.now_ms
    agent_ms = timing.spoken_ms("agent", now_ms)
    customer_ms = timing.spoken_ms("customer", now_ms)
    both_ms = agent_ms + customer_ms
    return {
        "agent_talk_ms": agent_ms,
        "customer_talk_ms": customer_ms,
        "agent_talk_share": round(agent_ms / both_ms, 4) if both_ms else None,
        "silence_ms": timing.silence_ms,
        "silence_share": round(timing.silence_ms / now_ms, 4) if now_ms else None,
        "longest_silence_ms": timing.longest_silence_ms,
        "overlap_ms": timing.overlap_ms,
        "talk_overs": len(timing.talk_overs),
        "hold_ms": timing.hold_ms,
    }


def _feeling(seen: Situation) -> dict[str, object]:
    peak_ms, peak = seen.heat.highest
    return {
        "heat_peak": round(peak, 1),
        "heat_peak_at_ms": peak_ms,
        "heat_at_end": round(seen.heat.value(seen.now_ms), 1),
        "mood_lowest": seen.mood.lowest,
        "mood_at_end": seen.mood.smoothed,
        "mood_arc": seen.mood.arc(seen.now_ms),
    }


def _openings(seen: Situation) -> dict[str, object]:
    openings = seen.ledger.openings
    waits = sorted(
        max(0, opening.answered_ms - opening.ended_ms)
        for opening in openings
        if opening.state == "given" and opening.answered_ms is not None
    )
    return {
        "total": len(openings),
        "strong": sum(opening.strength == "strong" for opening in openings),
        **{state: sum(opening.state == state for opening in openings) for state in STATES},
        "median_answer_ms": waits[len(waits) // 2] if waits else None,
    }


def _ledger(seen: Situation) -> list[dict[str, object]]:
    """Every opening for empathy: what opened it, what became of it, and how long the agent took."""
    return [
        {
            "quote": opening.quote,
            "said_ms": opening.said_ms,
            "strength": opening.strength,
            "outcome": opening.state,
            "answer_ms": None if opening.answered_ms is None else max(0, opening.answered_ms - opening.ended_ms),
        }
        for opening in seen.ledger.openings
    ]


def _nudges(policy: Policy) -> dict[str, object]:
    cards = policy.cards
    return {
        "shown": len(cards),
        "by_severity": {name: sum(card.advice.severity == name for card in cards) for name in SEVERITIES},
        "by_outcome": {name: list(policy.outcomes.values()).count(name) for name in OUTCOMES},
        "by_rule": [
            {
                "nudge": card.nudge,
                "rule": card.advice.rule,
                "severity": card.advice.severity,
                "at_ms": card.shown_ms,
                "outcome": policy.outcomes.get(card.nudge),
            }
            for card in cards
        ],
        "went_stale": dict(sorted(policy.stale.items())),
    }


def _in_shadow(policy: Policy) -> dict[str, list[int]]:
    """By rule, when it would have spoken had it not been in shadow, or had the agent not disliked it."""
    times: dict[str, list[int]] = {}
    for rule, at_ms in policy.shadowed:
        times.setdefault(rule, []).append(at_ms)
    return times
