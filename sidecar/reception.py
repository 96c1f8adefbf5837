"""Where connections meet their calls: messages flow through a dialect and a timeline into the call they carry.

Two connections that each bring one side of the same call are joined by its id; one that broke may come back and goes
on with the call. Whatever a client does wrong costs its own connection alone.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from sidecar import logs
from sidecar.config_sections import TapsConfig
from sidecar.live import LiveCall
from sidecar.sources import Leg, introduce
from sidecar.talk import Talk, ending_of
from sidecar.wires import Wire
from streams.background import background
from streams.clock import CallClock, Clock, monotonic_us, utc_now
from streams.errors import ProtocolError
from streams.events import Doubt
from streams.taps.dialect import Began, Dialect, SayEnd, Sound, Timed
from streams.taps.rate_check import RateCheck
from streams.taps.timeline import TapEvent, Timeline

LAST_WORDS_S = 3.0
"""How long a platform's goodbye may be kept back for the words that it is to be told."""
SPARE_CONNECTIONS = 8
"""Connections beyond `taps.max_calls`, for those that come back before the broken one is noticed."""
_log = logs.get("reception")


class Reception:
    """What connections find: the calls that are going on, and the way to begin one.

    `begin` takes a new call and its introduction and starts driving it.
    """

    def __init__(self, config: TapsConfig, wall: Clock, begin: Callable[[LiveCall, Began], None]) -> None:
        self.config = config
        self.wall = wall
        self._begin = begin
        self._calls: dict[str, LiveCall] = {}
        self._connections = 0
        self._named = 0
        self._closing = False
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def calls(self) -> int:
        """How many calls are going on."""
        return len(self._calls)

    async def receive(self, wire: Wire, dialect: Dialect, source: str) -> None:
        """Serve one connection from its first message to its end; `source` names where it comes from."""
        self._connections += 1
        visit = _Visit(self, Talk(wire, dialect, source, self.config, self.wall))
        try:
            await visit.converse()
        except ConnectionError:
            pass
        except ProtocolError as error:
            await visit.refuse(error)
        finally:
            visit.lose()
            self._connections -= 1

    def new_id(self, source: str) -> str:
        """An id for a call whose platform gives none; no two connections get the same one."""
        self._named += 1
        return f"{source}-{''.join(filter(str.isalnum, utc_now()))}-{self._named}"

    def full(self) -> bool:
        """Whether not even a hello of one more connection will be read."""
        return self._connections >= self.config.max_calls * 2 + SPARE_CONNECTIONS

    def join(self, leg: Leg) -> tuple[LiveCall, bool]:
        """The call that a connection carries, and whether it is new.

        Raises ProtocolError when it may not carry it.
        """
        live = self._calls.get(leg.started.call_id)
        if live is not None:
            if live.carries(leg.channels):
                raise ProtocolError(f"call {live.call_id} is being carried by another connection", "call_in_use")
            if leg.started.channels != live.started.channels:
                raise ProtocolError(f"call {live.call_id} has other channels than before", "bad_hello")
            return live, False
        if self._closing:
            raise ProtocolError("the service is about to end and takes no new calls", "closing")
        if len(self._calls) >= self.config.max_calls:
            raise ProtocolError(f"{self.config.max_calls} calls at once are the most (taps.max_calls)", "too_many")
        clock = CallClock(self.wall)
        live = LiveCall(leg.started, clock, self.wall, self.config.resume_s, leg.channels)
        self._calls[live.call_id] = live
        self._empty.clear()
        self._begin(live, leg.began)
        return live, True

    def leave(self, live: LiveCall, *, failed: bool) -> None:
        """A call is over, or broke."""
        live.close(failed=failed)
        if self._calls.get(live.call_id) is live:
            del self._calls[live.call_id]
            if not self._calls:
                self._empty.set()

    async def drained(self) -> None:
        """Take no new calls, and wait until those that go on are over."""
        self._closing = True
        await self._empty.wait()


class _Visit:
    """One connection while it is served."""

    def __init__(self, reception: Reception, talk: Talk) -> None:
        self._reception = reception
        self._talk = talk
        self._live: LiveCall | None = None
        self._carried: LiveCall | None = None
        self._came_us: int | None = None
        self._spoken = asyncio.Event()
        self._spoken.set()
        self._leg: Leg | None = None
        self._line: Timeline | None = None
        self._rate = RateCheck()

    async def converse(self) -> None:
        """From the first message to the last.

        Raises ProtocolError for what the client did wrong, ConnectionError when the connection broke.
        """
        talk = self._talk
        async with talk.introduction():
            while self._live is None and not talk.ended:
                if not await self._take_one(await talk.wire.receive()):
                    break
        live = self._live
        if live is None:
            await talk.wire.close(failed=False)
            return
        async with background(self._close_when_over(live), talk.keep_telling()):
            while not talk.ended and await self._take_one(await self._next(live)):
                pass
            if talk.ended and live.away:
                await live.over.wait()
        await talk.wire.close(failed=live.failed)

    async def refuse(self, error: ProtocolError) -> None:
        """End what the client carried, tell it why, and close."""
        if self._live is not None and self._line is not None:
            await self._put(self._live, self._line, SayEnd(ending_of(error)))
        await self._talk.refuse(error)

    def lose(self) -> None:
        """The connection is gone; if its call did not end, it waits for another."""
        live, line, leg = self._live, self._line, self._leg
        self._live = None
        if self._carried is not None:
            self._carried.listeners.remove(self._talk.tell)
        if live is not None and line is not None and leg is not None:
            # A network that fails without a word is noticed late; what it kept back until then is lost as well.
            silent_ms = 0 if leg.began.sparse else self._reception.wall.now_ms() - self._heard_ms
            live.lose(lambda: line.feed(SayEnd("connection_lost")), leg.channels, silent_ms)

    async def _next(self, live: LiveCall) -> str | bytes | None:
        sparse = self._leg is not None and self._leg.began.sparse
        return await self._talk.next(self._reception.config.idle_s, lambda: sparse or live.silent_by_intent)

    async def _take_one(self, message: str | bytes | None) -> bool:
        """Take a message; False when there will be no other."""
        if message is not None:
            self._heard_ms, self._came_us = self._reception.wall.now_ms(), monotonic_us()
        try:
            async for piece in self._talk.take(message):
                if isinstance(piece, Began):
                    await self._join(piece)
                elif self._live is not None and self._line is not None:
                    await self._put(self._live, self._line, piece)
        finally:
            self._spoken.set()
        return message is not None

    async def _join(self, began: Began) -> None:
        leg = introduce(began, self._talk.source, self._reception.config)
        live, new = self._reception.join(leg)
        self._live, self._leg, self._carried = live, leg, live
        self._line = Timeline(leg.began, live.clock, first=new, named=leg.named)
        self._rate = RateCheck(sparse=leg.began.sparse)
        live.listeners.append(self._talk.tell)
        if not new:
            await live.resume(leg.channels)

    async def _put(self, live: LiveCall, line: Timeline, piece: Timed) -> None:
        """Hand on what a piece amounts to; the end of one side is not the end of a call that another still carries."""
        events: list[TapEvent] = line.feed(piece)
        if isinstance(piece, SayEnd) and self._leg is not None:
            self._live = None
            live.leave(self._leg.channels)
            if not live.away:
                events.pop()
        events += self._doubts(live, piece)
        await live.put(events, self._came_us)
        if isinstance(piece, SayEnd) and live.away and self._reception.config.send.anything:
            # What is still being heard is told before the platform gets its goodbye.
            self._spoken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS_S):
                    await live.over.wait()
            await self._talk.tell_rest()
        if live.clock.now_ms() > self._reception.config.longest_s * 1000 and not isinstance(piece, SayEnd):
            raise ProtocolError(f"no call may last longer than {self._reception.config.longest_s} s", "too_long")

    def _doubts(self, live: LiveCall, piece: Timed) -> list[TapEvent]:
        """What the log and the screens are told when sound does not come at the rate that was declared."""
        if not isinstance(piece, Sound) or self._leg is None or piece.channels[0] != self._leg.began.channels[0]:
            return []
        samples = len(piece.pcm) // 2 // len(piece.channels)
        doubt = self._rate.feed(samples, piece.rate_hz, self._reception.wall.now_ms())
        if not doubt:
            return []
        _log.warning("declared rate is doubtful", call_id=live.call_id, reason=doubt, source=self._talk.source)
        return [Doubt(call_id=live.call_id, at_ms=live.clock.now_ms(), about="rate", text=doubt)]

    async def _close_when_over(self, live: LiveCall) -> None:
        await live.over.wait()
        await self._spoken.wait()
        await self._talk.wire.close(failed=live.failed)
