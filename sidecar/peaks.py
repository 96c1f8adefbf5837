"""What this machine remembers of how hot its agents' last calls were: summaries flow in, peaks flow out.

It is there for the agent's own rest after hard calls; it goes into the context of the next calls and into no screen.
"""

from pathlib import Path

from sidecar.agent_file import AgentFile
from streams.events import CallSummary, Event, Telemetry

FILE_NAME = "peaks.json"
KEPT = 10
"""So many of the last calls are remembered."""


class Peaks:
    """The highest heat of the last calls of all agents in one file."""

    def __init__(self, state_dir: Path) -> None:
        self._file = AgentFile(state_dir / FILE_NAME, list[float])

    def of(self, agent: str) -> tuple[float, ...]:
        """The highest heat of each of an agent's last calls, oldest first."""
        return tuple((self._file.of(agent) or [])[-KEPT:])

    def add(self, agent: str, peak: float) -> None:
        """Remember one more call."""
        self._file.keep(agent, [*self.of(agent), peak][-KEPT:])


class PeakKeeper:
    """A sink that remembers how hot one agent's call was when it is over."""

    def __init__(self, peaks: Peaks, agent: str) -> None:
        self._peaks = peaks
        self._agent = agent

    def write(self, event: Event | Telemetry) -> None:
        """Take in what the call amounted to."""
        if isinstance(event, CallSummary) and isinstance(peak := event.totals.get("heat_peak"), int | float):
            self._peaks.add(self._agent, float(peak))
