"""Looks on while a call is heard: events and decodes flow through unchanged, the wall time of each is noted in a file.

Every time here is milliseconds since the moment at which media time 0 was sent, so that it compares with the true times
of the words.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sidecar.bench.spool import Spool
from sidecar.call import Passing
from sidecar.desk import Deliver, Desk
from streams.engine import DecodeJob, JobKind, Samples, Transcriber, Transcription
from streams.events import Channel, Health, Hypothesis, Utterance


class Stamped(NamedTuple):
    """Words, and when they came out."""

    at_ms: float
    event: Hypothesis | Utterance


class Decode(NamedTuple):
    """A decode that was made, and when."""

    job: DecodeJob
    begun_ms: float
    ended_ms: float


class Stopwatch:
    """Wall time since `start`."""

    def __init__(self, clock_s: Callable[[], float] = time.perf_counter) -> None:
        self._clock_s = clock_s
        self._began_s = clock_s()

    def start(self) -> None:
        """Now is 0."""
        self._began_s = self._clock_s()

    def now_ms(self) -> float:
        """Milliseconds since the start."""
        return (self._clock_s() - self._began_s) * 1000


class WordsWatch:
    """A sink that notes in a file when words came out, and the worst degrade level the call went through."""

    def __init__(self, watch: Stopwatch, path: Path) -> None:
        self._watch = watch
        self.words: Spool[Stamped] = Spool(path, Stamped)
        self.most_degraded = 0

    def write(self, event: Passing) -> None:
        """Take one event."""
        if isinstance(event, Hypothesis | Utterance):
            self.words.add(Stamped(self._watch.now_ms(), event))
        elif isinstance(event, Health):
            self.most_degraded = max(self.most_degraded, event.degrade)


class WatchedDesk:
    """A desk that notes which decodes the call asked for."""

    due_ms = None

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.partials = 0
        self.begun: set[tuple[Channel, int]] = set()
        """Channel and number of every utterance of which a whole decode was asked."""

    @property
    def strain(self) -> tuple[int, int]:
        """The desk's strain."""
        return self._desk.strain

    def submit(self, job: DecodeJob, samples: Samples, deliver: Deliver) -> None:
        """Pass a job on."""
        if job.kind.is_partial:
            self.partials += 1
        elif job.kind is JobKind.FINAL:
            self.begun.add((job.channel, job.utterance))
        self._desk.submit(job, samples, deliver)

    async def settle(self) -> None:
        """Nothing is ever due at a desk of workers."""
        await self._desk.settle()


class WatchedTranscriber:
    """An engine that notes in a file when each decode began and ended; called from worker threads."""

    def __init__(self, engine: Transcriber, watch: Stopwatch, path: Path) -> None:
        self._engine = engine
        self._watch = watch
        self.decodes: Spool[Decode] = Spool(path, Decode)

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        """Decode.

        Raises RecogniserError when the engine does.
        """
        begun_ms = self._watch.now_ms()
        try:
            return self._engine.transcribe(job, samples)
        finally:
            self.decodes.add(Decode(job, begun_ms, self._watch.now_ms()))
