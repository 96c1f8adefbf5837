"""Many workstations in one process, each with its own key and connection: made-up calls flow out over real sockets.

They speak by the same `StationLine` as a workstation's service, and keep the books that the audit needs.
"""

import asyncio
import heapq
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import msgspec
import zmq

from sidecar.bench.floor import talk
from sidecar.bench.floor.traffic import Turn, turns
from streams.background import background
from streams.floor import AlertRaised, Receipt, Whisper
from streams.floorlink import FloorAddress, dealer
from streams.stationline import StationLine

BOOT = "bench"
SETTLE_S = 2.0
LATE_S = 1.0
SOCKETS = 16_384


class Ledger(msgspec.Struct):
    """What was said, for the audit: the newest state of each live call, alerts by id, and how long notes took (ms)."""

    states: int = 0
    newest: dict[str, int] = {}
    alerts: int = 0
    ended: int = 0
    waiting: int = 0
    note_ms: list[float] = []


class Workstations:
    """All of them, driven by one timetable."""

    def __init__(self, lines: Sequence[StationLine]) -> None:
        self._lines = lines
        self._turns = [turns(agent) for agent in range(len(lines))]
        self._current: list[str] = [""] * len(lines)
        self._talking = asyncio.Event()
        self._talking.set()
        self.ledger = Ledger()

    async def speak(self) -> None:
        """Say each agent's next when it is due, for ever."""
        began_s = time.monotonic()
        timetable: list[tuple[float, int, Turn]] = []
        for agent, coming in enumerate(self._turns):
            first = next(coming)
            timetable.append((began_s + first.after_ms * (agent % 97) / 97_000, agent, first))
        heapq.heapify(timetable)
        while True:
            await self._talking.wait()
            due_s, agent, turn = timetable[0]
            wait_s = due_s - time.monotonic()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
                continue
            self._say(agent, turn)
            following = next(self._turns[agent])
            # What cannot keep up falls behind by a second at most, rather than hurry after it.
            due_s = max(due_s, time.monotonic() - LATE_S)
            heapq.heapreplace(timetable, (due_s + following.after_ms / 1000, agent, following))

    async def hear(self, line: StationLine) -> None:
        """Take notes as a panel does, and say that they were read."""
        async for item in line:
            if isinstance(item, Whisper):
                self.ledger.note_ms.append((time.monotonic_ns() - int(item.text)) / 1e6)
                line.keep(Receipt(boot="", number=0, call_id=item.call_id, note=item.note, state="read"))

    async def begin(self) -> object:
        """Count from now on."""
        self.ledger.note_ms = []
        self.ledger.states = 0
        return {}

    async def end(self) -> object:
        """Fall silent, let everything arrive, and give the books."""
        self._talking.clear()
        await asyncio.sleep(SETTLE_S)
        self.ledger.waiting = sum(line.waiting for line in self._lines)
        return self.ledger

    def _say(self, agent: int, turn: Turn) -> None:
        line, state = self._lines[agent], turn.state
        if self._current[agent] != state.call_id:
            self.ledger.newest.pop(self._current[agent], None)
            self._current[agent] = state.call_id
            line.calls([state.call_id])
        line.put(state, time.monotonic_ns())
        self.ledger.newest[state.call_id] = state.at_ms
        self.ledger.states += 1
        for fact in turn.facts:
            line.keep(fact)
            if isinstance(fact, AlertRaised):
                self.ledger.alerts += 1
            else:
                self.ledger.ended += 1


async def run(addresses: Sequence[FloorAddress]) -> None:
    """Be these workstations until told to leave."""
    context: zmq.Context[Any] = zmq.Context()
    context.set(zmq.MAX_SOCKETS, SOCKETS)
    async with AsyncExitStack() as stack:
        stack.callback(context.term)
        lines = [
            await stack.enter_async_context(StationLine(address, f"desk-{number}", BOOT, link=dealer(address, context)))
            for number, address in enumerate(addresses)
        ]
        stations = Workstations(lines)
        async with background(stations.speak(), *(stations.hear(line) for line in lines)):
            await talk.obey({"begin": stations.begin, "end": stations.end})
