"""One client's connection in the dialect that it speaks: messages flow in, pieces of its call flow out.

Replies go back at once, oddities go to the log, and whoever talks too fast, too late or not at all is told so.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import ref

from sidecar import logs
from sidecar.config_sections import TapsConfig
from sidecar.edge import Pace
from sidecar.seldom import Seldom
from sidecar.wires import Wire
from streams.clock import Clock
from streams.errors import ProtocolError
from streams.events import Nudge, Utterance
from streams.taps.dialect import Began, Dialect, Piece, Remark, Reply, Telling, Timed

HELLO_S = 10.0
"""A connection that has not said which call it carries by then is closed."""
LINGER_S = 1.0
"""How long a client that was refused may take to say goodbye where its dialect has one."""
TELL_EVERY_S = 0.5
"""A platform is told at most so often: AudioHook refuses more than a few messages a second."""
TELL_LIMIT = 200
"""Events that wait to be told; when they are full the oldest goes, since the agent's own panel has them all."""
REMARKS_LIMIT = 10
"""Lines of log that one connection may cost."""
_log = logs.get("talk")
_refusals = Seldom(_log)


def ending_of(error: ProtocolError) -> str:
    """Why the call ended that a client carried when it was refused."""
    return error.code if error.code in {"idle", "too_long"} else "connection_lost"


class Talk:
    """A connection, from its first message to its last; `source` names its dialect."""

    def __init__(self, wire: Wire, dialect: Dialect, source: str, config: TapsConfig, wall: Clock) -> None:
        self.wire = wire
        self.source = source
        self._dialect = dialect
        self._wall = wall
        self._pace = Pace(config.messages_per_s, wall.now_ms())
        self._remarks = 0
        self._to_tell: deque[Utterance | Nudge] = deque(maxlen=TELL_LIMIT)
        self._told = asyncio.Event()
        self._idle = _Idle()

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be expected of the client."""
        return self._dialect.ended

    @asynccontextmanager
    async def introduction(self) -> AsyncIterator[None]:
        """Bound the time in which the client says which call it carries.

        Raises ProtocolError when that is over.
        """
        try:
            async with asyncio.timeout(HELLO_S):
                yield
        except TimeoutError:
            raise ProtocolError(f"no hello came within {HELLO_S:g} s", "no_hello") from None

    async def next(self, idle_s: float, is_patient: Callable[[], bool]) -> str | bytes | None:
        """The next message, None when the client closed.

        Raises ProtocolError when none came for `idle_s` and nobody is patient, ConnectionError when the connection
        broke.
        """
        while True:
            try:
                async with asyncio.timeout(None) as limit:
                    self._idle.watch(limit, idle_s)
                    return await self.wire.receive()
            except TimeoutError:
                if not is_patient():
                    raise ProtocolError(f"nothing came for {idle_s} s (taps.idle_s)", "idle") from None
            finally:
                self._idle.let_go()

    async def take(self, message: str | bytes | None) -> AsyncIterator[Began | Timed]:
        """What a message amounts to; a reply goes out when what stands before it has been dealt with.

        Raises ProtocolError.
        """
        if message is not None:
            self._pace.check(message, self._wall.now_ms())
        for piece in self._dialect.closed() if message is None else self._said(message):
            match piece:
                case Reply():
                    await self.wire.send(piece.message)
                case Remark():
                    self._remark(piece)
                case _:
                    yield piece
        if self.ended and isinstance(self._dialect, Telling):
            for reply in self._dialect.goodbye():
                await self.wire.send(reply.message)

    def tell(self, event: Utterance | Nudge) -> None:
        """Have the platform told of something, where it can be."""
        self._to_tell.append(event)
        self._told.set()

    async def keep_telling(self) -> None:
        """Tell for ever, as often as a platform bears."""
        while True:
            await self._told.wait()
            await self.tell_rest()
            await asyncio.sleep(TELL_EVERY_S)

    async def tell_rest(self) -> None:
        """Tell what there is to tell, now."""
        events = [*self._to_tell]
        self._to_tell.clear()
        self._told.clear()
        if events and isinstance(self._dialect, Telling):
            for reply in self._dialect.tell(events):
                await self.wire.send(reply.message)

    async def refuse(self, error: ProtocolError) -> None:
        """Tell the client why, and close."""
        peer, code = self.wire.peer, error.code
        # A peer begins with its address.
        address = peer.rpartition(":")[0]
        _refusals.say(
            "client refused", kind=code, address=address, code=code, reason=str(error), peer=peer, source=self.source
        )
        for reply in self._dialect.refuse(error):
            await self.wire.send(reply.message)
        try:
            async with asyncio.timeout(LINGER_S):
                while not self._dialect.ended and (message := await self.wire.receive()) is not None:
                    for piece in self._said(message):
                        if isinstance(piece, Reply):
                            await self.wire.send(piece.message)
        except (TimeoutError, ConnectionError, ProtocolError):
            pass
        await self.wire.reject(error)

    def _said(self, message: str | bytes) -> list[Piece]:
        if isinstance(message, str):
            return self._dialect.receive_text(message)
        return self._dialect.receive_bytes(message)

    def _remark(self, piece: Remark) -> None:
        self._remarks += 1
        if self._remarks <= REMARKS_LIMIT:
            _log.info("client said something odd", remark=piece.remark, peer=self.wire.peer, source=self.source)


class _Idle:
    """Ends a wait that lasts too long; one timer for many waits, since a timer for each costs more than the message."""

    def __init__(self) -> None:
        self._limit: asyncio.Timeout | None = None
        self._due_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, limit: asyncio.Timeout, idle_s: float) -> None:
        """From now on this is waited for, and for no longer than that."""
        loop = asyncio.get_running_loop()
        self._limit, self._due_s = limit, loop.time() + idle_s
        # A timer that is due later than this belongs to a longer `idle_s`, from before the settings were read anew.
        if self._timer is not None and self._timer.when() > self._due_s:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._time()

    def let_go(self) -> None:
        """Nothing is waited for."""
        self._limit = None

    def look(self) -> None:
        """The timer is due; there may have been other waits since."""
        now_s = asyncio.get_running_loop().time()
        self._timer = None
        if self._limit is not None and self._due_s <= now_s:
            self._limit.reschedule(now_s)
        elif self._limit is not None:
            self._time()

    def _time(self) -> None:
        self._timer = asyncio.get_running_loop().call_at(self._due_s, _look, ref(self))


def _look(idle: "ref[_Idle]") -> None:
    """A timer that is still to come keeps no connection in memory that is gone."""
    if (there := idle()) is not None:
        there.look()
