"""Triggers found in the call's checklist and in its end. The situation in, findings out."""

from nudges.detect_words import new_hits
from nudges.findings import Finding, Memory, quotes
from nudges.signals import CallOver, ItemOverdue
from nudges.situation import Situation
from nudges.triggers import CallEnds, ItemsMissing, ItemsOverdue


def overdue(trigger: ItemsOverdue, seen: Situation, _: Memory) -> list[Finding]:
    """Lines that were not said in time."""
    late = [signal for signal in seen.signals if isinstance(signal, ItemOverdue) and signal.group in trigger.groups]
    unsaid = {item.item for item in late} | {item.id for item in seen.checklist.missing(trigger.groups)}
    if not late or len(unsaid) < trigger.least:
        return []
    return [
        Finding(
            from_ms=seen.now_ms,
            until_ms=seen.now_ms,
            measured="not said: " + ", ".join(item.label for item in late),
            threshold="said in time",
            items=tuple(item.item for item in late),
            names=tuple(item.label for item in late),
        )
    ]


def items_missing(trigger: ItemsMissing, seen: Situation, _: Memory) -> list[Finding]:
    """A cue while lines are unsaid."""
    found = []
    for _turn, hits in new_hits(trigger.cues, seen):
        missing = seen.checklist.missing(trigger.groups)
        if len(missing) >= trigger.least:
            found.append(
                Finding(
                    from_ms=hits[-1].said_ms,
                    until_ms=hits[-1].ended_ms,
                    measured="not said: " + ", ".join(item.label for item in missing),
                    threshold=f"fewer than {trigger.least} left by now",
                    evidence=quotes(hits),
                    items=tuple(item.id for item in missing),
                    names=tuple(item.label for item in missing),
                )
            )
    return found


def call_ends(_: CallEnds, seen: Situation, __: Memory) -> list[Finding]:
    """The end of the call."""
    if not any(isinstance(signal, CallOver) for signal in seen.signals):
        return []
    peak = seen.heat.highest[1]
    return [
        Finding(from_ms=seen.now_ms, until_ms=seen.now_ms, measured=f"heat up to {peak:.0f}", threshold="at the end")
    ]
