"""One call held against its labels: what the coach said flows in, every hit, miss and false alarm flows out."""

from collections.abc import Collection, Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from sidecar.evaluation.labels import Ban, Case, LabelledOutcome, Span, Want
from sidecar.evaluation.wants import onset_window
from streams.events import CoachEvent, Empathy, Heat, Nudge, NudgeResolved, OpeningState, Severity, Strength

Verdict: TypeAlias = Literal["wanted", "unwanted", "unjudged"]
Announcer: TypeAlias = Literal["nudge", "heat"]
"""What tells the agent of an escalation: a nudge of `deesc.*`, or the heat leaving the calm band."""

ANNOUNCERS: tuple[Announcer, ...] = ("nudge", "heat")


class SeenNudge(msgspec.Struct, frozen=True, kw_only=True):
    """One nudge that was shown; `withdrawn` when what it asked for was done while it stood."""

    rule: str
    severity: Severity
    at_ms: int
    verdict: Verdict
    withdrawn: bool


class SeenWant(msgspec.Struct, frozen=True, kw_only=True):
    """One moment at which a nudge was required; `lead_ms` is what was left of it when the nudge came, None if none."""

    rule: str
    from_ms: int
    met: bool
    lead_ms: int | None = None


class SeenOpening(msgspec.Struct, frozen=True, kw_only=True):
    """One opening: labelled (with `strength` and `outcome`), noticed by the coach (`said`), or both."""

    turn: int
    at_ms: int
    strength: Strength | None = None
    outcome: LabelledOutcome | None = None
    said: OpeningState | None = None


class SeenOnset(msgspec.Struct, frozen=True, kw_only=True):
    """What one announcer made of a call's escalation.

    `lead_ms` counts from the announcement to the end of the turn it is about; None when it did not come in time.
    `false` when it came in a calm call, or long before anything happened, and no label asks for it.
    """

    announcer: Announcer
    escalates: bool
    lead_ms: int | None
    false: bool


class CaseScore(msgspec.Struct, frozen=True, kw_only=True):
    """All of one call; None where its labels say nothing. `unmet` are expectations of a `.call`, as lines.

    `judged` where some nudges can be told right from wrong, `complete` where every one can.
    """

    id: str
    talk_ms: int
    judged: bool
    calm: bool
    complete: bool = False
    nudges: tuple[SeenNudge, ...] = ()
    wants: tuple[SeenWant, ...] = ()
    openings: tuple[SeenOpening, ...] | None = None
    onsets: tuple[SeenOnset, ...] = ()
    expectations: int = 0
    unmet: tuple[str, ...] = ()


def score(case: Case, said: Sequence[CoachEvent], *, expectations: int = 0, unmet: tuple[str, ...] = ()) -> CaseScore:
    """What the coach's events are worth by the labels of the case."""
    labels = case.labels
    nudges = [event for event in said if isinstance(event, Nudge)]
    done = {event.nudge for event in said if isinstance(event, NudgeResolved) and event.outcome == "done"}
    return CaseScore(
        id=case.id,
        talk_ms=case.talk_ms,
        judged=labels.complete or bool(labels.bans) or bool(labels.wants),
        calm=labels.calm,
        complete=labels.complete,
        nudges=tuple(
            SeenNudge(
                rule=nudge.rule,
                severity=nudge.severity,
                at_ms=nudge.at_ms,
                verdict=_verdict(nudge, case),
                withdrawn=nudge.nudge in done,
            )
            for nudge in nudges
        ),
        wants=tuple(_want(want, nudges, case) for want in labels.wants if want.required),
        openings=None if labels.openings is None else tuple(_openings(case, said)),
        onsets=() if labels.tension is None else tuple(_onsets(case, nudges, said)),
        expectations=expectations,
        unmet=unmet,
    )


def fits(pattern: str, rule: str) -> bool:
    """Whether a rule is meant by its id, or by its family where the pattern ends in a dot; an empty one means all."""
    return pattern in {"", rule} or (pattern.endswith(".") and rule.startswith(pattern))


def unknown(case: Case, rules: Collection[str]) -> list[str]:
    """What its labels call by a name that none of these rules has, each as a line that says where."""
    labels, script = case.labels, case.script
    named = dict.fromkeys([*(want.rule for want in labels.wants), *(ban.rule for ban in labels.bans)])
    lines = {} if script is None else {each.rule: f":{each.line}" for each in reversed(script.expectations)}
    return [
        f"{case.id if script is None else script.name}{lines.get(name, '')}: no rule {name}; "
        "`sidecar rules list` names them, and a family ends in a dot"
        for name in named
        if not any(fits(name, rule) for rule in rules)
    ]


def _verdict(nudge: Nudge, case: Case) -> Verdict:
    labels = case.labels
    if any(_banned(ban, nudge) for ban in labels.bans):
        return "unwanted"
    if any(_meets(nudge, want) for want in labels.wants):
        return "wanted"
    return "unwanted" if labels.complete else "unjudged"


def _banned(ban: Ban, nudge: Nudge) -> bool:
    return fits(ban.rule, nudge.rule) and ban.from_ms <= nudge.at_ms <= ban.to_ms


def _meets(nudge: Nudge, want: Want) -> bool:
    return (
        any(fits(pattern, nudge.rule) for pattern in (want.rule, *want.also))
        and want.severity in {None, nudge.severity}
        and want.from_ms <= nudge.at_ms <= want.to_ms
    )


def _want(want: Want, nudges: Iterable[Nudge], case: Case) -> SeenWant:
    met = next((nudge for nudge in nudges if _meets(nudge, want)), None)
    if met is None:
        return SeenWant(rule=want.rule, from_ms=want.from_ms, met=False)
    end_ms = min(want.to_ms, max((span.ended_ms for span in case.spans), default=want.to_ms))
    return SeenWant(rule=want.rule, from_ms=want.from_ms, met=True, lead_ms=max(0, end_ms - met.at_ms))


class _Noticed:
    """An opening as the coach saw it: in which turn it stands, and what became of it."""

    def __init__(self, opening: str, turn: int) -> None:
        self.opening = opening
        self.turn = turn
        self.state: OpeningState = "open"


def _openings(case: Case, said: Iterable[CoachEvent]) -> Iterable[SeenOpening]:
    noticed: list[_Noticed] = []
    for event in said:
        if not isinstance(event, Empathy):
            continue
        own = [each for each in noticed if each.opening == event.opening]
        if event.state != "open":
            # What became of it holds for every turn in which it was noticed and not yet settled.
            for each in own:
                each.state = event.state if each.state in {"open", "bare"} else each.state
        elif (turn := _turn_at(case.spans, event.said_ms)) is not None and turn not in [each.turn for each in own]:
            noticed.append(_Noticed(event.opening, turn))
    by_turn = {each.turn: each.state for each in reversed(noticed)}
    labelled = {opening.turn: opening for opening in case.labels.openings or ()}
    for turn in sorted(by_turn.keys() | labelled.keys()):
        label = labelled.get(turn)
        yield SeenOpening(
            turn=turn,
            at_ms=case.spans[turn].started_ms,
            strength=label.strength if label else None,
            outcome=label.outcome if label else None,
            said=by_turn.get(turn),
        )


def _turn_at(spans: Sequence[Span], said_ms: int) -> int | None:
    """The customer's turn in which something was said; None before the first one."""
    begun = [number for number, span in enumerate(spans) if span.channel != "agent" and span.started_ms <= said_ms]
    return max(begun, key=lambda number: spans[number].started_ms, default=None)


def _onsets(case: Case, nudges: Iterable[Nudge], said: Iterable[CoachEvent]) -> Iterable[SeenOnset]:
    announced = [nudge for nudge in nudges if fits("deesc.", nudge.rule)]
    heated = [event.at_ms for event in said if isinstance(event, Heat) and event.band != "calm"]
    told: dict[Announcer, list[int]] = {"nudge": [nudge.at_ms for nudge in announced], "heat": heated}
    # A word on the agent's own manner may be right where the customer is still calm.
    unasked = [nudge.at_ms for nudge in announced if _verdict(nudge, case) != "wanted"]
    doubtful: dict[Announcer, list[int]] = {"nudge": unasked, "heat": heated}
    onset = case.labels.onset
    for announcer in ANNOUNCERS:
        times = told[announcer]
        if onset is None:
            yield SeenOnset(announcer=announcer, escalates=False, lead_ms=None, false=bool(doubtful[announcer]))
            continue
        from_ms, to_ms = onset_window(case.spans, onset)
        met_ms = next((at_ms for at_ms in times if from_ms <= at_ms <= to_ms), None)
        yield SeenOnset(
            announcer=announcer,
            escalates=True,
            lead_ms=None if met_ms is None else case.spans[onset].ended_ms - met_ms,
            false=any(at_ms < from_ms for at_ms in doubtful[announcer]),
        )
