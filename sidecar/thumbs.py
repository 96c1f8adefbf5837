"""What this machine remembers of its agents' thumbs, by agent and rule: summaries flow in, a call's history flows out.

It never leaves the machine: it goes into the context of the agent's next calls, and from there into no screen.
"""

from pathlib import Path

import msgspec

from sidecar.agent_file import AgentFile
from streams.events import CallSummary, Event, Nudge, NudgeAnswered, Telemetry

FILE_NAME = "thumbs.json"
KEPT = 10
"""So many of the last thumbs of a rule are remembered."""


class Thumbs:
    """The thumbs of all agents in one file."""

    def __init__(self, state_dir: Path) -> None:
        self._file = AgentFile(state_dir / FILE_NAME, dict[str, list[bool]])

    def of(self, agent: str) -> dict[str, tuple[bool, ...]]:
        """An agent's last thumbs by rule, oldest first, true for helpful."""
        return {rule: tuple(thumbs[-KEPT:]) for rule, thumbs in (self._file.of(agent) or {}).items()}

    def keep(self, agent: str, thumbs: dict[str, list[bool]]) -> None:
        """Remember an agent's thumbs in place of those before."""
        self._file.keep(agent, {rule: given[-KEPT:] for rule, given in thumbs.items()})


class ThumbKeeper:
    """A sink that remembers the thumbs of one agent's call when it is over, and those that follow in its wrap-up."""

    def __init__(self, thumbs: Thumbs, agent: str) -> None:
        self._thumbs = thumbs
        self._agent = agent
        self._rules: dict[str, str] = {}
        self._given: dict[str, list[bool]] | None = None

    def write(self, event: Event | Telemetry) -> None:
        """Take in what the call amounted to, earlier thumbs included; a call without any changes nothing."""
        match event:
            case Nudge():
                self._rules[event.nudge] = event.rule
            case CallSummary():
                sums = msgspec.convert(event.totals.get("nudges", {}), dict[str, object])
                self._given = msgspec.convert(sums.get("thumbs", {}), dict[str, list[bool]])
                self._keep()
            case NudgeAnswered(answer="helpful" | "not_helpful") if rule := self._rules.get(event.nudge):
                if self._given is not None:
                    self._given.setdefault(rule, []).append(event.answer == "helpful")
                    self._keep()
            case _:
                pass

    def _keep(self) -> None:
        if self._given:
            self._thumbs.keep(self._agent, self._given)
