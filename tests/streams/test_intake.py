import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.audio import pcm_to_float
from streams.errors import AudioInputError
from streams.intake import Block, Hole, Intake


def pieces_of(intake, frames):
    return list(itertools.chain.from_iterable(intake.feed(frame) for frame in frames))


def test_blocks_lie_on_a_fixed_grid_and_hold_the_sound(kit):
    pcm = kit.sound([(0, 1000)], 1000)
    blocks = pieces_of(Intake(), kit.frames(pcm))
    assert [block.start_sample for block in blocks] == list(range(0, 31 * 512, 512))
    assert np.array_equal(np.concatenate([block.samples for block in blocks]), pcm_to_float(pcm)[: 31 * 512])


def test_the_last_block_is_filled_up(kit):
    intake = Intake()
    pieces_of(intake, kit.frames(kit.sound([(0, 1000)], 1000)))
    (last,) = intake.flush()
    assert last.start_sample == 31 * 512
    assert np.count_nonzero(last.samples) == pytest.approx(128, abs=1)
    assert list(intake.flush()) == []


def test_telephone_sound_is_brought_to_16_khz(kit):
    blocks = pieces_of(Intake(), kit.frames(kit.sound([(0, 1000)], 1000, rate_hz=8000), rate_hz=8000))
    assert len(blocks) == 31


def test_other_rates_are_refused(kit):
    (frame,) = kit.frames(kit.sound([], 20, rate_hz=44_100), rate_hz=44_100, sizes=[44_100])
    with pytest.raises(AudioInputError, match="44100 Hz"):
        list(Intake().feed(frame))


def test_a_leg_that_joins_late_begins_where_it_joined(kit):
    hole, first, *_ = pieces_of(Intake(), kit.frames(kit.sound([(0, 500)], 500), started_ms=90_010))
    assert hole == Hole(0, 90_010 * 16 // 512 * 512)
    assert first.start_sample == hole.end_sample
    # The block in which sound begins is silent up to there.
    assert not first.samples[: 90_010 * 16 - first.start_sample].any()


def test_a_hole_is_given_out_as_one_piece_between_full_blocks(kit):
    pcm = kit.sound([(0, 500)], 500)
    intake = Intake()
    pieces = pieces_of(intake, [*kit.frames(pcm), *kit.frames(pcm, started_ms=2000)])
    (hole,) = [piece for piece in pieces if isinstance(piece, Hole)]
    assert hole == Hole(16 * 512, 62 * 512)
    blocks = [piece for piece in pieces if isinstance(piece, Block)]
    assert [block.start_sample // 512 for block in blocks] == [*range(16), *range(62, 78)]
    assert not blocks[15].samples[8000 - 15 * 512 :].any()
    assert intake.ring.gap_samples > 0


def test_a_hole_longer_than_the_ring(kit):
    pcm = kit.sound([(0, 500)], 500)
    pieces = pieces_of(Intake(), [*kit.frames(pcm), *kit.frames(pcm, started_ms=200_000)])
    assert sum(isinstance(piece, Hole) for piece in pieces) == 1
    assert pieces[-1].samples.any()


def test_sound_before_a_hole_can_be_read_with_silence_behind_it(kit):
    pcm = kit.sound([(0, 500)], 500)
    intake = Intake()
    pieces_of(intake, kit.frames(pcm))
    later = intake.feed(next(kit.frames(pcm, started_ms=300_000)))
    while not isinstance(next(later), Hole):
        pass
    assert len(intake.ring.read(0, 8000 + 3200)) == 11_200


def test_a_lost_packet_is_silence_and_not_a_hole(kit):
    packets = list(kit.frames(kit.sound([(0, 1000)], 1000)))
    pieces = pieces_of(Intake(), packets[:10] + packets[13:])
    assert all(isinstance(piece, Block) for piece in pieces)
    assert len(pieces) == 31


def test_rounded_times_do_not_move_samples(kit):
    # 100 samples are 6.25 ms, so every frame's time is off by a fraction of a millisecond.
    pcm = kit.sound([(0, 1000)], 1000)
    assert _joined(kit.frames(pcm, sizes=[100])) == _joined(kit.frames(pcm))


def test_sound_that_comes_for_a_time_already_heard_is_refused(kit):
    pcm = kit.sound([(0, 500)], 500)
    intake = Intake()
    pieces_of(intake, kit.frames(pcm, sizes=[8000]))
    assert pieces_of(intake, kit.frames(pcm, sizes=[8000])) == []
    assert intake.ring.refused_samples == 8000


def test_a_reset_forgets_the_sound_before(kit):
    intake = Intake()
    pieces_of(intake, kit.frames(kit.sound([(0, 100)], 100, rate_hz=8000), rate_hz=8000))
    intake.reset()
    silence = kit.frames(bytes(2 * 800), rate_hz=8000, started_ms=100)
    assert not any(block.samples.any() for block in pieces_of(intake, silence)[1:])


def _joined(frames):
    return [block.samples.tobytes() for block in pieces_of(Intake(), frames)]


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=8), rate_hz=st.sampled_from([8000, 16_000]))
def test_any_slicing_gives_the_same_blocks(kit, sizes, rate_hz):
    pcm = kit.sound([(100, 700)], 800, rate_hz=rate_hz)
    assert _joined(kit.frames(pcm, rate_hz=rate_hz, sizes=sizes)) == _joined(kit.frames(pcm, rate_hz=rate_hz))
