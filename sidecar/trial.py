"""Scripted calls on trial: a script flows through a coach, and what it said is held against what was expected.

Used for the conversations that stand with each rule of a pack and for `.call` files.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import msgspec

from nudges.coach import Coach
from nudges.packs import laid_over, load
from nudges.rehearsal import with_happenings
from streams.events import CallContext, CallSummary, CoachEvent, Nudge, NudgeResolved
from streams.script import Expectation, Script, script_events
from streams.transcript import read_transcript

Happenings: TypeAlias = tuple[tuple[float, str], ...]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How one call went: `said` is what the coach said, `unmet` the expectations it did not meet, with the reason."""

    name: str
    said: tuple[CoachEvent, ...]
    unmet: tuple[tuple[Expectation, str], ...]

    @property
    def passed(self) -> bool:
        """Whether every expectation was met."""
        return not self.unmet


def run_script(
    script: Script, pack: str, config: dict[str, object] | None = None, happenings: Happenings = ()
) -> tuple[CoachEvent, ...]:
    """Everything a coach says about a scripted call in which `happenings` happen; `pack` is TOML text.

    Raises PackError for a pack that cannot be used.
    """
    coach = Coach(CallContext(call_id="trial", at_ms=0, pack=pack, config=config or {"volume": "novice"}))
    events = with_happenings(script_events(script, "trial"), happenings, "trial")
    return tuple(said for event in events for said in coach.feed(event))


def judge(script: Script, pack: str, config: dict[str, object] | None = None, happenings: Happenings = ()) -> Verdict:
    """Run a scripted call and hold it against its expectations, at full volume unless `config` says otherwise.

    Raises PackError for a pack that cannot be used.
    """
    said = run_script(script, pack, config, happenings)
    nudges = [event for event in said if isinstance(event, Nudge)]
    resolved = [event for event in said if isinstance(event, NudgeResolved)]
    summaries = [event.totals["in_shadow"] for event in said if isinstance(event, CallSummary)]
    logged = {rule for times in summaries for rule in msgspec.convert(times, dict[str, list[int]])}
    unmet = [
        (expectation, f"{reason}: only logged, in shadow" if expectation.rule in logged else reason)
        for expectation in script.expectations
        if (reason := _why_unmet(expectation, nudges, resolved)) is not None
    ]
    return Verdict(name=script.name, said=said, unmet=tuple(unmet))


class Case(msgspec.Struct, frozen=True):
    """A conversation of a rule's own: the rule, what is said and happens, and the pack as this conversation has it."""

    rule: str
    script: Script
    pack: str
    happenings: Happenings
    off: tuple[str, ...] = ()

    def judge(self) -> Verdict:
        """Run it and hold it against its expectations."""
        return judge(self.script, self.pack, {"volume": "novice", "off": self.off}, self.happenings)


def pack_cases(pack: str) -> Iterator[Case]:
    """The conversations of a pack's rules, without those that are about a rule that is off in them.

    A rule in shadow is held to its own as if it spoke, since that is what the shadow is to find out.

    Raises PackError for a pack that cannot be used, TranscriptError for a conversation that cannot be read.
    """
    rules = load(pack).pack.rule
    for rule in rules:
        others = tuple(other.id for other in rules if other.id != rule.id)
        for test in rule.test:
            script = read_transcript(test.call, f"{rule.id}: {test.name}.call")
            own = laid_over(pack, test.pack) if test.pack else pack
            if rule.shadow:
                own = laid_over(own, f'rule = [{{ id = "{rule.id}", shadow = false }}]')
            if rule.enabled or any(one.id == rule.id and one.enabled for one in load(own).pack.rule):
                yield Case(rule.id, script, own, test.events, others if test.alone else ())


def report(verdict: Verdict) -> list[str]:
    """A failed verdict as lines for a person: what was wanted, and under it what the coach did say."""
    lines = [f"FAILED  {verdict.name}"]
    for expectation, reason in verdict.unmet:
        lines.append(f"  - line {expectation.line}: {wording(expectation)}")
        lines.append(f"    {reason}")
    spoken = [line for event in verdict.said if (line := _spoken(event)) is not None]
    lines.extend(f"  + {line}" for line in spoken or ["the coach said nothing"])
    return lines


def wording(expectation: Expectation) -> str:
    """An expectation in the words of a `.call` file."""
    match expectation.kind:
        case "none":
            return "none"
        case "not_rule" | "not_family":
            return f"not {expectation.rule}"
        case "resolved":
            return f"resolved {expectation.rule} {expectation.outcome}"
        case _:
            severity = f" {expectation.severity}" if expectation.severity else ""
            within = expectation.within
            span = f" within {clock(within[0])}-{clock(within[1])}" if within else ""
            return f"{expectation.rule}{severity}{span}"


def clock(at_ms: int) -> str:
    """A moment of the call as MM:SS.mmm."""
    minutes, rest_ms = divmod(at_ms, 60_000)
    return f"{minutes:02d}:{rest_ms // 1000:02d}.{rest_ms % 1000:03d}"


def _why_unmet(expectation: Expectation, nudges: Sequence[Nudge], resolved: Sequence[NudgeResolved]) -> str | None:
    rule = expectation.rule
    match expectation.kind:
        case "none":
            return f"{nudges[0].rule} came at {clock(nudges[0].at_ms)}" if nudges else None
        case "not_rule":
            return _unwanted([nudge for nudge in nudges if nudge.rule == rule])
        case "not_family":
            return _unwanted([nudge for nudge in nudges if nudge.rule.startswith(rule)])
        case "resolved":
            ends = [event for event in resolved if event.rule == rule]
            if any(event.outcome == expectation.outcome for event in ends):
                return None
            return "it was " + ", ".join(event.outcome for event in ends) if ends else "no such nudge ended"
        case _:
            return _why_missing(expectation, [nudge for nudge in nudges if nudge.rule == rule])


def _why_missing(expectation: Expectation, nudges: Sequence[Nudge]) -> str | None:
    if not nudges:
        return "it never came"
    severe = [nudge for nudge in nudges if expectation.severity in {None, nudge.severity}]
    if not severe:
        return "it came as " + ", ".join(nudge.severity for nudge in nudges)
    first_ms, last_ms = expectation.within or (0, severe[-1].at_ms)
    if any(first_ms <= nudge.at_ms <= last_ms for nudge in severe):
        return None
    return "it came at " + ", ".join(clock(nudge.at_ms) for nudge in severe)


def _unwanted(nudges: Sequence[Nudge]) -> str | None:
    return f"{nudges[0].rule} came at {clock(nudges[0].at_ms)}: {nudges[0].measured}" if nudges else None


def _spoken(event: CoachEvent) -> str | None:
    match event:
        case Nudge():
            why = "; ".join(f"'{quote.quote}'" for quote in event.evidence)
            return f"{clock(event.at_ms)}  {event.rule} {event.severity}  ({event.measured}) {why}".rstrip()
        case NudgeResolved():
            return f"{clock(event.at_ms)}  {event.rule} {event.outcome}"
        case _:
            return None
