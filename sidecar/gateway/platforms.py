"""The gateway's side of the platforms: their connections flow in, pieces of calls flow to the switchboard.

It answers each platform in its own dialect, so that no workstation's absence makes a platform impatient. What a client
does wrong costs its own connection alone.
"""

import asyncio
from collections.abc import Callable

from sidecar.config_sections import TapsConfig
from sidecar.gateway.switchboard import Ended, Step, Switchboard
from sidecar.reception import SPARE_CONNECTIONS
from sidecar.sources import introduce
from sidecar.talk import Talk, ending_of
from sidecar.wires import Wire
from streams.background import background
from streams.clock import Clock, utc_now
from streams.errors import ProtocolError
from streams.taps.dialect import Began, Dialect, SayEnd, SayHold, SayPaused, SayResumed, SayResumedAudio, Timed


class Platforms:
    """What the listener hands connections to; `carry_out` is given every step of the switchboard."""

    def __init__(
        self, config: TapsConfig, wall: Clock, switchboard: Switchboard, carry_out: Callable[[Step], None]
    ) -> None:
        self.config = config
        self.wall = wall
        self.switchboard = switchboard
        self.carry_out = carry_out
        self._visits: dict[int, _Visit] = {}
        self._named = 0
        self._begun = 0

    @property
    def calls(self) -> int:
        """Connections that are open."""
        return len(self._visits)

    async def receive(self, wire: Wire, dialect: Dialect, source: str) -> None:
        """Serve one platform's connection from its first message to its end."""
        self._begun += 1
        number = self._begun
        talk = Talk(wire, dialect, source, self.config, self.wall)
        self._visits[number] = visit = _Visit(self, number, talk)
        broken = True
        fault: ProtocolError | None = None
        try:
            await visit.converse()
            broken = False
        except ConnectionError:
            pass
        except ProtocolError as error:
            fault = error
            self.carry_out(self.switchboard.take(number, SayEnd(ending_of(error))))
        finally:
            del self._visits[number]
            self.carry_out(self.switchboard.hang_up(number, broken=broken))
        if fault is not None:
            # A client that takes its time over this holds up nobody's call.
            await talk.refuse(fault)

    def end(self, ended: Ended) -> None:
        """The workstation, or patience, is done with a call."""
        visit = self._visits.get(ended.call)
        if visit is not None:
            visit.end(ended.error)

    def new_id(self, source: str) -> str:
        """An id for a call whose platform gives none; no two connections get the same one."""
        self._named += 1
        return f"{source}-{''.join(filter(str.isalnum, utc_now()))}-{self._named}"

    def full(self) -> bool:
        """Whether not even a hello of one more connection will be read."""
        return len(self._visits) >= self.config.max_calls * 2 + SPARE_CONNECTIONS


class _Visit:
    """One platform's connection while it is served."""

    def __init__(self, platforms: Platforms, number: int, talk: Talk) -> None:
        self._platforms = platforms
        self._number = number
        self._talk = talk
        self._began: Began | None = None
        self._silent_by_intent: set[str] = set()
        self._over = asyncio.Event()
        self._fault: ProtocolError | None = None

    def end(self, error: ProtocolError | None) -> None:
        """Close the connection, in good order or for an error."""
        if not self._over.is_set():
            self._fault = error
            self._over.set()

    async def converse(self) -> None:
        """From the first message to the last.

        Raises ProtocolError for what the client did wrong, ConnectionError when the connection broke.
        """
        talk = self._talk
        async with background(self._close_when_over()):
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
        async for piece in self._talk.take(message):
            if isinstance(piece, Began):
                agent = introduce(piece, self._talk.source, platforms.config).started.agent_id
                step = platforms.switchboard.begin(
                    self._number, self._talk.source, piece, agent, platforms.wall.now_ms()
                )
                self._began = piece
                platforms.carry_out(step)
            elif self._began is not None:
                self._note(piece)
                platforms.carry_out(platforms.switchboard.take(self._number, piece))
        return message is not None

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
        if self._fault is not None:
            raise self._fault
        await self._talk.wire.close(failed=False)
