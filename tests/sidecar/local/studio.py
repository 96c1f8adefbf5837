"""Two sound devices that are not there: what they deliver is written down, and time goes only as they deliver it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import repeat

import numpy as np

from sidecar.local.listening import Capturing, Open
from streams.engine import Samples
from streams.taps.local_slots import SIDES
from streams.taps.local_wire import Captured, Closed, Opened, Side, pack

QUIET = bytes(640)
VOICE = (np.sin(np.arange(320) / 5) * 9000).astype("<i2").tobytes()
BLOCK_US = 20_000
AHEAD_US = 60_000
BROKEN = b"\xff" * 13


async def until(holds: Callable[[], bool]) -> None:
    """Let everybody else go on until something holds; the test's own time limit ends what never does."""
    for _ in repeat(None):
        if holds():
            return
        await asyncio.sleep(0)


class Loud:
    """Takes all that is loud for speech."""

    def probabilities(self, frames: Sequence[Samples]) -> list[float]:
        return [float(np.abs(frame).max() > 0.1) for frame in frames]

    def reset(self) -> None:
        pass


class Studio:
    """Each side's course: "voice 2000" and "quiet 500" deliver so many ms, "away 300" closes the device for so long.

    A course that is over delivers silence until `done` is set.
    """

    def __init__(self, **courses: Sequence[str]) -> None:
        self._left = {side: list(courses.get(side, ())) for side in SIDES}
        self._us: dict[Side, int] = dict.fromkeys(SIDES, 10_000_000)
        self.opened: dict[Side, int] = dict.fromkeys(SIDES, 0)
        self.hurried: dict[Side, list[bool]] = {side: [] for side in SIDES}
        self.waited_s: list[float] = []

    @property
    def now_us(self) -> int:
        return min(self._us.values())

    @property
    def devices(self) -> Mapping[Side, Open]:
        def opener(side: Side) -> Open:
            return lambda: self._open(side)

        return {side: opener(side) for side in SIDES}

    async def sleep(self, seconds: float) -> None:
        self.waited_s.append(seconds)
        await asyncio.sleep(0)

    def _open(self, side: Side) -> AbstractAsyncContextManager[Capturing]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[Capturing]:
            self.opened[side] += 1
            frames = self._frames(side)

            async def read() -> bytes:
                return await anext(frames, b"")

            def hurry(now: bool) -> None:
                self.hurried[side].append(now)

            yield Capturing(read, hurry)

        return opened()

    async def _frames(self, side: Side) -> AsyncIterator[bytes]:
        yield pack(Opened(self._us[side], side, side.title()))
        while True:
            what, _, duration_ms = self._left[side].pop(0).partition(" ") if self._left[side] else ("quiet", "", "20")
            if what == "broken":
                yield BROKEN
                return
            if what == "ended":
                return
            if what == "away":
                closed = pack(Closed(self._us[side], "unplugged"))
                # Whoever hears that the device is gone reads no further.
                self._us[side] += int(duration_ms) * 1000
                yield closed
                return
            for _ in range(int(duration_ms) // 20):
                self._us[side] += BLOCK_US
                await until(lambda: self._us[side] <= self.now_us + AHEAD_US)
                await asyncio.sleep(0)
                yield pack(Captured(self._us[side], VOICE if what == "voice" else QUIET))
