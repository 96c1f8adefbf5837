"""Lines of log that a stranger can cause: each flows in with its kind and address, few of them flow out.

Of one kind from one address the first of a minute are written, and when the minute is over how many there were besides:
a flood costs neither the disk nor the event loop, and is still seen.
"""

import asyncio
from typing import Any, Protocol

FIRST = 5
"""Lines of one kind from one address that are written in a minute."""
MINUTE_S = 60.0
KINDS_KEPT = 500
"""Kinds and addresses counted at once; what comes from yet more addresses is counted as from one."""


class Log(Protocol):
    """What is asked of a logger."""

    def warning(self, event: str, **fields: Any) -> Any:
        """Write a line."""
        ...


class Seldom:
    """Writes warnings to a logger; to be used on the event loop."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._counts: dict[tuple[str, str], int] = {}

    def say(self, event: str, *, kind: str, address: str, **fields: object) -> None:
        """Write a line, or count it."""
        key = (kind, address)
        if key not in self._counts and len(self._counts) >= KINDS_KEPT:
            key = (event, "many")
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if count == 1:
            asyncio.get_running_loop().call_later(MINUTE_S, self._sum_up, event, key)
        if count <= FIRST:
            self._log.warning(event, **fields)

    def _sum_up(self, event: str, key: tuple[str, str]) -> None:
        kind, address = key
        more = self._counts.pop(key) - FIRST
        if more > 0:
            self._log.warning(f"{event}, often", kind=kind, address=address, more=more, within_s=round(MINUTE_S))
