"""The asyncio driver of one call: the tap's events flow in at their pace, what the call makes of them flows to sinks.

Decides nothing: it keeps media time (a `Tick` every 250 ms and at each moment the call asked for), carries decode jobs
to the desk and outcomes back, and sends every event to every sink in the order of emission. Everything but waiting
happens on the event loop's one thread, so nothing here needs a lock, and nothing is queued that could be dropped.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Protocol

import msgspec

from sidecar.call import Call, Passing, Step
from sidecar.desk import Desk, Outcome
from sidecar.pace import Pace
from streams.clock import Clock, WallClock
from streams.engine import DecodeJob
from streams.errors import RecogniserError, StorageError
from streams.events import (
    AudioFrame,
    AudioPaused,
    AudioResumed,
    CallContext,
    CallEnded,
    Doubt,
    Event,
    Health,
    HumanEvent,
    SidesSwapped,
    StageLag,
    Tick,
)
from streams.lags import CaptureLag

TICK_MS = 250


class Sink(Protocol):
    """Takes the events of a call; must not wait."""

    def write(self, event: Passing) -> None:
        """Take one event.

        Raises StorageError when it can take no more; it is then left out for the rest of the call.
        """
        ...


class CallRunner:
    """Drives one call from its source to its sinks.

    `report` gets one line for a person when a sink fails; the call itself goes on. `wall` only tells how late sound
    comes and `timer` (seconds) how long publishing takes, which decides nothing.
    """

    def __init__(
        self,
        call: Call,
        desk: Desk,
        sinks: Iterable[Sink],
        *,
        pace: Pace | None,
        report: Callable[[str], None],
        wall: Clock | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._call = call
        self._wall = wall or WallClock()
        self._timer = timer
        self._capture = CaptureLag()
        self._desk = desk
        self._sinks = list(sinks)
        self._pace = pace
        self._report = report
        self._tick_ms = TICK_MS
        self._level = 0
        self._over = asyncio.Event()

    @property
    def call(self) -> Call:
        """The call that is driven."""
        return self._call

    async def run(self, source: AsyncIterator[Event | AudioFrame]) -> None:
        """Play the source to its end and wait for the words of it.

        Cancelled, the call ends as interrupted, and as failed when something breaks.
        """
        try:
            self._take(self._call.begin)
            async for event in source:
                await self._go_on_to(event.at_ms)
                if isinstance(event, AudioFrame):
                    self._call.measured("capture", self._capture.feed(self._wall.now_ms(), event.at_ms))
                self._take(partial(self._call.feed, event))
                if isinstance(event, CallEnded):
                    break
            else:
                ended = CallEnded(call_id=self._call.call_id, at_ms=self._call.now_ms, reason="source_ended")
                self._take(partial(self._call.feed, ended))
            while not self._call.ended:
                await self._wait_for_words()
        except asyncio.CancelledError:
            self._break_off("interrupted")
            raise
        except Exception:
            self._break_off("failed")
            raise

    def drawn(self, lags_ms: Iterable[float]) -> None:
        """Take how long a screen needed to draw what it was sent."""
        for lag_ms in lags_ms:
            self._call.measured("draw", lag_ms)

    def tell(self, event: HumanEvent | AudioPaused | AudioResumed | SidesSwapped | Doubt | CallContext) -> None:
        """Take what a person did, a doubt, or rules read anew; it is stamped with the media time of now."""
        self._take(partial(self._call.feed, msgspec.structs.replace(event, at_ms=self._call.now_ms)))

    def add(self, event: HumanEvent) -> None:
        """Send on what a person says of a call that is over: the coach hears of it no more."""
        self._send((event,))

    async def _go_on_to(self, at_ms: int) -> None:
        """Let media time pass: everything due up to `at_ms` happens, each at its own moment, ticks before outcomes."""
        while True:
            tick_ms = self._next_tick_ms()
            due_ms = self._desk.due_ms
            if due_ms is not None and due_ms < tick_ms and due_ms <= at_ms:
                await self._until(due_ms)
                await self._desk.settle()
            elif tick_ms <= at_ms:
                await self._until(tick_ms)
                self._tick(tick_ms)
            else:
                break
        await self._until(at_ms)

    def _next_tick_ms(self) -> int:
        wake_ms = self._call.wake_ms
        if wake_ms is None or wake_ms <= self._call.now_ms:
            return self._tick_ms
        return min(self._tick_ms, wake_ms)

    def _tick(self, at_ms: int) -> None:
        while self._tick_ms <= at_ms:
            self._tick_ms += TICK_MS
        self._take(partial(self._call.feed, Tick(call_id=self._call.call_id, at_ms=at_ms)))
        level, queued = self._desk.strain
        if level != self._level:
            self._level = level
            self._take(partial(self._call.degrade, level, queued))

    async def _wait_for_words(self) -> None:
        if self._desk.due_ms is None:
            await self._over.wait()
        else:
            await self._go_on_to(self._desk.due_ms)

    async def _until(self, at_ms: int) -> None:
        if self._pace is not None:
            await self._pace.until(at_ms)

    def _delivered(self, job: DecodeJob, outcome: Outcome, at_ms: int) -> None:
        self._take(partial(self._call.deliver, job, outcome, at_ms))

    def _take(self, act: Callable[[], Step]) -> None:
        """Let the call act, and carry away what comes of it."""
        began_s = self._timer()
        step = act()
        self._send(step.events)
        if any(not isinstance(event, StageLag | Health) for event in step.events):
            self._call.measured("publish", (self._timer() - began_s) * 1000)
        for job in step.jobs:
            try:
                samples = self._call.samples(job)
            except LookupError as error:
                self._delivered(job, RecogniserError(f"the sound of {job.started_ms} ms is gone: {error}"), 0)
            else:
                self._desk.submit(job, samples, self._delivered)
        if self._call.ended:
            self._over.set()

    def _break_off(self, reason: str) -> None:
        """Let every sink that still can know the end."""
        for event in self._call.interrupt(reason).events:
            for sink in self._sinks:
                with suppress(StorageError, OSError):
                    sink.write(event)

    def _send(self, events: Iterable[Passing]) -> None:
        """Every sink in its turn gets all of them, so that one which breaks leaves those before it whole."""
        for sink in tuple(self._sinks):
            try:
                for event in events:
                    sink.write(event)
            except StorageError as error:
                self._sinks.remove(sink)
                self._report(str(error))


async def steadily(events: Iterable[Event | AudioFrame]) -> AsyncIterator[Event | AudioFrame]:
    """A source that is at hand, as one that comes."""
    for event in events:
        yield event
