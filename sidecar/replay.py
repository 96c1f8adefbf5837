"""Playing a call from what lies on disk: material and ears flow in, the whole path runs, events flow to the sinks.

The same path as a live call's: frames through the listening loop, words through the redactor, events to the coach. Only
two things differ. The source is read at any speed, and at full speed (or with an engine that takes no time) a virtual
compute clock stands for the machine, so that the outcome does not depend on it.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import msgspec

from sidecar.call import Call
from sidecar.config import loop_settings
from sidecar.config_sections import Config
from sidecar.desk import Desk, VirtualDesk, WorkerDesk
from sidecar.ears import Ears, NoWords
from sidecar.material import Material
from sidecar.pace import Pace
from sidecar.pausing import Pausing
from sidecar.rulebook import read_pack
from sidecar.runner import CallRunner, Sink, steadily
from streams.clock import WallClock
from streams.events import AudioFrame, CallContext, CallStarted, Event
from streams.loop import ListeningLoop
from streams.vad import SileroProbe
from streams.workers import DecodeWorkers


def context_of(
    config: Config, call_id: str, history: dict[str, tuple[bool, ...]] | None = None, peaks: tuple[float, ...] = ()
) -> CallContext:
    """What a new call is decided on; `history` and `peaks` are remembered of the agent's thumbs and last calls.

    Raises PackError when the configured rule pack cannot be read.
    """
    return CallContext(
        call_id=call_id,
        at_ms=0,
        config=msgspec.to_builtins(config.nudges),
        pack=read_pack(config.nudges.pack),
        history=history or {},
        peaks=peaks,
    )


def began(material: Material, ears: Ears | None, started_at: str) -> CallStarted:
    """The call's first event; a journal's own is kept as it is."""
    if material.kind == "journal":
        return material.started
    words_from = "text" if ears is None else ears.words_from
    return msgspec.structs.replace(material.started, started_at=started_at, words_from=words_from)


def make_call(
    started: CallStarted, context: CallContext, config: Config, *, listens: bool, paused_ms: int | None = None
) -> Call:
    """A call with all its stages; one that `listens` turns sound into words itself.

    `paused_ms` is how long the agent's pause has lasted that it begins in, None where it begins in none.
    """
    loop = None
    if listens:
        probes = {channel: SileroProbe() for channel in started.channels}
        loop = ListeningLoop(started.call_id, started.channels, loop_settings(config), probes)
    pausing = Pausing(config.taps.pause_s * 1000, lasted_ms=paused_ms)
    return Call(started.call_id, started, context, loop, pausing=pausing)


async def play(
    call: Call,
    source: Iterable[Event | AudioFrame],
    ears: Ears | None,
    config: Config,
    sinks: Sequence[Sink],
    *,
    speed: float | None,
    report: Callable[[str], None],
    follow: Callable[[CallRunner], None] = lambda _: None,
) -> None:
    """Play a source to its end at `speed` times real time, or without waiting.

    `follow` gets the runner before it begins. Cancelled, the call ends as interrupted.
    """
    async with _desk(ears, config, waits=speed is not None) as desk:
        runner = CallRunner(call, desk, sinks, pace=Pace(speed, WallClock()), report=report)
        follow(runner)
        await runner.run(steadily(source))


@asynccontextmanager
async def _desk(ears: Ears | None, config: Config, *, waits: bool) -> AsyncIterator[Desk]:
    asr = config.asr
    if ears is None or not ears.computes:
        engine = NoWords() if ears is None else ears.transcriber
        yield VirtualDesk(engine, asr.partial_lag_ms, asr.final_lag_ms)
    elif waits:
        workers = DecodeWorkers(ears.transcriber, asr.decode_threads)
        try:
            yield WorkerDesk(workers)
        finally:
            await workers.aclose()
    else:
        with ThreadPoolExecutor(asr.workers, thread_name_prefix="decode") as threads:
            try:
                yield VirtualDesk(ears.transcriber, asr.partial_lag_ms, asr.final_lag_ms, threads)
            finally:
                threads.shutdown(wait=False, cancel_futures=True)
