"""The rules at work: the situation flows in, advice and floor alerts come out.

For each rule its triggers are looked at in the pack's order; a find is held against the rule's conditions, watched for
as long as its trigger asks, and becomes advice. The same conditions say later whether the advice is done or pointless.
"""

from typing import NamedTuple

import msgspec

from nudges.delivery import Advice
from nudges.detectors import find, is_timed, set_off_by, wake_ms
from nudges.findings import Finding, Memory
from nudges.rulepack import Rule
from nudges.situation import Condition, Situation, any_holds, condition_wake_ms, holds
from nudges.triggers import Trigger
from streams.events import Outcome, Severity


class FloorCall(msgspec.Struct, frozen=True):
    """A line for supervisors."""

    rule: str
    severity: Severity
    text: str


class _Sentry(NamedTuple):
    rule: Rule
    number: int
    trigger: Trigger
    memory: Memory
    timed: bool
    signals: frozenset[type]


class _Watch(msgspec.Struct, frozen=True):
    rule: Rule
    trigger: int
    finding: Finding
    due_ms: int


class Rules:
    """The rules of one call; ids in `off` never run, those in `shadow` are only logged, as where the pack says so.

    What else holds a nudge back from the agent does not hold back the floor. About the rule `explained` it keeps notes.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        *,
        off: tuple[str, ...],
        shadow: tuple[str, ...],
        mixed: bool,
        floor_gap_s: float,
        explained: str = "",
    ) -> None:
        self._rules = {rule.id: rule for rule in rules if rule.enabled and rule.id not in off}
        self._shadow = shadow
        self._floor_gap_ms = round(floor_gap_s * 1000)
        self._sentries = tuple(
            _Sentry(rule, index, trigger, Memory(), is_timed(trigger), set_off_by(trigger))
            for rule in self._rules.values()
            if rule.mixed or not mixed
            for index, trigger in enumerate(rule.when)
        )
        self._chosen: dict[frozenset[type], tuple[_Sentry, ...]] = {}
        self._watches: list[_Watch] = []
        self._floor_told: dict[tuple[str, Severity], int] = {}
        self._explained = explained
        self._notes: list[str] = []

    def notes(self) -> list[str]:
        """What there is to say about the explained rule since the last time."""
        notes, self._notes = self._notes, []
        return notes

    def step(self, seen: Situation) -> tuple[list[Advice], list[FloorCall]]:
        """What the rules have to say now."""
        advice: list[Advice] = []
        floor: list[FloorCall] = []
        watches = [*self._watches, *self._new_watches(seen)]
        self._watches = []
        spoke: list[str] = []
        for watch in watches:
            rule, trigger = watch.rule, watch.rule.when[watch.trigger]
            if any_holds((*trigger.unless, *rule.done, *rule.gone), watch.finding, seen):
                self._note(rule, watch, "held back or done already: " + _which(watch, seen))
                continue
            if seen.now_ms < watch.due_ms or not self._words_known(trigger, watch, seen):
                self._note(rule, watch, f"watched until {watch.due_ms / 1000:.1f} s")
                self._watches.append(watch)
                continue
            if seen.now_ms < watch.due_ms + round(rule.defer_s * 1000) and any_holds(rule.defer, watch.finding, seen):
                self._note(rule, watch, "put off")
                self._watches.append(watch)
                continue
            if rule.id in spoke:
                continue
            spoke.append(rule.id)
            severity = trigger.severity or rule.severity
            shadow = rule.shadow or rule.id in self._shadow
            if any_holds(rule.unless, watch.finding, seen):
                self._note(rule, watch, "held back: " + _which(watch, seen))
            else:
                self._note(rule, watch, f"advised as {severity}{', in shadow: only logged' if shadow else ''}")
                advice.append(self._advice(watch, severity, seen.now_ms, shadow=shadow))
            if trigger.floor and not shadow and self._floor_may_hear(rule.id, severity, seen.now_ms):
                floor.append(FloorCall(rule.id, severity, trigger.floor))
        return advice, floor

    def verdict(self, advice: Advice, seen: Situation, *, shown: bool) -> Outcome | None:
        """What has become of advice: done, or expired before its time when its reason has gone; None while it stands.

        Once it is shown, what would have held it back no longer counts.
        """
        rule = self._rules.get(advice.rule)
        if rule is None:
            # The pack that it came from is no longer in force.
            return "expired"
        if any_holds(rule.done, advice.finding, seen):
            return "done"
        if any_holds(rule.gone, advice.finding, seen):
            return "expired"
        held = (*rule.unless, *rule.when[advice.trigger].unless)
        return "expired" if not shown and any_holds(held, advice.finding, seen) else None

    def wake_ms(self, seen: Situation, live: tuple[Advice, ...]) -> int | None:
        """When a trigger, a watch or a condition of live advice may come true though nothing is said."""
        now_ms = seen.now_ms
        times = [wake_ms(sentry.trigger, seen) for sentry in self._set_off(frozenset())]
        for watch in self._watches:
            times += [watch.due_ms, watch.due_ms + seen.conversation.words_wait_ms]
            times += _condition_times((*watch.rule.done, *watch.rule.gone), watch.finding, seen)
            if watch.rule.defer:
                times.append(watch.due_ms + round(watch.rule.defer_s * 1000))
                times += _condition_times(watch.rule.defer, watch.finding, seen)
        for advice in live:
            rule = self._rules[advice.rule]
            times += _condition_times((*rule.done, *rule.gone), advice.finding, seen)
        return min((at_ms for at_ms in times if at_ms is not None and at_ms > now_ms), default=None)

    def _new_watches(self, seen: Situation) -> list[_Watch]:
        watches = []
        for sentry in self._set_off(frozenset(type(signal) for signal in seen.signals)):
            for finding in find(sentry.trigger, seen, sentry.memory):
                due_ms = finding.until_ms + round(sentry.trigger.wait_s * 1000)
                watch = _Watch(sentry.rule, sentry.number, finding, due_ms)
                if all(holds(condition, finding, seen) for condition in sentry.trigger.only_if):
                    watches.append(watch)
                else:
                    self._note(sentry.rule, watch, "found, but not all of its `only_if` hold")
        return watches

    def _set_off(self, kinds: frozenset[type]) -> tuple[_Sentry, ...]:
        """The sentries that have to look at a step with these kinds of signals."""
        chosen = self._chosen.get(kinds)
        if chosen is None:
            chosen = tuple(one for one in self._sentries if one.timed or not one.signals.isdisjoint(kinds))
            self._chosen[kinds] = chosen
        return chosen

    def _note(self, rule: Rule, watch: _Watch, what: str) -> None:
        if rule.id == self._explained:
            measured = f"{watch.finding.measured} (from {watch.finding.threshold})"
            note = f"trigger {watch.trigger + 1}: {measured}: {what}"
            if note not in self._notes:
                self._notes.append(note)

    def _words_known(self, trigger: Trigger, watch: _Watch, seen: Situation) -> bool:
        if not trigger.wait_s:
            return True
        known_ms = seen.conversation.known_until(trigger.wait_for, seen.now_ms)
        return known_ms >= watch.due_ms or seen.now_ms >= watch.due_ms + seen.conversation.words_wait_ms

    def _advice(self, watch: _Watch, severity: Severity, now_ms: int, *, shadow: bool) -> Advice:
        rule = watch.rule
        return Advice(
            rule=rule.id,
            family=rule.family,
            severity=severity,
            priority=rule.priority,
            true_ms=now_ms,
            valid_until_ms=now_ms + round(rule.valid_for_s * 1000),
            finding=watch.finding,
            trigger=watch.trigger,
            at_once=rule.at_once,
            life_s=rule.life_s,
            ends_as=rule.ends_as,
            cooldown_s=rule.cooldown_s,
            max_per_call=rule.max_per_call,
            shadow=shadow,
            urgent=rule.urgent or rule.when[watch.trigger].urgent,
            in_heat=rule.in_heat,
            while_listening=rule.while_listening,
        )

    def _floor_may_hear(self, rule: str, severity: Severity, now_ms: int) -> bool:
        told_ms = self._floor_told.get((rule, severity))
        if told_ms is not None and now_ms - told_ms < self._floor_gap_ms:
            return False
        self._floor_told[rule, severity] = now_ms
        return True


def _condition_times(conditions: tuple[Condition, ...], finding: Finding, seen: Situation) -> list[int | None]:
    return [condition_wake_ms(condition, finding, seen) for condition in conditions]


def _which(watch: _Watch, seen: Situation) -> str:
    """The conditions that hold for a find, by their place in the rule."""
    rule = watch.rule
    places = (
        ("unless", rule.when[watch.trigger].unless),
        ("unless", rule.unless),
        ("done", rule.done),
        ("gone", rule.gone),
    )
    return ", ".join(
        f"{name} {msgspec.json.encode(_given(condition)).decode()}"
        for name, conditions in places
        for condition in conditions
        if holds(condition, watch.finding, seen)
    )


def _given(condition: Condition) -> dict[str, object]:
    """A condition's fields that say something."""
    empty = Condition()
    return {
        field: value
        for field in condition.__struct_fields__
        if (value := getattr(condition, field)) != getattr(empty, field)
    }
