"""The listeners with a call log for a service: what tests of live calls over real sockets stand on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sidecar import config, ports
from sidecar.audiosocket_listener import listen_tcp
from sidecar.config_sections import TapsConfig
from sidecar.listener import NONE_AGREED, listen
from sidecar.live import LiveCall
from sidecar.reception import Reception
from sidecar.signatures import PlatformSecrets
from streams.clock import WallClock
from streams.events import AudioFrame, AudioLost, CallStarted, Event
from streams.taps.dialect import Began

TOKEN = "a token of the tests, thirty-two characters"


def taps(*sets: str) -> TapsConfig:
    given = [f"taps.port={ports.free_pair()}", f"bus.port={ports.free_pair()}", "taps.resume_s=30", *sets]
    return config.load(sets=given).taps


class Front:
    """Listens as the service does; `started` and `heard` hold every call's beginning and events."""

    def __init__(self, config: TapsConfig, agreed: PlatformSecrets = NONE_AGREED) -> None:
        self.config = config
        self.agreed = agreed
        self.started: dict[str, CallStarted] = {}
        self.heard: dict[str, list[Event | AudioFrame]] = {}
        self.reception = Reception(config, WallClock(), self._begin)
        self._begun: dict[str, asyncio.Event] = {}
        self._over: dict[str, asyncio.Event] = {}
        self._sounds: dict[tuple[str, str], asyncio.Event] = {}
        self._group = asyncio.TaskGroup()
        self._driven: list[asyncio.Task[None]] = []

    def _begin(self, live: LiveCall, began: Began) -> None:
        self.started[live.call_id] = live.started
        self._begun.setdefault(live.call_id, asyncio.Event()).set()
        self._driven.append(self._group.create_task(self._drive(live)))

    async def _drive(self, live: LiveCall) -> None:
        heard = self.heard.setdefault(live.call_id, [])
        async for event in live.source():
            heard.append(event)
            if isinstance(event, AudioFrame):
                self._sounds.setdefault((live.call_id, event.channel), asyncio.Event()).set()
        self.reception.leave(live, failed=False)
        self._over.setdefault(live.call_id, asyncio.Event()).set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Front"]:
        async with (
            asyncio.timeout(20),
            self._group,
            listen(self.config, TOKEN, self.reception, self.agreed),
            listen_tcp(self.config, self.reception),
        ):
            yield self

    @asynccontextmanager
    async def driving(self) -> AsyncIterator[None]:
        """Take calls without a listener of one's own."""
        async with self._group:
            yield
            self.stop()

    def stop(self) -> None:
        """End all calls as a service that ends does."""
        for task in self._driven:
            task.cancel()

    def url(self, path: str) -> str:
        return f"ws://{self.config.host}:{self.config.port}{path}"

    async def over(self, call_id: str) -> list[Event | AudioFrame]:
        """A call's events when it is over."""
        await self._over.setdefault(call_id, asyncio.Event()).wait()
        return self.heard[call_id]

    async def sounds(self, call_id: str, side: str) -> None:
        """Until a side of a call is heard."""
        await self._sounds.setdefault((call_id, side), asyncio.Event()).wait()

    async def begun(self, call_id: str) -> CallStarted:
        """A call's beginning, once it began."""
        await self._begun.setdefault(call_id, asyncio.Event()).wait()
        return self.started[call_id]

    def sound_ms(self, call_id: str) -> dict[str, int]:
        """How much sound came of each side."""
        sums: dict[str, int] = {}
        for event in self.heard[call_id]:
            if isinstance(event, AudioFrame):
                sums[event.channel] = sums.get(event.channel, 0) + event.duration_ms
        return sums

    def lost(self, call_id: str) -> list[tuple[str, int]]:
        return [(event.channel, event.lost_ms) for event in self.heard[call_id] if isinstance(event, AudioLost)]


@asynccontextmanager
async def client(front: Front, path: str, **headers: str) -> AsyncIterator[ClientConnection]:
    shown = headers or {"Authorization": f"Bearer {TOKEN}"}
    async with connect(front.url(path), additional_headers=shown, proxy=None, close_timeout=2) as socket:
        yield socket


async def over(socket: ClientConnection) -> int | None:
    """How the service closes a connection, whatever it says before."""
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    return socket.close_code
