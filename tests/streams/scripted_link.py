"""A link to a hub whose other end is the test."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from streams.floor import FloorMessage, pack, unpack
from streams.floorlink import FloorAddress, Received, Wire

ADDRESS = FloorAddress(hub="tcp://hub:1", server_public=b"s", client_public=b"c", client_secret=b"x")


class Scripted:
    """A link whose other end is the test."""

    def __init__(self) -> None:
        self.coming: asyncio.Queue[Received] = asyncio.Queue()
        self.said: asyncio.Queue[FloorMessage] = asyncio.Queue()
        self.open = True

    async def receive(self) -> Sequence[Received]:
        return [await self.coming.get()]

    def send(self, data: bytes) -> bool:
        if self.open:
            self.said.put_nowait(unpack(data))
        return self.open

    def come(self, *items: FloorMessage | Wire | bytes) -> None:
        for item in items:
            self.coming.put_nowait(item if isinstance(item, Wire | bytes) else pack(item))

    @contextmanager
    def opened(self) -> Iterator["Scripted"]:
        yield self
