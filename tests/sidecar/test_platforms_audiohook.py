"""AudioHook's client, as it behaves on the wire, against the listener over real sockets."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from streams.events import AudioPaused, AudioResumed, CallEnded
from tests.sidecar.front import TOKEN, Front, client, over, taps

ZEROS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with Front(taps("taps.agents.a17=Ana")).open() as opened:
        yield opened


class Genesys:
    """The platform's side of one session."""

    def __init__(self, socket: ClientConnection, session: str = "5f1c0f6e-2f4b-4f63-9d4c-1d0b7a1f2a01") -> None:
        self.socket = socket
        self.session = session
        self.seq = 0
        self.seen = 0

    async def say(self, kind: str, **parameters: Any) -> None:
        self.seq += 1
        message = {
            "version": "2",
            "id": self.session,
            "type": kind,
            "seq": self.seq,
            "serverseq": self.seen,
            "position": "PT0S",
            "parameters": parameters,
        }
        await self.socket.send(json.dumps(message))

    async def hear(self, kind: str) -> dict[str, Any]:
        answer = json.loads(await self.socket.recv())
        self.seen += 1
        assert (answer["type"], answer["seq"], answer["clientseq"]) == (kind, self.seen, self.seq)
        return answer["parameters"]  # type: ignore[no-any-return]

    async def open(self, *channels: str, conversation: str = "conv-1", kind: str = "PCMU") -> None:
        medium = {"type": "audio", "format": kind, "channels": [*channels], "rate": 8000}
        await self.say(
            "open",
            organizationId="d7934305-0972-4844-938e-9060eef73d05",
            conversationId=conversation,
            participant={"id": ZEROS if conversation == ZEROS else "p1", "ani": "", "aniName": "", "dnis": ""},
            media=[medium],
            customConfig={"agent": "a17"},
        )
        assert await self.hear("opened") == {"media": [medium], "startPaused": False}


@asynccontextmanager
async def genesys(front: Front) -> AsyncIterator[Genesys]:
    headers = {
        "X-API-KEY": TOKEN,
        "Audiohook-Session-Id": "5f1c0f6e-2f4b-4f63-9d4c-1d0b7a1f2a01",
        "Audiohook-Organization-Id": "d7934305-0972-4844-938e-9060eef73d05",
    }
    async with client(front, "/audiohook", **headers) as socket:
        yield Genesys(socket)


@pytest.mark.parametrize("channels", [("external", "internal"), ("internal", "external")])
async def test_audiohook(front: Front, channels: tuple[str, ...]) -> None:
    async with genesys(front) as hook:
        await hook.open(*channels)
        await hook.socket.send(b"")
        for _ in range(5):
            await hook.socket.send(b"\xff\x00" * 1600)
        await hook.say("ping", rtt="PT0.012S")
        await hook.hear("pong")
        await hook.say("paused")
        await hook.say("resumed", start="PT1S", discarded="PT3S")
        await hook.say("something new", field=1)
        await hook.say("discarded", start="PT1S", discarded="PT0.5S")
        await hook.say("close", reason="end")
        await hook.hear("closed")
        assert await over(hook.socket) == 1000
    heard = await front.over("conv-1")
    assert front.sound_ms("conv-1") == {"customer": 1000, "agent": 1000}
    assert {type(event) for event in heard} >= {AudioPaused, AudioResumed}
    assert front.lost("conv-1") == [(side, 500) for side in front.started["conv-1"].channels]
    assert (heard[-1].reason, heard[-1].at_ms >= 1500) == ("hung_up", True)  # type: ignore[union-attr]
    started = front.started["conv-1"]
    assert (started.agent_id, started.agent_name, started.source) == ("a17", "Ana", "audiohook")
    loud = {e.channel for e in heard if getattr(e, "pcm", b"").startswith(b"\x84\x82")}  # µ-law 0x00, the loudest
    assert loud == {"agent" if channels[1] == "internal" else "customer"}


async def test_audiohook_probe_makes_no_call(front: Front) -> None:
    async with genesys(front) as hook:
        await hook.open("external", "internal", conversation=ZEROS)
        await hook.socket.send(b"")
        await hook.say("close", reason="end")
        await hook.hear("closed")
        assert await over(hook.socket) == 1000
    assert front.started == {}


async def test_audiohook_with_a_wrong_count_is_disconnected_and_may_say_goodbye(front: Front) -> None:
    async with genesys(front) as hook:
        await hook.open("external")
        hook.seq += 1
        await hook.say("ping")
        hook.seq = 1
        told = await hook.hear("disconnect")
        assert told["reason"] == "error"
        assert told["info"].startswith("409: ")
        await hook.say("close", reason="disconnect")
        await hook.hear("closed")
        assert await over(hook.socket) == 1008
    assert isinstance((await front.over("conv-1"))[-1], CallEnded)


async def test_audiohook_l16_of_one_side_reconnects_as_the_same_call(front: Front) -> None:
    async with genesys(front) as hook:
        await hook.open("external", kind="L16")
        await hook.socket.send(bytes(16_000))
        await hook.say("close", reason="reconnect")
        await hook.hear("closed")
        await over(hook.socket)
    async with genesys(front) as hook:
        await hook.open("external", kind="L16")
        await hook.socket.send(bytes(16_000))
        await hook.say("close", reason="end")
        await hook.hear("closed")
        await over(hook.socket)
    await front.over("conv-1")
    assert front.sound_ms("conv-1") == {"customer": 2000}
    assert [side for side, _ in front.lost("conv-1")] == ["customer"]
