"""What one call adds to the figures: its score flows in, counters by name flow out."""

from collections import defaultdict
from collections.abc import Mapping

from sidecar.evaluation.scoring import CaseScore

HOUR_MS = 3_600_000
ALL = "all"
"""Stands for the sum over all rules."""


def family(rule: str) -> str:
    """The family of a rule, as it is written: its id up to the dot, and the dot."""
    return rule.partition(".")[0] + "."


def counters(score: CaseScore) -> Mapping[str, float]:
    """The counters of one call, named `group kind`: groups are rules, families, `all`, `openings`, `nudge`, `heat`.

    `calm alarms` are nudges of warn or worse that no label asks for, in calls whose customer is never clearly upset and
    whose labels say of every nudge whether it was wanted; `calm_h` is how long both sides speak in just those calls.
    """
    count: defaultdict[str, float] = defaultdict(float)
    hours = score.talk_ms / HOUR_MS
    count["calls"] = 1
    count["talk_h"] = hours
    count["judged_h"] = hours * score.judged
    count["calm_h"] = hours * (score.calm and score.complete)
    count["calm"] = score.calm
    count["expectations"] = score.expectations
    count["expectations met"] = score.expectations - len(score.unmet)
    for nudge in score.nudges:
        for group in (nudge.rule, family(nudge.rule), ALL):
            count[f"{group} shown"] += 1
            count[f"{group} {nudge.verdict}"] += 1
            count[f"{group} withdrawn"] += nudge.withdrawn
        loud = nudge.severity in {"warn", "critical"}
        count["calm alarms"] += score.calm and score.complete and loud and nudge.verdict == "unwanted"
    for want in score.wants:
        for group in (want.rule, family(want.rule), ALL):
            count[f"{group} required"] += 1
            count[f"{group} met"] += want.met
    for group in dict.fromkeys(family(nudge.rule) for nudge in score.nudges):
        count[f"calm {group}"] += score.calm
    _count_openings(score, count)
    for onset in score.onsets:
        place = "rising" if onset.escalates else "calm"
        count[f"{onset.announcer} {place}"] += 1
        count[f"{onset.announcer} {place} false"] += onset.false
        count[f"{onset.announcer} met"] += onset.lead_ms is not None
    return count


def _count_openings(score: CaseScore, count: defaultdict[str, float]) -> None:
    for opening in score.openings or ():
        labelled, said = opening.strength is not None, opening.said is not None
        strong = opening.strength == "strong"
        count["openings labelled"] += labelled
        count["openings said"] += said
        count["openings found"] += labelled and said
        count["openings strong"] += strong
        count["openings strong found"] += strong and said
        if labelled and said and opening.outcome != "none_due":
            count["openings judged"] += 1
            count["openings outcome right"] += opening.outcome == opening.said
            count["openings outcome missed"] += opening.outcome == "missed"
