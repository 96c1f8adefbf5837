"""What a gateway costs: one is started as a program of its own, platforms call it over TLS, workstations dial in.

Black box: its processor time comes from the system; samples are counted where they were sent and where they came out.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import msgspec
import zmq

from sidecar import demo, keys, ports, tapclient
from sidecar.bench.child import started
from sidecar.bench.floor.usage import share, usage
from sidecar.gateway.dialler import LINE_QUEUE, Dialler
from sidecar.hub.keyring import RollFile
from sidecar.hub.roll import Client
from sidecar.keys import KeyPair
from sidecar.taptest import sound
from sidecar.taptest.client import Asked, unique
from sidecar.taptest.dialects import clients
from sidecar.taptest.playing import Leg, play
from sidecar.taptest.sound import Sound
from sidecar.wires import Wire
from streams.background import background
from streams.floorlink import FloorAddress, dealer
from streams.taps.dialect import Dialect, Hole, SayLost
from streams.taps.dialect import Sound as Heard

STATIONS = 20
SETTLE_S = 2.0
_NAMES = ("audiohook", "twilio", "telnyx", "jambonz")


class GatewayBench(msgspec.Struct, frozen=True, kw_only=True):
    """The figures; `cpu` is the gateway's share of one core, `heard` the share of what was sent that came out."""

    seconds: float
    calls: int
    stations: int
    tls: bool
    cpu: float | None
    most_mb: float
    heard: float
    lost_ms: int


class _Ears:
    """What came out at the workstations: samples of every side, and what was announced as lost."""

    def __init__(self) -> None:
        self.samples = 0
        self.lost_ms = 0

    async def receive(self, wire: Wire, dialect: Dialect, source: str) -> None:  # noqa: ARG002 - the reception's form
        with suppress(ConnectionError):
            while isinstance(message := await wire.receive(), bytes):
                for piece in dialect.receive_bytes(message):
                    if isinstance(piece, Heard):
                        self.samples += len(piece.pcm) // 2
                    elif isinstance(piece, Hole | SayLost):
                        self.lost_ms += piece.lost_ms
        await wire.close(failed=False)


async def measure(calls: int, seconds: float, say: Callable[[str], None]) -> GatewayBench:
    """Carry so many calls of two sides for so long.

    Raises TapError when the gateway does not start or does not carry a call.
    """
    played = sound.read(demo.find(demo.DEFAULT).sound, seconds + 2 * SETTLE_S + calls / _PER_S)
    with tempfile.TemporaryDirectory(prefix="sidecar-bench-") as folder:
        home = Path(folder)
        certificate = await _certificate(home)
        known = _known(home / "keys")
        ears = _Ears()
        async with _gateway(home, certificate) as (pid, url, hub), _dialled_in(hub, home, known, ears):
            say(f"{calls} calls for {len(known)} workstations, {'over TLS' if certificate else 'without TLS'}")
            asked = [
                Asked(call_id=unique("bench"), agent=f"agent-{number % STATIONS}", token=keys.token(home / "keys"))
                for number in range(calls)
            ]
            sent: list[int] = []
            async with asyncio.TaskGroup() as group:
                group.create_task(_all(asked, url, certificate, played, sent))
                await asyncio.sleep(calls / _PER_S + SETTLE_S)
                before = usage(pid)
                await asyncio.sleep(seconds)
                after = usage(pid)
            await asyncio.sleep(SETTLE_S)
    return GatewayBench(
        seconds=seconds,
        calls=calls,
        stations=len(known),
        tls=bool(certificate),
        cpu=share(before, after, seconds),
        most_mb=after.most_mb if after else 0.0,
        heard=round(ears.samples / max(sum(sent), 1), 6),
        lost_ms=ears.lost_ms,
    )


_PER_S = 50
"""Calls that begin in a second."""


async def _all(asked: Sequence[Asked], url: str, certificate: str, played: Sound, sent: list[int]) -> None:
    trust = tapclient.trusting(certificate)

    async def one(number: int, each: Asked) -> None:
        await asyncio.sleep(number / _PER_S)
        [client] = clients(_NAMES[number % len(_NAMES)], each)
        [carried] = await play([Leg(client, url + client.path)], played, 1.0, trust)
        sent.append(sum(carried.samples.values()))

    async with asyncio.TaskGroup() as group:
        for number, each in enumerate(asked):
            group.create_task(one(number, each))


@asynccontextmanager
async def _gateway(home: Path, certificate: str) -> AsyncIterator[tuple[int, str, str]]:
    """A gateway of that home: its process, and where platforms and workstations find it."""
    port, dialled = ports.free_pair(), ports.free_pair()
    sets = [f"taps.port={port}", f"gateway.port={dialled}", "taps.per_address=10000", "gateway.max_calls=1000"]
    if certificate:
        sets += [f"taps.tls.certificate={certificate}", f"taps.tls.key={home / 'key.pem'}"]
    async with started("gateway", sets, home, "gateway.key") as process:
        yield process, f"{'wss' if certificate else 'ws'}://127.0.0.1:{port}", f"tcp://127.0.0.1:{dialled}"


@asynccontextmanager
async def _dialled_in(hub: str, home: Path, known: Sequence[KeyPair], ears: _Ears) -> AsyncIterator[None]:
    """Workstations that take their calls, each over an encrypted connection of its own."""
    gateway = keys.pair(home / "keys", "gateway").public.encode()
    async with AsyncExitStack() as stack:
        for pair in known:
            address = FloorAddress(
                hub=hub, server_public=gateway, client_public=pair.public.encode(), client_secret=pair.secret.encode()
            )
            link = stack.enter_context(dealer(address, waiting=LINE_QUEUE))
            await stack.enter_async_context(background(Dialler(link, ears.receive, "bench").run()))
        await asyncio.sleep(SETTLE_S)
        yield


def _known(keys_dir: Path) -> list[KeyPair]:
    """Keys of workstations that the gateway will let in, each with an agent of its own."""
    keys_dir.mkdir(mode=0o700)
    roll_file = RollFile(keys_dir)
    roll, pairs = roll_file.read(), []
    for number in range(STATIONS):
        public, secret = (half.decode() for half in zmq.curve_keypair())
        pairs.append(KeyPair(public=public, secret=secret))
        roll = roll.with_client(Client(public=public, role="agent", name=f"desk-{number}", agents=(f"agent-{number}",)))
    roll_file.write(roll)
    return pairs


async def _certificate(home: Path) -> str:
    """A certificate of a day for this machine, made by the `openssl` program; empty where there is none."""
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1")
    files = ("-keyout", str(home / "key.pem"), "-out", str(home / "certificate.pem"))
    names = ("-addext", "subjectAltName=IP:127.0.0.1")
    try:
        child = await asyncio.create_subprocess_exec(
            *("openssl", *made, *names, *files), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError:
        return ""
    return "" if await child.wait() else str(home / "certificate.pem")
