"""What the tests of the streaming loop share: synthetic voices, a probe that hears them, a driver without a clock."""

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pytest

from streams.engine import DecodeJob, Samples, Transcription
from streams.errors import RecogniserError
from streams.events import AudioFrame, Channel, Utterance, Word
from streams.loop import ListeningLoop, Output
from streams.settings import LoopSettings

CALL = "call-1"
Span = tuple[int, int]
Engine = Callable[[DecodeJob, Samples], Transcription | RecogniserError]


class LoudnessProbe:
    """Takes loud for speech; its answer depends on nothing but the frame."""

    def __init__(self) -> None:
        self.frames = 0
        self.runs = 0
        self.resets = 0

    def probabilities(self, frames: Sequence[Samples]) -> list[float]:
        assert all(frame.shape == (512,) for frame in frames)
        self.frames += len(frames)
        self.runs += 1
        return [0.9 if float(np.abs(frame).mean()) > 0.02 else 0.05 for frame in frames]

    def reset(self) -> None:
        self.resets += 1


def sound(spans: Iterable[Span], total_ms: int, *, rate_hz: int = 16_000, loud: float = 0.3) -> bytes:
    """16-bit noise that is loud within the spans and faint elsewhere."""
    noise = np.random.default_rng(7).uniform(-1.0, 1.0, total_ms * rate_hz // 1000)
    gain = np.full(noise.shape, 0.002)
    for started_ms, ended_ms in spans:
        gain[started_ms * rate_hz // 1000 : ended_ms * rate_hz // 1000] = loud
    return (noise * gain * 32767).astype("<i2").tobytes()


def frames(
    pcm: bytes,
    *,
    channel: Channel = "customer",
    rate_hz: int = 16_000,
    sizes: Sequence[int] | None = None,
    started_ms: int = 0,
) -> Iterator[AudioFrame]:
    """Sound in packets of the given numbers of samples (over and over); 20 ms each where none are given."""
    step = itertools.cycle(sizes or [rate_hz // 50])
    first, total = 0, len(pcm) // 2
    while first < total:
        last = min(total, first + next(step))
        end_ms = started_ms + last * 1000 // rate_hz
        begin_ms = started_ms + first * 1000 // rate_hz
        yield AudioFrame(
            call_id=CALL,
            at_ms=end_ms,
            channel=channel,
            pcm=pcm[2 * first : 2 * last],
            rate_hz=rate_hz,
            started_ms=begin_ms,
            duration_ms=end_ms - begin_ms,
        )
        first = last


def spoken(spans: Iterable[Span], *, every_ms: int = 300, prefix: str = "zx") -> tuple[Word, ...]:
    """A word every 300 ms of voice, each different: zxa, zxb, … zxz, zxba, …"""
    starts = [start for begin, end in spans for start in range(begin, end - every_ms // 2, every_ms)]
    return tuple(Word(prefix + _letters(n), start, start + every_ms - 40, 0.9) for n, start in enumerate(starts))


def _letters(number: int) -> str:
    return (_letters(number // 26) if number >= 26 else "") + chr(ord("a") + number % 26)


def reader(words: Sequence[Word]) -> Engine:
    """An engine that knows the words: those mostly within the job's span."""

    def decode(job: DecodeJob, samples: Samples) -> Transcription:
        assert len(samples) == (job.ended_ms - job.started_ms) * 16
        heard = tuple(w for w in words if job.started_ms <= (w.start_ms + w.end_ms) // 2 < job.ended_ms)
        return Transcription(text=" ".join(w.text for w in heard), words=heard, decode_ms=50.0)

    return decode


class Driver:
    """Runs a loop with an engine whose answers come `lag_ms` of media time after they were asked for."""

    def __init__(self, loop: ListeningLoop, engine: Engine, lag_ms: int = 300) -> None:
        self.loop = loop
        self.engine = engine
        self.lag_ms = lag_ms
        self.events: list[object] = []
        self.jobs: list[DecodeJob] = []
        self._due: list[tuple[int, int, DecodeJob, Transcription | RecogniserError]] = []

    def take(self, output: Output) -> None:
        self.events += output.events
        for job in output.jobs:
            outcome = self.engine(job, self.loop.samples(job))
            heapq.heappush(self._due, (job.requested_ms + self.lag_ms, len(self.jobs), job, outcome))
            self.jobs.append(job)

    def until(self, at_ms: int) -> None:
        while self._due and self._due[0][0] <= at_ms:
            due_ms, _, job, outcome = heapq.heappop(self._due)
            self.take(self.loop.decoded(job, outcome, due_ms))

    def play(self, *sides: Iterable[AudioFrame]) -> None:
        for frame in heapq.merge(*sides, key=lambda frame: frame.at_ms):
            self.until(frame.at_ms)
            self.take(self.loop.hear(frame))

    def finish(self, at_ms: int) -> None:
        self.until(at_ms)
        self.take(self.loop.finish(at_ms))
        while self._due:
            self.until(self._due[0][0])
        assert self.loop.idle

    def of(self, kind: type, channel: Channel | None = None) -> list:
        return [e for e in self.events if isinstance(e, kind) and channel in (None, getattr(e, "channel", None))]

    def finals(self, channel: Channel = "customer") -> list[Utterance]:
        return self.of(Utterance, channel)


class Kit:
    """The above under one name, since test modules cannot import one another."""

    CALL = CALL
    LoudnessProbe = LoudnessProbe
    Driver = Driver
    sound = staticmethod(sound)
    frames = staticmethod(frames)
    spoken = staticmethod(spoken)
    reader = staticmethod(reader)

    @staticmethod
    def loop(channels: Sequence[Channel] = ("customer",), settings: LoopSettings | None = None) -> ListeningLoop:
        probes = {channel: LoudnessProbe() for channel in channels}
        return ListeningLoop(CALL, channels, settings or LoopSettings(), probes)


@pytest.fixture(scope="session")
def kit() -> type[Kit]:
    return Kit
