"""Delivery: how nudges stay few, early and withdrawn when done. Advice flows in, what to show and to resolve comes out.

Pure state on the media clock. One nudge is on screen at once; the rest waits, each for so long as it is worth showing,
and every reason why something may not be shown yet has a moment at which it ends (`wake_ms`).
"""

from nudges.delivery import Advice, Air, Card, Decision, DeliverySettings, Level, Resolve, Show
from nudges.findings import ms
from nudges.lifecycle import NudgeState, answered
from streams.events import Answer, Outcome, Severity

_RANK: dict[Severity, int] = {"critical": 0, "warn": 1, "info": 2, "praise": 3}


class Policy:
    """The delivery of one call's nudges to one agent."""

    def __init__(
        self,
        call_id: str,
        settings: DeliverySettings,
        level: Level = "standard",
        history: dict[str, tuple[bool, ...]] | None = None,
    ) -> None:
        self._call_id = call_id
        self._settings = settings
        self._level = level
        self._history = dict(history or {})
        self._waiting: dict[str, Advice] = {}
        self._cards: list[Card] = []
        # What is asked at every event is kept beside the cards, so that a long call is no slower than a short one.
        self._live: list[Card] = []
        self._counted: list[Card] = []
        self._by_rule: dict[str, list[Card]] = {}
        self._by_id: dict[str, Card] = {}
        self._praised = 0
        self._shadowed_ms: dict[str, int] = {}
        self._snoozed: list[str] = []
        self._quiet_until_ms = 0
        self._gap_until_ms = 0
        self.shadowed: list[tuple[str, int]] = []
        self.stale: dict[str, int] = {}
        self.outcomes: dict[str, Outcome] = {}

    # --- what others ask ------------------------------------------------------------------------------------------

    @property
    def cards(self) -> tuple[Card, ...]:
        """Everything shown so far, oldest first."""
        return tuple(self._cards)

    @property
    def on_screen(self) -> Card | None:
        """The card on screen."""
        return next((card for card in reversed(self._live) if card.state.on_screen), None)

    @property
    def live(self) -> tuple[Card, ...]:
        """The cards of which something may still become: on screen, or acknowledged."""
        return tuple(self._live)

    @property
    def waiting(self) -> tuple[Advice, ...]:
        """What waits to be shown."""
        return tuple(self._waiting.values())

    def held_back(self, now_ms: int) -> int:
        """How much waits while the agent has asked for quiet; what is critical does not wait for that."""
        if self._quiet_over(now_ms):
            return 0
        return sum(advice.severity != "critical" for advice in self._waiting.values())

    # --- what happens ---------------------------------------------------------------------------------------------

    def offer(self, advice: Advice) -> None:
        """Take in what a rule would say; it waits here until it may be shown, or is left unsaid."""
        if advice.rule in self._snoozed or not self._worth(advice):
            return
        if advice.shadow or (advice.severity != "critical" and self._disliked(advice.rule)):
            last_ms = self._shadowed_ms.get(advice.rule)
            if last_ms is None or advice.true_ms - last_ms >= self._cooldown_ms(advice):
                self._shadowed_ms[advice.rule] = advice.true_ms
                self.shadowed.append((advice.rule, advice.true_ms))
            return
        waiting = self._waiting.get(advice.rule)
        if waiting is None or _RANK[advice.severity] <= _RANK[waiting.severity]:
            self._waiting[advice.rule] = advice

    def drop(self, rule: str) -> None:
        """The reason of a waiting advice has gone."""
        self._waiting.pop(rule, None)

    def resolve(self, nudge: str, outcome: Outcome) -> list[Decision]:
        """A live card came to its end."""
        card = self._find(nudge)
        if card is None or not card.state.live:
            return []
        return [self._end(card, outcome, NudgeState(outcome))]

    def answer(self, nudge: str, answer: Answer, now_ms: int) -> list[Decision]:
        """A person answered; an empty id means the card on screen."""
        card = self._find(nudge) if nudge else self.on_screen
        if card is None:
            return []
        if answer in {"helpful", "not_helpful"}:
            # One nudge is one opinion: whoever presses twice, or thinks again, has not seen two.
            card.helpful = answer == "helpful"
            return []
        if answer == "undone":
            return self._undo(card, now_ms)
        state = answered(card.state, answer)
        if state is card.state:
            return []
        card.answered_ms = now_ms
        if state is NudgeState.ACKNOWLEDGED:
            card.state = state
            return []
        if state is NudgeState.SNOOZED:
            self._snoozed.append(card.advice.rule)
            self._waiting.pop(card.advice.rule, None)
        return [self._end(card, "dismissed", state)]

    def quiet(self, until_ms: int) -> None:
        """Nothing but critical nudges until then; 0 ends it, -1 lasts for the rest of the call."""
        self._quiet_until_ms = until_ms

    def volume(self, level: Level) -> None:
        """How much the agent wants to hear from here on."""
        self._level = level
        self._waiting = {rule: advice for rule, advice in self._waiting.items() if self._worth(advice)}

    def reload(self, settings: DeliverySettings, level: Level) -> None:
        """Deliver by other settings from here on; what waited was said by other rules and is let go."""
        self._settings = settings
        self._level = level
        self._waiting.clear()

    def settle(self, now_ms: int, air: Air) -> list[Decision]:
        """Let go of what has lived its time, then show the best of what may be shown."""
        decisions: list[Decision] = [
            self._end(card, card.advice.ends_as, NudgeState(card.advice.ends_as))
            for card in self.live
            if now_ms >= card.expires_ms
        ]
        for advice in self.waiting:
            if now_ms >= advice.valid_until_ms:
                del self._waiting[advice.rule]
                self.stale[advice.rule] = self.stale.get(advice.rule, 0) + 1
            elif self._said_already(advice):
                del self._waiting[advice.rule]
        ready = [advice for advice in self._waiting.values() if not self.held_by(advice, now_ms, air)]
        if ready:
            decisions.extend(self._show(min(ready, key=_order), now_ms))
        return decisions

    def wake_ms(self, now_ms: int, air: Air) -> int | None:
        """When something expires, goes stale or may become showable."""
        settings = self._settings
        times = [card.expires_ms for card in self.live]
        if self._waiting:
            times += [self._gap_until_ms, self._quiet_until_ms, air.quiet_since_ms + settings.pause_ms]
            times.append(self._cap_ends_ms())
            if (card := self.on_screen) is not None:
                critical = card.advice.severity == "critical"
                times.append(card.shown_ms + ms(settings.critical_yield_s if critical else settings.read_s))
        for advice in self._waiting.values():
            times.append(advice.valid_until_ms)
            last = self._last(advice.rule)
            if last is not None:
                times.append(last.shown_ms + self._cooldown_ms(advice))
        return min((at_ms for at_ms in times if at_ms > now_ms), default=None)

    def finish(self) -> list[Decision]:
        """The call is over."""
        self._waiting.clear()
        return [self._end(card, "call_ended", NudgeState.CALL_ENDED) for card in self.live]

    # --- why something may not be shown ---------------------------------------------------------------------------

    def _worth(self, advice: Advice) -> bool:
        """Whether this agent wants to hear it at all."""
        if advice.severity in {"critical", "praise"} or self._level == "novice":
            return True
        if self._level == "expert":
            return advice.family == "process"
        once = advice.severity == "info" and self._last(advice.rule) is not None
        return not once

    def _disliked(self, rule: str) -> bool:
        return self._recent(rule).count(False) >= self._settings.thumbs_down

    def _recent(self, rule: str) -> tuple[bool, ...]:
        given = (card.helpful for card in self._by_rule.get(rule, ()) if card.helpful is not None)
        return (*self._history.get(rule, ()), *given)[-self._settings.thumbs_window :]

    def _said_already(self, advice: Advice) -> bool:
        last = self._last(advice.rule)
        if last is None or self._outranks(advice, last.advice):
            return False
        return last.state.live or advice.finding.until_ms <= last.advice.finding.until_ms

    def held_by(self, advice: Advice, now_ms: int, air: Air) -> str:
        """What keeps advice from the screen now, for a person; empty when nothing does."""
        last = self._last(advice.rule)
        harder = last is not None and self._outranks(advice, last.advice)
        shown = len(self._by_rule.get(advice.rule, ()))
        if advice.max_per_call is not None and shown >= advice.max_per_call and not harder:
            return f"shown {shown} times, as often as it may be in a call"
        if last is not None and not harder and now_ms < last.shown_ms + self._cooldown_ms(advice):
            return f"its own pause of {self._cooldown_ms(advice) // 1000} s"
        if advice.severity == "critical":
            return "" if self._screen_yields(advice, now_ms) else "another critical card"
        replaces = last is not None and last.state.on_screen
        return (
            self._place_taken(advice, now_ms, replaces=replaces)
            or self._gap(advice, now_ms, replaces=replaces)
            or ("" if self._quiet_over(now_ms) else "quiet was asked for")
            or self._over_budget(advice, now_ms, air, replaces=replaces)
            or ("" if self._has_room(advice, now_ms, air) else "the moment: it waits for a pause or for the customer")
        )

    def _place_taken(self, advice: Advice, now_ms: int, *, replaces: bool) -> str:
        card = self.on_screen
        if card is None or replaces:
            return ""
        if not advice.urgent or self._outranks(card.advice, advice):
            return f"the card {card.advice.rule}"
        read = now_ms >= card.shown_ms + ms(self._settings.read_s)
        return "" if read else f"the card {card.advice.rule}, which is still being read"

    def _gap(self, advice: Advice, now_ms: int, *, replaces: bool) -> str:
        free = now_ms >= self._gap_until_ms or replaces or advice.urgent
        return "" if free else f"the gap of {self._settings.gap_s:g} s after the last nudge"

    def _screen_yields(self, advice: Advice, now_ms: int) -> bool:
        card = self.on_screen
        if card is None or card.advice.severity != "critical" or card.advice.rule == advice.rule:
            return True
        return now_ms >= card.shown_ms + ms(self._settings.critical_yield_s)

    def _quiet_over(self, now_ms: int) -> bool:
        return self._quiet_until_ms >= 0 and now_ms >= self._quiet_until_ms

    def _over_budget(self, advice: Advice, now_ms: int, air: Air, *, replaces: bool) -> str:
        settings = self._settings
        if advice.severity == "praise":
            fits = self._praised < settings.praise_per_call and air.heat < settings.praise_heat_below
            return "" if fits else "praise enough, or the heat"
        if advice.severity == "info" and air.heat >= settings.info_heat_below and not advice.in_heat:
            return f"heat of {settings.info_heat_below:g} or more"
        if replaces or advice.urgent:
            return ""
        if len(self._counted) >= settings.cap_per_call:
            return f"the cap of {settings.cap_per_call} a call"
        full = not settings.cap or now_ms < self._cap_ends_ms()
        return f"the cap of {settings.cap} in {settings.cap_window_s:g} s" if full else ""

    def _cap_ends_ms(self) -> int:
        """When the cap lets another nudge through; 0 where it is not reached."""
        cap = self._settings.cap
        if len(self._counted) < max(1, cap):
            return 0
        return self._counted[-cap].shown_ms + ms(self._settings.cap_window_s)

    def _has_room(self, advice: Advice, now_ms: int, air: Air) -> bool:
        if advice.at_once or air.customer_speaking:
            return True
        if advice.while_listening:
            return False
        return not air.anyone_speaking and now_ms >= air.quiet_since_ms + self._settings.pause_ms

    # --- state ----------------------------------------------------------------------------------------------------

    def _show(self, advice: Advice, now_ms: int) -> list[Decision]:
        del self._waiting[advice.rule]
        decisions: list[Decision] = []
        if (card := self.on_screen) is not None:
            decisions.append(self._end(card, "superseded", NudgeState.SUPERSEDED))
        decisions.extend(
            self._end(card, "superseded", NudgeState.SUPERSEDED)
            for card in self.live
            if card.advice.rule == advice.rule
        )
        life_s = self._settings.life_s[advice.severity] if advice.life_s is None else advice.life_s
        expires_ms = now_ms + ms(life_s)
        shown = Card(
            nudge=f"{self._call_id}-n{len(self._cards) + 1}", advice=advice, shown_ms=now_ms, expires_ms=expires_ms
        )
        self._keep(shown)
        self._gap_until_ms = now_ms + ms(self._settings.gap_s)
        return [*decisions, Show(shown.nudge, advice, expires_ms)]

    def _keep(self, card: Card) -> None:
        """Remember a card; the caps count neither critical nor praise, and an upgrade of what was on screen once."""
        if card.advice.severity == "warn" and self._counted and self._counted[-1] is (before := self._cards[-1]):
            upgraded = before.state is NudgeState.SUPERSEDED and before.advice.rule == card.advice.rule
            del self._counted[len(self._counted) - upgraded :]
        if card.advice.severity in {"info", "warn"}:
            self._counted.append(card)
        self._praised += card.advice.severity == "praise"
        self._cards.append(card)
        self._live.append(card)
        self._by_rule.setdefault(card.advice.rule, []).append(card)
        self._by_id[card.nudge] = card

    def _end(self, card: Card, outcome: Outcome, state: NudgeState) -> Resolve:
        was_last = card is self._cards[-1]
        card.state = state
        self._live = [live for live in self._live if live.state.live]
        self.outcomes[card.nudge] = outcome
        if was_last and outcome in {"done", "dismissed"}:
            self._gap_until_ms = 0
        return Resolve(card.nudge, card.advice.rule, outcome)

    def _undo(self, card: Card, now_ms: int) -> list[Decision]:
        if card.answered_ms < 0 or now_ms > card.answered_ms + ms(self._settings.undo_s):
            return []
        state = answered(card.state, "undone")
        if state is card.state:
            return []
        if card.advice.rule in self._snoozed:
            self._snoozed.remove(card.advice.rule)
        if self.on_screen is not None or now_ms >= card.expires_ms:
            return []
        was_ended = card.state is not NudgeState.ACKNOWLEDGED
        card.state, card.answered_ms = state, -1
        self._gap_until_ms = max(self._gap_until_ms, card.shown_ms + ms(self._settings.gap_s))
        if not was_ended:
            return []
        self._live = [known for known in self._cards if known.state.live]
        del self.outcomes[card.nudge]
        return [Show(card.nudge, card.advice, card.expires_ms)]

    def _find(self, nudge: str) -> Card | None:
        return self._by_id.get(nudge)

    def _last(self, rule: str) -> Card | None:
        return next(reversed(self._by_rule.get(rule, ())), None)

    def _outranks(self, advice: Advice, other: Advice) -> bool:
        return _RANK[advice.severity] < _RANK[other.severity]

    def _cooldown_ms(self, advice: Advice) -> int:
        return ms(self._settings.cooldown_s if advice.cooldown_s is None else advice.cooldown_s)


def _order(advice: Advice) -> tuple[int, int, int, str]:
    return (_RANK[advice.severity], -advice.priority, -advice.finding.until_ms, advice.rule)
