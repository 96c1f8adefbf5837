"""A workstation's line to the hub: states, facts and words of its calls flow out, what the agent is told flows in.

An async context manager that is iterated for what comes; it may be opened before the hub runs, survives its restarts,
and nothing but leaving the block ends it. It needs nothing of its transport but a `Link`; what is said and when is
decided in `outbox`, what of the hub's words is new in `inbox`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import Self, TypeAlias

from streams.background import background
from streams.busline import LinkChange, LinkState
from streams.clock import WallClock
from streams.errors import ProtocolError
from streams.events import Channel
from streams.floor import CallDetail, CallState, FloorMessage, KeptFact, Refused, pack, unpack
from streams.floorlink import FloorAddress, Received, Wire, dealer
from streams.inbox import Inbox, Told
from streams.lineitems import REASONS, SILENT_BEATS, Items, OpenLink
from streams.outbox import Outbox

TOLD_LIMIT = 1_000
"""Items that wait for a workstation's reader; one more drops the oldest. Notes not shown are told again anyway."""
TRY_AGAIN_MS = 50
"""While the network takes nothing more, it is offered again after this."""

StationItem: TypeAlias = Told | LinkChange


class StationLine:
    """A workstation's line, iterated for what the hub tells the agent and for `LinkChange`.

    `put`, `keep`, `words`, `detail` and `calls` never wait and may be used at any time; what they say goes out in the
    order of its urgency. `boot` must differ after each start of the service; `on_sent` gets every message as it goes.
    """

    def __init__(
        self,
        address: FloorAddress,
        station: str,
        boot: str,
        version: str = "",
        *,
        link: OpenLink | None = None,
        on_sent: Callable[[FloorMessage], object] = lambda _: None,
    ) -> None:
        self._opening: OpenLink = dealer(address) if link is None else link
        self._clock = WallClock()
        self._on_sent = on_sent
        self._outbox = Outbox(station, boot, version)
        self._inbox = Inbox()
        self._items: Items[Told] = Items(self._clock)
        self._stirred = asyncio.Event()
        self._blocked = False
        self._retry_at_ms = 0

    @property
    def state(self) -> LinkState:
        """How the link stands now."""
        return self._items.state

    @property
    def silent_ms(self) -> int:
        """How long ago the hub was last heard."""
        return self._items.silent_ms

    @property
    def retry_ms(self) -> int:
        """When the next attempt to connect is made, ms from now; 0 where none is planned."""
        return max(self._retry_at_ms - self._clock.now_ms(), 0)

    @property
    def waiting(self) -> int:
        """Facts that the hub has not taken yet."""
        return self._outbox.waiting

    @property
    def dropped(self) -> int:
        """Facts that were given up because the hub stayed away for too long."""
        return self._outbox.dropped

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self._link = stack.enter_context(self._opening)
            await stack.enter_async_context(background(self._listen(), self._speak()))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    def __aiter__(self) -> AsyncIterator[StationItem]:
        return self._items

    def put(self, state: CallState, made_ns: int = 0) -> None:
        """The newest state of a call; `made_ns` is the monotonic clock when the event behind it was made."""
        self._outbox.put(state, made_ns)
        self._stirred.set()

    def keep(self, fact: KeptFact) -> None:
        """A fact that must not be lost; the line puts in its boot and number."""
        self._outbox.keep(fact, self._clock.now_ms())
        self._stirred.set()

    def words(self, call_id: str, channel: Channel, started_ms: int, text: str) -> None:
        """A final utterance for those who have the call open."""
        self._outbox.words(call_id, channel, started_ms, text)
        self._stirred.set()

    def detail(self, detail: CallDetail) -> None:
        """What those who have the call open see beyond its state."""
        self._outbox.detail(detail)
        self._stirred.set()

    def calls(self, ids: Sequence[str]) -> None:
        """Which calls there are now; the hub drops others."""
        self._outbox.calls(ids)
        self._stirred.set()

    # --- tasks ------------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """What comes from the hub; what cannot be read is not ours and is passed over."""
        while True:
            for received in await self._link.receive():
                self._take(received)
            self._stirred.set()

    async def _speak(self) -> None:
        """Say what is due, and sleep until something is."""
        while True:
            self._stirred.clear()
            self._say_due()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._sleep_s()):
                    await self._stirred.wait()

    # --- steps ------------------------------------------------------------------------------------------------------

    def _say_due(self) -> None:
        now_ms = self._clock.now_ms()
        if self._outbox.whole and self._items.silent_ms > self._outbox.every_ms * SILENT_BEATS:
            self._outbox.connect(now_ms)
            self._items.turn("lost")
        while (message := self._outbox.due(now_ms)) is not None:
            self._blocked = not self._link.send(pack(message))
            if self._blocked:
                return
            self._outbox.sent(message, now_ms)
            self._on_sent(message)

    def _sleep_s(self) -> float | None:
        wake_ms = self._outbox.wake_ms
        if wake_ms is None:
            return None
        return max(wake_ms - self._clock.now_ms(), TRY_AGAIN_MS if self._blocked else 0) / 1000

    def _take(self, received: Received) -> None:
        if isinstance(received, Wire):
            self._turn(received)
            return
        with suppress(ProtocolError):
            message = unpack(received)
            self._items.heard()
            if isinstance(message, Refused):
                self._items.explain(message.text)
            self._outbox.hear(message, self._clock.now_ms())
            if self._outbox.whole:
                self._items.turn("up")
            for told in self._inbox.hear(message):
                if len(self._items) >= TOLD_LIMIT:
                    self._items.drop_oldest()
                self._items.put(told)

    def _turn(self, wire: Wire) -> None:
        now_ms = self._clock.now_ms()
        if wire.state == "up":
            self._outbox.connect(now_ms)
            return
        self._outbox.lose()
        self._retry_at_ms = now_ms + wire.retry_ms if wire.retry_ms else 0
        if self._items.state == "up":
            self._items.turn("lost")
        if wire.state in REASONS:
            self._items.explain(REASONS[wire.state])
