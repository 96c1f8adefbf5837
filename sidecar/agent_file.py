"""One small file of what this machine remembers of its agents: values flow in and out whole, by agent.

It never leaves the machine: it goes into the context of the agent's next calls, and from there into no screen. Losing
it costs nothing but what was remembered.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from sidecar.places import ensure
from streams.errors import StorageError

Kept = TypeVar("Kept")


class AgentFile(Generic[Kept]):
    """A file that holds one value of type `kept` for each agent."""

    def __init__(self, path: Path, kept: type[Kept]) -> None:
        self._path = path
        self._kept = kept

    def of(self, agent: str) -> Kept | None:
        """What is remembered of an agent; None for nothing, as when the file cannot be read."""
        return self._read().get(agent)

    def keep(self, agent: str, value: Kept) -> None:
        """Remember this in place of what was; a folder that cannot be written keeps nothing."""
        known = {**self._read(), agent: value}
        with suppress(StorageError, OSError):
            ensure(self._path.parent)
            # A reader never sees half a file.
            fresh = self._path.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(msgspec.json.encode(known))
            fresh.replace(self._path)

    def _read(self) -> dict[str, Kept]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, self._kept])  # type: ignore[name-defined]
        except (OSError, msgspec.DecodeError):
            return {}
