"""A platform's call through the whole service: from its own words on a socket to a screen on the bus."""

import asyncio
import json

from websockets.asyncio.client import connect

from streams.events import CallEnded, CallStarted
from tests.sidecar.test_service import Run, ended, until


async def test_an_audiohook_call_reaches_the_screen() -> None:
    async with Run("taps.agents.a17=Ana").going() as run, run.screen() as line, asyncio.TaskGroup() as group:
        seen = group.create_task(until(line, ended))
        medium = {"type": "audio", "format": "PCMU", "channels": ["external", "internal"], "rate": 8000}
        opening = {"conversationId": "conv-1", "media": [medium], "customConfig": {"agent": "a17", "queue": "billing"}}
        url = run.tap.url.replace("/plain", "/audiohook")
        async with connect(url, additional_headers={"X-API-KEY": run.tap.token}, proxy=None) as socket:
            for seq, (kind, parameters) in enumerate((("open", opening), ("close", {"reason": "end"})), start=1):
                envelope = {"version": "2", "id": "s-1", "seq": seq, "serverseq": seq - 1, "position": "PT0S"}
                await socket.send(json.dumps({**envelope, "type": kind, "parameters": parameters}))
                if kind == "open":
                    assert json.loads(await socket.recv())["type"] == "opened"
                    for _ in range(10):
                        await socket.send(b"\xff" * 3200)
            assert json.loads(await socket.recv())["type"] == "closed"
            await socket.wait_closed()
            assert socket.close_code == 1000
    [started] = [event for event in seen.result() if isinstance(event, CallStarted)]
    assert (started.call_id, started.source) == ("conv-1", "audiohook")
    assert (started.agent_name, started.queue, started.channels) == ("Ana", "billing", ("customer", "agent"))
    last = seen.result()[-1]
    assert isinstance(last, CallEnded)
    assert (last.at_ms, last.reason) == (2000, "hung_up")
