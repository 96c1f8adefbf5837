"""A floor's line to the hub: snapshots and updates flow in without holes, people's actions flow out.

An async context manager that is iterated for what comes; it may be opened before the hub runs, survives its restarts,
and nothing but leaving the block ends it:

    async with FloorLine(address) as floor:
        async for item in floor: ...

It needs nothing of its transport but a `Link`; what of the hub's words may be trusted is decided in `floorfollow`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import Self, TypeAlias

from streams.background import background
from streams.busline import LinkChange, LinkState
from streams.clock import WallClock
from streams.errors import BusError, ProtocolError
from streams.floor import (
    Act,
    Acted,
    Action,
    FloorHello,
    FloorMessage,
    FloorSnapshot,
    FloorUpdate,
    Refused,
    ShiftReport,
    ShiftRequest,
    pack,
    unpack,
)
from streams.floorfollow import FloorFollower
from streams.floorlink import FloorAddress, Received, Wire, dealer
from streams.lineitems import REASONS, SILENT_BEATS, Items, OpenLink

ITEMS_LIMIT = 500
"""Items that wait for a floor's reader; when it is full all are dropped and one snapshot takes their place."""
ANSWER_TIMEOUT_S = 2.0
SHIFT_TIMEOUT_S = 20.0
UP_TIMEOUT_S = 5.0

FloorItem: TypeAlias = FloorSnapshot | FloorUpdate | LinkChange


class FloorLine:
    """A floor's line, iterated for `FloorSnapshot | FloorUpdate | LinkChange`.

    The first item is always `LinkChange("connecting")`; a snapshot replaces all that was known before it, and comes
    again after every gap and every restart of the hub. Updates follow it without holes.
    """

    def __init__(
        self,
        address: FloorAddress,
        client: str = "floor",
        *,
        link: OpenLink | None = None,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self._opening: OpenLink = dealer(address) if link is None else link
        self._where = address.hub
        self._client = client
        self._answer_timeout_s = answer_timeout_s
        self._items: Items[FloorSnapshot | FloorUpdate] = Items(WallClock())
        self._follower = FloorFollower()
        self._wanted = asyncio.Event()
        self._every_ms = 1_000
        self._waiting: dict[int, asyncio.Future[Acted | ShiftReport]] = {}
        self._requests = 0

    @property
    def state(self) -> LinkState:
        """How the link stands now."""
        return self._items.state

    @property
    def silent_ms(self) -> int:
        """How long ago the hub was last heard."""
        return self._items.silent_ms

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self._link = stack.enter_context(self._opening)
            await stack.enter_async_context(background(self._listen(), self._ask(), self._watch()))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    def __aiter__(self) -> AsyncIterator[FloorItem]:
        return self._items

    async def up(self, within_s: float | None = None) -> None:
        """Read until the hub has sent its snapshot, for whoever only wants to ask something.

        Raises BusError, with the hub's own words where it gave any, when that takes too long.
        """
        reason = "is `sidecar hub` going there?"
        try:
            async with asyncio.timeout(UP_TIMEOUT_S if within_s is None else within_s):
                async for item in self:
                    if isinstance(item, FloorSnapshot):
                        return
                    if isinstance(item, LinkChange) and item.text:
                        reason = item.text
        except TimeoutError:
            raise BusError(f"no connection to the hub at {self._where}: {reason}") from None

    async def act(self, action: Action, call_id: str, value: str = "", help: str = "") -> Acted:  # noqa: A002 - a help's id
        """Carry a supervisor's action to the hub and bring back what became of it.

        Raises BusError when the hub does not answer in time.
        """
        self._requests += 1
        act = Act(request=self._requests, action=action, call_id=call_id, value=value, help=help)
        answer = await self._request(act, self._answer_timeout_s)
        if not isinstance(answer, Acted):
            raise BusError(f"the hub answered an action with {type(answer).__name__}; run the same version of both")
        return answer

    async def shift(self, hours: float = 8.0) -> dict[str, object]:
        """The last hours of this floor's teams, as plain numbers under stable names.

        Raises BusError when the hub does not answer in time.
        """
        self._requests += 1
        answer = await self._request(ShiftRequest(request=self._requests, hours=hours), SHIFT_TIMEOUT_S)
        if not isinstance(answer, ShiftReport):
            raise BusError(answer.text or "the hub has no report for this floor")
        return answer.report

    # --- tasks ------------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """What comes from the hub; what cannot be read is not ours and is passed over."""
        while True:
            for received in await self._link.receive():
                self._take(received)

    async def _ask(self) -> None:
        """Ask for a snapshot whenever one is wanted, again and again until it comes."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while not self._follower.whole:
                self._link.send(pack(FloorHello(client=self._client)))
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._answer_timeout_s):
                        await self._wanted.wait()
                        self._wanted.clear()

    async def _watch(self) -> None:
        """Notice when the hub's beats stay away."""
        while True:
            await asyncio.sleep(self._every_ms / 2000)
            if self._items.silent_ms > self._every_ms * SILENT_BEATS:
                self._lose()

    # --- steps ------------------------------------------------------------------------------------------------------

    def _take(self, received: Received) -> None:
        if isinstance(received, Wire):
            self._turn(received)
            return
        with suppress(ProtocolError):
            self._heed(unpack(received))

    def _turn(self, wire: Wire) -> None:
        if wire.state == "up":
            self._wanted.set()
            return
        self._lose()
        if wire.state in REASONS:
            self._items.explain(REASONS[wire.state])

    def _heed(self, message: FloorMessage) -> None:
        self._items.heard()
        match message:
            case FloorSnapshot() | FloorUpdate():
                followed = self._follower.hear(message)
                if isinstance(message, FloorSnapshot):
                    self._every_ms = max(message.every_ms, 10)
                    self._items.turn("up")
                if followed.item is not None:
                    self._put(followed.item)
                elif followed.ask or not self._follower.whole:
                    self._wanted.set()
            case Acted(request=request) | ShiftReport(request=request):
                waiting = self._waiting.get(request)
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
            case Refused(text=text):
                self._items.explain(text)
            case _:
                pass

    def _lose(self) -> None:
        self._follower.lose_track()
        if self._items.state == "up":
            self._items.turn("lost")
        self._wanted.set()

    def _put(self, item: FloorSnapshot | FloorUpdate) -> None:
        if len(self._items) >= ITEMS_LIMIT:
            self._items.drop_all()
            self._follower.lose_track()
            self._wanted.set()
        else:
            self._items.put(item)

    async def _request(self, message: Act | ShiftRequest, timeout_s: float) -> Acted | ShiftReport:
        waiting: asyncio.Future[Acted | ShiftReport] = asyncio.get_running_loop().create_future()
        self._waiting[message.request] = waiting
        try:
            if not self._link.send(pack(message)):
                raise BusError(f"no connection to the hub at {self._where} now")
            async with asyncio.timeout(timeout_s):
                return await waiting
        except TimeoutError:
            raise BusError(f"no answer from the hub at {self._where} within {timeout_s:g} s") from None
        finally:
            del self._waiting[message.request]
