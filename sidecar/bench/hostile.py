"""How late words are while clients misbehave, against how late they are without: one run, spells of both in turn.

The service runs in a process of its own with the real work of a recogniser, two calls come in over its socket, and each
word is timed where a screen would get it. So both sides of the ratio share the machine and the moment.
"""

import asyncio
import multiprocessing as mp
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import msgspec

from sidecar import bus, config, keys, places, ports, recogniser, running, tapclient
from sidecar.bench import assault
from sidecar.bench.conversation import Conversation
from sidecar.bench.engines import Engine, Subject
from sidecar.bench.score import score
from sidecar.bench.spread import Spread, spread
from sidecar.bench.watch import Stamped, Stopwatch
from sidecar.config_sections import Config
from sidecar.pace import Pace
from sidecar.places import HOME_VARIABLE
from sidecar.service import Service
from sidecar.tapclient import TapAddress
from streams.background import background
from streams.busline import BusAddress, BusLine
from streams.clock import WallClock
from streams.errors import TapError
from streams.events import AudioFrame, Hypothesis, Utterance
from streams.taps.plain_messages import VERSION, Hello
from streams.wire import Envelope

CALLS, CLIENTS = 2, 20
SETTLE_S = 2.0
"""Of each spell, whose words are not counted: they began in the one before."""
START_S = 60.0
_SPAWN = mp.get_context("spawn")


class HostileBench(msgspec.Struct, frozen=True, kw_only=True):
    """How long words took from their true end until a screen had them, ms; ratios are disturbed over undisturbed."""

    about: str
    model: str
    spell_s: float
    calls: int
    clients: int
    calm: Spread
    disturbed: Spread
    p50_ratio: float
    p95_ratio: float


async def measure(subject: Subject, spells: int, spell_s: float, say: Callable[[str], None]) -> HostileBench:
    """Measure with so many spells of each kind.

    Raises TapError when the service does not start.
    """
    seconds = 2 * spells * spell_s
    talks = {f"call-{number}": Conversation(round(seconds * 1000), first=number) for number in range(CALLS)}
    watches = {call_id: Stopwatch() for call_id in talks}
    heard: dict[str, list[Stamped]] = {call_id: [] for call_id in talks}
    with tempfile.TemporaryDirectory(prefix="sidecar-bench-") as home:
        async with (
            _service(Path(home), subject, round(seconds * 1000)) as (tap, screen),
            BusLine(screen) as line,
            background(_listen(line, watches, heard)),
            asyncio.TaskGroup() as group,
        ):
            for call_id, talk in talks.items():
                group.create_task(_call(talk, call_id, tap, watches[call_id]))
            group.create_task(_disturb(tap, spells, spell_s, say))
    calm_ms: list[float] = []
    disturbed_ms: list[float] = []
    for call_id, talk in talks.items():
        for word in score(talk.words, heard[call_id]).shown:
            spell, into_s = divmod(word.at_ms / 1000, spell_s)
            if into_s >= SETTLE_S:
                (disturbed_ms if int(spell) % 2 else calm_ms).append(word.total_ms)
    calm, disturbed = spread(calm_ms), spread(disturbed_ms)
    return HostileBench(
        about=subject.about,
        model=subject.name,
        spell_s=spell_s,
        calls=CALLS,
        clients=CLIENTS,
        calm=calm,
        disturbed=disturbed,
        p50_ratio=_ratio(disturbed.p50, calm.p50),
        p95_ratio=_ratio(disturbed.p95, calm.p95),
    )


def _ratio(one: float, other: float) -> float:
    return round(one / other, 3) if other else 0.0


async def _disturb(tap: TapAddress, spells: int, spell_s: float, say: Callable[[str], None]) -> None:
    for number in range(spells):
        say(f"{CALLS} calls alone")
        await asyncio.sleep(spell_s)
        say(f"{CALLS} calls and {CLIENTS} hostile clients, {number + 1} of {spells}")
        with _process(assault.run, tap, CLIENTS):
            await asyncio.sleep(spell_s)


async def _call(talk: Conversation, call_id: str, tap: TapAddress, watch: Stopwatch) -> None:
    frames = talk.frames(call_id)
    first = next(frames)
    hello = Hello(
        version=VERSION,
        call_id=call_id,
        rate_hz=8000 if first.rate_hz == 8000 else 16_000,
        channels=talk.channels,
    )
    await tapclient.play(_from_now(first, frames, watch), hello, tap, Pace(1.0, WallClock()))


def _from_now(first: AudioFrame, frames: Iterator[AudioFrame], watch: Stopwatch) -> Iterator[AudioFrame]:
    """The stopwatch begins with the first frame."""
    watch.start()
    yield first
    yield from frames


async def _listen(line: BusLine, watches: Mapping[str, Stopwatch], heard: Mapping[str, list[Stamped]]) -> None:
    async for item in line:
        if not (isinstance(item, Envelope) and isinstance(item.event, Hypothesis | Utterance)):
            continue
        if (call_id := item.event.call_id) in heard:
            heard[call_id].append(Stamped(watches[call_id].now_ms(), item.event))


@asynccontextmanager
async def _service(home: Path, subject: Subject, duration_ms: int) -> AsyncIterator[tuple[TapAddress, BusAddress]]:
    sets = (
        *(f"taps.port={ports.free_pair()}", f"bus.port={ports.free_pair()}"),
        *("taps.dialects.audiosocket=false", "taps.resume_s=0", "asr.download=false"),
    )
    ours, theirs = _SPAWN.Pipe(duplex=False)
    with _process(_serve, theirs, home, sets, subject, duration_ms):
        said = await asyncio.to_thread(_first_words, ours)
        if "taking calls" not in said:
            raise TapError(f"the service to be measured did not start: {said}")
        settings, keys_dir = config.load(sets=sets), home / "keys"
        yield tapclient.address(settings.taps, keys_dir), bus.address(settings.bus, keys.load(keys_dir))


def _first_words(from_service: Connection) -> str:
    try:
        return str(from_service.recv()) if from_service.poll(START_S) else "it said nothing"
    except EOFError:
        return "it ended at once"


def _serve(said: Connection, home: Path, sets: Sequence[str], subject: Subject, duration_ms: int) -> None:
    """The service as a process of its own, with the words of the calls that will come; its log is nobody's."""
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    os.environ[HOME_VARIABLE] = str(home)
    settings: Config = config.load(sets=sets)
    where = places.find()
    engine = Engine(recogniser.load(settings.asr, subject.directory), subject)
    engine.expect({f"call-{number}": Conversation(duration_ms, first=number) for number in range(CALLS)})
    service = Service(lambda: settings, where, keys.load(where.keys_dir), keys.token(where.keys_dir), engine)
    running.serve(lambda: service.run(said.send))


@contextmanager
def _process(target: Callable[..., None], *args: object) -> Iterator[BaseProcess]:
    """A process for as long as the block runs."""
    process = _SPAWN.Process(target=target, args=args, daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
