"""When a call may need a person, said once per episode: the call's events flow in, `AlertRaised` flows out.

Pure. An episode of heat lasts from the first hot moment until the call is no more than watched; the same rule's alerts
are one episode while they follow one another within a minute; a call for help is one until it is answered.
"""

from collections.abc import Callable

from sidecar.uplink.own import is_own
from streams.events import (
    Band,
    CallEnded,
    CallStarted,
    Event,
    FloorAlert,
    Heat,
    HelpAnswered,
    HelpAsked,
    Severity,
    Telemetry,
)
from streams.floor import HEAT_RULE, HELP_RULE, AlertRaised

SAME_EPISODE_MS = 60_000
"""Alerts of one rule that follow within this time tell of the same thing."""
HEAT_RULES = frozenset({"deesc.rising_heat"})
"""Rules whose alerts tell of the heat itself, which has episodes of its own."""
HOT: frozenset[Band] = frozenset({"hot", "critical"})
COOL: frozenset[Band] = frozenset({"calm", "watch"})
_RANK: dict[Severity, int] = {"praise": 0, "info": 1, "warn": 2, "critical": 3}


class Episodes:
    """The alerts of one call: `rules` and `heat` say which of them leave the machine, `clean` keeps quotes out of them.

    A call for help always does.
    """

    def __init__(self, clean: Callable[[str], str], *, heat: bool = True, rules: bool = True) -> None:
        self._clean = clean
        self._tells_heat, self._tells_rules = heat, rules
        self._call_id = self._started_at = ""
        self._count = 0
        self._hot = False
        self._help_open = False
        self._last: dict[str, tuple[int, Severity]] = {}

    def feed(self, event: Event | Telemetry) -> AlertRaised | None:
        """The alert that an event begins, where it begins one."""
        match event:
            case CallStarted():
                self._call_id, self._started_at = event.call_id, event.started_at
            case Heat() if self._tells_heat:
                return self._heat(event)
            case FloorAlert() if self._tells_rules and not is_own(event):
                return self._rule(event)
            case HelpAsked() if not self._help_open:
                self._help_open = True
                text = self._clean(event.text)
                return self._alert(
                    event.at_ms, HELP_RULE, "critical", f"asks for help: {text}" if text else "asks for help"
                )
            case HelpAnswered():
                self._help_open = False
            case CallEnded():
                self._hot = self._help_open = False
            case _:
                pass
        return None

    def _heat(self, event: Heat) -> AlertRaised | None:
        if event.band in COOL:
            self._hot = False
        if self._hot or event.band not in HOT:
            return None
        self._hot = True
        severity: Severity = "critical" if event.band == "critical" else "warn"
        return self._alert(event.at_ms, HEAT_RULE, severity, f"heat is {event.band}")

    def _rule(self, event: FloorAlert) -> AlertRaised | None:
        before = self._last.get(event.rule)
        self._last[event.rule] = (event.at_ms, event.severity)
        if event.rule in HEAT_RULES and self._hot:
            return None
        worse = before is not None and _RANK[event.severity] > _RANK[before[1]]
        if before is not None and not worse and event.at_ms - before[0] <= SAME_EPISODE_MS:
            return None
        text = self._clean(event.text) or event.rule
        return self._alert(event.at_ms, event.rule, event.severity, text)

    def _alert(self, at_ms: int, rule: str, severity: Severity, text: str) -> AlertRaised:
        """An alert with an id of its own in this call; the line numbers it."""
        self._count += 1
        return AlertRaised(
            boot="",
            number=0,
            call_id=self._call_id,
            at_ms=at_ms,
            # A call's id may come again, as where a recording is played twice; what the hub counts by may not.
            alert=f"alert-{self._count} {self._started_at} {self._call_id}",
            rule=rule,
            severity=severity,
            text=text,
        )
