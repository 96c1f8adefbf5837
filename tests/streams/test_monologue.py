"""Somebody who never stops talking: what a minute costs, and what is kept, must not grow with the minutes.

Virtual time and an engine that knows the words; `make soak` runs an hour of it.
"""

import gc
import heapq
import tracemalloc
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from streams.engine import DecodeJob, Transcription
from streams.events import AudioFrame, Hypothesis, Utterance, Word

PACKET_MS = 100
LAG_MS = 250
WORD_MS = 300
MINUTE_MS = 60_000


class Minute(NamedTuple):
    """What one minute of speech led to."""

    decodes: int
    decoded_ms: int
    finals: int
    words: int
    longest_hypothesis: int
    longest_lag_ms: int
    kept_bytes: int


def numbered(number: int) -> Word:
    """The word that begins at `number` times 300 ms; no two in a row are alike."""
    return Word(f"w{number}", number * WORD_MS, number * WORD_MS + WORD_MS - 40, 0.9)


def transcribed(job: DecodeJob) -> Transcription:
    """The words whose middle lies in the job's span."""
    first, last = job.started_ms // WORD_MS, job.ended_ms // WORD_MS + 1
    words = tuple(
        word
        for word in map(numbered, range(first, last))
        if job.started_ms <= (word.start_ms + word.end_ms) // 2 < job.ended_ms
    )
    return Transcription(text=" ".join(word.text for word in words), words=words, decode_ms=50.0)


def talked(kit, minutes: int) -> Iterator[Minute]:
    """Listen to one side that speaks without a pause, minute by minute."""
    loop = kit.loop()
    pcm = kit.sound([(0, PACKET_MS)], PACKET_MS)
    due: list[tuple[int, int, DecodeJob]] = []
    asked = 0
    for minute in range(minutes):
        decodes = decoded_ms = finals = words = longest = late_ms = 0
        for at_ms in range(minute * MINUTE_MS + PACKET_MS, (minute + 1) * MINUTE_MS + PACKET_MS, PACKET_MS):
            outputs = []
            while due and due[0][0] <= at_ms:
                due_ms, _, job = heapq.heappop(due)
                outputs.append(loop.decoded(job, transcribed(job), due_ms))
            frame = AudioFrame(
                call_id=kit.CALL,
                at_ms=at_ms,
                channel="customer",
                pcm=pcm,
                rate_hz=16_000,
                started_ms=at_ms - PACKET_MS,
                duration_ms=PACKET_MS,
            )
            outputs.append(loop.hear(frame))
            for output in outputs:
                for job in output.jobs:
                    asked += 1
                    decodes += 1
                    decoded_ms += len(loop.samples(job)) // 16
                    heapq.heappush(due, (job.requested_ms + LAG_MS, asked, job))
                for event in output.events:
                    if isinstance(event, Utterance):
                        finals += 1
                        words += len(event.text.split())
                        late_ms = max(late_ms, event.lag_ms)
                    elif isinstance(event, Hypothesis):
                        longest = max(longest, len(event.stable.split()) + len(event.tail.split()))
                        late_ms = max(late_ms, event.lag_ms)
        gc.collect()
        yield Minute(decodes, decoded_ms, finals, words, longest, late_ms, tracemalloc.get_traced_memory()[0])


@pytest.mark.parametrize("minutes", [3, pytest.param(60, marks=pytest.mark.soak)])
def test_a_long_monologue_costs_the_same_every_minute(kit, minutes):
    tracemalloc.start()
    try:
        spent = list(talked(kit, minutes))
    finally:
        tracemalloc.stop()
    # In the first minute rings and windows fill.
    first, *_, last = spent[1:]
    assert abs(last.decodes - first.decodes) <= 0.05 * first.decodes
    assert abs(last.decoded_ms - first.decoded_ms) <= 0.05 * first.decoded_ms
    assert max(minute.longest_hypothesis for minute in spent) <= first.longest_hypothesis * 1.2
    # Latency has nothing to grow by: neither the utterances nor what is decoded of them get longer.
    assert max(minute.longest_lag_ms for minute in spent) <= first.longest_lag_ms + PACKET_MS
    assert last.kept_bytes - first.kept_bytes < 64_000
    # Nothing that was said got lost on the way: 200 words a minute, whatever was cut where.
    said = sum(minute.words for minute in spent)
    assert minutes * MINUTE_MS // WORD_MS - said <= 60
    assert min(minute.finals for minute in spent) >= 4
