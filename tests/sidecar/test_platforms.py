"""Every platform's client, as it behaves on the wire, against the listeners over real sockets."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from sidecar import talk
from sidecar.signatures import PlatformSecrets
from streams.events import CallEnded
from tests.sidecar.front import TOKEN, Front, client, over, taps

ULAW_20_MS = b"\xff" * 160


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with Front(taps("taps.agents.a17=Ana")).open() as opened:
        yield opened


# --- Twilio and its kin ---------------------------------------------------------------------------------------------


def twilio_start(**changes: Any) -> str:
    start = {
        "streamSid": "MZ1",
        "accountSid": "AC1",
        "callSid": "CA1",
        "tracks": ["inbound", "outbound"],
        "customParameters": {"agent": "a17"},
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        **changes,
    }
    return json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": start})


def twilio_media(chunk: int, track: str = "inbound") -> str:
    payload = base64.b64encode(ULAW_20_MS).decode()
    media = {"track": track, "chunk": str(chunk), "timestamp": str(20 * (chunk - 1)), "payload": payload}
    return json.dumps({"event": "media", "sequenceNumber": "7", "streamSid": "MZ1", "media": media})


TWILIO_STOP = json.dumps({"event": "stop", "streamSid": "MZ1", "stop": {"callSid": "CA1"}})


async def test_twilio_with_both_tracks_reordered_repeated_and_missing(front: Front) -> None:
    # Twilio drops the query, so the token stands in the path.
    async with client(front, f"/twilio/{TOKEN}".replace(" ", "%20"), Nothing="shown") as socket:
        await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        await socket.send(twilio_start())
        for chunk in (1, 2, 4, 3, 3, 5, *range(11, 51)):
            await socket.send(twilio_media(chunk))
        for chunk in range(1, 51):
            await socket.send(twilio_media(chunk, "outbound"))
        await socket.send(TWILIO_STOP)
        assert await over(socket) == 1000
    await front.over("CA1")
    assert front.sound_ms("CA1") == {"customer": 900, "agent": 1000}
    assert front.lost("CA1") == [("customer", 100)]
    assert front.started["CA1"].agent_name == "Ana"


async def test_twilio_with_one_track_hears_one_side() -> None:
    async with Front(taps("taps.tapped.twilio=agent")).open() as front:
        async with client(front, "/twilio") as socket:
            await socket.send(twilio_start(tracks=["inbound"]))
            await socket.send(twilio_media(1))
            await socket.send(TWILIO_STOP)
            await over(socket)
        await front.over("CA1")
    assert front.started["CA1"].channels == ("agent",)
    assert front.sound_ms("CA1") == {"agent": 20}


async def test_two_streams_of_one_call_are_its_two_sides(front: Front) -> None:
    async with client(front, "/twilio") as one, client(front, "/twilio") as two:
        for side, socket in (("customer", one), ("agent", two)):
            parameters = {"side": side, "agent": "a17"}
            await socket.send(twilio_start(tracks=["inbound"], customParameters=parameters))
            for chunk in range(1, 26):
                await socket.send(twilio_media(chunk))
        await front.sounds("CA1", "agent")
        await one.send(TWILIO_STOP)
        await over(one)
        await two.send(twilio_media(26))
        await two.send(TWILIO_STOP)
        await over(two)
    heard = await front.over("CA1")
    assert front.started["CA1"].channels == ("agent", "customer")
    assert front.sound_ms("CA1") == {"customer": 500, "agent": 520}
    assert sum(isinstance(event, CallEnded) for event in heard) == 1


async def test_telnyx(front: Front) -> None:
    payload = base64.b64encode(bytes(640)).decode()
    async with client(front, f"/telnyx?token={TOKEN}&agent=a17".replace(" ", "%20"), Nothing="shown") as socket:
        await socket.send(json.dumps({"event": "connected", "version": "1.0.0"}))
        media_format = {"encoding": "L16", "sample_rate": 16_000, "channels": 1}
        start = {"call_control_id": "v3:abc", "media_format": media_format, "custom_parameters": {}}
        await socket.send(json.dumps({"event": "start", "stream_id": "s", "start": start}))
        for track in ("inbound", "outbound"):
            for chunk in range(1, 11):
                media = {"track": track, "chunk": str(chunk), "timestamp": str(20 * chunk), "payload": payload}
                await socket.send(json.dumps({"event": "media", "stream_id": "s", "media": media}))
        await socket.send(json.dumps({"event": "stop", "stream_id": "s"}))
        await over(socket)
    [call_id] = front.started
    await front.over(call_id)
    assert call_id.startswith("v3-abc-")
    assert front.sound_ms(call_id) == {"customer": 200, "agent": 200}
    assert front.started[call_id].agent_id == "a17"


@pytest.mark.parametrize("platform", ["signalwire", "plivo"])
async def test_others_of_that_kin(front: Front, platform: str) -> None:
    async with client(front, f"/{platform}") as socket:
        identity = {"callSid": "c1"} if platform == "signalwire" else {"callId": "c1", "streamId": "s1"}
        described = {"encoding": "PCMU@8000h"} if platform == "signalwire" else {"encoding": "audio/x-mulaw"}
        start = {**identity, "tracks": ["inbound"], "mediaFormat": described}
        await socket.send(json.dumps({"event": "start", "start": start}))
        media = {"track": "inbound", "chunk": 1, "timestamp": "9", "payload": base64.b64encode(ULAW_20_MS).decode()}
        await socket.send(json.dumps({"event": "media", "media": media}))
        if platform == "signalwire":
            await socket.send(json.dumps({"event": "stop"}))
            await over(socket)
    await front.over("c1")
    assert front.sound_ms("c1") == {"customer": 20}


# --- text, then L16 -------------------------------------------------------------------------------------------------


async def test_jambonz(front: Front) -> None:
    password = base64.b64encode(f"user:{TOKEN}".encode()).decode()
    async with connect(
        front.url("/jambonz"),
        additional_headers={"Authorization": f"Basic {password}"},
        subprotocols=["audio.jambonz.org"],  # type: ignore[list-item]
        proxy=None,
    ) as socket:
        first = {"callSid": "c1", "sampleRate": 16_000, "mixType": "stereo", "metadata": {"agent": "a17"}}
        await socket.send(json.dumps(first) + '{"event":"dtmf","dtmf":"1"}')
        await socket.send(bytes(1280) * 50)
        await socket.send(b"")
        assert await over(socket) == 1000
    await front.over("c1")
    assert front.sound_ms("c1") == {"customer": 1000, "agent": 1000}
    assert front.started["c1"].agent_name == "Ana"


async def test_freeswitch_whose_url_says_it_all(front: Front) -> None:
    async with client(front, "/freeswitch?rate=16000&mix=stereo&call=leg-7") as socket:
        await socket.send(bytes(1280) * 10)
    await front.over("leg-7")
    assert front.sound_ms("leg-7") == {"customer": 200, "agent": 200}


async def test_vonage_hears_a_mix_or_one_socket_for_each_leg(front: Front) -> None:
    first = {"event": "websocket:connected", "content-type": "audio/l16;rate=16000"}
    async with client(front, "/vonage") as socket:
        await socket.send(json.dumps({**first, "call": "mix"}))
        await socket.send(bytes(640) * 10)
    await front.over("mix")
    assert front.sound_ms("mix") == {"mixed": 200}
    async with client(front, "/vonage") as one, client(front, "/vonage") as two:
        for side, socket in (("agent", one), ("customer", two)):
            await socket.send(json.dumps({**first, "call": "legs", "side": side}))
            await socket.send(bytes(640) * 10)
            await front.begun("legs")
    await front.over("legs")
    assert front.sound_ms("legs") == {"agent": 200, "customer": 200}


# --- Asterisk -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offered", [["media"], None])
async def test_asterisk_in_plain_words_with_sound_before_its_start(front: Front, offered: list[str] | None) -> None:
    async with connect(
        front.url("/asterisk?queue=billing"),
        additional_headers={"Authorization": f"Bearer {TOKEN}"},
        subprotocols=offered,  # type: ignore[arg-type]
        proxy=None,
    ) as socket:
        await socket.send(ULAW_20_MS)
        await socket.send(
            "MEDIA_START connection_id:c1 channel:WebSocket/c1/0x7f channel_id:179.2 format:ulaw ptime:20"
        )
        await socket.send("DTMF_END digit:1")
        for _ in range(49):
            await socket.send(ULAW_20_MS)
        await socket.send(b"\xff" * 80)
    await front.over("179.2")
    assert front.sound_ms("179.2") == {"mixed": 1010}
    assert front.started["179.2"].queue == "billing"


async def test_asterisk_in_json_with_a_snoop_for_each_side(front: Front) -> None:
    async with client(front, "/asterisk?side=stale") as one, client(front, "/asterisk?side=stale") as two:
        for number, (side, socket) in enumerate((("customer", one), ("agent", two))):
            start = {
                "event": "MEDIA_START",
                "connection_id": "c1",
                "channel_id": f"179.{number}",
                "format": "slin16",
                "optimal_frame_size": 640,
                "channel_variables": {"call": "joint", "side": side, "agent": "a17"},
            }
            await socket.send(json.dumps(start))
            await front.begun("joint")
            for _ in range(25):
                await socket.send(bytes(640))
    heard = await front.over("joint")
    assert front.started["joint"].channels == ("agent", "customer")
    assert front.sound_ms("joint") == {"customer": 500, "agent": 500}
    assert sum(isinstance(event, CallEnded) for event in heard) == 1
    times = [event.at_ms for event in heard]
    assert times == sorted(times)


# --- at the edge ----------------------------------------------------------------------------------------------------

BAD_BEGINNINGS: list[tuple[str, str | bytes]] = [
    (path, message)
    for path in ("audiohook", "twilio", "telnyx", "signalwire", "plivo", "jambonz", "vonage", "asterisk", "plain")
    for message in ("[" * 30_000, "{" + '"a":{' * 5000, '{"event":"media"}' * 200, "x" * 700_000)
    if not (path == "asterisk" and message.startswith(("[", "x" * 9)) and len(message) < 60_000)
]


@pytest.mark.parametrize(("path", "message"), BAD_BEGINNINGS, ids=[f"{p}-{m[:4]!r}" for p, m in BAD_BEGINNINGS])
async def test_a_bad_client_loses_its_own_connection_alone(
    front: Front, path: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "LINGER_S", 0.01)
    monkeypatch.setattr(talk, "HELLO_S", 0.5)
    async with client(front, "/twilio") as good, client(front, f"/{path}") as bad:
        await good.send(twilio_start())
        await front.begun("CA1")
        await bad.send(message)
        assert await over(bad) == 1008
        await good.send(twilio_media(1))
        await good.send(TWILIO_STOP)
        assert await over(good) == 1000
    await front.over("CA1")
    assert [*front.started] == ["CA1"]
    assert front.sound_ms("CA1") == {"customer": 20}


async def test_whoever_has_agreed_on_a_secret_must_sign() -> None:
    settings = taps("taps.public_url=wss://hook.example.org")
    signature = base64.b64encode(hmac.new(b"auth", b"wss://hook.example.org/twilio", hashlib.sha1).digest()).decode()
    async with Front(settings, PlatformSecrets(twilio="auth")).open() as front:
        shown = {"Authorization": f"Bearer {TOKEN}"}
        async with client(front, "/twilio", **shown, **{"X-Twilio-Signature": signature}) as socket:
            await socket.send(TWILIO_STOP)
            assert await over(socket) == 1000
        for headers in (shown, {**shown, "X-Twilio-Signature": "wrong"}, {"X-Twilio-Signature": signature}):
            with pytest.raises(InvalidStatus) as caught:
                async with client(front, "/twilio", **headers):
                    pass
            assert caught.value.response.status_code == 403


async def test_a_call_that_breaks_in_mid_word_comes_back(front: Front) -> None:
    async with client(front, "/twilio") as socket:
        await socket.send(twilio_start())
        await socket.send(twilio_media(1))
        await front.begun("CA1")
        socket.transport.abort()
    async with client(front, "/twilio") as socket:
        await socket.send(twilio_start())
        await socket.send(twilio_media(1))
        await socket.send(TWILIO_STOP)
        assert await over(socket) == 1000
    await front.over("CA1")
    assert [side for side, _ in front.lost("CA1")] == ["customer", "agent"]
    assert front.sound_ms("CA1") == {"customer": 40}


async def test_many_calls_at_once() -> None:
    async with Front(taps("taps.max_calls=20")).open() as front:

        async def one(number: int) -> None:
            async with client(front, "/jambonz") as socket:
                await socket.send(json.dumps({"callSid": f"c{number}", "mixType": "stereo"}))
                for _ in range(50):
                    await socket.send(bytes(640))
                await socket.send(b"")
                assert await over(socket) == 1000

        async with asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(one(number))
        for number in range(20):
            await front.over(f"c{number}")
            assert front.sound_ms(f"c{number}") == {"customer": 1000, "agent": 1000}
