"""Where a call's decode jobs go: jobs with their sound flow in, each outcome flows back once, at a media time.

`WorkerDesk` is for living calls: an outcome is delivered the moment it is there. `VirtualDesk` is a virtual compute
clock: an outcome is delivered a configured lag after it was asked for, and media time waits for it, so that a run
does not depend on the machine it runs on.
"""

import asyncio
import heapq
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import NamedTuple, Protocol, TypeAlias

from streams.engine import DecodeJob, Samples, Transcriber, Transcription
from streams.errors import RecogniserError
from streams.workers import Decoded, DecodeWorkers

Outcome: TypeAlias = Transcription | RecogniserError
Deliver: TypeAlias = Callable[[DecodeJob, Outcome, int], None]
"""Takes a job, what became of it, and the media time that it counts for (0: now)."""


class Desk(Protocol):
    """Takes jobs, and delivers their outcomes."""

    @property
    def due_ms(self) -> int | None:
        """The media time of the next outcome that media time must wait for."""
        ...

    @property
    def strain(self) -> tuple[int, int]:
        """How far to degrade (0 not at all) and how many jobs are queued."""
        ...

    def submit(self, job: DecodeJob, samples: Samples, deliver: Deliver) -> None:
        """Take a job without waiting."""
        ...

    async def settle(self) -> None:
        """Wait for the outcome that is due next, and deliver it."""
        ...


class WorkerDesk:
    """Hands jobs to the decode threads that all calls share; outcomes arrive when they arrive."""

    due_ms = None

    def __init__(self, workers: DecodeWorkers) -> None:
        self._workers = workers
        self._loop = asyncio.get_running_loop()

    @property
    def strain(self) -> tuple[int, int]:
        """The workers' degrade level and queue."""
        return self._workers.level, self._workers.queued

    def submit(self, job: DecodeJob, samples: Samples, deliver: Deliver) -> None:
        """Queue a job; its outcome is delivered on the event loop."""

        def arrived(decoded: Decoded) -> None:
            self._loop.call_soon_threadsafe(deliver, decoded.job, decoded.result, 0)

        self._workers.submit(job, samples, arrived)

    async def settle(self) -> None:
        """Nothing is ever due: outcomes come by themselves."""


class _Ordered(NamedTuple):
    """A job in the order of its delivery; `place` keeps what is due together in the order of asking."""

    due_ms: int
    place: int
    job: DecodeJob
    deliver: Deliver
    outcome: "Future[Outcome]"


class VirtualDesk:
    """Delivers each outcome exactly `partial_lag_ms` or `final_lag_ms` of media time after it was requested.

    With an executor decodes run ahead while media time goes on to the moment they are due; without one they run in
    place, which is right for engines that take no time. Bounded by the loop, which asks for one partial a side at once.
    """

    strain = (0, 0)

    def __init__(
        self, transcriber: Transcriber, partial_lag_ms: int, final_lag_ms: int, executor: Executor | None = None
    ) -> None:
        self._transcriber = transcriber
        self._partial_lag_ms = partial_lag_ms
        self._final_lag_ms = final_lag_ms
        self._executor = executor
        self._queue: list[_Ordered] = []
        self._places = 0

    @property
    def due_ms(self) -> int | None:
        """When the next outcome is delivered."""
        return self._queue[0].due_ms if self._queue else None

    def submit(self, job: DecodeJob, samples: Samples, deliver: Deliver) -> None:
        """Begin a decode and fix when its outcome is delivered."""
        due_ms = job.requested_ms + (self._partial_lag_ms if job.kind.is_partial else self._final_lag_ms)
        outcome: Future[Outcome]
        if self._executor is None:
            outcome = Future()
            outcome.set_result(self._decode(job, samples))
        else:
            outcome = self._executor.submit(self._decode, job, samples)
        heapq.heappush(self._queue, _Ordered(due_ms, self._places, job, deliver, outcome))
        self._places += 1

    async def settle(self) -> None:
        """Wait for the outcome that is due next, and deliver it at its time."""
        ordered = self._queue[0]
        outcome = await asyncio.wrap_future(ordered.outcome)
        heapq.heappop(self._queue)
        ordered.deliver(ordered.job, outcome, ordered.due_ms)

    def _decode(self, job: DecodeJob, samples: Samples) -> Outcome:
        try:
            return self._transcriber.transcribe(job, samples)
        except RecogniserError as error:
            return error
