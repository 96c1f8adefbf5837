"""The service killed in mid-call and started again, as real processes: nothing kept is lost, all find back."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from websockets.asyncio.client import ClientConnection, connect

from sidecar import bus, config, keys, places
from sidecar.journal import read_journal
from sidecar.library import Library
from sidecar.tapclient import address
from sidecar.taptest import sound
from streams.busline import BusAddress, BusLine, LinkChange
from streams.events import AudioPaused, AudioResumed, CallEnded, CallStarted, Event, SpeechStarted
from streams.wire import Command, Envelope, Snapshot
from tests.sidecar.commands.programs import Programs
from tests.sidecar.test_service import DEMO

SECOND = 16_000 * 2
"""Bytes of both sides."""


async def speak(socket: ClientConnection, pcm: bytes) -> None:
    for at in range(0, len(pcm), 640):
        await socket.send(pcm[at : at + 640])


async def until(line: BusLine, wanted: type) -> list[object]:
    """What a screen sees until an event of that kind."""
    seen: list[object] = []
    async for item in line:
        events = item.events if isinstance(item, Snapshot) else [item.event] if isinstance(item, Envelope) else [item]
        seen += events
        if any(isinstance(event, wanted) for event in events):
            return seen
    raise AssertionError("the line ended")


class Caller(NamedTuple):
    """Whoever sends call c1 to the service, and where its screens find it."""

    url: str
    token: str
    bus: BusAddress
    pcm: bytes

    @asynccontextmanager
    async def call(self) -> AsyncIterator[ClientConnection]:
        """The call, begun or taken up again."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with connect(self.url, additional_headers=headers, proxy=None) as socket:
            await socket.send(json.dumps({"type": "hello", "version": 1, "call_id": "c1", "rate_hz": 8000}))
            await socket.recv()
            yield socket


def caller(programs: Programs) -> Caller:
    """Known once the service has run: it makes the keys."""
    settings, where = config.load(sets=programs.sets[1::2]), places.find()
    tap, played = address(settings.taps, where.keys_dir), sound.read(DEMO, 16)
    pcm = sound.side_by_side(played.agent, played.customer, 2)
    return Caller(tap.url, tap.token, bus.address(settings.bus, keys.load(where.keys_dir)), pcm)


def events_of(folder: Path) -> tuple[Event, ...]:
    return read_journal(folder).events  # type: ignore[return-value]


async def test_a_killed_service_leaves_a_whole_journal_and_finds_its_call_and_screen_again(programs: Programs) -> None:
    service = await asyncio.to_thread(programs.service)
    tap = caller(programs)
    async with asyncio.timeout(60), BusLine(tap.bus) as screen:
        async with tap.call() as socket:
            await speak(socket, tap.pcm[: 8 * SECOND])
            seen = await until(screen, SpeechStarted)
            assert any(isinstance(event, CallStarted) for event in seen)
            service.send_signal(signal.SIGKILL)
            await asyncio.to_thread(service.wait)
        await asyncio.to_thread(programs.service)
        async with tap.call() as socket:
            await speak(socket, tap.pcm[8 * SECOND :])
            await socket.send('{"type":"end"}')
            await socket.wait_closed()
        # On a busy machine the link may count as lost before the service is killed, and then is not lost again.
        seen += await until(screen, CallEnded)
    assert any(isinstance(item, LinkChange) and item.state == "lost" for item in seen)
    assert {event.call_id for event in seen if isinstance(event, CallStarted)} == {"c1"}
    library = Library(places.find().journals_dir)
    before, after = library.parts("c1")
    (one,) = library.calls()
    assert one.note == "the service ended in it; 2 parts"
    assert "ends before the call does" in read_journal(before).cut
    assert (before / "events.jsonl").read_bytes().endswith(b"\n")
    assert any(isinstance(event, SpeechStarted) for event in events_of(before))
    assert read_journal(after).cut == ""
    assert read_journal(after).started.call_id == read_journal(before).started.call_id == "c1"


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
async def test_an_agents_pause_outlasts_the_service(programs: Programs, ended_by: signal.Signals) -> None:
    programs.sets = (*programs.sets, "--set", "taps.drain_s=0", "--set", "journal.enabled=false")
    service = await asyncio.to_thread(programs.service)
    tap = caller(programs)
    async with asyncio.timeout(60), BusLine(tap.bus) as screen:
        async with tap.call() as socket:
            await speak(socket, tap.pcm[: 8 * SECOND])
            await until(screen, SpeechStarted)
            assert (await screen.send(Command(action="pause", call_id="c1", value="on"))).ok
            await until(screen, AudioPaused)
            service.send_signal(ended_by)
            await asyncio.to_thread(service.wait)
        await asyncio.to_thread(programs.service)
        async with tap.call() as socket:
            seen = await until(screen, AudioPaused)
            assert [event.reason for event in seen if isinstance(event, AudioPaused)][-1] == "agent_before"
            await speak(socket, tap.pcm[: 8 * SECOND])
            assert (await screen.send(Command(action="pause", call_id="c1", value="off"))).ok
            assert not [event for event in await until(screen, AudioResumed) if isinstance(event, SpeechStarted)]
            await speak(socket, tap.pcm[: 8 * SECOND])
            await until(screen, SpeechStarted)
            await socket.send('{"type":"end"}')
            await socket.wait_closed()
            await until(screen, CallEnded)
        async with tap.call() as socket:
            await speak(socket, tap.pcm[: 8 * SECOND])
            assert not [event for event in await until(screen, SpeechStarted) if isinstance(event, AudioPaused)]
