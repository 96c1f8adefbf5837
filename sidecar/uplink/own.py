"""What is the agent's own and never leaves the machine: hints for the agent's sake, by family and rule."""

from streams.events import FloorAlert, Nudge, NudgeResolved

FAMILIES = frozenset({"stress"})
"""Families of rules that look after the agent; supervisors see neither their titles nor how many there were."""


def is_own(event: Nudge | NudgeResolved | FloorAlert) -> bool:
    """Whether a hint, its end or an alert comes from a rule that is there for the agent's own sake."""
    family = event.family if isinstance(event, Nudge) else ""
    return family in FAMILIES or event.rule.partition(".")[0] in FAMILIES
