"""Cases on every core: tasks flow out to an engine, scores flow back in the order of the cases."""

from collections.abc import Generator, Mapping, Sequence

import msgspec

from nudges.coach import Coach
from nudges.packs import load
from nudges.triggers import FloorHeld, HastyReplies, SilenceLasts, TalkShare, TalksOver
from sidecar.evaluation.engines import Engine
from sidecar.evaluation.labels import Case
from sidecar.evaluation.scoring import CaseScore, score
from sidecar.journal import Kept
from sidecar.trial import judge, wording
from streams.events import CallContext, CoachEvent

BATCH = 8
"""Calls of one task: enough that sending the packs along costs little, few enough that a stop is prompt."""

ON_TIMING = (FloorHeld, HastyReplies, SilenceLasts, TalksOver, TalkShare)
"""Triggers that go by who speaks when, and so are off where times are made up."""


class Task(msgspec.Struct, frozen=True):
    """Some cases, the packs (TOML text) that each of them runs under, and the `[nudges]` settings."""

    cases: tuple[Case, ...]
    packs: tuple[str, ...]
    config: Mapping[str, object]


def tasks(cases: Sequence[Case], packs: Sequence[str], config: Mapping[str, object]) -> list[Task]:
    """The work in portions."""
    return [Task(tuple(cases[first : first + BATCH]), tuple(packs), config) for first in range(0, len(cases), BATCH)]


def perform(work: Sequence[Task], engine: Engine) -> Generator[tuple[int, list[tuple[CaseScore, ...]]]]:
    """The scores of each task's cases, one for each pack, as they come; each with the task's number."""
    yield from engine.run(carry_out, work)


def carry_out(task: Task) -> list[tuple[CaseScore, ...]]:
    """The scores of each case, one for each pack.

    Raises PackError for a pack that cannot be used.
    """
    return [tuple(_perform(case, pack, task.config) for pack in task.packs) for case in task.cases]


def _perform(case: Case, pack: str, config: Mapping[str, object]) -> CaseScore:
    if case.kept is not None:
        return score(case, _again(case.kept, pack, config))
    if case.script is None:
        return score(case, ())
    if not case.timed:
        config = {**config, "off": (*_listed(config, "off"), *_on_timing(pack))}
    verdict = judge(case.script, pack, dict(config))
    unmet = tuple(
        f"{case.script.name}:{expectation.line}: {wording(expectation)}: {reason}"
        for expectation, reason in verdict.unmet
    )
    return score(case, verdict.said, expectations=len(case.script.expectations), unmet=unmet)


def _again(kept: Kept, pack: str, config: Mapping[str, object]) -> tuple[CoachEvent, ...]:
    """What a coach would have said in an earlier call."""
    context = kept.context
    coach = Coach(
        CallContext(
            call_id=context.call_id,
            at_ms=0,
            pack=pack,
            config=dict(config),
            history=context.history,
            peaks=context.peaks,
        )
    )
    return tuple(said for event in kept.inputs for said in coach.feed(event))


def _on_timing(pack: str) -> tuple[str, ...]:
    """The rules of a pack that only timing sets off."""
    rules = load(pack).pack.rule
    return tuple(rule.id for rule in rules if all(isinstance(trigger, ON_TIMING) for trigger in rule.when))


def _listed(config: Mapping[str, object], key: str) -> tuple[object, ...]:
    listed = config.get(key, ())
    return tuple(listed) if isinstance(listed, list | tuple) else ()
