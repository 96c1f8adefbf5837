"""How fast media time goes by: moments on the media clock flow in, and each is waited for."""

import asyncio
from collections.abc import Awaitable, Callable

from streams.clock import Clock

_BREATH_MS = 200
"""Media time after which even the fastest run lets the event loop look at everything else, Ctrl-C included."""


class Pace:
    """Waits for media times at `speed` times real time; without a speed it never waits, only gives way now and then."""

    def __init__(
        self, speed: float | None, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._began_ms: float | None = None
        self._breathed_ms = 0

    async def until(self, at_ms: int) -> None:
        """Come back when the media time is due; at once when it is past."""
        if self._speed is None:
            if at_ms - self._breathed_ms >= _BREATH_MS:
                self._breathed_ms = at_ms
                await self._sleep(0)
            return
        now_ms = self._clock.now_ms()
        if self._began_ms is None:
            self._began_ms = now_ms - at_ms / self._speed
        ahead_ms = self._began_ms + at_ms / self._speed - now_ms
        if ahead_ms > 0:
            await self._sleep(ahead_ms / 1000)
