"""One live call between its connection and its runner: a tap's events flow in, the runner's source flows out.

The connection may break and come back: the call waits, its media time stands still, and what was missed is announced
as `AudioLost`. While a hold or a pause lets media time run free, ticks carry it on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable

from streams.clock import CallClock, Clock
from streams.events import (
    AudioFrame,
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallEnded,
    CallStarted,
    Event,
    Hold,
    Resumed,
    Tick,
)
from streams.taps.plain import PlainEvent

QUEUE_LIMIT = 512
"""Events waiting for the runner, five seconds of two sides; when they are full the connection is read no further."""
LOOK_S = 0.25


class LiveCall:
    """A call that is being carried by a connection, or waits for one to come back."""

    def __init__(self, started: CallStarted, clock: CallClock, wall: Clock, resume_s: float) -> None:
        self.started = started
        self.clock = clock
        self.over = asyncio.Event()
        self.failed = False
        self._wall = wall
        self._resume_s = resume_s
        self._queue: asyncio.Queue[Event | AudioFrame] = asyncio.Queue(QUEUE_LIMIT)
        self._away_since_ms: int | None = None
        self._hang_up: Callable[[], Iterable[Event | AudioFrame]] = tuple
        self._silent_by_intent: set[str] = set()

    @property
    def call_id(self) -> str:
        """The call's id."""
        return self.started.call_id

    @property
    def away(self) -> bool:
        """Whether no connection carries the call now."""
        return self._away_since_ms is not None

    @property
    def silent_by_intent(self) -> bool:
        """Whether the source said that it would send nothing for a while."""
        return bool(self._silent_by_intent)

    async def put(self, events: Iterable[PlainEvent]) -> None:
        """Hand events to the runner, waiting where it is behind; a call that is over takes nothing."""
        for event in events:
            if self.over.is_set():
                return
            self._note(event)
            await self._queue.put(event)

    def lose(self, hang_up: Callable[[], Iterable[Event | AudioFrame]]) -> None:
        """The connection broke; `hang_up` gives the call's last events if it stays away."""
        self._hang_up = hang_up
        self._away_since_ms = self._wall.now_ms()

    async def resume(self) -> None:
        """A new connection carries the call; what was missed is lost."""
        if self._away_since_ms is None:
            return
        lost_ms = self._wall.now_ms() - self._away_since_ms
        self._away_since_ms = None
        if self.silent_by_intent:
            return
        for channel in self.started.channels:
            self.clock.lost(channel, lost_ms)
        at_ms = self.clock.now_ms()
        for channel in self.started.channels:
            await self._queue.put(
                AudioLost(call_id=self.call_id, at_ms=at_ms, channel=channel, lost_ms=lost_ms, reason="reconnected")
            )

    async def source(self) -> AsyncIterator[Event | AudioFrame]:
        """The call's events for as long as it lives."""
        at_ms = self.started.at_ms
        while True:
            event = await self._next()
            if event is None:
                if self._gone():
                    for last in self._hang_up():
                        yield last
                    return
                if (now_ms := self.clock.now_ms()) <= at_ms:
                    continue
                event = Tick(call_id=self.call_id, at_ms=now_ms)
            at_ms = max(at_ms, event.at_ms)
            yield event
            if isinstance(event, CallEnded):
                return

    def close(self, *, failed: bool = False) -> None:
        """The runner is done: whoever waits to put something in is let go."""
        self.failed = failed
        self.over.set()
        while not self._queue.empty():
            self._queue.get_nowait()

    async def _next(self) -> Event | AudioFrame | None:
        if not self._queue.empty():
            return self._queue.get_nowait()
        try:
            async with asyncio.timeout(LOOK_S):
                return await self._queue.get()
        except TimeoutError:
            return None

    def _gone(self) -> bool:
        since_ms = self._away_since_ms
        return since_ms is not None and self._wall.now_ms() - since_ms >= self._resume_s * 1000

    def _note(self, event: PlainEvent) -> None:
        match event:
            case Hold():
                self._silent_by_intent.add("hold")
            case Resumed():
                self._silent_by_intent.discard("hold")
            case AudioPaused():
                self._silent_by_intent.add("pause")
            case AudioResumed():
                self._silent_by_intent.discard("pause")
