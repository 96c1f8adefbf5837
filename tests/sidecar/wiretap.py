"""A connection without a network: a test puts a client's messages in and looks at what the service does."""

import asyncio

from streams.errors import ProtocolError


class PaperWire:
    """One client, as the reception sees it."""

    def __init__(self) -> None:
        self.sent: list[str | bytes] = []
        self.end = ""
        self._coming: asyncio.Queue[str | bytes | ConnectionError | None] = asyncio.Queue()

    @property
    def peer(self) -> str:
        return "paper"

    def says(self, *messages: str | bytes) -> None:
        for message in messages:
            self._coming.put_nowait(message)

    def hangs_up(self) -> None:
        self._coming.put_nowait(None)

    def breaks(self) -> None:
        self._coming.put_nowait(ConnectionError("broken on purpose"))

    async def receive(self) -> str | bytes | None:
        coming = await self._coming.get()
        if isinstance(coming, ConnectionError):
            raise coming
        return coming

    async def send(self, message: str | bytes) -> None:
        self.sent.append(message)

    async def close(self, *, failed: bool) -> None:
        self.end = self.end or ("failed" if failed else "closed")

    async def reject(self, error: ProtocolError) -> None:
        self.end = self.end or error.code
