"""The whole way over real sockets: a platform calls the gateway, the workstation that dialled out has the call."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import zmq
from websockets.asyncio.client import ClientConnection, connect

from sidecar import config, ports
from sidecar.config_sections import TapsConfig
from sidecar.gateway import service
from sidecar.gateway.dialler import LINE_QUEUE, Dialler
from sidecar.gateway.service import PEER_QUEUE, Gateway, Owner
from sidecar.gateway.switchboard import Patience
from sidecar.hub.zeromq import RouterEnd, open_router
from sidecar.keys import KeyPair
from sidecar.listener import listen
from streams.background import background
from streams.clock import WallClock
from streams.errors import KeyFileError
from streams.events import AudioLost, CallEnded
from streams.floorlink import FloorAddress, dealer
from tests.sidecar.front import TOKEN, Front

BEAT_MS = 50


def pair() -> KeyPair:
    public, secret = (half.decode() for half in zmq.curve_keypair())
    return KeyPair(public=public, secret=secret)


class Site:
    """A gateway with its listener and its router, for tests to call and dial."""

    def __init__(self, *, park_s: float = 0, resume_s: float = 20) -> None:
        self.taps: TapsConfig = config.load(sets=[f"taps.port={ports.free_pair()}", "taps.idle_s=3"]).taps
        self.port = ports.free_pair()
        self.keys, self.ana = pair(), pair()
        self._patience = Patience(park_s, resume_s, BEAT_MS)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Site"]:
        async with asyncio.timeout(30), open_router("127.0.0.1", self.port, self.keys, peer_queue=PEER_QUEUE) as end:
            self.end: RouterEnd = end
            self.gateway = Gateway("gw", self.taps, WallClock(), self._patience, end)
            self.gateway.know({self.ana.public: Owner("ana", ("a17",))}, end)
            async with background(self.gateway.run(end)), listen(self.taps, TOKEN, self.gateway.platforms):
                yield self

    @asynccontextmanager
    async def workstation(self, keys: KeyPair | None = None, boot: str = "b") -> AsyncIterator[Front]:
        own = keys or self.ana
        address = FloorAddress(
            hub=f"tcp://127.0.0.1:{self.port}",
            server_public=self.keys.public.encode(),
            client_public=own.public.encode(),
            client_secret=own.secret.encode(),
        )
        front = Front(config.load(sets=["taps.resume_s=20"]).taps)
        with dealer(address, waiting=LINE_QUEUE) as link:
            async with front.driving(), background(Dialler(link, front.reception.receive, boot).run()):
                yield front

    @asynccontextmanager
    async def call(self, agent: str = "a17") -> AsyncIterator[ClientConnection]:
        url = f"ws://127.0.0.1:{self.taps.port}/twilio"
        async with connect(url, additional_headers={"Authorization": f"Bearer {TOKEN}"}, proxy=None) as socket:
            start = {"callSid": "CA1", "streamSid": "MZ1", "customParameters": {"agent": agent}}
            start |= {"tracks": ["inbound"], "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000}}
            await socket.send(json.dumps({"event": "start", "streamSid": "MZ1", "start": start}))
            yield socket


def media(chunk: int) -> str:
    payload = base64.b64encode(bytes(160)).decode()
    told = {"track": "inbound", "chunk": str(chunk), "timestamp": str(chunk * 20), "payload": payload}
    return json.dumps({"event": "media", "streamSid": "MZ1", "media": told})


STOP = json.dumps({"event": "stop", "streamSid": "MZ1", "stop": {}})


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what other tasks bring about."""
    while not is_so():  # noqa: ASYNC110 - what is waited for is several tasks away
        await asyncio.sleep(0.005)


async def say(socket: ClientConnection, chunks: range) -> None:
    for chunk in chunks:
        await socket.send(media(chunk))


async def test_a_call_comes_to_its_agents_workstation_whole() -> None:
    async with Site().open() as site, site.workstation() as front:
        await until(lambda: bool(site.gateway.platforms.switchboard.stations))
        async with site.call() as socket:
            await say(socket, range(1, 101))
            await socket.send(STOP)
            await socket.wait_closed()
            assert socket.close_code == 1000
        events = await front.over("CA1")
        assert front.started["CA1"].agent_id == "a17"
        assert front.started["CA1"].source == "twilio"
        assert front.sound_ms("CA1")["customer"] == 2_000
        assert isinstance(events[-1], CallEnded)
        assert front.lost("CA1") == []


async def test_a_call_whose_agent_is_not_here_is_refused() -> None:
    async with Site().open() as site, site.workstation():
        await until(lambda: bool(site.gateway.platforms.switchboard.stations))
        async with site.call("b3") as socket:
            await socket.wait_closed()
            assert (socket.close_code, socket.close_reason) == (1008, "no_agent")


async def test_a_parked_call_begins_when_the_workstation_comes() -> None:
    async with Site(park_s=20).open() as site, site.call() as socket:
        await say(socket, range(1, 51))
        await until(lambda: site.gateway.platforms.switchboard.waiting == 1)
        async with site.workstation() as front:
            await front.begun("CA1")
            await say(socket, range(51, 61))
            await socket.send(STOP)
            await front.over("CA1")
        heard, lost = front.sound_ms("CA1")["customer"], sum(ms for _, ms in front.lost("CA1"))
        assert heard >= 200
        assert heard + lost == 1_200


async def test_a_call_waits_for_a_workstation_whose_link_breaks_and_says_what_was_missed() -> None:
    async with Site().open() as site:
        async with site.workstation() as front:
            await until(lambda: bool(site.gateway.platforms.switchboard.stations))
            async with site.call() as socket:
                await say(socket, range(1, 11))
                await front.sounds("CA1", "customer")
                cut = front.lost("CA1")
                # Everybody is cut and let in again at once.
                site.end.admit([])
                site.end.admit([site.ana.public])
                await until(lambda: site.gateway.platforms.switchboard.waiting == 1)
                await until(lambda: site.gateway.platforms.switchboard.waiting == 0)
                await say(socket, range(11, 21))
                await socket.send(STOP)
                events = await front.over("CA1")
        assert cut == []
        assert {event.reason for event in events if isinstance(event, AudioLost)} == {"reconnected"}
        assert isinstance(events[-1], CallEnded)


async def test_a_restarted_workstation_takes_its_call_again() -> None:
    async with Site().open() as site, site.workstation(boot="one") as front:
        await until(lambda: bool(site.gateway.platforms.switchboard.stations))
        async with site.call() as socket:
            await say(socket, range(1, 11))
            await front.sounds("CA1", "customer")
            front.stop()
            async with site.workstation(boot="two") as second:
                await second.begun("CA1")
                await say(socket, range(11, 21))
                await second.sounds("CA1", "customer")
                await socket.send(STOP)
                await second.over("CA1")
    assert second.sound_ms("CA1")["customer"] <= 220


async def test_a_revoked_workstation_hears_nothing_more() -> None:
    async with Site(park_s=20).open() as site, site.workstation() as front:
        await until(lambda: bool(site.gateway.platforms.switchboard.stations))
        async with site.call() as socket:
            await say(socket, range(1, 3))
            await front.sounds("CA1", "customer")
            site.gateway.know({}, site.end)
            assert site.gateway.platforms.switchboard.stations == {}
            assert site.gateway.platforms.switchboard.waiting == 1


async def test_a_stranger_is_never_here() -> None:
    async with Site().open() as site, site.workstation(pair()), site.workstation():
        await until(lambda: bool(site.gateway.platforms.switchboard.stations))
        assert [*site.gateway.platforms.switchboard.stations] == ["ana"]


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"\x81\xa4type\xa5Nonse"])
async def test_garbage_harms_nobody(garbage: bytes) -> None:
    async with Site().open() as site, site.workstation() as front:
        await until(lambda: bool(site.gateway.platforms.switchboard.stations))
        address = FloorAddress(
            hub=f"tcp://127.0.0.1:{site.port}",
            server_public=site.keys.public.encode(),
            client_public=site.ana.public.encode(),
            client_secret=site.ana.secret.encode(),
        )
        with dealer(address) as link:
            await until(lambda: link.send(garbage))
            async with site.call() as socket:
                await say(socket, range(1, 11))
                await socket.send(STOP)
            await front.over("CA1")
        assert front.sound_ms("CA1")["customer"] == 200


async def test_a_damaged_file_of_keys_ends_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LOOK_S", 0.001)
    site, looks = Site(), 0

    def read_roll() -> None:
        nonlocal looks
        looks += 1
        raise KeyFileError("the file is damaged")

    async with site.open(), background(site.gateway.run(site.end, read_roll)), site.workstation():
        await until(lambda: looks > 3 and bool(site.gateway.platforms.switchboard.stations))


def test_ids_are_made_up_where_platforms_give_none() -> None:
    site = Site()
    gateway = Gateway("gw", site.taps, WallClock(), Patience(0, 1), end=None)  # type: ignore[arg-type]
    assert gateway.platforms.new_id("asterisk") != gateway.platforms.new_id("asterisk")
    assert not gateway.platforms.full()
