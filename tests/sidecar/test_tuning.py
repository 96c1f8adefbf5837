"""The arithmetic of tuning with fake engines, and cutting a recording into utterances with the real loop."""

import numpy as np
import pytest

from sidecar import tuning
from sidecar.bench.conversation import Conversation
from sidecar.tuning import FULL_NAME, Comparison, Piece, Row, choose
from streams.engine import DecodeJob, JobKind, Transcription
from streams.errors import RecogniserError
from streams.loop import ListeningLoop
from streams.settings import LoopSettings
from streams.vad import SileroProbe


class Says:
    def __init__(self, *texts, compute_ms=100.0):
        self._texts = list(texts)
        self._compute_ms = compute_ms

    def transcribe(self, job, samples):
        text = self._texts.pop(0)
        if text is None:
            raise RecogniserError("broke")
        return Transcription(text=text, decode_ms=self._compute_ms)


def piece(length_ms=1000):
    job = DecodeJob(
        call_id="c",
        channel="agent",
        utterance=0,
        kind=JobKind.FINAL,
        started_ms=0,
        ended_ms=length_ms,
        requested_ms=length_ms,
    )
    return Piece(job, np.zeros(length_ms * 16, np.float32))


def test_words_that_differ_and_compute_time_are_added_up():
    comparison = Comparison(
        {
            FULL_NAME: Says("I called on Monday.", "Yes, I did.", compute_ms=500),
            "safe": Says("I called, on monday", "yes I did", compute_ms=200),
            "fast": Says("I called Monday", "yes we did okay", compute_ms=100),
        }
    )
    comparison.take(piece())
    comparison.take(piece(3000))
    outcome = comparison.outcome()
    assert (outcome.words, outcome.utterances, outcome.speech_ms) == (7, 2, 4000)
    assert outcome.rows == (
        Row(FULL_NAME, 0.25, 0.0),
        Row("safe", 0.1, 0.0),
        Row("fast", 0.05, pytest.approx(3 / 7)),
    )


def test_what_one_setting_cannot_decode_counts_for_none():
    comparison = Comparison({FULL_NAME: Says("one two", "three"), "fast": Says(None, "three")})
    comparison.take(piece())
    comparison.take(piece())
    assert (comparison.outcome().words, comparison.outcome().utterances) == (1, 1)


def test_nothing_heard_costs_nothing():
    assert Comparison({FULL_NAME: Says()}).outcome().rows == (Row(FULL_NAME, 0.0, 0.0),)


def test_the_cheapest_within_the_tolerance_is_chosen():
    rows = (Row(FULL_NAME, 0.05, 0.0), Row("safe", 0.3, 0.004), Row("fast", 0.1, 0.012), Row("faster", 0.08, 0.2))
    assert choose(rows, 0.01) == rows[1]
    assert choose(rows, 0.012) == rows[2]
    assert choose(rows, 0.5) == rows[3]
    assert choose(rows, 0.001) is None


def test_a_recording_is_cut_into_the_utterances_of_a_live_call():
    talk = Conversation(20_000)
    loop = ListeningLoop("c", talk.channels, LoopSettings(), {channel: SileroProbe() for channel in talk.channels})
    found = list(tuning.pieces(talk.frames("c"), loop, talk.duration_ms))
    assert loop.idle
    assert found
    assert len({(each.job.channel, each.job.utterance) for each in found}) == len(found)
    assert all(len(each.samples) == each.length_ms * 16 for each in found)
    assert all(each.job.kind is JobKind.FINAL for each in found)
    for channel, words in talk.words.items():
        spans = [(each.job.started_ms, each.job.ended_ms) for each in found if each.job.channel == channel]
        inside = [any(start <= (word.start_ms + word.end_ms) // 2 <= end for start, end in spans) for word in words]
        assert sum(inside) >= 0.9 * len(inside)
