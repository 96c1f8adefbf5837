"""What live calls cost: a service of its own is started, clients call it, and what it says of itself flows out.

Black box: the service is a process as `sidecar run` makes it, the clients are those of `sidecar tap-test`, waits come
from its `/metrics` and processor time from the system.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from sidecar import config, demo, ports
from sidecar.bench.child import started
from sidecar.bench.floor.usage import share, usage
from sidecar.tapclient import TapAddress, address
from sidecar.taptest import sound
from sidecar.taptest.client import Asked, unique
from sidecar.taptest.dialects import clients
from sidecar.taptest.playing import Leg, play
from sidecar.taptest.sound import Sound
from streams.background import background

CALLS, TRANSCRIBED, IDLE, HOSTILE = 50, 2, 200, 20
SETTLE_S = 2.0
_NAMES = ("plain", "audiohook", "twilio", "jambonz")
_GOLDEN = (5**0.5 - 1) / 2
_BUCKET = re.compile(r'sidecar_frame_wait_seconds_bucket\{le="([^"]+)"\} (\S+)')
_BAD = ('{"event":"media"}', "[" * 20_000, b"\x00" * 300_000, "{" * 30, "x" * 100_000)


class Waits(msgspec.Struct, frozen=True):
    """Frames, how many of them waited longer than 5 ms, and an upper bound of the wait of 99 in 100 (ms)."""

    frames: int
    over_5_ms: int
    p99_ms: float


class TapsBench(msgspec.Struct, frozen=True, kw_only=True):
    """The figures; processor shares are of one core."""

    seconds: float
    calls: int
    waits: Waits
    calls_cpu: float | None
    hostile: int
    waits_hostile: Waits
    hostile_cpu: float | None
    idle: int
    idle_cpu: float | None
    transcribed: int
    waits_transcribed: Waits
    transcribed_cpu: float | None


class _Service(NamedTuple):
    pid: int
    tap: TapAddress
    metrics: str


async def measure(seconds: float, model: Path, say: Callable[[str], None]) -> TapsBench:
    """Measure for `seconds` each: idle connections, calls, calls among hostile clients, and calls being transcribed.

    The last are decoded by the model in that directory, the others by none.
    Raises TapError when the service does not start.
    """
    played = sound.read(demo.find(demo.DEFAULT).sound, seconds + 2 * SETTLE_S)
    async with _service("asr.engine=reference") as service:
        say(f"{IDLE} idle connections")
        async with _idle(service.tap):
            idle_cpu, _ = await _watched(service, seconds)
        say(f"{CALLS} calls without words")
        async with background(_calls(service.tap, played, CALLS)):
            calls_cpu, waits = await _watched(service, seconds)
        say(f"{CALLS} calls and {HOSTILE} hostile clients")
        hostile = (_misbehave(service.tap, number) for number in range(HOSTILE))
        async with background(_calls(service.tap, played, CALLS), *hostile):
            hostile_cpu, waits_hostile = await _watched(service, seconds)
    async with _service("asr.engine=whisper", f"asr.model={model}") as service:
        say(f"{TRANSCRIBED} calls being transcribed")
        async with background(_calls(service.tap, played, TRANSCRIBED)):
            transcribed_cpu, waits_transcribed = await _watched(service, seconds)
    return TapsBench(
        seconds=seconds,
        calls=CALLS,
        waits=waits,
        calls_cpu=calls_cpu,
        hostile=HOSTILE,
        waits_hostile=waits_hostile,
        hostile_cpu=hostile_cpu,
        idle=IDLE,
        idle_cpu=idle_cpu,
        transcribed=TRANSCRIBED,
        waits_transcribed=waits_transcribed,
        transcribed_cpu=transcribed_cpu,
    )


async def _watched(service: _Service, seconds: float) -> tuple[float | None, Waits]:
    await asyncio.sleep(SETTLE_S)
    before, then = usage(service.pid), await _buckets(service.metrics)
    await asyncio.sleep(seconds)
    after, now = usage(service.pid), await _buckets(service.metrics)
    return share(before, after, seconds), waits_of(then, now)


def waits_of(then: dict[float, float], now: dict[float, float]) -> Waits:
    """What came between two looks at a histogram, upper bounds (s) with the count up to each."""
    counts = {bound: now[bound] - then.get(bound, 0) for bound in sorted(now)}
    frames = max(counts.values(), default=0)
    p99_s = next((bound for bound, count in counts.items() if frames and count >= 0.99 * frames), 0.0)
    return Waits(int(frames), int(frames - counts.get(0.005, frames)), round(p99_s * 1000, 2))


async def _buckets(url: str) -> dict[float, float]:
    text = await asyncio.to_thread(lambda: urlopen(url, timeout=5).read().decode())  # noqa: S310 - our own service
    return {float(bound): float(count) for bound, count in _BUCKET.findall(text)}


@asynccontextmanager
async def _service(*asr: str) -> AsyncIterator[_Service]:
    monitor = ports.free_pair()
    sets = [
        f"taps.port={ports.free_pair()}",
        f"bus.port={ports.free_pair()}",
        f"monitor.port={monitor}",
        f"taps.max_calls={IDLE + CALLS}",
        f"taps.per_address={IDLE + CALLS + 4 * HOSTILE}",
        "taps.idle_s=600",
        "taps.resume_s=0",
        *asr,
    ]
    with tempfile.TemporaryDirectory(prefix="sidecar-bench-") as home:
        async with started("run", sets, Path(home), "taking calls") as process:
            tap = address(config.load(sets=sets).taps, Path(home) / "keys")
            yield _Service(process, tap, f"http://127.0.0.1:{monitor}/metrics")


async def _calls(tap: TapAddress, played: Sound, many: int) -> None:
    """As many calls as are asked for, begun within a second, in several dialects.

    They begin out of step with the 20 ms of their messages: platforms share no clock, and messages that all come at
    once would wait for each other.
    """
    base = tap.url.removesuffix("/plain")

    async def one(number: int) -> None:
        await asyncio.sleep(number * _GOLDEN % 1)
        made = clients(_NAMES[number % len(_NAMES)], Asked(call_id=unique("bench"), token=tap.token))
        await play([Leg(each, base + each.path) for each in made], played, 1.0)

    async with asyncio.TaskGroup() as group:
        for number in range(many):
            group.create_task(one(number))


@asynccontextmanager
async def _idle(tap: TapAddress) -> AsyncIterator[None]:
    """Connections that say which call they carry, and then nothing."""
    async with AsyncExitStack() as stack:
        for _ in range(IDLE):
            socket = await stack.enter_async_context(connect(tap.url, additional_headers=_shown(tap), proxy=None))
            hello = {"type": "hello", "version": 1, "call_id": unique("idle"), "rate_hz": 8000}
            await socket.send(json.dumps(hello))
            await socket.recv()
        yield


async def _misbehave(tap: TapAddress, number: int) -> None:
    """Break the rules for ever, each time in another way and on a new connection."""
    paths = ("plain", "twilio", "audiohook", "jambonz", "asterisk")
    while True:
        number += 1
        url = tap.url.removesuffix("plain") + paths[number % len(paths)]
        with suppress(OSError, WebSocketException, TimeoutError):
            async with asyncio.timeout(2), connect(url, additional_headers=_shown(tap), proxy=None) as socket:
                for _ in range(5):
                    await socket.send(_BAD[number % len(_BAD)])
                await socket.wait_closed()
        await asyncio.sleep(0.05)


def _shown(tap: TapAddress) -> dict[str, str]:
    return {"Authorization": f"Bearer {tap.token}"}
