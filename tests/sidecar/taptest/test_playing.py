"""Every dialect's client against the whole service: what is sent is what is heard, sample for sample."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from sidecar import ports
from sidecar.taptest import audiosocket, playing, sound
from sidecar.taptest.client import Asked
from sidecar.taptest.dialects import clients
from sidecar.taptest.names import NAMES
from sidecar.taptest.plain import Plain
from sidecar.taptest.playing import Leg, play
from sidecar.taptest.sound import Sound
from streams.audio import ulaw_to_pcm
from streams.errors import TapError
from streams.events import AudioFrame, CallEnded, Event, Telemetry
from streams.loop import ListeningLoop, Output
from tests.sidecar.test_service import DEMO, Run, until

CODED = {"audiohook", "twilio", "telnyx", "signalwire"}
SHORT = Sound(bytes(3200), bytes(3200), 8000)


def legs(name: str, run: Run) -> list[Leg]:
    base = run.tap.url.removesuffix("/plain")
    tcp = f"tcp://127.0.0.1:{run.config.taps.audiosocket_port}"
    asked = Asked(call_id=f"call-{name}", token=run.tap.token)
    return [Leg(one, base + one.path if one.path else tcp) for one in clients(name, asked)]


class Heard:
    """The sound of one side of one call as it arrives where it is listened to."""

    def __init__(self) -> None:
        self.samples = 0
        self.sum = hashlib.sha256()

    def take(self, pcm: bytes) -> None:
        self.samples += len(pcm) // 2
        self.sum.update(pcm)


LONG = pytest.param(600.0, 1.0, marks=[pytest.mark.soak, pytest.mark.timeout(900)])


@pytest.mark.parametrize(("seconds", "speed"), [(20.0, 10.0), LONG])
async def test_every_dialect_carries_a_call_without_losing_a_sample(
    monkeypatch: pytest.MonkeyPatch, seconds: float, speed: float
) -> None:
    heard: defaultdict[tuple[str, str], Heard] = defaultdict(Heard)
    hear = ListeningLoop.hear

    def spy(self: ListeningLoop, frame: AudioFrame) -> Output:
        heard[frame.call_id, frame.channel].take(frame.pcm)
        return hear(self, frame)

    monkeypatch.setattr(ListeningLoop, "hear", spy)
    played = sound.read(DEMO, seconds)
    free = ports.free_pair()
    settings = ("taps.max_calls=20", "taps.single_user=true", f"taps.audiosocket_port={free}", "taps.resume_s=30")
    over: set[str] = set()

    def all_over(event: Event | Telemetry) -> bool:
        over.update({event.call_id} if isinstance(event, CallEnded) else ())
        return len(over) == len(NAMES)

    async with Run(*settings).going() as run, run.screen() as line, asyncio.TaskGroup() as group:
        group.create_task(until(line, all_over))
        plays = {name: group.create_task(play(legs(name, run), played, speed)) for name in NAMES}
    for name, task in plays.items():
        call_id = str(audiosocket.named(f"call-{name}")) if name == "audiosocket" else f"call-{name}"
        sent = {side: count for one in task.result() for side, count in one.samples.items()}
        got = {side: one for (call, side), one in heard.items() if call == call_id}
        assert sent == dict.fromkeys(got, seconds * task.result()[0].rate_hz), name
        assert {side: one.samples for side, one in got.items()} == sent, name
        given = sound.at_rate(played, task.result()[0].rate_hz)
        for side, one in got.items():
            original = given.of(side)  # type: ignore[arg-type]
            expected = ulaw_to_pcm(sound.ulaw(original)) if name in CODED else original
            assert one.sum.digest() == hashlib.sha256(expected).digest(), (name, side)


# --- servers that do it wrong ---------------------------------------------------------------------------------------


@asynccontextmanager
async def server(*answers: str | bytes, close: bool = False) -> AsyncIterator[str]:
    async def speak(socket: ServerConnection) -> None:
        await socket.recv()
        for answer in answers:
            await socket.send(answer)
        if close:
            await socket.close(1008, "too_fast")
        else:
            await socket.wait_closed()

    async with serve(speak, "127.0.0.1", 0) as serving:
        yield f"ws://127.0.0.1:{next(iter(serving.sockets)).getsockname()[1]}"


async def failed(name: str, url: str, *, speed: float | None = None) -> str:
    with pytest.RaisesGroup(pytest.RaisesExc(TapError)) as caught:
        one = clients(name, Asked(call_id="c"))[0]
        await play([Leg(one, url)], SHORT, speed)
    return str(caught.value.exceptions[0])


WRONG: Sequence[tuple[str, str | bytes, str]] = [
    ("plain", '{"type":"error","code":"too_many","text":"8 calls"}', "refused the call: too_many: 8 calls"),
    ("plain", "hello", "no JSON object"),
    ("plain", b"hello", "no JSON object"),
    ("audiohook", '{"type":"opened","seq":2}', "wrong seq or id"),
    ("jambonz", '{"type":"killAudio"}', "sent a text, which jambonz would not understand"),
    ("twilio", b"sound", "sent bytes, which twilio would not understand"),
]


@pytest.mark.parametrize(("name", "answer", "said"), WRONG)
async def test_what_a_platform_would_not_accept_is_said(name: str, answer: str | bytes, said: str) -> None:
    async with server(answer) as url:
        assert said in await failed(name, url, speed=0.01)


async def test_a_server_that_closes_is_said() -> None:
    async with server(close=True) as url:
        assert await failed("plain", url) == "the server closed before the call began with 1008 (too_fast)"
        assert "with 1008 (too_fast)" in await failed("vonage", url, speed=0.01)


async def test_a_server_that_keeps_silent_or_open_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "ANSWER_S", 0.01)
    monkeypatch.setattr(playing, "GOODBYE_S", 0.01)
    async with server() as url:
        assert "no answer within" in await failed("plain", url)
        assert "did not close within" in await failed("jambonz", url)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1/plain", "tcp://127.0.0.1:1", "nonsense"])
async def test_where_nobody_is_it_says_so(url: str) -> None:
    assert "no service answers at" in await failed("plain", url)


async def test_a_service_that_lets_nobody_in_is_said() -> None:
    async with Run().going() as run:
        with pytest.RaisesGroup(pytest.RaisesExc(TapError, match=r"HTTP 403")):
            await play([Leg(Plain(Asked(call_id="c", token="wrong")), run.tap.url)], SHORT, None)
