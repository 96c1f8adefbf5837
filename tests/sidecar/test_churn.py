"""Thousands of short calls one after the other: nothing is left behind of any of them."""

import asyncio
import gc
import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from websockets.asyncio.client import connect

from sidecar import service
from sidecar.bench.machine import resident_mb
from sidecar.tapclient import TapAddress
from sidecar.taptest.client import Asked
from sidecar.taptest.dialects import clients
from sidecar.taptest.playing import Leg, play
from sidecar.taptest.sound import Sound
from tests.sidecar.test_service import Run

AT_ONCE = 4
NAMES = ("plain", "audiohook", "twilio", "jambonz", "asterisk", "plivo")
MOMENT = Sound(b"\x01\x00" * 1600, b"\x02\x00" * 1600, 8000)


class State(NamedTuple):
    """What the process holds."""

    calls: int
    rss_mb: float
    objects: int
    tasks: int
    files: int


def state(calls: int) -> State:
    gc.collect()
    files = len([*Path("/proc/self/fd").iterdir()]) if sys.platform == "linux" else 0
    return State(calls, resident_mb(), len(gc.get_objects()), len(asyncio.all_tasks()), files)


async def broken_off(tap: TapAddress, number: int) -> None:
    """A client that goes away without a word, as one in five does."""
    headers = {"Authorization": f"Bearer {tap.token}"}
    async with connect(tap.url, additional_headers=headers, proxy=None) as socket:
        await socket.send(json.dumps({"type": "hello", "version": 1, "call_id": f"broken-{number}", "rate_hz": 8000}))
        await socket.recv()
        socket.transport.abort()


async def short_calls(tap: TapAddress, first: int, count: int) -> None:
    base, token = tap.url.removesuffix("/plain"), tap.token
    numbers = iter(range(first, first + count))

    async def some() -> None:
        for number in numbers:
            if number % 5 == 4:
                await broken_off(tap, number)
                continue
            made = clients(NAMES[number % len(NAMES)], Asked(call_id=f"call-{number}", token=token))
            await play([Leg(one, base + one.path) for one in made], MOMENT, None)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(some())


async def quiet(run: Run) -> None:
    """Until the last call is over."""
    async with asyncio.timeout(60):
        while run.service._reception.calls:  # noqa: ASYNC110 - the service tells nobody
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("calls", "parts"), [(40, 2), pytest.param(20_000, 20, marks=[pytest.mark.soak, pytest.mark.timeout(7_200)])]
)
async def test_short_calls_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch, calls: int, parts: int) -> None:
    monkeypatch.setattr(service, "WRAP_UP_S", 0.0)
    seen: list[State] = []
    began_s = time.monotonic()
    async with Run("taps.max_calls=64", "taps.per_address=64", "taps.resume_s=0").going() as run:
        tap = run.tap
        for part in range(parts):
            await short_calls(tap, part * calls // parts, calls // parts)
            await quiet(run)
            seen.append(state((part + 1) * calls // parts))
            print(f"{time.monotonic() - began_s:7.1f} s  {seen[-1]}", flush=True)
    first, last = seen[min(1, len(seen) - 2)], seen[-1]
    # One connection may still be saying goodbye when the state is looked at.
    assert abs(last.tasks - first.tasks) <= 2
    assert abs(last.files - first.files) <= 2
    if calls > 1000:
        per_call = (last.rss_mb - first.rss_mb) * 1024 / (last.calls - first.calls)
        assert per_call < 0.5, f"{per_call:.2f} KiB a call"
        assert (last.objects - first.objects) / (last.calls - first.calls) < 1
