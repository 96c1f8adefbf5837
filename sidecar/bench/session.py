"""One run against the clock: conversations are sent as calls come in life, and what came of them is kept.

The sender keeps to absolute deadlines and waits for nobody. From its frames on everything is the product: the call as
the service carries it, its pace, the listening loop, the decode workers, the coach and the journal.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sidecar import readiness
from sidecar.bench import machine
from sidecar.bench.conversation import Conversation
from sidecar.bench.holds import Held, HoldWatch
from sidecar.bench.sender import Sender
from sidecar.bench.watch import Decode, Stamped, Stopwatch, WatchedDesk, WatchedTranscriber, WordsWatch
from sidecar.config_sections import Config
from sidecar.desk import WorkerDesk
from sidecar.journal import Journal
from sidecar.live import LiveCall
from sidecar.replay import context_of, make_call
from sidecar.runner import CallRunner
from streams.background import background
from streams.clock import CallClock, WallClock
from streams.engine import Transcriber
from streams.events import CallEnded, CallStarted, Channel
from streams.workers import DecodeWorkers

SAMPLE_S = 0.1
"""How often memory, CPU time and queue are looked at."""

LOOKS_AT_MOST = 6_000
"""A run of more than ten minutes is looked at so many times: what is kept of them must not weigh in what is seen."""

_LEAD_S = 0.25  # from the start until media time 0, so that everything stands ready


class Sample(NamedTuple):
    """The process at one moment: CPU time since it began, memory, degrade level, jobs queued or running."""

    at_ms: float
    cpu_s: float
    resident_mb: float
    level: int
    queued: int


class Heard(NamedTuple):
    """What came of one call."""

    words: tuple[Stamped, ...]
    partials_asked: int
    begun: frozenset[tuple[Channel, int]]
    most_degraded: int
    sent_late: int


class Run(NamedTuple):
    """What came of a run: each call by its id, all decodes, samples of the process, CPU and wall time of all of it.

    The CPU time is without what the stopwatch itself took: sending the sound and looking at the process. `held` is
    how long each turn of the event loop took, short ones as 0.
    """

    calls: Mapping[str, Heard]
    decodes: tuple[Decode, ...]
    samples: tuple[Sample, ...]
    cpu_s: float
    wall_s: float
    busy_elsewhere: float | None
    held: tuple[Held, ...] = ()


class Entry(NamedTuple):
    """A call that takes part: what is said in it, and when it begins after the start of the run."""

    talk: Conversation
    after_ms: int = 0


async def perform(
    entries: Mapping[str, Entry],
    engine: Transcriber,
    config: Config,
    folder: Path,
    *,
    progress: Callable[[float], None] = lambda _: None,
    holds: HoldWatch | None = None,
) -> Run:
    """Let the calls come in and listen until all their words are out; journals and notes go to `folder`.

    `progress` is told how many media seconds of the longest call went by; `holds` is asked how the event loop fared.
    """
    watch = Stopwatch()
    timed = WatchedTranscriber(engine, watch, folder / "decodes.jsonl")
    workers = DecodeWorkers(timed, config.asr.decode_threads)
    longest_s = max(entry.after_ms + entry.talk.duration_ms for entry in entries.values()) / 1000
    sampler = _Sampler(watch, workers, progress, max(SAMPLE_S, longest_s / LOOKS_AT_MOST))
    try:
        calls = {
            call_id: _LiveCall(call_id, entry, config, desk=WorkerDesk(workers), watch=watch, folder=folder)
            for call_id, entry in entries.items()
        }
        await asyncio.to_thread(readiness.make_ready, config)
        await asyncio.sleep(_LEAD_S)
        if holds is not None:
            holds.held()
        watch.start()
        before, cpu_s, began_ms = machine.ticks(), time.process_time(), watch.now_ms()
        async with background(sampler.run()), asyncio.TaskGroup() as group:
            for call in calls.values():
                group.create_task(call.run())
        spent_s, wall_s = time.process_time() - cpu_s, (watch.now_ms() - began_ms) / 1000
        held = () if holds is None else tuple(holds.held())
    finally:
        await workers.aclose()
        timed.decodes.close()
    return Run(
        calls={call_id: call.heard() for call_id, call in calls.items()},
        decodes=tuple(timed.decodes),
        samples=tuple(sampler.samples),
        cpu_s=spent_s - sampler.cpu_s - sum(call.sender.cpu_s for call in calls.values()),
        wall_s=wall_s,
        held=held,
        busy_elsewhere=machine.elsewhere(before, machine.ticks(), spent_s),
    )


class _LiveCall:
    """A call, from its sender to its sinks; its stopwatch runs from its own media time 0."""

    def __init__(
        self, call_id: str, entry: Entry, config: Config, *, desk: WorkerDesk, watch: Stopwatch, folder: Path
    ) -> None:
        wall = WallClock()
        self._duration_ms = entry.talk.duration_ms
        self._after_ms = entry.after_ms
        self.sender = Sender(entry.talk, call_id, watch, entry.after_ms)
        self._folder = folder / call_id
        self._started = CallStarted(call_id=call_id, at_ms=0, channels=entry.talk.channels)
        self._live = LiveCall(self._started, CallClock(wall), wall, resume_s=config.taps.resume_s)
        self._desk = WatchedDesk(desk)
        self._call = make_call(self._started, context_of(config, call_id), config, listens=True)
        self._words = WordsWatch(watch, folder / f"{call_id}.words.jsonl")

    async def run(self) -> None:
        """Send and listen until the last word is out."""
        self._folder.mkdir(parents=True)
        with closing(self._words.words), Journal(self._folder, text=True) as journal:
            runner = CallRunner(self._call, self._desk, [self._words, journal], pace=None, report=_ignore)
            async with background(self._send()):
                await runner.run(self._live.source())
        self._live.close()

    def heard(self) -> Heard:
        """What came of it, on its own media clock."""
        return Heard(
            words=tuple(Stamped(at_ms - self._after_ms, event) for at_ms, event in self._words.words),
            partials_asked=self._desk.partials,
            begun=frozenset(self._desk.begun),
            most_degraded=self._words.most_degraded,
            sent_late=self.sender.late,
        )

    async def _send(self) -> None:
        await self.sender.run(lambda frame: self._live.put([frame]))
        await self._live.put([CallEnded(call_id=self._started.call_id, at_ms=self._duration_ms)])


class _Sampler:
    """Looks at the process every so often."""

    def __init__(
        self, watch: Stopwatch, workers: DecodeWorkers, progress: Callable[[float], None], every_s: float
    ) -> None:
        self._watch = watch
        self._workers = workers
        self._progress = progress
        self._every_s = every_s
        self.samples: list[Sample] = []
        self.cpu_s = 0.0
        """CPU time that looking took."""

    async def run(self) -> None:
        while True:
            began_s = time.thread_time()
            now_ms = self._watch.now_ms()
            self._progress(now_ms / 1000)
            self.samples.append(
                Sample(now_ms, time.process_time(), machine.resident_mb(), self._workers.level, self._workers.queued)
            )
            self.cpu_s += time.thread_time() - began_s
            await asyncio.sleep(self._every_s)


def decodes_of(decodes: Sequence[Decode], call_id: str, after_ms: int = 0) -> list[Decode]:
    """The decodes of one call, on its own media clock."""
    return [
        Decode(job, begun_ms - after_ms, ended_ms - after_ms)
        for job, begun_ms, ended_ms in decodes
        if job.call_id == call_id
    ]


def _ignore(line: str) -> None:
    """A journal that fails costs a benchmark nothing but its own time."""
