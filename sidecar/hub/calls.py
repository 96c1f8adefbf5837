"""The calls on the floor: states, alerts, claims and notes flow in, rows as a floor shows them flow out. Pure.

A call belongs to one workstation. Floors know it by one id: its own, or with the workstation's name behind it where two
workstations have a call of the same id.
"""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from sidecar.hub.desk import Desk
from streams.events import Band
from streams.floor import (
    HEAT_RULE,
    HELP_RULE,
    AlertRaised,
    CallDetail,
    CallState,
    FloorRow,
    HelpReply,
    NoteState,
    Phase,
    RowAlert,
    SpokenLine,
)

ALERTS_LIMIT = 32
"""Alerts of one call that are remembered; one more drops the oldest."""
ALERT_STANDS_MS = 120_000
"""An alert of a rule stands for so long, and on while its call is warm: twice the minute that its episode may pause."""
NOTES_LIMIT = 100
LINES_SHOWN = 30
"""Lines that somebody who opens a call after somebody else sees at once."""
COOL: frozenset[Band] = frozenset({"calm", "watch"})
OVER: frozenset[Phase] = frozenset({"wrap_up", "ended"})
_SEVERITIES = {"info": 0, "praise": 0, "warn": 1, "critical": 2}


class Alert(NamedTuple):
    """An alert and since when the hub has it, whether somebody has taken it in hand since, and whether it is over."""

    raised: AlertRaised
    since_ms: int
    answered: bool = False
    over: bool = False


class Call:
    """One call; everything but the state may be there before the state is, after a restart of the hub."""

    def __init__(self, desk: Desk, call_id: str, shown_id: str) -> None:
        self.desk = desk
        self.call_id = call_id
        self.shown_id = shown_id
        self.state: CallState | None = None
        self.claimed_by = ""
        self.marked = False
        """Whether floors have been told that an alert stands unclaimed for too long."""
        self.alerts: deque[Alert] = deque(maxlen=ALERTS_LIMIT)
        self.notes: dict[str, NoteState] = {}
        self.reply: HelpReply | None = None
        self.watchers: dict[bytes, str] = {}
        self.detail: CallDetail | None = None
        self.lines: deque[SpokenLine] = deque(maxlen=LINES_SHOWN)
        self._number = 0
        self._spoken_number = 0
        self._came_ms = 0
        self._made_ns = 0

    @property
    def watched_by(self) -> tuple[str, ...]:
        """Who has it open, each name once."""
        return tuple(sorted(set(self.watchers.values())))

    @property
    def queue(self) -> str:
        """Its queue, as far as known."""
        return self.state.queue if self.state is not None else ""

    def begin_boot(self) -> None:
        """Its workstation's service started anew, and with it the numbers."""
        self._number = self._spoken_number = 0

    def put(self, state: CallState, number: int, made_ns: int, now_ms: int) -> bool:
        """A state; False where a later one is known."""
        if number <= self._number:
            return False
        self._number, self._came_ms, self._made_ns = number, now_ms, made_ns
        self.state = state if self.shown_id == self.call_id else _renamed(state, self.shown_id)
        if not state.shared:
            self.detail = None
            self.lines.clear()
        self.settle(now_ms)
        if self.reply is not None and (state.help is None or state.help.help != self.reply.help):
            self.reply = None
        return True

    @property
    def over(self) -> bool:
        """Whether the call itself has ended, and only its wrap-up goes on."""
        return self.state is not None and self.state.phase in OVER

    def is_another(self, state: CallState) -> bool:
        """Whether a state is of another call than the one before it, which had the same id."""
        known = self.state.started_at if self.state is not None else ""
        return bool(known and state.started_at) and known != state.started_at

    def begin_anew(self) -> None:
        """Another call has this id now; who has it open still has."""
        self.claimed_by, self.marked, self.reply, self.detail = "", False, None, None
        self.alerts.clear()
        self.notes.clear()
        self.lines.clear()

    def hear(self, number: int) -> bool:
        """Whether words or detail of this number are newer than those before."""
        if number <= self._spoken_number:
            return False
        self._spoken_number = number
        return True

    def show_detail(self, detail: CallDetail) -> None:
        """What those who have it open see beyond its state."""
        self.detail = msgspec.structs.replace(detail, call_id=self.shown_id)

    def is_newer_than(self, number: int) -> bool:
        """Whether its state came after the message of this number."""
        return self._number > number

    def raise_alert(self, raised: AlertRaised, since_ms: int) -> bool:
        """An alert; False where it is known already."""
        if any(alert.raised.alert == raised.alert for alert in self.alerts):
            return False
        self.alerts.append(Alert(raised, since_ms, answered=bool(self.claimed_by)))
        self.marked = False
        return True

    def answer_alerts(self, rule: str = "") -> tuple[Alert, ...]:
        """Somebody has the call now, or has answered what one rule called for: the alerts that waited for that."""
        meant = [not rule or alert.raised.rule == rule for alert in self.alerts]
        waited = tuple(
            alert
            for alert, is_meant in zip(self.alerts, meant, strict=True)
            if is_meant and not (alert.answered or alert.over)
        )
        alerts = [
            alert._replace(answered=alert.answered or is_meant)
            for alert, is_meant in zip(self.alerts, meant, strict=True)
        ]
        self.alerts.clear()
        self.alerts.extend(alerts)
        return waited

    def settle(self, now_ms: int) -> bool:
        """What alerts tell of may have passed; whether one is over now that was not."""
        alerts = [alert._replace(over=alert.over or not self._stands(alert, now_ms)) for alert in self.alerts]
        passed = any(now.over and not before.over for now, before in zip(alerts, self.alerts, strict=True))
        if passed:
            self.alerts.clear()
            self.alerts.extend(alerts)
            self.marked = False
        return passed

    def row(self, now_ms: int, unclaimed_ms: int) -> FloorRow:
        """The call as floors show it."""
        assert self.state is not None
        return FloorRow(
            state=self.state,
            station=self.desk.client.name,
            team=self.desk.team,
            presence=self.desk.presence,
            claimed_by=self.claimed_by,
            watched_by=self.watched_by if self.watchers else (),
            alert=self._row_alert(now_ms, unclaimed_ms),
            age_ms=now_ms - self._came_ms,
            made_ns=self._made_ns,
        )

    def is_unclaimed(self, now_ms: int, unclaimed_ms: int) -> bool:
        """Whether an alert has stood for so long without anybody who has the call."""
        return any(
            not (alert.answered or alert.over) and now_ms - alert.since_ms >= unclaimed_ms for alert in self.alerts
        )

    def _stands(self, alert: Alert, now_ms: int) -> bool:
        """Whether what an alert tells of goes on, as far as the hub knows."""
        state = self.state
        if state is None:
            return True
        if self.over or (alert.raised.rule != HELP_RULE and not state.shared):
            return False
        if alert.raised.rule == HELP_RULE:
            return state.help is not None
        warm = state.band not in COOL
        return warm or (alert.raised.rule != HEAT_RULE and now_ms - alert.since_ms < ALERT_STANDS_MS)

    def _row_alert(self, now_ms: int, unclaimed_ms: int) -> RowAlert | None:
        standing = [alert for alert in self.alerts if not alert.over]
        if not standing:
            return None
        worst = max(standing, key=lambda alert: (_SEVERITIES.get(alert.raised.severity, 0), alert.since_ms))
        return RowAlert(
            alert=worst.raised.alert,
            call_id=self.shown_id,
            rule=worst.raised.rule,
            severity=worst.raised.severity,
            text=worst.raised.text,
            age_ms=now_ms - worst.since_ms,
            unclaimed=self.is_unclaimed(now_ms, unclaimed_ms),
        )


class Calls:
    """All calls, by workstation and by the id that floors know."""

    def __init__(self) -> None:
        self._calls: dict[str, dict[str, Call]] = {}
        self._shown: dict[str, Call] = {}

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._shown.values()))

    def find(self, station: str, call_id: str) -> Call | None:
        """A workstation's call."""
        return self._calls.get(station, {}).get(call_id)

    def shown(self, shown_id: str) -> Call | None:
        """The call that floors know by this id."""
        return self._shown.get(shown_id)

    def of(self, station: str) -> tuple[Call, ...]:
        """All calls of one workstation."""
        return tuple(self._calls.get(station, {}).values())

    def get(self, desk: Desk, call_id: str) -> Call:
        """A workstation's call, made where there is none."""
        calls = self._calls.setdefault(desk.client.name, {})
        call = calls.get(call_id)
        if call is None:
            shown_id = call_id
            while shown_id in self._shown:
                shown_id += f"@{desk.client.name}"
            call = calls[call_id] = self._shown[shown_id] = Call(desk, call_id, shown_id)
        return call

    def drop(self, call: Call) -> None:
        """The call is over."""
        del self._calls[call.desk.client.name][call.call_id]
        del self._shown[call.shown_id]


def _renamed(state: CallState, shown_id: str) -> CallState:
    return msgspec.structs.replace(state, call_id=shown_id)
