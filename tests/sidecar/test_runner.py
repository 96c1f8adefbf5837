"""The driver: ticks, wake-ups, outcomes, people, failing sinks, interruption."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest

from sidecar.call import Passing, Step
from sidecar.desk import Deliver, VirtualDesk
from sidecar.runner import CallRunner, steadily
from streams.clock import ManualClock
from streams.engine import DecodeJob, JobKind, Samples, Transcription
from streams.errors import RecogniserError, StorageError
from streams.events import AudioFrame, CallEnded, Event, Hold, NudgeAnswered, Tick, Utterance


def hold(at_ms: int) -> Hold:
    return Hold(call_id="c", at_ms=at_ms)


def end(at_ms: int, reason: str = "hung_up") -> CallEnded:
    return CallEnded(call_id="c", at_ms=at_ms, reason=reason)


def job(requested_ms: int) -> DecodeJob:
    return DecodeJob(
        call_id="c",
        channel="agent",
        utterance=0,
        kind=JobKind.FINAL,
        started_ms=0,
        ended_ms=10,
        requested_ms=requested_ms,
    )


class ScriptedCall:
    """A call that remembers what it was fed; ends when told to, or with its last outcome."""

    call_id = "c"

    def __init__(self, wake: Callable[[int], int | None] = lambda _: None, jobs: tuple[DecodeJob, ...] = ()) -> None:
        self.fed: list[tuple[str, int]] = []
        self.late: list[tuple[str, float]] = []
        self.now_ms = 0
        self.ended = False
        self.has_sound = True
        self._wake = wake
        self._jobs = jobs
        self._open = len(jobs)

    @property
    def wake_ms(self) -> int | None:
        return self._wake(self.now_ms)

    def begin(self) -> Step:
        return Step((), self._jobs)

    def feed(self, event: Event | AudioFrame) -> Step:
        self.now_ms = max(self.now_ms, event.at_ms)
        self.fed.append((type(event).__name__, event.at_ms))
        if isinstance(event, CallEnded):
            self.ended = self._open == 0
        return Step() if isinstance(event, Tick | AudioFrame) else Step((event,))

    def deliver(self, done: DecodeJob, outcome: Transcription | RecogniserError, at_ms: int) -> Step:
        self.now_ms = max(self.now_ms, at_ms)
        self.fed.append((type(outcome).__name__, at_ms))
        self._open -= 1
        self.ended = self._open == 0 and ("CallEnded", 600) in self.fed
        return Step()

    def degrade(self, level: int, queued: int) -> Step:
        self.fed.append((f"degrade {level} {queued}", self.now_ms))
        return Step()

    def measured(self, stage: str, lag_ms: float) -> None:
        self.late.append((stage, lag_ms))

    def interrupt(self, reason: str) -> Step:
        self.ended = True
        return Step((end(self.now_ms, reason),))

    def samples(self, wanted: DecodeJob) -> Samples:
        if not self.has_sound:
            raise LookupError("overwritten")
        return np.zeros(10, np.float32)


class Deaf:
    def transcribe(self, wanted: DecodeJob, samples: Samples) -> Transcription:
        return Transcription(text="")


class Remembering:
    def __init__(self, fails_at: int | None = None) -> None:
        self.events: list[Passing] = []
        self._fails_at = fails_at

    def write(self, event: Passing) -> None:
        if len(self.events) == self._fails_at:
            raise StorageError("cannot write: disk full")
        self.events.append(event)


class Pacer:
    def __init__(self) -> None:
        self.moments: list[int] = []

    async def until(self, at_ms: int) -> None:
        self.moments.append(at_ms)


def runner_for(call: Any, *sinks: Remembering, desk: Any = None, pace: Any = None, said: Any = None) -> CallRunner:
    return CallRunner(
        call,
        desk or VirtualDesk(Deaf(), 300, 400),
        sinks,
        pace=pace,
        report=(said if said is not None else []).append,
    )


async def test_how_late_sound_comes_is_told_to_the_call() -> None:
    call = ScriptedCall()
    frames = [
        AudioFrame(call_id="c", at_ms=at, channel="agent", pcm=b"", rate_hz=8000, started_ms=at - 20, duration_ms=20)
        for at in (20, 40, 60)
    ]
    clock = ManualClock()
    runner = CallRunner(call, VirtualDesk(Deaf(), 300, 400), [], pace=None, report=pytest.fail, wall=clock)

    async def source() -> AsyncIterator[Event | AudioFrame]:
        for frame, after_ms in zip(frames, (20, 20, 55), strict=True):
            clock.advance(after_ms)
            yield frame

    await runner.run(source())
    assert [lag for lag in call.late if lag[0] == "capture"] == [("capture", 0.0), ("capture", 0.0), ("capture", 35.0)]


async def test_publishing_is_timed_until_the_last_sink_has_it() -> None:
    call, now_s = ScriptedCall(), [0.0]

    class SlowSink:
        def write(self, event: Passing) -> None:
            now_s[0] += 0.004

    runner = CallRunner(
        call,
        VirtualDesk(Deaf(), 300, 400),
        [SlowSink(), SlowSink()],
        pace=None,
        report=pytest.fail,
        timer=lambda: now_s[0],
    )
    await runner.run(steadily([hold(100), hold(120)]))
    # Two events and the end that the source did not tell; ticks led to nothing, so nothing was published for them.
    assert call.late == [("publish", pytest.approx(8.0))] * 3
    runner.drawn([60.0, 70.0])
    assert call.late[3:] == [("draw", 60.0), ("draw", 70.0)]


async def test_ticks_and_wakes_come_at_their_moments_before_events_of_the_same_time() -> None:
    call = ScriptedCall(wake=lambda now_ms: next((at for at in (333, 500, 640) if at > now_ms), None))
    pace = Pacer()
    await runner_for(call, pace=pace).run(steadily([hold(500), end(700)]))
    assert call.fed == [
        ("Tick", 250),
        ("Tick", 333),
        ("Tick", 500),
        ("Hold", 500),
        ("Tick", 640),
        ("CallEnded", 700),
    ]
    assert pace.moments == [250, 333, 500, 500, 640, 700]


async def test_outcomes_come_at_their_moments_and_the_end_waits_for_them() -> None:
    call = ScriptedCall(jobs=(job(40), job(400)))
    await runner_for(call).run(steadily([hold(600), end(600)]))
    assert call.fed == [
        ("Tick", 250),
        ("Transcription", 440),
        ("Tick", 500),
        ("Hold", 600),
        ("CallEnded", 600),
        ("Tick", 750),
        ("Transcription", 800),
    ]


async def test_a_source_that_stops_without_a_word_is_an_end() -> None:
    call = ScriptedCall()
    sink = Remembering()
    await runner_for(call, sink).run(steadily([hold(100)]))
    assert sink.events == [hold(100), end(100, "source_ended")]


async def test_sound_that_is_gone_is_a_failed_decode() -> None:
    call = ScriptedCall(jobs=(job(40),))
    call.has_sound = False
    await runner_for(call).run(steadily([end(600)]))
    assert call.fed[0] == ("RecogniserError", 0)


async def test_a_failing_sink_is_left_out_and_said_once() -> None:
    call = ScriptedCall()
    good, bad, said = Remembering(), Remembering(fails_at=1), []
    await runner_for(call, bad, good, said=said).run(steadily([hold(10), hold(20), end(30)]))
    assert len(good.events) == 3
    assert bad.events == [hold(10)]
    assert said == ["cannot write: disk full"]


async def test_what_people_do_is_stamped_with_media_time() -> None:
    call = ScriptedCall()
    sink = Remembering()
    runner = runner_for(call, sink)
    answer = NudgeAnswered(call_id="c", at_ms=0, nudge="n", answer="acknowledged")

    async def source() -> AsyncIterator[Event]:
        yield hold(100)
        runner.tell(answer)
        yield end(200)

    await runner.run(source())
    assert sink.events[1] == NudgeAnswered(call_id="c", at_ms=100, nudge="n", answer="acknowledged")
    assert runner.call is call


class LiveDesk:
    """Delivers when it is told to, and is under strain from the start."""

    due_ms = None
    strain = (2, 9)

    def __init__(self) -> None:
        self.taken: list[tuple[DecodeJob, Deliver]] = []

    def submit(self, wanted: DecodeJob, samples: Samples, deliver: Deliver) -> None:
        self.taken.append((wanted, deliver))

    async def settle(self) -> None:
        raise AssertionError("nothing is ever due")


async def test_a_living_call_takes_outcomes_as_they_come_and_hears_of_strain() -> None:
    call = ScriptedCall(jobs=(job(40),))
    desk = LiveDesk()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(runner_for(call, desk=desk).run(steadily([hold(600), end(600)])))
        while ("CallEnded", 600) not in call.fed:  # noqa: ASYNC110  (nothing tells that the end was fed)
            await asyncio.sleep(0)
        assert not running.done()
        wanted, deliver = desk.taken[0]
        deliver(wanted, Transcription(text=""), 0)
    assert [fed for fed in call.fed if fed[0].startswith("degrade")] == [("degrade 2 9", 250)]
    assert call.ended


async def test_a_cancelled_call_ends_as_interrupted() -> None:
    call = ScriptedCall()
    sink = Remembering()
    begun = asyncio.Event()

    async def source() -> AsyncIterator[Event]:
        yield hold(100)
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.get_running_loop().create_task(runner_for(call, sink).run(source()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sink.events == [hold(100), end(100, "interrupted")]


class Pipe(Remembering):
    def write(self, event: Passing) -> None:
        raise BrokenPipeError


async def test_a_call_that_breaks_ends_as_failed_for_everybody_else() -> None:
    call = ScriptedCall()
    sink = Remembering()
    with pytest.raises(BrokenPipeError):
        await runner_for(call, sink, Pipe()).run(steadily([hold(100), end(200)]))
    assert sink.events == [hold(100), end(100, "failed")]


async def test_a_living_call_has_no_pace_of_its_own() -> None:
    call = ScriptedCall()
    final = Utterance(call_id="c", at_ms=10, channel="agent", utterance=0, started_ms=0, ended_ms=0, text="")
    await runner_for(call).run(steadily([final, Tick(call_id="c", at_ms=20), end(30)]))
    assert call.fed == [("Utterance", 10), ("Tick", 20), ("CallEnded", 30)]
