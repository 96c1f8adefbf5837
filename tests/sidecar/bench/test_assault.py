"""Clients that misbehave harm nobody but themselves, in every way that they know."""

import asyncio
import json

from websockets.asyncio.client import connect

from sidecar import config, ports
from sidecar.bench import assault
from sidecar.tapclient import TapAddress
from streams.background import background
from streams.events import CallEnded
from tests.sidecar.front import TOKEN, Front


async def test_a_call_among_them_is_heard_whole() -> None:
    taps = config.load(sets=[f"taps.port={ports.free_pair()}", "taps.dialects.audiosocket=false"]).taps
    tap = TapAddress(f"ws://127.0.0.1:{taps.port}/plain", TOKEN)
    async with Front(taps).open() as front:
        async with background(assault.assault(tap, 16)):
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with connect(tap.url, additional_headers=headers, proxy=None) as socket:
                await socket.send(json.dumps({"type": "hello", "version": 1, "call_id": "c1", "rate_hz": 8000}))
                for _ in range(100):
                    await socket.send(bytes(2 * 320))
                    await asyncio.sleep(0.005)
                await socket.send('{"type":"end"}')
                await socket.wait_closed()
        events = await front.over("c1")
        front.stop()
    assert front.sound_ms("c1") == {"agent": 2_000, "customer": 2_000}
    assert isinstance(events[-1], CallEnded)
