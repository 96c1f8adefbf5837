"""One run of the floor's bench: how many agents for how long flows in, one report flows out.

A hub as `sidecar hub` runs it, one process with all workstations, and one with a floor: traffic settles first, then it
is counted, then everything is audited, and at the end the hub is killed and started anew.
"""

import asyncio
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sidecar import ports
from sidecar.bench.floor.talk import Child
from sidecar.bench.floor.usage import Usage, share, usage
from sidecar.hub import keyring
from sidecar.hub.keyring import RollFile
from sidecar.hub.roll import Client, Roll
from sidecar.hub.store import FILE_NAME, Store
from sidecar.keys import KeyPair, new_pair
from sidecar.places import HOME_VARIABLE, ensure
from streams.errors import BusError
from streams.floor import Role
from streams.floorlink import FloorAddress

TEAM = "bench"
WARM_UP_S = 5.0
REACH_S = 120.0
WHOLE_AGAIN_S = 60.0
LOOK_AGAIN_S = 0.02


class Latency(msgspec.Struct, frozen=True):
    """Milliseconds at three ranks."""

    p50: float
    p95: float
    p99: float


class FloorBench(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one run; processor use is a share of one core, None where the system does not tell.

    `lost` counts calls whose newest state the floor did not have at the end, states that went backwards, and alerts and
    ended calls that the hub did not store exactly once. `reconnect_s` is from the new hub's first word until the floor
    had all calls again.
    """

    agents: int
    minutes: float
    states_per_s: float
    event_to_floor_ms: Latency
    note_ms: Latency
    notes: int
    hub_cpu: float | None
    hub_rss_mb: float | None
    floor_cpu: float | None
    floor_rss_mb: float | None
    floor_fps: float
    agents_cpu: float | None
    lost: int
    reconnect_s: float


class Settings(msgspec.Struct, frozen=True):
    """What a child needs: the keys of those it plays, and where the hub is."""

    hub: str
    hub_key: str
    pairs: tuple[KeyPair, ...]

    def addresses(self) -> list[FloorAddress]:
        """How each of them reaches the hub."""
        return [
            FloorAddress(
                hub=self.hub,
                server_public=self.hub_key.encode(),
                client_public=pair.public.encode(),
                client_secret=pair.secret.encode(),
            )
            for pair in self.pairs
        ]


class _Counted(NamedTuple):
    """What was counted: use before and after of hub, floor and workstations, and everybody's books."""

    wall_s: float
    before: list[Usage | None]
    after: list[Usage | None]
    ledger: dict[str, Any]
    seen: dict[str, Any]
    stored: dict[str, Any]


async def measure(agents: int, minutes: float, say: Callable[[str], None]) -> FloorBench:
    """Play a floor of so many agents for so long.

    Raises BusError when the floor does not come about.
    """
    with tempfile.TemporaryDirectory(prefix="sidecar-floor-") as name:
        site = _Site(Path(name), agents)
        async with (
            site.hub() as hub,
            site.child("stations", site.stations_file) as stations,
            site.child("screen", site.floor_file) as screen,
        ):
            await _all_there(screen, agents, REACH_S)
            say(f"{agents} workstations are on the floor")
            await asyncio.sleep(WARM_UP_S)
            pids = (hub.pid, screen.pid, stations.pid)
            await stations.ask("begin")
            await screen.ask("begin")
            before, began_s = [usage(pid) for pid in pids], time.monotonic()
            await asyncio.sleep(minutes * 60)
            after, wall_s = [usage(pid) for pid in pids], time.monotonic() - began_s
            await screen.ask("stop")
            ledger = await stations.ask("end")
            seen = await screen.ask("end")
            say("killing the hub")
            hub.send_signal(signal.SIGKILL)
            await hub.wait()
            await screen.ask("lost")
            async with site.hub():
                again_s = time.monotonic()
                await _all_there(screen, agents, WHOLE_AGAIN_S)
                reconnect_s = time.monotonic() - again_s
        stored = site.stored()
    counted = _Counted(wall_s, before, after, ledger, seen, stored)
    return _report(counted, agents, minutes, reconnect_s)


class _Site:
    """A home of its own for the hub, with everybody's keys."""

    def __init__(self, home: Path, agents: int) -> None:
        self._home = ensure(home / "home")
        self._port = ports.free_pair()
        keys_dir = ensure(self._home / "keys")
        own = keyring.own_pair(keys_dir)
        everybody: list[tuple[str, Role, KeyPair]] = [(f"desk-{n}", "agent", new_pair()) for n in range(agents)]
        everybody.append(("Sol", "supervisor", new_pair()))
        roll = Roll(Client(name=name, role=role, public=pair.public, teams=(TEAM,)) for name, role, pair in everybody)
        RollFile(keys_dir).write(roll)
        pairs = tuple(pair for _, _, pair in everybody)
        self.stations_file = self._settings("stations", own.public, pairs[:-1])
        self.floor_file = self._settings("floor", own.public, pairs[-1:])

    def stored(self) -> dict[str, object]:
        """How many alerts and ended calls the hub has."""
        return Store(self._home / FILE_NAME, 0.0).read(_count)

    @asynccontextmanager
    async def hub(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """A hub that listens, for as long as the block runs."""
        process = await self._start("hub", stderr=asyncio.subprocess.PIPE)
        try:
            assert process.stderr is not None
            async with asyncio.timeout(REACH_S):
                line = await process.stderr.readline()
            if b"listening" not in line:
                raise BusError(f"the hub did not start: {line.decode().strip()}")
            yield process
        finally:
            await _end(process)

    @asynccontextmanager
    async def child(self, name: str, settings: Path) -> AsyncIterator[Child]:
        """A child of the bench, for as long as the block runs."""
        pipe = asyncio.subprocess.PIPE
        process = await self._start("bench", "floor", f"--{name}", str(settings), stdin=pipe, stdout=pipe)
        try:
            yield Child(process, name)
        finally:
            await _end(process)

    async def _start(self, *words: str, **streams: Any) -> asyncio.subprocess.Process:
        program = "from sidecar.program import main; main()"
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            program,
            "--set",
            f"hub.port={self._port}",
            *words,
            env={**os.environ, HOME_VARIABLE: str(self._home)},
            limit=2**24,
            **streams,
        )

    def _settings(self, name: str, hub_key: str, pairs: tuple[KeyPair, ...]) -> Path:
        path = self._home / f"{name}.json"
        path.touch(mode=0o600)
        path.write_bytes(msgspec.json.encode(Settings(f"tcp://127.0.0.1:{self._port}", hub_key, pairs)))
        return path


def _count(database: sqlite3.Connection) -> dict[str, object]:
    return {
        "alerts": database.execute("SELECT count(*) FROM alert").fetchone()[0],
        "ended": database.execute("SELECT count(*) FROM ended").fetchone()[0],
    }


async def _all_there(screen: Child, agents: int, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            while (await screen.ask("calls"))["calls"] < agents:  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(LOOK_AGAIN_S)
    except TimeoutError:
        raise BusError(f"not all of {agents} workstations came to the floor within {within_s:g} s") from None


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.wait()


def _report(counted: _Counted, agents: int, minutes: float, reconnect_s: float) -> FloorBench:
    ledger, seen, stored, wall_s = counted.ledger, counted.seen, counted.stored, counted.wall_s
    hub_cpu, floor_cpu, agents_cpu = (share(*used, wall_s) for used in zip(counted.before, counted.after, strict=True))
    hub_after, floor_after, _ = counted.after
    newest, shown = ledger["newest"], seen["newest"]
    lost = sum(shown.get(call_id) != at_ms for call_id, at_ms in newest.items()) + seen["backwards"]
    lost += abs(ledger["alerts"] - stored["alerts"]) + abs(ledger["ended"] - stored["ended"]) + ledger["waiting"]
    notes = sorted(ledger["note_ms"])
    return FloorBench(
        agents=agents,
        minutes=minutes,
        states_per_s=round(ledger["states"] / wall_s, 1),
        event_to_floor_ms=Latency(seen["p50"], seen["p95"], seen["p99"]),
        note_ms=Latency(*(_rank(notes, rank) for rank in (0.5, 0.95, 0.99))),
        notes=len(notes),
        hub_cpu=hub_cpu,
        hub_rss_mb=None if hub_after is None else round(hub_after.most_mb, 1),
        floor_cpu=floor_cpu,
        floor_rss_mb=None if floor_after is None else round(floor_after.most_mb, 1),
        floor_fps=round(seen["frames"] / seen["measured_s"], 1),
        agents_cpu=agents_cpu,
        lost=lost,
        reconnect_s=round(reconnect_s, 2),
    )


def _rank(ordered: list[float], rank: float) -> float:
    return round(ordered[min(int(len(ordered) * rank), len(ordered) - 1)], 1) if ordered else 0.0
