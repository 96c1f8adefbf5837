"""A recogniser that breaks, hangs or talks nonsense costs words, never the call: real voice activity, real threads."""

import asyncio
import math
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import pairwise

import pytest

from sidecar import config
from sidecar.bench.conversation import Conversation
from sidecar.call import Passing
from sidecar.desk import WorkerDesk
from sidecar.ears import Ears
from sidecar.replay import context_of, make_call, play
from sidecar.runner import CallRunner
from streams.engine import DecodeJob, JobKind, Samples, Transcriber, Transcription
from streams.errors import RecogniserError
from streams.events import AudioFrame, CallEnded, CallStarted, Event, SpeechEnded, Utterance, Word
from streams.reference import ReferenceTranscriber
from streams.workers import DecodeWorkers

CALL = "c"
HANG_S = 0.1


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Passing] = []

    def write(self, event: Passing) -> None:
        self.events.append(event)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


class Troubled:
    """Knows the words, but gets into trouble over every whole decode that is asked for the first time."""

    def __init__(self, engine: Transcriber, trouble: Callable[[], object]) -> None:
        self._engine = engine
        self._trouble = trouble
        self.asked: Counter[tuple[str, int, int]] = Counter()
        self.threads: set[threading.Thread] = set()

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        self.threads.add(threading.current_thread())
        if not job.kind.is_partial:
            self.asked[job.channel, job.utterance, job.attempt] += job.kind is JobKind.FINAL
            if job.attempt == 0:
                self._trouble()
        return self._engine.transcribe(job, samples)


class Nonsense:
    """Always the same answer."""

    def __init__(self, answer: Transcription) -> None:
        self._answer = answer
        self.threads: set[threading.Thread] = set()

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        self.threads.add(threading.current_thread())
        return self._answer


async def heard(talk: Conversation, engine: Transcriber) -> Kept:
    """The conversation as a live call, each decode's outcome delivered before the next sound comes."""
    settings = config.load()
    kept = Kept()
    workers = DecodeWorkers(engine, 2, hang_s=HANG_S)
    started = CallStarted(call_id=CALL, at_ms=0, channels=talk.channels)
    call = make_call(started, context_of(settings, CALL), settings, listens=True)

    async def source() -> AsyncIterator[Event | AudioFrame]:
        for frame in talk.frames(CALL):
            yield frame
            # Partials that something newer made needless are never answered, so the queue itself is looked at.
            for _ in iter(lambda: workers.queued, 0):
                await asyncio.sleep(0.001)
            await asyncio.sleep(0)

    try:
        runner = CallRunner(call, WorkerDesk(workers), [kept], pace=None, report=pytest.fail)
        async with asyncio.timeout(60):
            await runner.run(source())
    finally:
        await workers.aclose()
    return kept


def whole(kept: Kept, talk: Conversation) -> Iterator[Utterance]:
    """The call's utterances, when it went its whole way: every one numbered, in order, and an end."""
    assert isinstance(kept.of(CallEnded)[0], CallEnded)
    for channel in talk.channels:
        finals = [final for final in kept.of(Utterance) if final.channel == channel]
        assert [final.utterance for final in finals] == list(range(len(finals)))
        assert all(before.ended_ms <= after.started_ms for before, after in pairwise(finals))
        for ended in (one for one in kept.of(SpeechEnded) if one.channel == channel):
            assert any(final.started_ms <= ended.started_ms < final.ended_ms for final in finals)
        yield from finals


def breaks() -> None:
    raise ZeroDivisionError("inside the engine")


def refuses() -> None:
    raise RecogniserError("cannot decode this")


def hangs() -> None:
    threading.Event().wait(HANG_S * 3)


@pytest.mark.parametrize("trouble", [breaks, refuses, hangs])
async def test_a_worker_in_trouble_is_replaced_and_its_job_asked_once_more(trouble: Callable[[], None]) -> None:
    talk = Conversation(14_000)
    engine = Troubled(ReferenceTranscriber(talk.words), trouble)
    kept = await heard(talk, engine)
    words = {word for final in whole(kept, talk) for word in final.text.split()}
    # The second attempt brought every word but perhaps the one at which the conversation is cut.
    for channel in talk.channels:
        assert {word.text for word in talk.words[channel][:-1]} <= words
    assert {attempt for _, _, attempt in engine.asked} == {0, 1}
    assert max(engine.asked.values()) == 1
    assert (len(engine.threads) > 2) == (trouble is not refuses)


@pytest.mark.parametrize(
    "answer",
    [
        Transcription(text=""),
        Transcription(text="thank you " * 60, compression=12.0),
        Transcription(text="and so on and", cap_hit=True),
        Transcription(text="no such thing", mean_logprob=math.nan, align_p=math.nan),
        Transcription(text="mumble", mean_logprob=-4.0),
        Transcription(text="Thank you.", no_speech=0.95, mean_logprob=-1.4),
    ],
    ids=["empty", "loops", "capped", "no numbers", "unlikely", "phantom"],
)
async def test_nonsense_becomes_no_text_and_no_utterance_is_stuck(answer: Transcription) -> None:
    talk = Conversation(14_000)
    kept = await heard(talk, Nonsense(answer))
    finals = list(whole(kept, talk))
    assert len(finals) >= 3
    assert {final.text for final in finals} == {""}


async def test_words_with_times_from_nowhere_stay_within_their_utterance() -> None:
    talk = Conversation(14_000)
    words = (Word("one", 9_000_000, -5, 0.9), Word("two", -70, 80_000_000, 0.8))
    for final in whole(await heard(talk, Nonsense(Transcription(text="one two", words=words))), talk):
        times = [at_ms for word in final.words for at_ms in (word.start_ms, word.end_ms)]
        assert times == sorted(times)
        assert all(final.started_ms - 300 <= at_ms <= final.ended_ms + 300 for at_ms in times)


async def test_no_decode_ever_runs_on_the_event_loop() -> None:
    talk = Conversation(8_000)
    live, played = Nonsense(Transcription(text="so")), Nonsense(Transcription(text="so"))
    await heard(talk, live)
    settings = config.load()
    started = CallStarted(call_id=CALL, at_ms=0, channels=talk.channels)
    for speed in (None, 1000.0):
        call = make_call(started, context_of(settings, CALL), settings, listens=True)
        ears = Ears(played, "recogniser", computes=True)
        await play(call, talk.frames(CALL), ears, settings, [], speed=speed, report=pytest.fail)
    assert live.threads
    assert played.threads
    assert threading.current_thread() not in live.threads | played.threads
