"""A floor that is looked at by a stopwatch: rows flow through to the screen, how late each was drawn flows out.

The screen itself is handed in by whoever may know it; this is its line, and the hand that writes notes.
"""

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec

from streams.floor import Acted, Action, FloorSnapshot, FloorUpdate
from streams.floorline import FloorItem, FloorLine

NOTE_EVERY_S = 0.25


class Seen(msgspec.Struct):
    """What the floor saw: latencies from event to frame (ms), and the newest state of each call (its `at_ms`)."""

    rows: int = 0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    frames: int = 0
    measured_s: float = 0.0
    backwards: int = 0
    notes_refused: int = 0
    newest: dict[str, int] = {}


class WatchedLine:
    """A floor's line with a stopwatch at it; the screen calls `drawn` after each frame."""

    def __init__(self, line: FloorLine) -> None:
        self._line = line
        self._arrived: list[int] = []
        self._latencies: list[float] = []
        self._newest: dict[str, int] = {}
        self._seen = Seen()
        self._began_ns = 0
        self._counting = False
        self._changed = asyncio.Event()

    def __aiter__(self) -> AsyncIterator[FloorItem]:
        return self._items()

    async def act(self, action: Action, call_id: str, value: str = "", help: str = "") -> Acted:  # noqa: A002
        """An action of the screen's."""
        return await self._line.act(action, call_id, value, help)

    async def shift(self, hours: float) -> dict[str, object]:
        """The last hours."""
        return await self._line.shift(hours)

    def drawn(self) -> None:
        """A frame is on the screen with all that had arrived."""
        if self._counting:
            now_ns = time.monotonic_ns()
            self._latencies += [(now_ns - made_ns) / 1e6 for made_ns in self._arrived]
            self._seen.frames += 1
        self._arrived.clear()

    async def write_notes(self) -> None:
        """Whisper to one call after the other, for ever, while counting."""
        number = 0
        while True:
            await asyncio.sleep(NOTE_EVERY_S)
            calls = list(self._newest)
            if self._counting and calls:
                number += 1
                acted = await self._line.act("note", calls[number * 7 % len(calls)], str(time.monotonic_ns()))
                self._seen.notes_refused += not acted.ok

    async def begin(self) -> object:
        """Count from now on."""
        self._seen, self._latencies = Seen(), []
        self._began_ns, self._counting = time.monotonic_ns(), True
        return {}

    async def stop(self) -> object:
        """Count no more; what is still on its way is only looked at."""
        self._counting = False
        self._seen.measured_s = (time.monotonic_ns() - self._began_ns) / 1e9
        return {}

    async def end(self) -> object:
        """What was seen."""
        ordered = sorted(self._latencies)
        self._seen.rows = len(ordered)
        self._seen.p50, self._seen.p95, self._seen.p99 = (_rank(ordered, share) for share in (0.5, 0.95, 0.99))
        self._seen.newest = dict(self._newest)
        return self._seen

    async def lost(self) -> object:
        """Wait until the hub is away."""
        while self._line.state == "up":
            await self._change()
        self._newest.clear()
        return {}

    async def calls(self) -> object:
        """How many calls are on the floor now."""
        return {"calls": len(self._newest)}

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def _items(self) -> AsyncIterator[FloorItem]:
        async for item in self._line:
            if isinstance(item, FloorSnapshot):
                self._newest.clear()
            if isinstance(item, FloorSnapshot | FloorUpdate):
                self._take(item)
            self._changed.set()
            yield item

    def _take(self, item: FloorSnapshot | FloorUpdate) -> None:
        for row in item.rows:
            call_id, at_ms = row.state.call_id, row.state.at_ms
            before = self._newest.get(call_id, -1)
            self._seen.backwards += at_ms < before
            if at_ms > before and row.made_ns and isinstance(item, FloorUpdate):
                self._arrived.append(row.made_ns)
            self._newest[call_id] = at_ms
        for call_id in item.gone if isinstance(item, FloorUpdate) else ():
            self._newest.pop(call_id, None)


def _rank(ordered: list[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1) if ordered else 0.0
