"""Fixtures of the hub's tests: keys, a roll, a hub on real sockets, and lines to it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import zmq

from sidecar.hub.records import HubSettings
from sidecar.hub.roll import Client, Roll
from sidecar.hub.server import HubServer
from sidecar.hub.store import Store
from sidecar.hub.zeromq import PEER_QUEUE, open_router
from sidecar.keys import KeyPair
from streams.background import background
from streams.busline import LinkChange
from streams.clock import WallClock
from streams.floor import CallState, FloorRow, FloorSnapshot, FloorUpdate, Role
from streams.floorline import FloorLine
from streams.floorlink import FloorAddress
from streams.stationline import StationLine

BEAT_MS = 60


def new_pair() -> KeyPair:
    """A fresh CURVE key pair."""
    public, secret = zmq.curve_keypair()
    return KeyPair(public=public.decode(), secret=secret.decode())


def state(call_id: str = "c1", at_ms: int = 1_000, **facts: object) -> CallState:
    """A call's state."""
    return CallState(call_id=call_id, at_ms=at_ms, **facts)  # type: ignore[arg-type]


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Site:
    """A hub that can be stopped and started anew, with clients on its roll."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.own = new_pair()
        self.pairs: dict[str, KeyPair] = {}
        self.roll = Roll()
        self._next_roll: Roll | None = None
        self._path = folder / "hub.sqlite"

    def add(self, name: str, role: Role, *teams: str) -> None:
        """Put a client with a key of its own on the roll."""
        pair = self.pairs[name] = new_pair()
        self.roll = self.roll.with_client(Client(name=name, role=role, public=pair.public, teams=teams or ("floor",)))
        self._next_roll = self.roll

    def revoke(self, name: str) -> None:
        """Take a client off the roll."""
        self.roll = self._next_roll = self.roll.without(name)

    def address(self, name: str) -> FloorAddress:
        """How a client reaches this hub."""
        pair = self.pairs[name]
        return FloorAddress(
            hub=f"tcp://127.0.0.1:{self.port}",
            server_public=self.own.public.encode(),
            client_public=pair.public.encode(),
            client_secret=pair.secret.encode(),
        )

    def store(self) -> Store:
        """Its file."""
        return Store(self._path, 0.0)

    @asynccontextmanager
    async def running(
        self, unclaimed_ms: int = 30_000, per_agent: tuple[str, ...] = (), peer_queue: int = PEER_QUEUE
    ) -> AsyncIterator[HubServer]:
        """The hub, for as long as the block runs."""

        def changed() -> Roll | None:
            roll, self._next_roll = self._next_roll, None
            return roll

        settings = HubSettings(beat_ms=BEAT_MS, unclaimed_ms=unclaimed_ms, per_agent=per_agent)
        async with open_router("127.0.0.1", self.port, self.own, peer_queue=peer_queue) as end:
            server = HubServer(
                end,
                end,
                self.store(),
                self.roll,
                settings=settings,
                clock=WallClock(),
                read_roll=changed,
                frames_per_s=50,
            )
            async with background(server.run()):
                yield server


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A hub with one workstation and two supervisors, not yet running."""
    made = Site(tmp_path)
    made.add("desk-1", "agent", "billing")
    made.add("Sol", "supervisor", "billing")
    made.add("Ana", "supervisor", "billing")
    return made


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """What is entered here is left at the end of the test."""
    async with AsyncExitStack() as made:
        yield made


class Watcher:
    """A floor that is read until something is seen."""

    def __init__(self, line: FloorLine) -> None:
        self.line = line
        self.rows: dict[str, FloorRow] = {}
        self.items: list[FloorSnapshot | FloorUpdate | LinkChange] = []

    async def until(self, seen: Callable[["Watcher"], object]) -> None:
        """Read on until the condition holds."""
        while not seen(self):
            item = await anext(aiter(self.line))
            self.items.append(item)
            if isinstance(item, FloorSnapshot):
                self.rows = {row.state.call_id: row for row in item.rows}
            elif isinstance(item, FloorUpdate):
                self.rows.update({row.state.call_id: row for row in item.rows})
                for call_id in item.gone:
                    self.rows.pop(call_id, None)

    async def until_text(self, part: str) -> None:
        """Read on until the line says why it is not up."""
        await self.until(lambda _: any(isinstance(item, LinkChange) and part in item.text for item in self.items))


async def until_state(line: StationLine | FloorLine, wanted: str) -> None:
    """Read on until the link stands so."""
    async for item in line:
        if isinstance(item, LinkChange) and item.state == wanted:
            return


async def eventually(holds: Callable[[], object]) -> None:
    """Wait until something holds that nobody announces."""
    while not holds():  # noqa: ASYNC110 - nobody announces it
        await asyncio.sleep(0.005)
