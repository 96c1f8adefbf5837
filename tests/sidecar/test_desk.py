"""Where decode jobs go: the virtual compute clock and the shared workers."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sidecar.desk import Outcome, VirtualDesk, WorkerDesk
from streams.engine import DecodeJob, JobKind, Samples, Transcription
from streams.errors import RecogniserError
from streams.workers import DecodeWorkers

SOUND = np.zeros(160, np.float32)


def job(requested_ms: int, kind: JobKind = JobKind.FINAL, utterance: int = 0) -> DecodeJob:
    return DecodeJob(
        call_id="c",
        channel="agent",
        utterance=utterance,
        kind=kind,
        started_ms=0,
        ended_ms=10,
        requested_ms=requested_ms,
    )


class Echo:
    """Says the number of the utterance; breaks on number 13; waits to be let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.let_go.set()

    def transcribe(self, wanted: DecodeJob, samples: Samples) -> Transcription:
        self.let_go.wait(10)
        if wanted.utterance == 13:
            raise RecogniserError("thirteen")
        return Transcription(text=str(wanted.utterance))


class Receiver:
    """Remembers what was delivered."""

    def __init__(self) -> None:
        self.got: list[tuple[int, str, int]] = []

    def __call__(self, done: DecodeJob, outcome: Outcome, at_ms: int) -> None:
        self.got.append((done.utterance, outcome.text if isinstance(outcome, Transcription) else "broken", at_ms))


async def test_outcomes_are_delivered_their_lag_after_the_request_in_order() -> None:
    desk, receiver = VirtualDesk(Echo(), partial_lag_ms=300, final_lag_ms=400), Receiver()
    assert desk.due_ms is None
    desk.submit(job(1_000, JobKind.SPECULATIVE, 0), SOUND, receiver)
    desk.submit(job(1_100, JobKind.AGENT_PARTIAL, 1), SOUND, receiver)
    desk.submit(job(1_000, JobKind.FINAL, 13), SOUND, receiver)
    desk.submit(job(1_200, JobKind.CUSTOMER_PARTIAL, 3), SOUND, receiver)
    dues = []
    while desk.due_ms is not None:
        dues.append(desk.due_ms)
        await desk.settle()
    assert dues == [1_400, 1_400, 1_400, 1_500]
    assert receiver.got == [(0, "0", 1_400), (1, "1", 1_400), (13, "broken", 1_400), (3, "3", 1_500)]
    assert desk.strain == (0, 0)


async def test_media_time_waits_for_a_decode_that_is_due() -> None:
    echo, receiver = Echo(), Receiver()
    echo.let_go.clear()
    with ThreadPoolExecutor(1) as threads:
        desk = VirtualDesk(echo, partial_lag_ms=300, final_lag_ms=400, executor=threads)
        desk.submit(job(0), SOUND, receiver)
        async with asyncio.TaskGroup() as group:
            group.create_task(desk.settle())
            await asyncio.sleep(0)
            assert receiver.got == []
            assert desk.due_ms == 400
            echo.let_go.set()
    assert receiver.got == [(0, "0", 400)]


async def test_workers_deliver_by_themselves() -> None:
    workers, receiver = DecodeWorkers(Echo(), 1), Receiver()
    arrived = asyncio.Event()

    def deliver(done: DecodeJob, outcome: Outcome, at_ms: int) -> None:
        receiver(done, outcome, at_ms)
        arrived.set()

    desk = WorkerDesk(workers)
    try:
        desk.submit(job(0, utterance=7), SOUND, deliver)
        await arrived.wait()
        await desk.settle()
        assert desk.strain[0] == 0
    finally:
        await workers.aclose()
    assert desk.due_ms is None
    assert receiver.got == [(7, "7", 0)]
