"""One live call between its connection and its runner: a tap's events flow in, the runner's source flows out.

A call may be carried by one connection or by one for each side. A connection may break and come back: the call waits,
its media time stands still, and what was missed is announced as `AudioLost`. While a hold or a pause lets media time
run free, ticks carry it on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable

from streams.clock import CallClock, Clock, monotonic_us
from streams.events import (
    AudioFrame,
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallEnded,
    CallStarted,
    Channel,
    Event,
    Hold,
    Nudge,
    Resumed,
    Tick,
    Utterance,
)
from streams.taps.timeline import TapEvent

QUEUE_LIMIT = 512
"""Events waiting for the runner, five seconds of two sides; when they are full the connection is read no further."""
LOOK_S = 0.25
"""How often a call looks whether time or its connections have gone on without it."""
TURN_EVENTS = 12
"""A call that has more waiting lets everything else on the event loop have its turn first."""


class LiveCall:
    """A call that is being carried by connections, or waits for one to come back.

    `carried` are the channels that the first connection brings; None stands for all of the call. `on_heard` is told how
    long each frame took from its arrival until it was listened to (µs).
    """

    def __init__(
        self,
        started: CallStarted,
        clock: CallClock,
        wall: Clock,
        resume_s: float,
        carried: Collection[Channel] | None = None,
    ) -> None:
        self.started = started
        self.clock = clock
        self.over = asyncio.Event()
        self.failed = False
        self.on_heard: Callable[[int], None] | None = None
        self.listeners: list[Callable[[Utterance | Nudge], None]] = []
        self._wall = wall
        self._resume_s = resume_s
        # None comes from the timer, and only when nothing else waits: one timer a call is cheaper than one a wait.
        self._queue: asyncio.Queue[tuple[Event | AudioFrame, int] | None] = asyncio.Queue(QUEUE_LIMIT)
        self._timer: asyncio.TimerHandle | None = None
        self._carried = set(started.channels if carried is None else carried)
        self._missing_since_ms: dict[Channel, int] = {}
        self._silent_before_ms: dict[Channel, int] = {}
        self._hang_up: Callable[[], Iterable[Event | AudioFrame]] = tuple
        self._silent_by_intent: set[str] = set()

    @property
    def call_id(self) -> str:
        """The call's id."""
        return self.started.call_id

    @property
    def away(self) -> bool:
        """Whether no connection carries the call now."""
        return not self._carried

    def carries(self, channels: Collection[Channel]) -> bool:
        """Whether a connection brings one of the channels now."""
        return not self._carried.isdisjoint(channels)

    @property
    def silent_by_intent(self) -> bool:
        """Whether the source said that it would send nothing for a while."""
        return bool(self._silent_by_intent)

    async def put(self, events: Iterable[TapEvent], came_us: int | None = None) -> None:
        """Hand events to the runner, waiting where it is behind; a call that is over takes nothing.

        `came_us` is when what they were made of came, now where it is not told.
        """
        came_us = monotonic_us() if came_us is None else came_us
        for event in events:
            if self.over.is_set():
                return
            self._note(event)
            await self._queue.put((event, came_us))

    def leave(self, channels: Collection[Channel]) -> None:
        """A connection that brought these channels is done with the call."""
        self._carried.difference_update(channels)

    def lose(
        self,
        hang_up: Callable[[], Iterable[Event | AudioFrame]],
        channels: Collection[Channel] | None = None,
        silent_ms: int = 0,
    ) -> None:
        """A connection broke, and had been silent for so long before it was seen to.

        `hang_up` gives the call's last events if all stay away.
        """
        self._hang_up = hang_up
        for channel in self.started.channels if channels is None else channels:
            self._carried.discard(channel)
            self._missing_since_ms[channel] = self._wall.now_ms()
            self._silent_before_ms[channel] = silent_ms

    async def resume(self, channels: Collection[Channel] | None = None) -> None:
        """A new connection carries these channels; what was missed of them is lost."""
        brought = [one for one in self.started.channels if channels is None or one in channels]
        self._carried.update(brought)
        lost_ms = {
            channel: self._wall.now_ms() - self._missing_since_ms.pop(channel) + self._silent_before_ms.pop(channel)
            for channel in brought
            if channel in self._missing_since_ms
        }
        if self.silent_by_intent:
            return
        for channel, missing_ms in lost_ms.items():
            self.clock.lost(channel, missing_ms)
        at_ms = self.clock.now_ms()
        for channel, missing_ms in lost_ms.items():
            lost = AudioLost(
                call_id=self.call_id, at_ms=at_ms, channel=channel, lost_ms=missing_ms, reason="reconnected"
            )
            await self._queue.put((lost, monotonic_us()))

    async def source(self) -> AsyncIterator[Event | AudioFrame]:
        """The call's events for as long as it lives."""
        at_ms = self.started.at_ms
        self._look()
        in_turn = 0
        while True:
            in_turn = 0 if self._queue.empty() else in_turn + 1
            if in_turn >= TURN_EVENTS:
                in_turn = 0
                await asyncio.sleep(0)
            event, came_us = await self._queue.get() or (None, 0)
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
            # Whoever asks for the next one has put this one where it belongs.
            if self.on_heard is not None and isinstance(event, AudioFrame):
                self.on_heard(monotonic_us() - came_us)
            if isinstance(event, CallEnded):
                return

    def tell(self, event: Utterance | Nudge) -> None:
        """Have whoever carries the call now told of something."""
        for listener in self.listeners:
            listener(event)

    def close(self, *, failed: bool = False) -> None:
        """The runner is done: whoever waits to put something in is let go."""
        self.failed = failed
        self.over.set()
        if self._timer is not None:
            self._timer.cancel()
        while not self._queue.empty():
            self._queue.get_nowait()

    def _look(self) -> None:
        if self._queue.empty():
            self._queue.put_nowait(None)
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def _gone(self) -> bool:
        if self._carried or not self._missing_since_ms:
            return False
        return self._wall.now_ms() - max(self._missing_since_ms.values()) >= self._resume_s * 1000

    def _note(self, event: TapEvent) -> None:
        match event:
            case Hold():
                self._silent_by_intent.add("hold")
            case Resumed():
                self._silent_by_intent.discard("hold")
            case AudioPaused():
                self._silent_by_intent.add("pause")
            case AudioResumed():
                self._silent_by_intent.discard("pause")
