"""How long each turn of work holds the event loop: a selector that looks at the clocks when it is left and entered."""

import asyncio
import selectors
import time
from array import array
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

_SHORTEST_MS = 0.5  # shorter turns are not kept, only counted: there are a hundred a second


class Held(NamedTuple):
    """How long one turn kept the loop, ms, and how long of that its thread had a core."""

    held_ms: float
    worked_ms: float


SHORT = Held(0.0, 0.0)


class HoldWatch(selectors.DefaultSelector):
    """An event loop's selector that keeps how long the loop did not come back to it.

    Everything that keeps the loop from its next turn counts as held, a machine busy with something else included; what
    the loop itself did is told apart by its thread's own time.
    """

    def __init__(
        self, clock_s: Callable[[], float] = time.perf_counter, worked_s: Callable[[], float] = time.thread_time
    ) -> None:
        super().__init__()
        self._clock_s = clock_s
        self._worked_s = worked_s
        self._left: tuple[float, float] | None = None
        self._short = 0
        # Eight bytes a turn: what the watch keeps must not weigh in the memory that is measured beside it.
        self._held_ms = array("f")
        self._worked_ms = array("f")

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for what comes next."""
        if self._left is not None:
            left_s, worked_s = self._left
            held_ms = (self._clock_s() - left_s) * 1000
            if held_ms < _SHORTEST_MS:
                self._short += 1
            else:
                self._held_ms.append(held_ms)
                self._worked_ms.append((self._worked_s() - worked_s) * 1000)
        ready = super().select(timeout)
        self._left = self._clock_s(), self._worked_s()
        return ready

    def held(self) -> list[Held]:
        """How long each turn took since the last look, the short ones as 0."""
        found = [SHORT] * self._short + list(map(Held, self._held_ms, self._worked_ms))
        self._short = 0
        del self._held_ms[:], self._worked_ms[:]
        return found


def run(work: Coroutine[Any, Any, T], watch: HoldWatch) -> T:
    """Run a coroutine on an event loop that is watched."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(watch)) as runner:
        return runner.run(work)
