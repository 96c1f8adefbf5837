"""Platforms watched over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from sidecar import ports
from sidecar.config_sections import TapsConfig
from sidecar.listener import NONE_AGREED
from sidecar.taptest import watching
from sidecar.taptest.client import Asked
from sidecar.taptest.dialects import clients
from sidecar.taptest.playing import Leg, play
from sidecar.taptest.sound import Sound
from sidecar.taptest.watching import Watcher, watch
from streams.background import background
from streams.clock import ManualClock
from streams.errors import TapError
from streams.taps.plain import PlainDialect
from streams.taps.twilio import Twilio
from tests.sidecar.front import TOKEN, taps
from tests.sidecar.wiretap import PaperWire

SECOND = Sound(b"\x01\x00" * 8000, b"\x02\x00" * 8000, 8000)


class Said:
    """The lines that are said, and a way to wait for one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self._more.set()

    async def until(self, part: str) -> None:
        while not any(part in line for line in self.lines):
            self._more.clear()
            await self._more.wait()


@asynccontextmanager
async def watched(name: str, *sets: str) -> AsyncIterator[tuple[TapsConfig, Said]]:
    settings = taps("taps.single_user=true", f"taps.audiosocket_port={ports.free_pair()}", *sets)
    said = Said()
    async with background(watch(name, settings, TOKEN, NONE_AGREED, said)):
        await said.until("waiting for")
        yield settings, said


async def played(name: str, settings: TapsConfig) -> None:
    tcp = f"tcp://127.0.0.1:{settings.audiosocket_port}"
    asked = Asked(call_id="c", token=TOKEN)
    base = f"ws://127.0.0.1:{settings.port}"
    await play([Leg(one, base + one.path if one.path else tcp) for one in clients(name, asked)], SECOND, None)


@pytest.mark.parametrize("name", ["audiohook", "twilio", "jambonz", "asterisk", "audiosocket", "plain"])
async def test_a_platform_is_answered_and_described(name: str) -> None:
    async with watched(name) as (settings, said):
        await played(name, settings)
        await said.until("closed in good order")
    lines = said.lines
    text = "\n".join(lines)
    assert lines[0].startswith(f"waiting for {name} at ")
    assert "a call of" in text
    assert "samples at" in text
    assert "1.00 s" in text
    assert "the call ends: hung_up" in text
    assert TOKEN not in text
    if name == "twilio":
        assert "text {event=media, sequenceNumber, streamSid, media{track=inbound, chunk, timestamp, payload}}" in text
        assert any(line.endswith("50 x text {event=media, sequenceNumber, streamSid, "
                                 "media{track=outbound, chunk, timestamp, payload}}") for line in lines)  # fmt: skip
    if name == "audiohook":
        assert any(line.startswith("#1 < text {version=2, id, type=opened") for line in lines)


async def test_what_breaks_the_rules_is_said_and_refused() -> None:
    async with watched("twilio") as (settings, said):
        async with connect(f"ws://127.0.0.1:{settings.port}/twilio", proxy=None) as socket:
            await socket.send('{"event":"new"}')
            await socket.send('{"event":"media"}')
            with suppress(ConnectionClosed):
                await socket.recv()
            assert socket.close_code == 1008
        await said.until("refused as no_start")
    lines = said.lines
    assert any("an event that is not known" in line for line in lines)
    assert lines[-1].startswith("#1 refused as no_start")


async def test_without_a_port_for_audiosocket_it_says_why() -> None:
    with pytest.raises(TapError, match="single_user"):
        await watch("audiosocket", taps(), TOKEN, NONE_AGREED, lambda _: None)


async def test_a_wrong_rate_a_pause_and_a_break_are_said() -> None:
    clock = ManualClock()
    lines: list[str] = []
    watcher = Watcher(taps(), lines.append, clock)
    wire = PaperWire()

    class Ticking:
        def __getattr__(self, name: str) -> object:
            clock.advance(20)
            return getattr(wire, name)

    hello = {"type": "hello", "version": 1, "call_id": "c1", "agent_id": "a17", "queue": "billing"}
    wire.says(json.dumps(hello), *[bytes(1280)] * 400, '{"type":"paused"}', "{}")
    await watcher.receive(Ticking(), PlainDialect(), "plain")  # type: ignore[arg-type]
    wire.breaks()
    await watcher.receive(wire, PlainDialect(), "plain")
    text = "\n".join(lines)
    assert "#1 ! sound comes 2.00 times as fast as its declared 8000 Hz" in text or "0.67 times" in text
    assert "#1 = paused" in text
    assert "names the agent, names the queue" in text
    assert "#1 refused as bad_message" in text
    assert lines[-1] == "#2 the connection broke"


async def test_watching_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "FORMS_SHOWN", 3)
    lines: list[str] = []
    watcher = Watcher(taps(), lines.append, ManualClock())
    wire = PaperWire()
    wire.says(*[f'{{"event":"{number}"}}' for number in range(9)])
    wire.hangs_up()
    await watcher.receive(wire, Twilio(), "twilio")
    assert sum("#1 > " in line for line in lines) == 3
    assert not watcher.full()
