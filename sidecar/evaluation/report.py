"""The figures of an evaluation: the scores of all calls flow in, one `Report` flows out.

Shares have bootstrap intervals over calls; `rules` holds rules and, ending in a dot, families.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

import msgspec

from sidecar.evaluation.changes import Change
from sidecar.evaluation.counters import ALL, counters, family
from sidecar.evaluation.intervals import Counted, Measure, f1, median, share
from sidecar.evaluation.labels import LabelledOutcome
from sidecar.evaluation.scoring import ANNOUNCERS, Announcer, CaseScore
from streams.events import OpeningState

LABELLED: tuple[LabelledOutcome, ...] = get_args(LabelledOutcome)
SAID: tuple[OpeningState, ...] = ("given", "bare", "missed", "not_needed", "open")


class RuleFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, or a family: of what was shown, what was wanted; of what was wanted, what was shown in time.

    `lead_ms` is the median of what was left of a wanted moment when the nudge came.
    """

    rule: str
    shown: int
    right: int
    wrong: int
    unjudged: int
    required: int
    met: int
    precision: Measure
    recall: Measure
    f1: Measure
    lead_ms: float | None
    false_alarms_per_hour: Measure
    per_call: Measure
    withdrawn: Measure


class OpeningFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Openings for empathy: whether they were noticed in the right turn, and what was made of those that were.

    `always_missed` is what "missed" for each of them would score; `confusion` is labelled outcome to said outcome.
    """

    labelled: int
    said: int
    found: int
    precision: Measure
    recall: Measure
    f1: Measure
    recall_of_strong: Measure
    outcome_right: Measure
    always_missed: Measure
    confusion: Mapping[str, Mapping[str, int]]


class OnsetFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Escalations: announced within two customer turns; `false_in_calm` is the share of calm calls with one.

    `early` is the share of escalating calls in which one came before that. `lead_ms` is the median of the time from
    the announcement to the end of the customer's turn.
    """

    announcer: Announcer
    escalating: int
    calm: int
    recall: Measure
    false_in_calm: Measure
    early: Measure
    lead_ms: float | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one part of the calls."""

    part: str
    calls: int
    talk_hours: float
    rules: tuple[RuleFigures, ...]
    nudges_per_call: Measure
    wanted_met: Measure
    unwanted_share: Measure
    calm_alarms_per_hour: Measure
    calm_calls_with_family: Mapping[str, Measure]
    expectations_met: Measure
    openings: OpeningFigures | None
    onsets: tuple[OnsetFigures, ...]


class PackReport(msgspec.Struct, frozen=True, kw_only=True):
    """A pack's figures, of all calls and, where asked for, of both parts; `unmet` are lines about `.call` files."""

    pack: str
    parts: tuple[Figures, ...]
    unmet: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole evaluation; `changes` are what the second pack does otherwise, `skipped` lines that were no calls."""

    calls: int
    volume: str
    seed: int
    resamples: int
    packs: tuple[PackReport, ...]
    changes: tuple[Change, ...] = ()
    skipped: tuple[str, ...] = ()


def figures(part: str, scores: Sequence[CaseScore]) -> Figures:
    """The figures of some calls, named `part`."""
    counted = Counted([counters(score) for score in scores])
    groups = [ALL, *sorted(_groups(scores))]
    families = sorted(dict.fromkeys(family(nudge.rule) for score in scores for nudge in score.nudges))
    looked_at = any(score.onsets for score in scores)
    return Figures(
        part=part,
        calls=len(scores),
        talk_hours=round(counted.total("talk_h"), 3),
        rules=tuple(_rule(group, scores, counted) for group in groups),
        nudges_per_call=counted.measure(share(f"{ALL} shown", "calls")),
        wanted_met=counted.measure(share(f"{ALL} met", f"{ALL} required")),
        unwanted_share=counted.measure(share(f"{ALL} unwanted", f"{ALL} unwanted", f"{ALL} wanted")),
        calm_alarms_per_hour=counted.measure(share("calm alarms", "calm_h")),
        calm_calls_with_family={name: counted.measure(share(f"calm {name}", "calm")) for name in families},
        expectations_met=counted.measure(share("expectations met", "expectations")),
        openings=_openings(scores, counted),
        onsets=tuple(_onset(announcer, scores, counted) for announcer in ANNOUNCERS if looked_at),
    )


def _groups(scores: Iterable[CaseScore]) -> list[str]:
    """Every rule that was shown or wanted, and its family."""
    rules = [nudge.rule for score in scores for nudge in score.nudges]
    rules += [want.rule for score in scores for want in score.wants]
    return list(dict.fromkeys([*(family(rule) for rule in rules), *rules]))


def _rule(group: str, scores: Iterable[CaseScore], counted: Counted) -> RuleFigures:
    def of(kind: str) -> str:
        return f"{group} {kind}"

    leads = [
        want.lead_ms
        for score in scores
        for want in score.wants
        if want.lead_ms is not None and group in {want.rule, family(want.rule), ALL}
    ]
    return RuleFigures(
        rule=group,
        shown=int(counted.total(of("shown"))),
        right=int(counted.total(of("wanted"))),
        wrong=int(counted.total(of("unwanted"))),
        unjudged=int(counted.total(of("unjudged"))),
        required=int(counted.total(of("required"))),
        met=int(counted.total(of("met"))),
        precision=counted.measure(share(of("wanted"), of("wanted"), of("unwanted"))),
        recall=counted.measure(share(of("met"), of("required"))),
        f1=counted.measure(f1(of("wanted"), (of("wanted"), of("unwanted")), of("met"), of("required"))),
        lead_ms=median(leads),
        false_alarms_per_hour=counted.measure(share(of("unwanted"), "judged_h")),
        per_call=counted.measure(share(of("shown"), "calls")),
        withdrawn=counted.measure(share(of("withdrawn"), of("shown"))),
    )


def _openings(scores: Iterable[CaseScore], counted: Counted) -> OpeningFigures | None:
    looked_at = [score.openings for score in scores if score.openings is not None]
    if not looked_at:
        return None
    confusion: dict[str, dict[str, int]] = {label: dict.fromkeys(map(str, SAID), 0) for label in LABELLED}
    for opening in (opening for openings in looked_at for opening in openings):
        if opening.outcome is not None and opening.said is not None:
            confusion[opening.outcome][opening.said] += 1
    return OpeningFigures(
        labelled=int(counted.total("openings labelled")),
        said=int(counted.total("openings said")),
        found=int(counted.total("openings found")),
        precision=counted.measure(share("openings found", "openings said")),
        recall=counted.measure(share("openings found", "openings labelled")),
        f1=counted.measure(f1("openings found", ("openings said",), "openings found", "openings labelled")),
        recall_of_strong=counted.measure(share("openings strong found", "openings strong")),
        outcome_right=counted.measure(share("openings outcome right", "openings judged")),
        always_missed=counted.measure(share("openings outcome missed", "openings judged")),
        confusion=confusion,
    )


def _onset(announcer: Announcer, scores: Iterable[CaseScore], counted: Counted) -> OnsetFigures:
    seen = [onset for score in scores for onset in score.onsets if onset.announcer == announcer]
    return OnsetFigures(
        announcer=announcer,
        escalating=int(counted.total(f"{announcer} rising")),
        calm=int(counted.total(f"{announcer} calm")),
        recall=counted.measure(share(f"{announcer} met", f"{announcer} rising")),
        false_in_calm=counted.measure(share(f"{announcer} calm false", f"{announcer} calm")),
        early=counted.measure(share(f"{announcer} rising false", f"{announcer} rising")),
        lead_ms=median([onset.lead_ms for onset in seen if onset.lead_ms is not None]),
    )
