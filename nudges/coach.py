"""The coach: every event of a call flows in, mood, heat, empathy, nudges and floor alerts come out.

Inside, an event passes the read models (conversation, timing, mood, heat, ledger), then the rules, then the delivery
policy. Deadlines of all of them are met at their exact moment on the media clock: before an event is taken in, every
deadline up to it has been worked off, so ticks between events change nothing.
"""

from typing import cast, get_args

from nudges.conversation import Conversation, Spoken
from nudges.cues import Side
from nudges.delivery import Air, Decision, Level, Show
from nudges.empathy import Ledger
from nudges.heat import HeatGauge
from nudges.packs import load
from nudges.policy import Policy
from nudges.rules import Rules
from nudges.sentiment import MoodLine, vader
from nudges.signals import HeatMoved, MoodMoved, OpeningMoved, Signal, TurnClosed, TurnGrew
from nudges.situation import Situation
from nudges.summary import totals
from nudges.timing import Timing
from nudges.wrapup import dispositions, wrap_up
from streams.errors import PackError
from streams.events import (
    CallContext,
    CallEnded,
    CallStarted,
    CallSummary,
    Channel,
    CoachEvent,
    Empathy,
    Event,
    FloorAlert,
    Heat,
    Hypothesis,
    Mood,
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

_SIDES: dict[Channel, Side] = {"agent": "A", "customer": "C"}


class Coach:
    """The coaching of one call, decided by its events, the pack and the settings of `context` alone.

    Raises PackError when the pack or the settings cannot be used.
    """

    def __init__(self, context: CallContext) -> None:
        loaded = load(context.pack)
        self._call_id = context.call_id
        self._pack, self._book = loaded.pack, loaded.book
        self._level = _level(context.config)
        self._dispositions = dispositions(context.config)
        self._off = _ids(context.config, "off")
        self._shadow = _ids(context.config, "shadow")
        self._mixed = False
        self._ended = False
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
            self._conversation.wake_ms(now_ms),
            self._timing.wake_ms(now_ms),
            self._heat.wake_ms(now_ms),
            self._ledger.wake_ms(now_ms),
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

    # --- one step -------------------------------------------------------------------------------------------------

    def _begin(self, openings: int) -> None:
        """Fresh ears and rules, as at the start and when it turns out that the sides were swapped."""
        pack = self._pack
        scorer = vader(pack.mood.neutral_words, tuple(pack.mood.valences.items()))
        self._conversation = Conversation(pack.conversation, self._book)
        self._mood = MoodLine(pack.mood, scorer)
        self._heat = HeatGauge(pack.heat)
        self._ledger = Ledger(
            f"{self._call_id}-o", openings, pack.empathy, self._conversation, pack.conversation.substantive_words
        )
        self._streak = 0
        self._raised = False
        self._seen = Situation(self._conversation, self._timing, self._mood, self._heat, self._ledger)
        self._rules = Rules(
            pack.rule,
            off=self._off,
            shadow=self._shadow,
            mixed=self._mixed,
            floor_gap_s=pack.delivery.cooldown_s,
        )

    def _step(self, now_ms: int, event: Event | None) -> None:
        self._seen.now_ms = now_ms
        if self._heat.due(now_ms):
            self._tell_heat(now_ms)
        if isinstance(event, CallEnded):
            self._finish(event)
            return
        signals = [] if event is None else self._take(event, now_ms)
        signals += self._timing.advance(now_ms)
        signals += self._understand(self._conversation.advance(now_ms), now_ms)
        signals += self._ledger_moved(self._ledger.advance(now_ms), now_ms)
        self._seen.signals = tuple(signals)
        self._seen.showing = tuple(card.advice.rule for card in self._policy.live if card.state.on_screen)
        self._advise(now_ms)

    def _finish(self, event: CallEnded) -> None:
        now_ms = self._seen.now_ms
        self._timing.feed(event)
        self._understand(self._conversation.finish(), now_ms)
        self._ledger_moved(self._ledger.finish(), now_ms)
        self._decide(self._policy.finish(), now_ms)
        suggested = wrap_up(self._seen, self._pack.wrap_up, self._pack.conversation.issue_words, self._dispositions)
        summed = {**totals(self._seen, self._policy), **suggested}
        self._out.append(CallSummary(call_id=self._call_id, at_ms=now_ms, totals=summed))
        self._ended = True

    def _swap(self, now_ms: int) -> None:
        """What was heard so far was heard from the wrong mouths: forget it, and take back what was said about it."""
        self._ledger_moved(self._ledger.withdraw(), now_ms)
        for card in self._policy.live:
            self._decide(self._policy.resolve(card.nudge, "expired"), now_ms)
        for waiting in self._policy.waiting:
            self._policy.drop(waiting.rule)
        self._timing.swap_sides()
        was_hot = self._heat.value(now_ms) > 0
        self._begin(openings=self._ledger.count)
        self._seen.now_ms = now_ms
        if was_hot:
            self._tell_heat(now_ms)

    def _take(self, event: Event, now_ms: int) -> list[Signal]:
        self._timing.feed(event)
        match event:
            case CallStarted():
                self._mixed = "mixed" in event.channels
                self._begin(openings=0)
                self._seen.now_ms = now_ms
            case SpeechStarted() | SpeechEnded() if event.channel in _SIDES:
                self._conversation.edge(_SIDES[event.channel], event)
            case Hypothesis() if event.channel in _SIDES:
                self._conversation.hypothesis(_SIDES[event.channel], event)
                if event.channel == "agent":
                    return self._ledger_moved(self._ledger.agent_spoke(), now_ms)
            case Utterance() if event.channel in _SIDES:
                return self._understand(self._conversation.utterance(_SIDES[event.channel], event), now_ms)
            case Utterance():
                self._score(event.text, event.utterance, event.ended_ms, now_ms)
            case NudgeAnswered():
                self._decide(self._policy.answer(event.nudge, event.answer, now_ms), now_ms)
            case Quiet():
                self._policy.quiet(event.until_ms)
            case Volume():
                self._level = event.level
                self._policy.volume(event.level)
            case SidesSwapped():
                self._swap(now_ms)
            case _:
                pass
        return []

    def _understand(self, spoken: list[Spoken], now_ms: int) -> list[Signal]:
        """Let mood, heat and ledger hear what the conversation brought; answers with everything they add."""
        heard: list[Signal] = []
        for signal in spoken:
            heard.append(signal)
            if isinstance(signal, TurnClosed):
                heard.extend(self._turn_closed(signal, now_ms))
            elif signal.turn.side == "C":
                heard.extend(self._hear_customer(signal, now_ms))
            else:
                heard.extend(self._ledger_moved(self._ledger.agent_spoke(), now_ms))
        return heard

    def _turn_closed(self, closed: TurnClosed, now_ms: int) -> list[Signal]:
        if closed.turn.side == "A":
            return self._ledger_moved(self._ledger.agent_closed(closed), now_ms)
        if closed.turn.word_count >= self._pack.mood.min_words:
            self._streak = self._streak + 1 if self._raised else 0
        self._raised = False
        return []

    def _hear_customer(self, grew: TurnGrew, now_ms: int) -> list[Signal]:
        signals: list[Signal] = []
        piece = grew.piece
        score = self._score(piece.text, piece.utterance, piece.ended_ms, now_ms)
        if score is not None:
            signals.append(MoodMoved(score, self._mood.smoothed))
        before = self._heat.value(now_ms)
        weights = tuple(self._book.weight(hit.cue) for hit in grew.hits)
        moved = self._heat.hear(grew.hits, weights, score, grew.turn.index, now_ms)
        if moved:
            self._raised = self._raised or moved > 0
            self._tell_heat(now_ms)
            signals.append(HeatMoved(self._heat.value(now_ms), before, self._streak + self._raised))
        signals.extend(self._ledger_moved(self._ledger.customer_spoke(grew, score), now_ms))
        return signals

    def _score(self, text: str, utterance: int, said_ms: int, now_ms: int) -> float | None:
        score = self._mood.hear(text, said_ms)
        if score is not None:
            self._out.append(
                Mood(
                    call_id=self._call_id,
                    at_ms=now_ms,
                    utterance=utterance,
                    score=score,
                    smoothed=self._mood.smoothed,
                    trend=self._mood.trend(),
                )
            )
        return score

    def _advise(self, now_ms: int) -> None:
        seen, policy, rules = self._seen, self._policy, self._rules
        for card in policy.live:
            if (outcome := rules.verdict(card.advice, seen, shown=True)) is not None:
                self._decide(policy.resolve(card.nudge, outcome), now_ms)
        for waiting in policy.waiting:
            if rules.verdict(waiting, seen, shown=False) is not None:
                policy.drop(waiting.rule)
        advice, floor = rules.step(seen)
        for call in floor:
            self._out.append(
                FloorAlert(call_id=self._call_id, at_ms=now_ms, rule=call.rule, severity=call.severity, text=call.text)
            )
        for offered in advice:
            policy.offer(offered)
        self._decide(policy.settle(now_ms, self._air()), now_ms)

    # --- telling --------------------------------------------------------------------------------------------------

    def _ledger_moved(self, signals: list[Signal], now_ms: int) -> list[Signal]:
        for signal in signals:
            if isinstance(signal, OpeningMoved):
                opening = signal.opening
                self._out.append(
                    Empathy(
                        call_id=self._call_id,
                        at_ms=now_ms,
                        opening=opening.opening,
                        state=opening.state,
                        strength=opening.strength,
                        quote=opening.quote,
                        said_ms=opening.said_ms,
                    )
                )
        return signals

    def _tell_heat(self, now_ms: int) -> None:
        value, band = self._heat.tell(now_ms)
        causes = self._heat.causes(now_ms)
        self._out.append(Heat(call_id=self._call_id, at_ms=now_ms, value=value, band=band, because=causes))

    def _decide(self, decisions: list[Decision], now_ms: int) -> None:
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
        rule, finding = self._rules.rule(show.advice.rule), show.advice.finding
        return Nudge(
            call_id=self._call_id,
            at_ms=now_ms,
            nudge=show.nudge,
            rule=rule.id,
            family=rule.family,
            severity=show.advice.severity,
            title=rule.title,
            text=rule.text,
            say=rule.say,
            evidence=finding.evidence,
            measured=finding.measured,
            threshold=finding.threshold,
            expires_ms=show.expires_ms,
        )

    def _air(self) -> Air:
        timing = self._timing
        return Air(
            heat=self._heat.value(self._seen.now_ms),
            customer_speaking=timing.speaking("customer"),
            anyone_speaking=timing.anyone_speaking,
            quiet_since_ms=timing.last_ended_ms,
        )


_NOT_OURS = (*get_args(CoachEvent), CallContext, Tick)


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
