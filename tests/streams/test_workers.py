import asyncio
import threading

import numpy as np
import pytest

from streams.engine import DecodeJob, JobKind, Transcription
from streams.errors import RecogniserError
from streams.workers import Decoded, DecodeWorkers

SAMPLES = np.zeros(16, np.float32)
LONG_S = 30.0  # how long a test waits for what must come


def job(utterance=0, kind=JobKind.FINAL, **fields):
    fields = {"started_ms": 0, "ended_ms": 1000, "requested_ms": 1000, **fields}
    return DecodeJob(call_id="c", channel="customer", utterance=utterance, kind=kind, **fields)


class Engine:
    """Says the utterance's number; does as it is told for some."""

    def __init__(self, **special):
        self.special = {int(number.removeprefix("u")): does for number, does in special.items()}
        self.seen = []
        self.threads = set()

    def transcribe(self, job, samples):
        self.seen.append(job.utterance)
        self.threads.add(threading.current_thread())
        if job.utterance in self.special:
            self.special[job.utterance]()
        return Transcription(text=str(job.utterance))


class Gate:
    """Holds a worker until it is opened, and says when one has come."""

    def __init__(self):
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self):
        self.thread = threading.current_thread()
        self.reached.set()
        assert self.opened.wait(LONG_S)


def fails(error):
    def does():
        raise error

    return does


@pytest.fixture
def start():
    started = []

    def start(engine, workers=2, **options):
        started.append(DecodeWorkers(engine, workers, **options))
        return started[-1]

    yield start
    for workers in started:
        workers.close()


def take(workers, count):
    outcomes = [workers.take(LONG_S) for _ in range(count)]
    assert all(isinstance(outcome, Decoded) for outcome in outcomes)
    return {outcome.job.utterance: outcome.result for outcome in outcomes}


def test_jobs_are_decoded_by_persistent_threads(start):
    engine = Engine()
    workers = start(engine)
    for number in range(20):
        workers.submit(job(number), SAMPLES)
    results = take(workers, 20)
    assert {number: result.text for number, result in results.items()} == {n: str(n) for n in range(20)}
    assert len(engine.threads) <= 2
    assert workers.take(0) is None
    assert workers.take(0.001) is None


def test_the_most_urgent_job_goes_first(start):
    gate = Gate()
    engine = Engine(u0=gate)
    workers = start(engine, 1)
    workers.submit(job(0), SAMPLES)
    assert gate.reached.wait(LONG_S)
    workers.submit(job(3, JobKind.CUSTOMER_PARTIAL), SAMPLES)
    workers.submit(job(2, JobKind.SPECULATIVE), SAMPLES)
    workers.submit(job(1), SAMPLES)
    assert workers.queued == 4
    gate.opened.set()
    take(workers, 4)
    assert engine.seen == [0, 1, 2, 3]
    assert workers.queued == 0
    assert workers.level == 0


def test_an_outcome_says_how_long_it_took(start):
    workers = start(Engine())
    workers.submit(job(), SAMPLES)
    outcome = workers.take(LONG_S)
    assert outcome.wait_ms >= 0
    assert outcome.compute_ms >= 0


def test_an_error_of_the_recogniser_is_an_outcome(start):
    engine = Engine(u0=fails(RecogniserError("cannot")))
    workers = start(engine, 1)
    workers.submit(job(0), SAMPLES)
    workers.submit(job(1), SAMPLES)
    results = take(workers, 2)
    assert str(results[0]) == "cannot"
    assert results[1].text == "1"
    assert len(engine.threads) == 1


def test_a_worker_that_breaks_is_replaced(start):
    engine = Engine(u0=fails(ZeroDivisionError("by zero")))
    workers = start(engine, 1)
    workers.submit(job(0), SAMPLES)
    workers.submit(job(1), SAMPLES)
    results = take(workers, 2)
    assert isinstance(results[0], RecogniserError)
    assert str(results[0]) == "the recogniser broke on final 0 of customer in call c: ZeroDivisionError: by zero"
    assert results[1].text == "1"
    assert len(engine.threads) == 2


def test_a_worker_that_hangs_is_replaced_and_its_late_answer_ignored(start):
    gate = Gate()
    engine = Engine(u0=gate)
    workers = start(engine, 1, hang_s=0.05)
    workers.submit(job(0), SAMPLES)
    workers.submit(job(1), SAMPLES)
    results = take(workers, 2)
    assert "hung on final 0" in str(results[0])
    assert results[1].text == "1"
    assert len(engine.threads) == 2
    gate.opened.set()
    gate.thread.join(LONG_S)
    assert workers.take(0) is None


def test_a_failing_deliverer_takes_no_worker_down(start):
    workers = start(Engine(), 1)
    workers.submit(job(0), SAMPLES, fails_with_closed_loop)
    workers.submit(job(1), SAMPLES)
    assert take(workers, 1)[1].text == "1"


def fails_with_closed_loop(decoded):
    raise RuntimeError("Event loop is closed")


def test_closing_answers_what_was_not_begun(start):
    gate = Gate()
    workers = start(Engine(u0=gate), 1)
    workers.submit(job(0), SAMPLES)
    assert gate.reached.wait(LONG_S)
    workers.submit(job(1), SAMPLES)
    gate.opened.set()
    workers.close()
    workers.submit(job(2), SAMPLES)
    results = take(workers, 3)
    assert results[0].text == "0"
    assert "closed" in str(results[2])
    workers.close()


def test_a_worker_that_breaks_while_closing_is_not_replaced(start):
    gate = Gate()

    def breaks_late():
        gate()
        raise ZeroDivisionError

    engine = Engine(u0=breaks_late)
    workers = start(engine, 1)
    workers.submit(job(0), SAMPLES)
    assert gate.reached.wait(LONG_S)
    closing = threading.Thread(target=workers.close)
    closing.start()
    while not workers._closing:
        pass
    gate.opened.set()
    closing.join(LONG_S)
    assert isinstance(take(workers, 1)[0], RecogniserError)
    assert len(engine.threads) == 1


async def test_outcomes_reach_an_event_loop():
    workers = DecodeWorkers(Engine())
    for number in range(5):
        workers.submit(job(number), SAMPLES)
    seen = []
    async for decoded in workers.results():
        seen.append(decoded.job.utterance)
        if len(seen) == 5:
            break
    assert sorted(seen) == [0, 1, 2, 3, 4]
    await workers.aclose()


async def test_the_stream_of_outcomes_ends_when_the_workers_are_closed():
    gate = Gate()
    workers = DecodeWorkers(Engine(u0=gate), 1)
    workers.submit(job(0), SAMPLES)
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(_read(workers))
        assert await asyncio.to_thread(gate.reached.wait, LONG_S)
        workers.submit(job(1), SAMPLES)
        gate.opened.set()
        await workers.aclose()
    assert sorted(reading.result()) == [0, 1]


async def test_the_last_job_is_answered_before_the_stream_ends():
    gate = Gate()
    workers = DecodeWorkers(Engine(u0=gate), 1)
    workers.submit(job(0), SAMPLES)
    assert await asyncio.to_thread(gate.reached.wait, LONG_S)
    workers.submit(job(1), SAMPLES)
    outcomes = workers.results()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(workers.aclose())
        assert (await anext(outcomes)).job.utterance == 1
        ahead = tasks.create_task(anext(outcomes))
        await asyncio.sleep(0)  # one turn of the loop: the reader looks while the last job still runs
        gate.opened.set()
        assert (await ahead).job.utterance == 0
    assert [decoded async for decoded in outcomes] == []


async def _read(workers):
    return [decoded.job.utterance async for decoded in workers.results()]


async def test_each_call_may_have_its_own_way_back():
    loop = asyncio.get_running_loop()
    inbox: asyncio.Queue[Decoded] = asyncio.Queue()
    workers = DecodeWorkers(Engine())
    workers.submit(job(7), SAMPLES, lambda decoded: loop.call_soon_threadsafe(inbox.put_nowait, decoded))
    assert (await asyncio.wait_for(inbox.get(), LONG_S)).job.utterance == 7
    assert workers.take(0) is None
    await workers.aclose()
