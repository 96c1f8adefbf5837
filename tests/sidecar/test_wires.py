"""A WebSocket and a TCP connection behind the same manners."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from sidecar.wires import TcpWire, WebSocketWire, Wire, peer_name
from streams.errors import ProtocolError

Serving = Callable[[Wire], Awaitable[None]]


@asynccontextmanager
async def web(serving: Serving) -> AsyncIterator[ClientConnection]:
    async def receive(socket: ServerConnection) -> None:
        await serving(WebSocketWire(socket))

    async with serve(receive, "127.0.0.1", 0, close_timeout=1) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", proxy=None, close_timeout=1) as client:
            yield client


@asynccontextmanager
async def tcp(serving: Serving) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    done = asyncio.Event()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serving(TcpWire(reader, writer))
        writer.close()
        done.set()

    async with await asyncio.start_server(receive, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        try:
            yield reader, writer
        finally:
            writer.close()
            await done.wait()


async def echo(wire: Wire) -> None:
    assert "127.0.0.1" in wire.peer
    while (message := await wire.receive()) is not None:
        await wire.send(message)
    await wire.send("too late")
    await wire.close(failed=False)


async def test_a_websocket_carries_both_kinds_and_ends_in_good_order() -> None:
    async with web(echo) as client:
        for message in ("text", b"", b"bytes"):
            await client.send(message)
            assert await client.recv() == message


async def test_tcp_carries_bytes_and_ends_at_its_end() -> None:
    async with tcp(echo) as (reader, writer):
        writer.write(b"bytes")
        assert await reader.readexactly(5) == b"bytes"
        writer.write_eof()
        assert await reader.read() == b"too late"


async def test_a_broken_connection_is_said() -> None:
    broken: list[ConnectionError] = []

    async def read(wire: Wire) -> None:
        await wire.send("go on")
        with pytest.raises(ConnectionError) as caught:
            await wire.receive()
        broken.append(caught.value)

    async with web(read) as client:
        await client.recv()
        client.transport.abort()
    async with tcp(read) as (reader, writer):
        await reader.readexactly(5)
        writer.get_extra_info("socket").setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # closing resets, without a goodbye
        writer.transport.abort()
    assert len(broken) == 2


@pytest.mark.parametrize(("failed", "code"), [(False, 1000), (True, 1011)])
async def test_how_a_websocket_is_closed(failed: bool, code: int) -> None:
    async def close(wire: Wire) -> None:
        await wire.close(failed=failed)

    async with web(close) as client:
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == code


async def test_how_a_client_is_sent_away() -> None:
    async def reject(wire: Wire) -> None:
        await wire.reject(ProtocolError("no", "not_you"))

    async with web(reject) as client:
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert (client.close_code, client.close_reason) == (1008, "not_you")
    async with tcp(reject) as (reader, _):
        assert await reader.read() == b""


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (("127.0.0.1", 5060), "127.0.0.1:5060"),
        (("::1", 5060, 0, 0), "[::1]:5060"),
        (None, "gone"),
        ("", "gone"),
    ],
)
def test_a_peer_is_named_by_host_and_port(address: object, name: str) -> None:
    assert peer_name(address) == name
