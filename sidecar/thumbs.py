"""What this machine remembers of its agents' thumbs, by agent and rule: summaries flow in, a call's history flows out.

It never leaves the machine: it goes into the context of the agent's next calls, and from there into no screen.
"""

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from sidecar.places import ensure
from streams.errors import StorageError
from streams.events import CallSummary, Event, Telemetry

FILE_NAME = "thumbs.json"
KEPT = 10
"""So many of the last thumbs of a rule are remembered."""

_Remembered = dict[str, dict[str, list[bool]]]


class Thumbs:
    """The thumbs of all agents in one file; losing it costs nothing but what was remembered."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME

    def of(self, agent: str) -> dict[str, tuple[bool, ...]]:
        """An agent's last thumbs by rule, oldest first, true for helpful."""
        return {rule: tuple(thumbs[-KEPT:]) for rule, thumbs in self._read().get(agent, {}).items()}

    def keep(self, agent: str, thumbs: dict[str, list[bool]]) -> None:
        """Remember an agent's thumbs in place of those before; a folder that cannot be written keeps none."""
        known = {**self._read(), agent: {rule: given[-KEPT:] for rule, given in thumbs.items()}}
        with suppress(StorageError, OSError):
            ensure(self._path.parent)
            # A reader never sees half a file.
            fresh = self._path.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(msgspec.json.encode(known))
            fresh.replace(self._path)

    def _read(self) -> _Remembered:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Remembered)
        except (OSError, msgspec.DecodeError):
            return {}


class ThumbKeeper:
    """A sink that remembers the thumbs of one agent's call when it is over."""

    def __init__(self, thumbs: Thumbs, agent: str) -> None:
        self._thumbs = thumbs
        self._agent = agent

    def write(self, event: Event | Telemetry) -> None:
        """Take in what the call amounted to, earlier thumbs included; a call without any changes nothing."""
        if not isinstance(event, CallSummary):
            return
        given = msgspec.convert(event.totals.get("nudges", {}), dict[str, object]).get("thumbs")
        if given:
            self._thumbs.keep(self._agent, msgspec.convert(given, dict[str, list[bool]]))
