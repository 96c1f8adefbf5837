"""The gateway as a whole: what it says, what watches it, and how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from websockets.asyncio.client import ClientConnection, connect

from sidecar import config, keys, monitor, places, ports
from sidecar.config_sections import Config
from sidecar.gateway import serving
from sidecar.gateway.serving import GatewayService
from streams.background import background


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> places.Places:
    monkeypatch.setenv(places.HOME_VARIABLE, str(tmp_path))
    return places.find()


@pytest.fixture
def settings() -> Config:
    return config.load(
        sets=[
            *(f"taps.port={ports.free_pair()}", f"gateway.port={ports.free_pair()}", "taps.drain_s=10"),
            *(f"monitor.port={ports.free_pair()}", "gateway.park_s=60"),
        ]
    )


class Running:
    """A gateway that serves, and what it said to whoever started it and to systemd."""

    def __init__(self, service: GatewayService, said: list[str], told: list[str]) -> None:
        self.service = service
        self.said = said
        self.told = told


@asynccontextmanager
async def serve(settings: Config, home: places.Places, patch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    told: list[str] = []
    patch.setattr(monitor, "notify", told.append)
    patch.setattr(serving, "BEAT_S", 0.01)
    running = Running(GatewayService(settings, home), [], told)
    async with asyncio.timeout(20), background(running.service.run(running.said.append)):
        await until(lambda: "READY=1" in told)
        yield running


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # noqa: ASYNC110 - what is waited for is several tasks away
        await asyncio.sleep(0.005)


@asynccontextmanager
async def call(settings: Config, home: places.Places, name: str) -> AsyncIterator[ClientConnection]:
    headers = {"Authorization": f"Bearer {keys.token(home.keys_dir)}"}
    async with connect(f"ws://127.0.0.1:{settings.taps.port}/plain", additional_headers=headers, proxy=None) as socket:
        hello = {"type": "hello", "version": 1, "call_id": name, "agent_id": "a17", "rate_hz": 8000}
        await socket.send(json.dumps(hello))
        yield socket


async def fetched(settings: Config, path: str) -> str:
    url = f"http://127.0.0.1:{settings.monitor.port}{path}"
    return await asyncio.to_thread(lambda: str(urlopen(url, timeout=5).read(), "utf-8"))


async def test_it_says_where_it_is_and_how_it_is(
    settings: Config, home: places.Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(settings, home, monkeypatch) as running, call(settings, home, "c1") as socket:
        await socket.recv()
        assert [line.split()[0] for line in running.said] == ["taking", "workstations", "this"]
        while json.loads(await fetched(settings, "/healthz"))["waiting"] != 1:
            pass
        assert "sidecar_gateway_calls_waiting 1.0" in await fetched(settings, "/metrics")


async def test_told_to_end_it_waits_for_calls_that_go_on_and_takes_no_others(
    settings: Config, home: places.Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(settings, home, monkeypatch) as running, call(settings, home, "c1") as socket:
        await socket.recv()
        async with asyncio.TaskGroup() as group:
            draining = group.create_task(running.service.drain())
            await until(lambda: "STOPPING=1" in running.told)
            async with call(settings, home, "c2") as late:
                await late.wait_closed()
                assert late.close_reason == "closing"
            with pytest.raises(HTTPError, match="503"):
                await fetched(settings, "/healthz")
            assert "sidecar_gateway_connections 1.0" in await fetched(settings, "/metrics")
            assert not draining.done()
            await socket.send('{"type":"end"}')


async def test_one_that_does_not_serve_yet_has_nothing_to_wait_for(settings: Config, home: places.Places) -> None:
    await GatewayService(settings, home).drain()
