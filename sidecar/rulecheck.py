"""What is wrong with a pack though it loads: its text flows in, findings for a person flow out.

Dead rules, families that nothing uses, expressions that another one shadows, thresholds that nothing can reach, and
expressions that could hold up a call.
"""

import re
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from nudges.packcheck import conditions_of, cues_of
from nudges.packs import LoadedPack, load
from nudges.rulepack import Pack, Rule
from nudges.situation import Condition
from nudges.triggers import Escalates, Heard, HeatLasts, HeatReaches, TalkShare, Trigger, Unclear
from nudges.understanding import SIDES
from sidecar.expressions import LIMIT_MS, TEXT_CHARS, expressions, lines, slow
from sidecar.trial import Case, pack_cases
from streams.events import Nudge

_HOTTEST = 100.0
_SHOWN = 60
"""Characters of an expression that a finding shows: enough to find it by."""
_PLAIN = re.compile(r"[a-z' ]+")


class Problem(msgspec.Struct, frozen=True):
    """One finding: its kind, the rule or cue family, and what is wrong."""

    kind: str
    where: str
    what: str


def check_pack(text: str) -> list[Problem]:
    """Everything found in a pack; where an expression does not end, no conversation is run.

    Raises PackError for a pack that does not load, TranscriptError for a conversation that cannot be read.
    """
    loaded = load(text)
    pack = loaded.pack
    held_up = slow(expressions(pack))
    ends = all(found.took_ms is not None for found in held_up)
    return [
        *unreachable(pack),
        *shadowed(pack),
        *unused(pack),
        *unlearned(loaded),
        *(dead(pack, list(pack_cases(text))) if ends else ()),
        *(
            Problem("slow", found.expression.cue, f"{_took(found.took_ms)}: {found.expression.line}")
            for found in held_up
        ),
    ]


def dead(pack: Pack, cases: list[Case]) -> Iterator[Problem]:
    """Rules that no conversation of their own makes fire, and triggers that one before them always beats."""
    known = [rule.id for rule in pack.rule]
    for rule in pack.rule:
        own = [case for case in cases if case.rule == rule.id]
        # A conversation may have become another rule's moment; then it is asked what this one would say alone.
        alone = [replace(case, off=tuple(one for one in known if one != rule.id)) for case in own]
        if not any(_fires(case) for case in (*own, *alone)) and (rule.enabled or own):
            kept = "its conversations never make it fire" if rule.test else "it has no conversation of its own"
            yield Problem("dead", rule.id, kept)
        for later in range(1, len(rule.when)):
            for earlier in range(later):
                if _beats(rule.when[earlier], rule.when[later]):
                    yield Problem("dead", rule.id, f"trigger {later + 1} never comes before trigger {earlier + 1}")


def _fires(case: Case) -> bool:
    return any(isinstance(event, Nudge) and event.rule == case.rule for event in case.judge().said)


def unused(pack: Pack) -> Iterator[Problem]:
    """Cue families that no rule, setting or line of the checklist names, and that carry no heat."""
    used = {cue for rule in pack.rule for cue in cues_of(rule)}
    for item in pack.checklist:
        used |= {*item.cues, *item.if_heard, *item.before}
    settings = msgspec.to_builtins((pack.empathy, pack.conversation, pack.wrap_up))
    used |= set(re.findall(r"[CA]\.\w+", str(settings)))
    for side, families in (("C", pack.customer), ("A", pack.agent)):
        for name, spec in families.items():
            if f"{side}.{name}" not in used and not spec.weight:
                yield Problem("unused", f"{side}.{name}", "nothing in the pack goes by it")


def unlearned(loaded: LoadedPack) -> Iterator[Problem]:
    """Cue families that ask for a learned move in a pack without learned numbers: it hears their expressions alone."""
    for side in SIDES.values() if loaded.moves is None else ():
        for cue, move, _ in loaded.book.learned(side):
            yield Problem("unlearned", cue, f"learned = '{move}', but the pack has no learned numbers ([model])")


def shadowed(pack: Pack) -> Iterator[Problem]:
    """Plain expressions that another one of their family matches as well, or that stand twice."""
    for side, families in (("C", pack.customer), ("A", pack.agent)):
        for name, spec in families.items():
            said = lines(msgspec.structs.replace(spec, unless=""))
            for number, line in enumerate(said):
                others = [
                    other for index, other in enumerate(said) if index != number and (other != line or index < number)
                ]
                if _PLAIN.fullmatch(line) and (by := next((one for one in others if _covers(one, line)), None)):
                    yield Problem("shadowed", f"{side}.{name}", f"'{line}' is matched by '{_short(by)}' already")


def unreachable(pack: Pack) -> Iterator[Problem]:
    """Thresholds that nothing can reach."""
    if list(pack.heat.bands) != sorted(pack.heat.bands):
        yield Problem("unreachable", "[heat]", "the bands do not rise")
    for at in pack.heat.bands:
        if at > _HOTTEST:
            yield Problem("unreachable", "[heat]", f"heat never reaches the band at {at:g}")
    for rule in pack.rule:
        for what in (*_rule_limits(rule), *_trigger_limits(rule), *_condition_limits(rule)):
            yield Problem("unreachable", rule.id, what)


def _rule_limits(rule: Rule) -> Iterator[str]:
    if rule.valid_for_s <= 0:
        yield "valid_for_s is 0: it goes stale before it can be shown"
    if rule.max_per_call is not None and rule.max_per_call < 1:
        yield "max_per_call is 0"
    if rule.life_s is not None and rule.life_s <= 0:
        yield "life_s is 0: it leaves as it comes"


def _trigger_limits(rule: Rule) -> Iterator[str]:
    for number, trigger in enumerate(rule.when, 1):
        match trigger:
            case HeatReaches(at=at) | HeatLasts(at=at) | Escalates(at=at) if at > _HOTTEST:
                yield f"trigger {number}: heat never reaches {at:g}"
            case Escalates(tense_from=tense_from) if tense_from > 1:
                yield f"trigger {number}: no turn is tense with more than {tense_from:g}"
            case TalkShare(above=above) if above >= 1:
                yield f"trigger {number}: no share is above {above:g}"
            case Unclear(below=below) if below <= 0:
                yield f"trigger {number}: no confidence is below {below:g}"
            case Heard(count=count, turns=turns, within_s=within_s) if max(count, turns) > 1 and within_s <= 0:
                yield f"trigger {number}: {max(count, turns)} times within 0 s"
            case _:
                pass


def _condition_limits(rule: Rule) -> Iterator[str]:
    for condition in conditions_of(rule):
        if _impossible(condition):
            yield f"no call meets {_given(condition)}"


def _impossible(condition: Condition) -> bool:
    least = max(condition.heat_from or 0.0, condition.peak_from or 0.0)
    hot = least > _HOTTEST or (condition.heat_below is not None and (condition.heat_from or 0) >= condition.heat_below)
    late = condition.call_below_s is not None and (condition.call_s or 0) >= condition.call_below_s
    return hot or late or (condition.tense_from or 0.0) > 1


def _given(condition: Condition) -> str:
    empty = Condition()
    fields = {name: getattr(condition, name) for name in condition.__struct_fields__}
    return ", ".join(f"{name} = {value}" for name, value in fields.items() if value != getattr(empty, name))


def _beats(earlier: Trigger, later: Trigger) -> bool:
    """Whether whatever the later trigger finds the earlier one finds at the same moment, without asking for more."""
    if type(earlier) is not type(later) or earlier.only_if or earlier.unless or earlier.wait_s:
        return False
    shared = {"severity", "floor", "only_if", "unless"}
    return all(
        getattr(earlier, name) == getattr(later, name) for name in earlier.__struct_fields__ if name not in shared
    )


def _short(expression: str) -> str:
    return expression if len(expression) <= _SHOWN else f"{expression[: _SHOWN - 1]}…"


def _covers(expression: str, text: str) -> bool:
    return re.search(rf"(?<!\w)(?:{expression})(?!\w)", text) is not None


def _took(took_ms: float | None) -> str:
    took = "longer than anybody waits" if took_ms is None else f"{took_ms:g} ms"
    return f"takes {took} on {TEXT_CHARS} characters ({LIMIT_MS:g} ms are allowed)"
