import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.segments import SILENT_DB, Edge, Segmenter, SpeakerLevel, level_db
from streams.settings import VadSettings

FRAME = 512


def run(probabilities, levels=None, segmenter=None):
    segmenter = segmenter or Segmenter(VadSettings(), end_pause_ms=240)
    levels = levels or itertools.repeat(-30.0)
    edges = []
    for index, (probability, db) in enumerate(zip(probabilities, levels, strict=False)):
        edge = segmenter.feed(index * FRAME, probability, db)
        if edge:
            edges.append((edge.kind, edge.at_sample // FRAME, index))
    return edges


def test_speech_is_confirmed_after_three_frames_and_dated_back():
    assert run([0.0] * 5 + [0.9] * 10) == [("started", 5, 7)]


def test_speech_ends_after_the_pause_and_is_dated_back_to_the_last_voiced_frame():
    # 240 ms are seven and a half frames, so the eighth silent one makes the end known.
    assert run([0.9] * 10 + [0.0] * 20) == [("started", 0, 2), ("ended", 10, 17)]


def test_a_shorter_pause_is_part_of_the_speech():
    assert run([0.9] * 10 + [0.0] * 7 + [0.9] * 3) == [("started", 0, 2)]


def test_a_short_burst_is_not_speech():
    assert run([0.0, 0.9, 0.9, 0.0] * 5) == []


def test_between_the_two_thresholds_speech_goes_on_but_does_not_begin():
    assert run([0.4] * 20) == []
    assert run([0.9, 0.4, 0.4] + [0.4] * 20) == [("started", 0, 2)]


def test_what_stirs_is_told():
    segmenter = Segmenter(VadSettings(), end_pause_ms=240)
    run([0.9], segmenter=segmenter)
    assert segmenter.stirring
    assert not segmenter.speaking
    run([0.0], segmenter=segmenter)
    assert not segmenter.stirring


def test_silence_is_counted_until_something_stirs():
    segmenter = Segmenter(VadSettings(), end_pause_ms=240)
    run([0.0] * 4, segmenter=segmenter)
    assert segmenter.silent_samples == 4 * FRAME
    run([0.9], segmenter=segmenter)
    assert segmenter.silent_samples == 0


def test_skipped_silence_ends_speech_where_it_was_heard_last():
    segmenter = Segmenter(VadSettings(), end_pause_ms=240)
    run([0.9] * 10, segmenter=segmenter)
    assert segmenter.skip(12 * FRAME) is None
    assert segmenter.skip(1000 * FRAME) == Edge("ended", 10 * FRAME)
    assert segmenter.skip(2000 * FRAME) is None


def test_closing_ends_speech_once():
    segmenter = Segmenter(VadSettings(), end_pause_ms=240)
    run([0.9] * 10, segmenter=segmenter)
    assert segmenter.close() == Edge("ended", 10 * FRAME)
    assert segmenter.close() is None


def test_loud_frames_of_a_known_speaker_begin_speech_though_the_model_hesitates():
    known = [0.9] * 40 + [0.0] * 20
    doubtful = [0.2] * 12
    levels = [-25.0] * 40 + [-60.0] * 20 + [-26.0] * 12
    # Half a vote each: it takes twice as long.
    assert run(known + doubtful, levels)[2:] == [("started", 60, 65)]


@pytest.mark.parametrize(
    ("known_frames", "line_db", "probability"),
    [(20, -60.0, 0.2), (40, -30.0, 0.2), (40, -60.0, 0.05)],
    ids=["speaker not known yet", "line as loud as the speaker", "model is sure that it is no voice"],
)
def test_loudness_alone_begins_nothing(known_frames, line_db, probability):
    probabilities = [0.9] * known_frames + [0.0] * 20 + [probability] * 30
    levels = [-25.0] * known_frames + [line_db] * 20 + [-26.0] * 30
    assert len(run(probabilities, levels)) == 2


def test_steady_noise_is_learnt_as_the_line():
    level = SpeakerLevel()
    for _ in range(40):
        level.learn_speech(-20.0)
    level.learn_line(-60.0)
    assert level.resembles_speech(-22.0)
    for _ in range(400):
        level.learn_line(-25.0)
    assert not level.resembles_speech(-22.0)


def test_level_of_a_frame():
    assert level_db(np.zeros(FRAME, np.float32)) == SILENT_DB
    assert level_db(np.ones(FRAME, np.float32)) == pytest.approx(0.0, abs=1e-3)
    assert level_db(np.full(FRAME, 0.1, np.float32)) == pytest.approx(-20.0, abs=1e-3)


@given(st.lists(st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.9]), max_size=200))
def test_edges_alternate_and_never_go_back(probabilities):
    segmenter = Segmenter(VadSettings(), end_pause_ms=240)
    edges = run(probabilities, segmenter=segmenter)
    last = segmenter.close()
    if last:
        edges.append((last.kind, last.at_sample // FRAME, len(probabilities)))
    assert [kind for kind, _, _ in edges] == ["started", "ended"] * (len(edges) // 2)
    at = [sample for _, sample, _ in edges]
    assert at == sorted(at)
    assert all(sample <= known for _, sample, known in edges)


def test_a_silence_of_known_level_brings_nothing_new_until_something_louder_comes():
    segmenter = Segmenter(VadSettings(), end_pause_ms=240)
    assert not segmenter.nothing_new(-60.0)
    run([0.0] * 31, itertools.repeat(-60.0), segmenter)
    assert not segmenter.nothing_new(-60.0)
    segmenter.feed(31 * FRAME, 0.0, -60.0)
    assert segmenter.nothing_new(-57.1)
    assert not segmenter.nothing_new(-56.0)
    segmenter.feed(32 * FRAME, 0.9, -20.0)
    assert not segmenter.nothing_new(-60.0)
