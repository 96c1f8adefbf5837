"""How long each turn of work holds the event loop: a selector that looks at the clock when it is left and entered."""

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_SHORTEST_MS = 0.5  # shorter turns are not kept, only counted: there are a hundred a second


class HoldWatch(selectors.DefaultSelector):
    """An event loop's selector that keeps how long the loop did not come back to it, ms.

    Everything that keeps the loop from its next turn counts, a machine busy with something else included.
    """

    def __init__(self, clock_s: Callable[[], float] = time.perf_counter) -> None:
        super().__init__()
        self._clock_s = clock_s
        self._left_s: float | None = None
        self._short = 0
        self._long_ms: list[float] = []

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for what comes next."""
        if self._left_s is not None:
            held_ms = (self._clock_s() - self._left_s) * 1000
            if held_ms < _SHORTEST_MS:
                self._short += 1
            else:
                self._long_ms.append(held_ms)
        ready = super().select(timeout)
        self._left_s = self._clock_s()
        return ready

    def held_ms(self) -> list[float]:
        """How long each turn took since the last look, the short ones as 0."""
        found, self._long_ms = [0.0] * self._short + self._long_ms, []
        self._short = 0
        return found


def run(work: Coroutine[Any, Any, T], watch: HoldWatch) -> T:
    """Run a coroutine on an event loop that is watched."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(watch)) as runner:
        return runner.run(work)
