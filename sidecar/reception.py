"""Where connections meet their calls: messages flow through a dialect and a timeline into the call they carry.

Two connections that each bring one side of the same call are joined by its id; one that broke may come back and goes
on with the call. Whatever a client does wrong costs its own connection alone.
"""

import asyncio
from collections.abc import Callable

from sidecar import logs
from sidecar.background import background
from sidecar.config import TapsConfig
from sidecar.live import LiveCall
from sidecar.sources import Leg, introduce
from sidecar.wires import Wire
from streams.clock import CallClock, Clock, utc_now
from streams.errors import ProtocolError
from streams.taps.dialect import Began, Dialect, Piece, Remark, Reply, SayEnd, Timed
from streams.taps.timeline import TapEvent, Timeline

HELLO_S = 10.0
"""A connection that has not said which call it carries by then is closed."""
LINGER_S = 1.0
"""How long a client that was refused may take to say goodbye where its dialect has one."""
SPARE_CONNECTIONS = 8
"""Connections beyond `taps.max_calls`, for those that come back before the broken one is noticed."""
REMARKS_LIMIT = 10
"""Lines of log that one connection may cost."""
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

    async def receive(self, wire: Wire, dialect: Dialect, source: str) -> None:
        """Serve one connection from its first message to its end; `source` names where it comes from."""
        self._connections += 1
        visit = _Visit(self, wire, dialect, source)
        try:
            await visit.converse()
        except ConnectionError:
            pass
        except ProtocolError as error:
            _log.warning("client refused", code=error.code, reason=str(error), peer=wire.peer, source=source)
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
        if len(self._calls) >= self.config.max_calls:
            raise ProtocolError(f"{self.config.max_calls} calls at once are the most (taps.max_calls)", "too_many")
        clock = CallClock(self.wall)
        live = LiveCall(leg.started, clock, self.wall, self.config.resume_s, leg.channels)
        self._calls[live.call_id] = live
        self._begin(live, leg.began)
        return live, True

    def leave(self, live: LiveCall, *, failed: bool) -> None:
        """A call is over, or broke."""
        live.close(failed=failed)
        if self._calls.get(live.call_id) is live:
            del self._calls[live.call_id]


class _Visit:
    """One connection while it is served."""

    def __init__(self, reception: Reception, wire: Wire, dialect: Dialect, source: str) -> None:
        self._reception = reception
        self._wire = wire
        self._dialect = dialect
        self._source = source
        self._live: LiveCall | None = None
        self._leg: Leg | None = None
        self._line: Timeline | None = None
        self._remarks = 0

    async def converse(self) -> None:
        """From the first message to the last.

        Raises ProtocolError for what the client did wrong, ConnectionError when the connection broke.
        """
        try:
            async with asyncio.timeout(HELLO_S):
                while self._live is None and not self._dialect.ended:
                    if not await self._take_one(await self._wire.receive()):
                        break
        except TimeoutError:
            raise ProtocolError(f"no hello came within {HELLO_S:g} s", "no_hello") from None
        live = self._live
        if live is None:
            await self._wire.close(failed=False)
            return
        async with background(self._close_when_over(live)):
            while not self._dialect.ended and await self._take_one(await self._next(live)):
                pass
            if self._dialect.ended and live.away:
                await live.over.wait()
        await self._wire.close(failed=live.failed)

    async def refuse(self, error: ProtocolError) -> None:
        """End what the client carried, tell it why, and close."""
        if self._live is not None and self._line is not None:
            reason = error.code if error.code in {"idle", "too_long"} else "connection_lost"
            await self._put(self._live, self._line, SayEnd(reason))
        for reply in self._dialect.refuse(error):
            await self._wire.send(reply.message)
        try:
            async with asyncio.timeout(LINGER_S):
                while not self._dialect.ended and (message := await self._wire.receive()) is not None:
                    for piece in self._said(message):
                        if isinstance(piece, Reply):
                            await self._wire.send(piece.message)
        except (TimeoutError, ConnectionError, ProtocolError):
            pass
        await self._wire.reject(error)

    def lose(self) -> None:
        """The connection is gone; if its call did not end, it waits for another."""
        live, line, leg = self._live, self._line, self._leg
        self._live = None
        if live is not None and line is not None and leg is not None:
            live.lose(lambda: line.feed(SayEnd("connection_lost")), leg.channels)

    async def _next(self, live: LiveCall) -> str | bytes | None:
        idle_s = self._reception.config.idle_s
        while True:
            try:
                async with asyncio.timeout(idle_s):
                    return await self._wire.receive()
            except TimeoutError:
                sparse = self._leg is not None and self._leg.began.sparse
                if not (sparse or live.silent_by_intent):
                    raise ProtocolError(f"nothing came for {idle_s} s (taps.idle_s)", "idle") from None

    async def _take_one(self, message: str | bytes | None) -> bool:
        """Take a message; False when there will be no other."""
        for piece in self._dialect.closed() if message is None else self._said(message):
            match piece:
                case Reply():
                    await self._wire.send(piece.message)
                case Remark():
                    self._remark(piece)
                case Began():
                    await self._join(piece)
                case _ if self._live is not None and self._line is not None:
                    await self._put(self._live, self._line, piece)
        return message is not None

    def _said(self, message: str | bytes) -> list[Piece]:
        if isinstance(message, str):
            return self._dialect.receive_text(message)
        return self._dialect.receive_bytes(message)

    async def _join(self, began: Began) -> None:
        leg = introduce(began, self._source, self._reception.config)
        live, new = self._reception.join(leg)
        self._live, self._leg = live, leg
        self._line = Timeline(leg.began, live.clock, first=new, named=leg.named)
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
        await live.put(events)
        if live.clock.now_ms() > self._reception.config.longest_s * 1000 and not isinstance(piece, SayEnd):
            raise ProtocolError(f"no call may last longer than {self._reception.config.longest_s} s", "too_long")

    def _remark(self, piece: Remark) -> None:
        self._remarks += 1
        if self._remarks <= REMARKS_LIMIT:
            _log.info("client said something odd", remark=piece.remark, peer=self._wire.peer, source=self._source)

    async def _close_when_over(self, live: LiveCall) -> None:
        await live.over.wait()
        await self._wire.close(failed=live.failed)
