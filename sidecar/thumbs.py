"""What this machine remembers of its agents' thumbs, by agent and rule: a call's thumbs flow in, its history flows out.

It never leaves the machine: it goes into the context of the agent's next calls, and from there into no screen.
"""

from pathlib import Path

from sidecar.agent_file import AgentFile
from streams.events import Event, Nudge, NudgeAnswered, Telemetry

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

    def add(self, agent: str, rule: str, *, helpful: bool, instead: bool = False) -> None:
        """Remember one more thumb; `instead` of the last one that said the contrary, where the agent thought again."""
        known = self.of(agent)
        thumbs = [*known.get(rule, ())]
        if instead and (not helpful) in thumbs:
            # From the end: other calls of this agent may have added theirs meanwhile.
            del thumbs[len(thumbs) - 1 - thumbs[::-1].index(not helpful)]
        self._file.keep(agent, {**{name: [*given] for name, given in known.items()}, rule: [*thumbs, helpful][-KEPT:]})


class ThumbKeeper:
    """A sink that remembers the thumbs of one agent's call as they are given, one for each nudge."""

    def __init__(self, thumbs: Thumbs, agent: str) -> None:
        self._thumbs = thumbs
        self._agent = agent
        self._rules: dict[str, str] = {}
        self._given: dict[str, bool] = {}

    def write(self, event: Event | Telemetry) -> None:
        """Take in what was said to the agent and what they think of it."""
        match event:
            case Nudge():
                self._rules[event.nudge] = event.rule
            case NudgeAnswered(answer="helpful" | "not_helpful") if rule := self._rules.get(event.nudge):
                helpful, before = event.answer == "helpful", self._given.get(event.nudge)
                if helpful is not before:
                    self._given[event.nudge] = helpful
                    self._thumbs.add(self._agent, rule, helpful=helpful, instead=before is not None)
            case _:
                pass
