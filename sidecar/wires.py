"""What carries a tap's messages, as the reception sees it: a WebSocket or a TCP connection, with one set of manners."""

import asyncio
from contextlib import suppress
from typing import Protocol

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK
from websockets.frames import CloseCode

from streams.errors import ProtocolError

READ_BYTES = 16 * 1024
"""Of TCP at once: half a second of telephone sound, so that a flood is cut into pieces."""


def peer_name(address: object) -> str:
    """Where a client is, as host:port; `address` is what the socket calls its peer, None once it is gone."""
    match address:
        case (str(host), int(port), *_):
            return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return "gone"


class Wire(Protocol):
    """One client's connection."""

    @property
    def peer(self) -> str:
        """Where the client is, for the log."""
        ...

    async def receive(self) -> str | bytes | None:
        """The next message; None when the client closed in good order.

        Raises ConnectionError when the connection broke.
        """
        ...

    async def send(self, message: str | bytes) -> None:
        """Send a message; one that no longer gets out is dropped, since `receive` will say so."""
        ...

    async def close(self, *, failed: bool) -> None:
        """Close in good order, or as what the service could not carry on with."""
        ...

    async def reject(self, error: ProtocolError) -> None:
        """Close because of what the client did."""
        ...


class WebSocketWire:
    """A WebSocket; its closing codes tell good order from bad."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket

    @property
    def peer(self) -> str:
        """Where the client is."""
        return peer_name(self._socket.remote_address)

    async def receive(self) -> str | bytes | None:
        """The next message; None after a closing handshake."""
        try:
            return await self._socket.recv()
        except ConnectionClosedOK:
            return None
        except ConnectionClosed as error:
            raise ConnectionError(str(error)) from error

    async def send(self, message: str | bytes) -> None:
        """Send a message."""
        with suppress(ConnectionClosed):
            await self._socket.send(message)

    async def close(self, *, failed: bool) -> None:
        """Close with 1000, or 1011 for a failure."""
        await self._socket.close(CloseCode.INTERNAL_ERROR if failed else CloseCode.NORMAL_CLOSURE)

    async def reject(self, error: ProtocolError) -> None:
        """Close with 1008 and the error's code."""
        await self._socket.close(CloseCode.POLICY_VIOLATION, error.code)


class TcpWire:
    """A TCP connection; its end of file is good order."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @property
    def peer(self) -> str:
        """Where the client is."""
        return peer_name(self._writer.get_extra_info("peername"))

    async def receive(self) -> str | bytes | None:
        """Whatever came; None at the end of file."""
        try:
            return await self._reader.read(READ_BYTES) or None
        except OSError as error:
            raise ConnectionError(str(error)) from error

    async def send(self, message: str | bytes) -> None:
        """Send bytes in one write."""
        with suppress(OSError):
            self._writer.write(message.encode() if isinstance(message, str) else message)
            await self._writer.drain()

    async def close(self, *, failed: bool) -> None:  # noqa: ARG002  (TCP has no words for it)
        """Close; there is no way to say why."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def reject(self, error: ProtocolError) -> None:  # noqa: ARG002
        """Close; there is no way to say why."""
        await self.close(failed=True)
