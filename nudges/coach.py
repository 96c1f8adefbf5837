"""The coach: every event of a call flows in, mood, heat, empathy, nudges and floor alerts come out.

Inside, an event passes the read models (timing and understanding), then the rules, then the delivery policy. Deadlines
of all of them are met at their exact moment on the media clock: before an event is taken in, every deadline up to it
has been worked off, so ticks between events change nothing.
"""

from typing import cast, get_args

from nudges.delivery import Air, Decision, Level, Show
from nudges.packs import load
from nudges.policy import Policy
from nudges.rulepack import Rule
from nudges.rules import Rules
from nudges.signals import CallOver, Signal
from nudges.summary import totals
from nudges.timing import Timing
from nudges.triggers import CallEnds
from nudges.understanding import Understanding
from nudges.wrapup import dispositions, wrap_up
from streams.errors import PackError
from streams.events import (
    CallContext,
    CallEnded,
    CallStarted,
    CallSummary,
    Claimed,
    CoachEvent,
    Event,
    FloorAlert,
    Held,
    HelpAsked,
    Hypothesis,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    Quiet,
    SidesSwapped,
    SpeechEnded,
    SpeechStarted,
    Tick,
    Utterance,
    Volume,
)


class Coach:
    """The coaching of one call, decided by its events, the pack and the settings of `context` alone.

    About the rule `explained` it keeps notes. Raises PackError when the pack or the settings cannot be used.
    """

    def __init__(self, context: CallContext, explained: str = "") -> None:
        self._context = context
        self._call_id = context.call_id
        self._explained = explained
        self._loaded = load(context.pack)
        self._pack = self._loaded.pack
        self._level = _level(context.config)
        self._dispositions = dispositions(context.config)
        self._off = _ids(context.config, "off")
        self._shadow = _ids(context.config, "shadow")
        self._mixed = False
        self._for = ("", "")
        self._texts: dict[str, Rule] = {}
        self._ended = False
        self._held = 0
        self._out: list[CoachEvent] = []
        self._policy = Policy(context.call_id, self._pack.delivery, self._level, context.history)
        self._timing = Timing(self._pack.timing)
        self._begin(openings=0)

    # --- what the driver uses -------------------------------------------------------------------------------------

    @property
    def wake_ms(self) -> int | None:
        """When the coach wants to be fed next (a Tick will do) though nothing happens."""
        if self._ended:
            return None
        seen, now_ms = self._seen, self._seen.now_ms
        times = (
            self._timing.wake_ms(now_ms),
            self._understanding.wake_ms(now_ms),
            self._rules.wake_ms(seen, (*(card.advice for card in self._policy.live), *self._policy.waiting)),
            self._policy.wake_ms(now_ms, self._air()),
        )
        return min((at_ms for at_ms in times if at_ms is not None), default=None)

    def feed(self, event: Event) -> tuple[CoachEvent, ...]:
        """Take in one event, in the order of the call, and tell what follows from it and from the time before it."""
        if self._ended:
            return ()
        at_ms = max(event.at_ms, self._seen.now_ms)
        while (due_ms := self.wake_ms) is not None and due_ms <= at_ms:
            self._step(due_ms, None)
        if _matters(event):
            self._step(at_ms, event)
        out, self._out = tuple(self._out), []
        return out

    def notes(self) -> tuple[str, ...]:
        """What happened with the explained rule since the last time, for a person."""
        held = tuple(
            f"waits for {reason}"
            for advice in self._policy.waiting
            if advice.rule == self._explained
            and (reason := self._policy.held_by(advice, self._seen.now_ms, self._air()))
        )
        return (*self._rules.notes(), *held)

    # --- one step -------------------------------------------------------------------------------------------------

    def _begin(self, openings: int) -> None:
        """Fresh ears and rules, as at the start and when it turns out that the sides were swapped."""
        self._understanding = Understanding(self._call_id, self._loaded, self._timing, openings)
        self._seen = self._understanding.seen
        self._seen.peaks = self._context.peaks
        self._make_rules()

    def _make_rules(self) -> None:
        self._texts.update({rule.id: rule for rule in self._pack.rule})
        self._rules = Rules(
            self._pack.rule,
            off=self._off,
            shadow=self._shadow,
            mixed=self._mixed,
            floor_gap_s=self._pack.delivery.cooldown_s,
            explained=self._explained,
        )

    def _step(self, now_ms: int, event: Event | None) -> None:
        self._seen.now_ms = now_ms
        self._understanding.cool()
        if isinstance(event, CallEnded):
            self._finish(event)
            return
        signals: list[Signal] = [] if event is None else self._take(event)
        understanding = self._understanding
        signals += self._timing.advance(now_ms)
        signals += understanding.advance()
        self._out.extend(understanding.told())
        self._advise(signals)

    def _finish(self, event: CallEnded) -> None:
        now_ms = self._seen.now_ms
        self._timing.feed(event)
        self._understanding.finish()
        self._out.extend(self._understanding.told())
        self._seen.signals = (CallOver(),)
        self._decide(self._policy.finish())
        for advice in self._rules.step(self._seen)[0]:
            # Whatever else came true just now comes too late.
            if isinstance(self._texts[advice.rule].when[advice.trigger], CallEnds):
                self._policy.offer(advice)
        self._decide(self._policy.settle(now_ms, self._air()))
        self._decide(self._policy.finish())
        suggested = wrap_up(self._seen, self._pack.wrap_up, self._pack.conversation.issue_words, self._dispositions)
        summed = {**totals(self._seen, self._policy), **suggested}
        self._out.append(CallSummary(call_id=self._call_id, at_ms=now_ms, totals=summed))
        self._ended = True

    def _swap(self) -> None:
        """What was heard so far was heard from the wrong mouths: forget it, and take back what was said about it."""
        understanding, now_ms = self._understanding, self._seen.now_ms
        understanding.withdraw()
        self._out.extend(understanding.told())
        for card in self._policy.live:
            self._decide(self._policy.resolve(card.nudge, "expired"))
        for waiting in self._policy.waiting:
            self._policy.drop(waiting.rule)
        self._timing.swap_sides()
        was_hot = self._seen.heat.value(now_ms) > 0
        self._begin(openings=understanding.openings)
        self._seen.now_ms = now_ms
        if was_hot:
            self._understanding.tell_heat()

    def _take(self, event: Event) -> list[Signal]:
        self._timing.feed(event)
        match event:
            case CallStarted():
                self._start(event)
            case SpeechStarted() | SpeechEnded():
                self._understanding.edge(event)
            case Hypothesis():
                return self._understanding.hypothesis(event)
            case Utterance():
                return self._understanding.utterance(event)
            case NudgeAnswered():
                self._decide(self._policy.answer(event.nudge, event.answer, self._seen.now_ms))
            case Quiet():
                self._policy.quiet(event.until_ms)
            case Volume():
                self._level = event.level
                self._policy.volume(event.level)
            case HelpAsked() | Claimed():
                self._seen.helped = True
            case SidesSwapped():
                self._swap()
            case CallContext():
                self._reload(event)
            case _:
                pass
        return []

    def _start(self, event: CallStarted) -> None:
        """Only now the queue and the agent are known, and with them what the pack says for them."""
        self._mixed = "mixed" in event.channels
        self._for = (event.queue, event.agent_id)
        self._loaded = load(self._context.pack, queue=event.queue, agent=event.agent_id)
        self._pack = self._loaded.pack
        self._policy = Policy(self._call_id, self._pack.delivery, self._level, self._context.history)
        self._timing = Timing(self._pack.timing)
        self._begin(openings=0)
        self._seen.now_ms = event.at_ms

    def _reload(self, context: CallContext) -> None:
        """Go on by other rules, texts, cues and delivery; what is known of the call, and its thresholds, stay."""
        if (volume := _level(context.config)) != _level(self._context.config):
            self._level = volume
        self._context = context
        self._loaded = load(context.pack, queue=self._for[0], agent=self._for[1])
        self._pack = self._loaded.pack
        self._off, self._shadow = _ids(context.config, "off"), _ids(context.config, "shadow")
        self._understanding.reload(self._loaded)
        self._policy.reload(self._pack.delivery, self._level)
        self._make_rules()

    def _advise(self, signals: list[Signal]) -> None:
        seen, policy, rules = self._seen, self._policy, self._rules
        seen.signals = tuple(signals)
        seen.showing = tuple(card.advice.rule for card in policy.live if card.state.on_screen)
        for card in policy.live:
            if (outcome := rules.verdict(card.advice, seen, shown=True)) is not None:
                self._decide(policy.resolve(card.nudge, outcome))
        for waiting in policy.waiting:
            if rules.verdict(waiting, seen, shown=False) is not None:
                policy.drop(waiting.rule)
        advice, floor = rules.step(seen)
        for call in floor:
            self._out.append(
                FloorAlert(
                    call_id=self._call_id, at_ms=seen.now_ms, rule=call.rule, severity=call.severity, text=call.text
                )
            )
        for offered in advice:
            policy.offer(offered)
        self._decide(policy.settle(seen.now_ms, self._air()))
        held = policy.held_back(seen.now_ms)
        if held != self._held:
            self._held = held
            self._out.append(Held(call_id=self._call_id, at_ms=seen.now_ms, count=held))

    # --- telling --------------------------------------------------------------------------------------------------

    def _decide(self, decisions: list[Decision]) -> None:
        now_ms = self._seen.now_ms
        for decision in decisions:
            if isinstance(decision, Show):
                self._out.append(self._nudge(decision, now_ms))
            else:
                self._out.append(
                    NudgeResolved(
                        call_id=self._call_id,
                        at_ms=now_ms,
                        nudge=decision.nudge,
                        rule=decision.rule,
                        outcome=decision.outcome,
                    )
                )

    def _nudge(self, show: Show, now_ms: int) -> Nudge:
        rule, finding = self._texts[show.advice.rule], show.advice.finding
        return Nudge(
            call_id=self._call_id,
            at_ms=now_ms,
            nudge=show.nudge,
            rule=rule.id,
            family=rule.family,
            severity=show.advice.severity,
            title=rule.title,
            text=rule.text.replace("{missing}", finding.names[0] if finding.names else "see the checklist"),
            say=rule.say,
            evidence=finding.evidence,
            measured=finding.measured,
            threshold=finding.threshold,
            expires_ms=show.expires_ms,
        )

    def _air(self) -> Air:
        timing = self._timing
        return Air(
            heat=self._seen.heat.value(self._seen.now_ms),
            customer_speaking=timing.speaking("customer"),
            anyone_speaking=timing.anyone_speaking,
            quiet_since_ms=timing.last_ended_ms,
        )


_NOT_OURS = (*get_args(CoachEvent), Tick)


def _matters(event: Event) -> bool:
    """Whether an event can change anything here; a tick only lets time pass, which `feed` has seen to."""
    return not isinstance(event, _NOT_OURS)


def _level(config: dict[str, object]) -> Level:
    level = config.get("volume", "standard")
    if level not in get_args(Level):
        raise PackError(f"nudges.volume: {level!r} is none of {', '.join(get_args(Level))}")
    return cast("Level", level)


def _ids(config: dict[str, object], key: str) -> tuple[str, ...]:
    ids = config.get(key, ())
    if not isinstance(ids, list | tuple) or not all(isinstance(rule, str) for rule in ids):
        raise PackError(f"nudges.{key}: a list of rule ids is wanted")
    return tuple(ids)
