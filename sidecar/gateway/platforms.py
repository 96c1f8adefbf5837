"""The gateway's side of the platforms: their connections flow in, pieces of calls flow to the switchboard.

It answers each platform in its own dialect, so that no workstation's absence makes a platform impatient, and tells it
what workstations let it know of its calls. What a client does wrong costs its own connection alone.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from sidecar.config_sections import TapsConfig
from sidecar.gateway.switchboard import Ended, Step, Switchboard, Told
from sidecar.reception import LAST_WORDS_S, SPARE_CONNECTIONS
from sidecar.sources import introduce
from sidecar.talk import Talk, ending_of
from sidecar.wires import Wire
from streams.background import background
from streams.clock import Clock, utc_now
from streams.errors import ProtocolError
from streams.events import Nudge
from streams.taps.dialect import Began, Dialect, SayEnd, SayHold, SayPaused, SayResumed, SayResumedAudio, Telling, Timed
from streams.taps.relay import Tellable


class Platforms:
    """What the listener hands connections to; `carry_out` is given every step of the switchboard."""

    def __init__(
        self, config: TapsConfig, wall: Clock, switchboard: Switchboard, carry_out: Callable[[Step], None]
    ) -> None:
        self.config = config
        self.wall = wall
        self.switchboard = switchboard
        self.carry_out = carry_out
        self.begun = 0
        """Calls that have begun at all."""
        self.refused = 0
        """Connections that were ended for an error."""
        self._visits: dict[int, _Visit] = {}
        self._named = 0
        self._connections = 0
        self._closing = False
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def calls(self) -> int:
        """Connections that are open."""
        return len(self._visits)

    async def receive(self, wire: Wire, dialect: Dialect, source: str) -> None:
        """Serve one platform's connection from its first message to its end."""
        self._connections += 1
        number = self._connections
        talk = Talk(wire, dialect, source, self.config, self.wall)
        tells = isinstance(dialect, Telling) and self.config.send.anything
        self._visits[number] = visit = _Visit(self, number, talk, tells=tells)
        self._empty.clear()
        broken = True
        fault: ProtocolError | None = None
        try:
            await visit.converse()
            broken = False
        except ConnectionError:
            pass
        except ProtocolError as error:
            fault = error
            self.refused += 1
            self.carry_out(self.switchboard.take(number, SayEnd(ending_of(error))))
        finally:
            del self._visits[number]
            self.carry_out(self.switchboard.hang_up(number, broken=broken))
            if not self._visits:
                self._empty.set()
        if fault is not None:
            # A client that takes its time over this holds up nobody's call.
            await talk.refuse(fault)

    def end(self, ended: Ended) -> None:
        """The workstation, or patience, is done with a call."""
        visit = self._visits.get(ended.call)
        if visit is not None:
            visit.end(ended.error)

    def tell(self, told: Told) -> None:
        """Have a platform told of its call, as far as the settings here let it be."""
        visit, send = self._visits.get(told.call), self.config.send
        if visit is None:
            return
        for event in told.events:
            if send.nudges if isinstance(event, Nudge) else send.transcript:
                visit.tell(event)

    def may_begin(self, call_id: str) -> bool:
        """Whether a call may begin; towards the end only what belongs to one that goes on may."""
        return not self._closing or any(visit.call_id == call_id for visit in self._visits.values())

    async def drained(self) -> None:
        """Take no new calls, and wait until those that go on are over."""
        self._closing = True
        for visit in self._visits.values():
            if not visit.call_id:
                visit.end(_closing())
        await self._empty.wait()

    def new_id(self, source: str) -> str:
        """An id for a call whose platform gives none; no two connections get the same one."""
        self._named += 1
        return f"{source}-{''.join(filter(str.isalnum, utc_now()))}-{self._named}"

    def full(self) -> bool:
        """Whether not even a hello of one more connection will be read."""
        return len(self._visits) >= self.config.max_calls * 2 + SPARE_CONNECTIONS


class _Visit:
    """One platform's connection while it is served."""

    def __init__(self, platforms: Platforms, number: int, talk: Talk, *, tells: bool) -> None:
        self.call_id = ""
        """Which call it carries, once that was said."""
        self._platforms = platforms
        self._number = number
        self._talk = talk
        self._tells = tells
        self._began: Began | None = None
        self._silent_by_intent: set[str] = set()
        self._over = asyncio.Event()
        self._fault: ProtocolError | None = None
        self._spoken = asyncio.Event()
        self._spoken.set()

    def end(self, error: ProtocolError | None) -> None:
        """Close the connection, in good order or for an error."""
        if not self._over.is_set():
            self._fault = error
            self._over.set()

    def tell(self, event: Tellable) -> None:
        """Have the platform told of something."""
        self._talk.tell(event)

    async def converse(self) -> None:
        """From the first message to the last.

        Raises ProtocolError for what the client did wrong, ConnectionError when the connection broke.
        """
        talk = self._talk
        async with background(self._close_when_over(), *([talk.keep_telling()] if self._tells else [])):
            async with talk.introduction():
                while self._began is None and not talk.ended:
                    if not await self._take_one(await talk.wire.receive()):
                        break
            began = self._began
            if began is not None:
                idle_s = self._platforms.config.idle_s
                while not talk.ended and await self._take_one(
                    await talk.next(idle_s, lambda: began.sparse or bool(self._silent_by_intent))
                ):
                    pass
        await talk.wire.close(failed=False)

    async def _take_one(self, message: str | bytes | None) -> bool:
        """Take a message; False when there will be no other."""
        platforms = self._platforms
        try:
            async for piece in self._talk.take(message):
                if isinstance(piece, Began):
                    self._begin(piece)
                elif self._began is not None:
                    self._note(piece)
                    platforms.carry_out(platforms.switchboard.take(self._number, piece))
                    if isinstance(piece, SayEnd) and self._tells:
                        await self._hear_last_words()
        finally:
            self._spoken.set()
        return message is not None

    def _begin(self, began: Began) -> None:
        platforms, source = self._platforms, self._talk.source
        started = introduce(began, source, platforms.config).started
        if not platforms.may_begin(started.call_id):
            raise _closing()
        step = platforms.switchboard.begin(
            self._number, source, began, started.agent_id, platforms.wall.now_ms(), tells=self._tells
        )
        self._began, self.call_id = began, started.call_id
        platforms.begun += 1
        platforms.carry_out(step)

    async def _hear_last_words(self) -> None:
        """What the workstation still hears is told before the platform gets its goodbye."""
        self._spoken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):
                await self._over.wait()
        await self._talk.tell_rest()

    def _note(self, piece: Timed) -> None:
        match piece:
            case SayHold() | SayPaused():
                self._silent_by_intent.add(type(piece).__name__)
            case SayResumed():
                self._silent_by_intent.discard(SayHold.__name__)
            case SayResumedAudio():
                self._silent_by_intent.discard(SayPaused.__name__)

    async def _close_when_over(self) -> None:
        await self._over.wait()
        await self._spoken.wait()
        if self._fault is not None:
            raise self._fault
        await self._talk.wire.close(failed=False)


def _closing() -> ProtocolError:
    return ProtocolError("the gateway is about to end and takes no new calls", "closing")
