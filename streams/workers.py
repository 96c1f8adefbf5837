"""Decode threads: jobs with their samples flow in, outcomes flow back to an asyncio loop or to a waiting driver.

The threads live as long as the service, because a new thread per job makes the recogniser allocate anew each time. A
thread that hangs, or that breaks in a way its engine does not know, is given up and replaced; its job is answered
with RecogniserError, and whoever asked decides whether to ask again.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple, TypeAlias

from streams.engine import DecodeJob, Samples, Transcriber, Transcription
from streams.errors import RecogniserError
from streams.scheduler import JobQueue


class Decoded(NamedTuple):
    """The outcome of one job, with the time it waited for a worker and the time it was worked on."""

    job: DecodeJob
    result: Transcription | RecogniserError
    wait_ms: float = 0.0
    compute_ms: float = 0.0


Deliver: TypeAlias = Callable[[Decoded], None]


class _Load(NamedTuple):
    samples: Samples
    deliver: Deliver


class _Task(NamedTuple):
    job: DecodeJob
    load: _Load
    wait_ms: float
    began_s: float


class _Seat:
    """One thread and what it works on; read and written under the lock only."""

    def __init__(self, number: int, serve: Callable[["_Seat"], None]) -> None:
        self.number = number
        self.task: _Task | None = None
        self.given_up = False
        self.thread = threading.Thread(target=serve, args=(self,), name=f"decode-{number}", daemon=True)


class DecodeWorkers:
    """Persistent threads that serve one priority queue for all calls.

    Every final that is submitted is answered exactly once, except where the outcome of a speculative decode of the
    same sound answers for it. Partials and speculative decodes that something newer made needless are not answered.
    `hang_s` is how long a job may take; the longest decode of the slowest supported model takes about 10 s.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        workers: int = 2,
        *,
        hang_s: float = 30.0,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transcriber = transcriber
        self._hang_s = hang_s
        self._clock_s = clock_s
        self._changed = threading.Condition()
        self._queue: JobQueue[_Load] = JobQueue()
        self._closing = False
        self._closed = False
        # As many as jobs were submitted without a `deliver` and not fetched yet.
        self._outcomes: queue.SimpleQueue[Decoded] = queue.SimpleQueue()
        self._wake: Callable[[], object] = _nobody_waits
        self._seats = [_Seat(number, self._serve) for number in range(workers)]
        self._watch = threading.Thread(target=self._watch_seats, name="decode-watch", daemon=True)
        for thread in (*(seat.thread for seat in self._seats), self._watch):
            thread.start()

    @property
    def level(self) -> int:
        """The degrade level in force (0 none to 4), for `ListeningLoop.degrade`."""
        with self._changed:
            self._queue.observe(self._now_ms())
            return self._queue.level

    @property
    def queued(self) -> int:
        """How many jobs wait or run."""
        with self._changed:
            return len(self._queue) + self._queue.running

    def submit(self, job: DecodeJob, samples: Samples, deliver: Deliver | None = None) -> None:
        """Queue a job without waiting.

        `deliver` is called from a worker thread and must hand over at once, as `loop.call_soon_threadsafe` does;
        without it the outcome comes by `results` or `take`.
        """
        load = _Load(samples, deliver or self._keep)
        with self._changed:
            if not self._closing:
                self._queue.push(job, load, self._now_ms())
                self._changed.notify_all()
                return
        _hand_over(load.deliver, Decoded(job, RecogniserError("the decode workers are closed")))

    def take(self, timeout_s: float | None = None) -> Decoded | None:
        """The next outcome, for a driver without an event loop; None when `timeout_s` passed without one."""
        try:
            return self._outcomes.get(timeout=timeout_s) if timeout_s != 0 else self._outcomes.get_nowait()
        except queue.Empty:
            return None

    async def results(self) -> AsyncIterator[Decoded]:
        """Outcomes as they come, until the workers are closed; for one reader."""
        arrived = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._wake = lambda: loop.call_soon_threadsafe(arrived.set)
        try:
            while True:
                arrived.clear()
                # Closing is not enough: a thread may still be at its last job.
                closed = self._closed
                while (decoded := self.take(0)) is not None:
                    yield decoded
                if closed:
                    return
                await arrived.wait()
        finally:
            self._wake = _nobody_waits

    def close(self, timeout_s: float = 5.0) -> None:
        """Answer what was not begun with RecogniserError, and wait for the threads to end what they are at."""
        with self._changed:
            self._closing = True
            rest = self._queue.drain()
            threads = [seat.thread for seat in self._seats]
            self._changed.notify_all()
        for waiting in rest:
            _hand_over(waiting.load.deliver, Decoded(waiting.job, RecogniserError("the decode workers are closed")))
        deadline_s = self._clock_s() + timeout_s
        for thread in (*threads, self._watch):
            thread.join(max(0.0, deadline_s - self._clock_s()))
        self._closed = True
        self._call_reader()

    async def aclose(self) -> None:
        """`close`, without holding up the event loop."""
        await asyncio.to_thread(self.close)

    # --- in the worker threads --------------------------------------------------------------------------------------

    def _serve(self, seat: _Seat) -> None:
        while (task := self._next(seat)) is not None:
            sound = True
            try:
                result: Transcription | RecogniserError = self._transcriber.transcribe(task.job, task.load.samples)
            except RecogniserError as error:
                result = error
            except Exception as error:  # noqa: BLE001 - this is the edge at which a broken engine must not end the call
                result = RecogniserError(f"the recogniser broke on {_said(task.job)}: {type(error).__name__}: {error}")
                sound = False
            with self._changed:
                if seat.given_up:
                    return
                self._finish(seat, task)
                if not sound and not self._closing:
                    self._replace(seat)
            compute_ms = (self._clock_s() - task.began_s) * 1000.0
            _hand_over(task.load.deliver, Decoded(task.job, result, task.wait_ms, compute_ms))
            if not sound:
                return

    def _next(self, seat: _Seat) -> _Task | None:
        with self._changed:
            while not self._closing:
                waiting = self._queue.pop(self._now_ms())
                if waiting is not None:
                    wait_ms = self._now_ms() - waiting.since_ms
                    seat.task = _Task(waiting.job, waiting.load, wait_ms, self._clock_s())
                    self._changed.notify_all()
                    return seat.task
                self._changed.wait()
            return None

    # --- in the watching thread -------------------------------------------------------------------------------------

    def _watch_seats(self) -> None:
        while True:
            with self._changed:
                if self._closing and not any(seat.task for seat in self._seats):
                    return
                now_s = self._clock_s()
                hung = [(seat, seat.task) for seat in self._seats if seat.task and now_s >= self._deadline_s(seat.task)]
                for seat, task in hung:
                    seat.given_up = True
                    self._finish(seat, task)
                    self._replace(seat)
                if not hung:
                    due_s = [self._deadline_s(seat.task) for seat in self._seats if seat.task]
                    self._changed.wait(max(0.0, min(due_s) - now_s) if due_s else None)
            for _, task in hung:
                error = RecogniserError(f"the recogniser hung on {_said(task.job)} for {self._hang_s:g} s")
                took_ms = (now_s - task.began_s) * 1000.0
                _hand_over(task.load.deliver, Decoded(task.job, error, task.wait_ms, took_ms))

    def _deadline_s(self, task: _Task) -> float:
        return task.began_s + self._hang_s

    # --- under the lock ---------------------------------------------------------------------------------------------

    def _finish(self, seat: _Seat, task: _Task) -> None:
        self._queue.done(task.job)
        seat.task = None
        self._changed.notify_all()

    def _replace(self, seat: _Seat) -> None:
        fresh = _Seat(seat.number, self._serve)
        self._seats[seat.number] = fresh
        fresh.thread.start()

    # --- anywhere ---------------------------------------------------------------------------------------------------

    def _keep(self, decoded: Decoded) -> None:
        self._outcomes.put(decoded)
        self._call_reader()

    def _call_reader(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._wake()

    def _now_ms(self) -> float:
        return self._clock_s() * 1000.0


def _hand_over(deliver: Deliver, decoded: Decoded) -> None:
    # An event loop that is closed has nobody left who waits for this outcome.
    with contextlib.suppress(RuntimeError):
        deliver(decoded)


def _nobody_waits() -> None:
    """What an outcome wakes while nobody reads `results`."""


def _said(job: DecodeJob) -> str:
    return f"{job.kind.name.lower()} {job.utterance} of {job.channel} in call {job.call_id}"
