"""The listener over real sockets: whom it lets in, and what a client's mistakes cost whom."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sidecar import config, listener, ports, reception, talk
from sidecar.config_sections import TapsConfig
from sidecar.listener import listen
from sidecar.live import LiveCall
from sidecar.reception import Reception
from streams.clock import WallClock
from streams.errors import ConfigError, TapError
from streams.events import AudioFrame, Event
from streams.taps.dialect import Began

TOKEN = "a token of the tests, thirty-two characters"
SECOND = bytes(2 * 2 * 8000)


class Front:
    """A listener with a call log for a service."""

    def __init__(self, config: TapsConfig) -> None:
        self.config = config
        self.url = f"ws://{config.host}:{config.port}/plain"
        self.heard: dict[str, list[Event | AudioFrame]] = {}
        self.hold_calls = asyncio.Event()
        self.hold_calls.set()
        self.left = asyncio.Event()
        self.reception = Reception(config, WallClock(), self._begin)
        self._group = asyncio.TaskGroup()

    def _begin(self, live: LiveCall, began: Began) -> None:
        self._group.create_task(self._drive(live))

    async def _drive(self, live: LiveCall) -> None:
        heard = self.heard.setdefault(live.call_id, [])
        async for event in live.source():
            heard.append(event)
        await self.hold_calls.wait()
        self.reception.leave(live, failed=False)
        self.left.set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Front"]:
        async with self._group, listen(self.config, TOKEN, self.reception):
            yield self

    @asynccontextmanager
    async def client(self, token: str = TOKEN, **headers: str) -> AsyncIterator[ClientConnection]:
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        async with connect(
            self.url, additional_headers={**shown, **headers}, compression=None, proxy=None, close_timeout=1
        ) as socket:
            yield socket

    def names(self, call_id: str) -> list[str]:
        return [type(event).__name__ for event in self.heard[call_id]]


def hello(call_id: str = "c1", **changes: object) -> str:
    return json.dumps({"type": "hello", "version": 1, "call_id": call_id, "rate_hz": 8000, **changes})


END = json.dumps({"type": "end"})


@pytest.fixture
def taps() -> TapsConfig:
    return config.load(sets=[f"taps.port={ports.free_pair()}", "taps.resume_s=0", "taps.max_calls=2"]).taps


@pytest.fixture
async def front(taps: TapsConfig) -> AsyncIterator[Front]:
    async with Front(taps).open() as opened:
        yield opened


async def refusal(socket: ClientConnection) -> str:
    """The code with which the service ends a connection."""
    try:
        while True:
            said = json.loads(await socket.recv())
            if said["type"] == "error":
                return str(said["code"])
    except ConnectionClosed as closed:
        return f"closed {closed.rcvd.code if closed.rcvd else None}"


async def test_a_good_call_from_hello_to_end(front: Front) -> None:
    async with front.client() as socket:
        await socket.send(hello())
        assert json.loads(await socket.recv()) == {"type": "welcome", "version": 1, "call_id": "c1"}
        await socket.send(SECOND)
        await socket.send(END)
        await socket.wait_closed()
        assert socket.close_code == 1000
    assert front.names("c1") == ["AudioFrame"] * 100 + ["CallEnded"]


async def test_the_connection_is_closed_when_the_words_are_out(front: Front) -> None:
    front.hold_calls.clear()
    async with front.client() as socket:
        await socket.send(hello())
        await socket.recv()
        await socket.send(END)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.05)
        front.hold_calls.set()
        await socket.wait_closed()


@pytest.mark.parametrize(
    ("token", "headers", "path", "status"),
    [
        ("", {}, "/plain", 403),
        ("wrong", {}, "/plain", 403),
        (TOKEN, {"Origin": "https://example.org"}, "/plain", 403),
        (TOKEN, {"Origin": "null"}, "/plain", 403),
        (TOKEN, {}, "/", 404),
        (TOKEN, {}, "/nowhere", 404),
        (TOKEN, {}, "/plain/more/still", 403),
        ("", {}, "/nowhere", 403),
    ],
)
async def test_who_is_not_let_in(front: Front, token: str, headers: dict[str, str], path: str, status: int) -> None:
    front.url = front.url.replace("/plain", path)
    with pytest.raises(InvalidStatus) as caught:
        async with front.client(token, **headers):
            pass
    assert caught.value.response.status_code == status
    assert caught.value.response.body == b"refused\n"
    assert front.heard == {}


async def test_a_query_does_not_hide_the_path(front: Front) -> None:
    front.url += "?agent=a17"
    async with front.client() as socket:
        await socket.send(hello())
        assert "welcome" in str(await socket.recv())
        await socket.send(END)


async def test_a_single_users_machine_asks_no_token_and_still_no_browser(taps: TapsConfig) -> None:
    async with Front(msgspec.structs.replace(taps, single_user=True)).open() as front:
        async with front.client(token="") as socket:
            await socket.send(hello())
            assert "welcome" in str(await socket.recv())
            await socket.send(END)
        with pytest.raises(InvalidStatus):
            async with front.client(token="", Origin="https://example.org"):
                pass


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (b"\x00\x00", "no_hello"),
        (END, "no_hello"),
        ('{"type": "unheard of"}', "no_hello"),
        ("not json", "bad_json"),
        ("[" * 50_000, "bad_message"),
        (hello(call_id="../../etc"), "bad_hello"),
        (hello(version=9), "bad_version"),
        (hello(channels=["agent", "agent"]), "bad_hello"),
        (hello(engine="reference"), "bad_hello"),
    ],
)
async def test_a_bad_beginning_costs_its_own_connection(front: Front, first: str | bytes, code: str) -> None:
    async with front.client() as good, front.client() as bad:
        await good.send(hello("good"))
        await good.recv()
        await bad.send(first)
        assert await refusal(bad) == code
        assert await refusal(bad) == "closed 1008"
        await good.send(SECOND)
        await good.send(END)
        await good.wait_closed()
    assert front.names("good")[-1] == "CallEnded"
    assert list(front.heard) == ["good"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (bytes(3), "bad_audio"),
        (bytes(300_000), "too_big"),
        (hello("c2"), "second_hello"),
        ("{", "bad_json"),
        ("x" * 70_000, "too_big"),
        ('{"type": "muted", "channel": "mixed"}', "bad_message"),
    ],
)
async def test_a_mistake_in_mid_call_ends_that_call(front: Front, message: str | bytes, code: str) -> None:
    async with front.client() as socket:
        await socket.send(hello())
        await socket.recv()
        await socket.send(SECOND)
        await socket.send(message)
        assert await refusal(socket) == code
    assert front.names("c1")[-1] == "CallEnded"


async def test_a_message_beyond_all_bounds_ends_the_connection_unread(front: Front) -> None:
    async with front.client() as socket:
        await socket.send(hello())
        await socket.recv()
        # The head of a frame that says eight million bytes will follow.
        socket.transport.write(b"\x82\xff" + (8_000_000).to_bytes(8, "big") + bytes(4))
        assert await refusal(socket) == "closed 1009"
    await front.left.wait()
    assert front.names("c1") == ["CallEnded"]


async def test_one_call_too_many_is_told(front: Front) -> None:
    async with front.client() as one, front.client() as two, front.client() as three:
        for number, socket in enumerate((one, two)):
            await socket.send(hello(f"c{number}"))
            await socket.recv()
        await three.send(hello("c3"))
        assert await refusal(three) == "too_many"
        for socket in (one, two):
            await socket.send(END)


async def test_connections_beyond_those_are_not_even_read(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "SPARE_CONNECTIONS", -3)
    async with front.client() as one:
        await one.send(hello())
        await one.recv()
        with pytest.raises(InvalidStatus) as caught:
            async with front.client():
                pass
        assert caught.value.response.status_code == 503
        await one.send(END)


async def test_a_silent_connection_is_closed(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "HELLO_S", 0.02)
    async with front.client() as socket:
        assert await refusal(socket) == "no_hello"
    front.reception.config = msgspec.structs.replace(front.config, idle_s=0)
    async with front.client() as socket:
        await socket.send(hello())
        assert await refusal(socket) == "idle"


async def test_a_hold_is_no_idleness(front: Front) -> None:
    front.reception.config = msgspec.structs.replace(front.config, idle_s=1)
    async with front.client() as socket:
        await socket.send(hello())
        await socket.recv()
        await socket.send(json.dumps({"type": "hold"}))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 1.2)
        await socket.send(END)
        await socket.wait_closed()
        assert socket.close_code == 1000


async def test_a_call_that_comes_back_goes_on(taps: TapsConfig) -> None:
    async with Front(msgspec.structs.replace(taps, resume_s=60)).open() as front:
        async with front.client() as socket:
            await socket.send(hello())
            await socket.recv()
            await socket.send(SECOND)
            async with front.client() as second:
                await second.send(hello())
                assert await refusal(second) == "call_in_use"
        async with front.client() as socket:
            await socket.send(hello(channels=["customer", "agent"]))
            assert await refusal(socket) == "bad_hello"
        async with front.client() as socket:
            await socket.send(hello())
            assert "welcome" in str(await socket.recv())
            await socket.send(SECOND)
            await socket.send(END)
            await socket.wait_closed()
    names = front.names("c1")
    assert names.count("AudioFrame") == 200
    assert names.count("AudioLost") == 2
    assert names[-1] == "CallEnded"
    times = [event.at_ms for event in front.heard["c1"]]
    assert times == sorted(times)


async def test_a_call_that_stays_away_ends(front: Front) -> None:
    async with front.client() as socket:
        await socket.send(hello())
        await socket.recv()
        await socket.send(SECOND)
        socket.transport.abort()
    await front.left.wait()
    assert front.heard["c1"][-1].reason == "connection_lost"  # type: ignore[union-attr]


async def test_a_port_in_use_is_named(front: Front) -> None:
    with pytest.raises(TapError, match=f"port {front.config.port} on 127.0.0.1 is in use.*--set taps.port"):
        async with listen(front.config, TOKEN, front.reception):
            pass


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "example.org", "::"])
async def test_nothing_beyond_this_machine_is_listened_on(front: Front, host: str) -> None:
    with pytest.raises(ConfigError, match=f"taps.host is {host}"):
        async with listen(msgspec.structs.replace(front.config, host=host), TOKEN, front.reception):
            pass


async def test_an_address_that_is_not_there_is_said(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise OSError(99, "Cannot assign requested address")

    monkeypatch.setattr(listener, "addresses_of", fail)
    with pytest.raises(TapError, match=r"cannot listen on 127\.0\.0\.1"):
        async with listen(front.config, TOKEN, front.reception):
            pass
