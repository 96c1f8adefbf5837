"""The client of the plain dialect against servers that are none, or stop being one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from sidecar import config, keys, places, ports
from sidecar.pace import Pace
from sidecar.tapclient import TapAddress, address, play
from streams.clock import WallClock
from streams.errors import ProtocolError, TapError
from streams.events import CallEnded
from streams.taps.plain import Hello
from tests.sidecar.speech import silent_frames

HELLO = Hello(version=1, call_id="c1", rate_hz=8000)
WELCOME = '{"type": "welcome", "version": 1, "call_id": "c1"}'
REFUSAL = '{"type": "error", "code": "too_many", "text": "no room"}'
EVER = Pace(None, WallClock())

Serving = Callable[[Callable[[ServerConnection], Awaitable[None]]], Awaitable[TapAddress]]


@pytest.fixture
async def serving() -> AsyncIterator[Serving]:
    servers: list[Server] = []

    async def start(behave: Callable[[ServerConnection], Awaitable[None]]) -> TapAddress:
        server = await serve(behave, "127.0.0.1", 0, compression=None)
        servers.append(server)
        port = server.sockets[0].getsockname()[1]
        return TapAddress(f"ws://127.0.0.1:{port}/plain", "token")

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


async def test_a_call_is_sent_whole_and_its_end_is_added(serving: Serving) -> None:
    got: list[str | bytes] = []

    async def record(socket: ServerConnection) -> None:
        assert socket.request is not None
        assert socket.request.headers["Authorization"] == "Bearer token"
        got.append(await socket.recv())
        await socket.send(WELCOME)
        while '"end"' not in str(got[-1]):
            got.append(await socket.recv())

    await play(silent_frames("c1", 100), HELLO, await serving(record), EVER)
    assert len(got) == 1 + 5 + 1
    assert all(part == bytes(640) for part in got[1:-1])


async def test_nothing_follows_the_sources_own_end(serving: Serving) -> None:
    got: list[str | bytes] = []

    async def record(socket: ServerConnection) -> None:
        got.append(await socket.recv())
        await socket.send(WELCOME)
        got.append(await socket.recv())

    await play([CallEnded(call_id="c1", at_ms=0, reason="done")] * 3, HELLO, await serving(record), EVER)
    assert got[1] == '{"type":"end","reason":"done"}'


async def test_a_refused_call_is_said(serving: Serving) -> None:
    async def refuse(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(REFUSAL)

    with pytest.raises(ProtocolError, match="refuses the call: no room"):
        await play([], HELLO, await serving(refuse), EVER)


async def test_a_refusal_in_mid_call_is_said(serving: Serving) -> None:
    async def refuse(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(WELCOME)
        await socket.send(REFUSAL)
        await socket.close(1008, "too_many")

    with pytest.raises(ProtocolError, match="no room"):
        await play([], HELLO, await serving(refuse), EVER)


@pytest.mark.parametrize("before_welcome", [True, False])
async def test_a_service_that_breaks_off_is_said(serving: Serving, before_welcome: bool) -> None:
    async def vanish(socket: ServerConnection) -> None:
        await socket.recv()
        if not before_welcome:
            await socket.send(WELCOME)
            await socket.recv()
        socket.transport.abort()

    with pytest.raises(TapError, match=r"broke the call off: the connection was lost|ended before the call did"):
        await play(silent_frames("c1", 400), HELLO, await serving(vanish), EVER)


async def test_a_service_that_closes_with_a_reason_is_said(serving: Serving) -> None:
    async def close(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.close(1011, "out of memory")

    with pytest.raises(TapError, match="broke the call off: out of memory"):
        await play([], HELLO, await serving(close), EVER)


async def test_another_kind_of_server_is_said(serving: Serving) -> None:
    async def shout(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(b"\x00")

    with pytest.raises(ProtocolError, match="no sidecar service"):
        await play([], HELLO, await serving(shout), EVER)


async def test_a_server_that_is_no_websocket_is_said() -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TapError, match="start it with `sidecar run`"):
            await play([], HELLO, TapAddress(f"ws://127.0.0.1:{port}/plain", "t"), EVER)


async def test_no_server_is_said() -> None:
    with pytest.raises(TapError, match="no service answers at ws://127"):
        await play([], HELLO, TapAddress(f"ws://127.0.0.1:{ports.free_pair()}/plain", "t"), EVER)


def test_the_address_is_the_users_own() -> None:
    taps = config.load(sets=["taps.host=::1"]).taps
    keys_dir = places.find().keys_dir
    where = address(taps, keys_dir)
    assert where.url == "ws://[::1]:8765/plain"
    assert where.token == keys.token(keys_dir)
    assert where.token not in repr(where)
