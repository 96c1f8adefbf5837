"""The ring: what was written is read back at its sample, or not at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ring import Ring


def ramp(start: int, length: int) -> np.ndarray:
    return np.arange(start, start + length, dtype=np.float32) + 1


def test_samples_are_read_where_they_were_written() -> None:
    ring = Ring(10)
    ring.write(ramp(0, 100), 0)
    ring.write(ramp(100, 20), 100)
    assert (ring.start_sample, ring.end_sample) == (0, 120)
    assert np.array_equal(ring.read(90, 120), ramp(90, 30))
    assert len(ring.read(50, 50)) == 0


def test_a_copy_is_given() -> None:
    ring = Ring(1)
    ring.write(ramp(0, 16), 0)
    ring.read(0, 16)[:] = 0
    assert np.array_equal(ring.read(0, 16), ramp(0, 16))


def test_the_oldest_is_overwritten() -> None:
    ring = Ring(1)
    ring.write(ramp(0, 10), 0)
    ring.write(ramp(10, 10), 10)
    assert (ring.start_sample, ring.end_sample) == (4, 20)
    assert np.array_equal(ring.read(4, 20), ramp(4, 16))
    with pytest.raises(LookupError, match="samples 3 to 20 asked for, 4 to 20 are kept"):
        ring.read(3, 20)


@pytest.mark.parametrize(("start", "end"), [(0, 21), (15, 14), (-1, 5)])
def test_what_is_not_there_is_refused(start: int, end: int) -> None:
    ring = Ring(10)
    ring.write(ramp(0, 20), 0)
    with pytest.raises(LookupError):
        ring.read(start, end)


def test_a_hole_is_silence_and_counted() -> None:
    ring = Ring(10)
    ring.write(ramp(0, 10), 0)
    ring.write(ramp(15, 10), 15)
    assert ring.gap_samples == 5
    assert np.array_equal(ring.read(8, 17), [9, 10, 0, 0, 0, 0, 0, 16, 17])


def test_a_hole_longer_than_the_ring_leaves_only_silence_before() -> None:
    ring = Ring(1)
    ring.write(ramp(0, 16), 0)
    ring.write(ramp(0, 4), 1000)
    assert ring.gap_samples == 984
    assert ring.start_sample == 988
    assert np.array_equal(ring.read(988, 1004), [0] * 12 + [1, 2, 3, 4])


def test_what_comes_late_is_refused_and_counted() -> None:
    ring = Ring(10)
    ring.write(ramp(0, 10), 0)
    ring.write(np.full(6, -1, np.float32), 6)
    ring.write(np.full(4, -1, np.float32), 2)
    assert ring.refused_samples == 8
    assert np.array_equal(ring.read(4, 12), [5, 6, 7, 8, 9, 10, -1, -1])


def test_nothing_may_be_written() -> None:
    ring = Ring(10)
    ring.write(np.zeros(0, np.float32), 50)
    assert (ring.end_sample, ring.gap_samples) == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-10, 30)), max_size=20))
def test_it_equals_an_endless_tape(writes: list[tuple[int, int]]) -> None:
    ring, tape = Ring(1), np.zeros(0, np.float32)
    for length, offset in writes:
        start, samples = max(0, len(tape) + offset), ramp(len(tape), length)
        ring.write(samples, start)
        fresh = samples[max(0, len(tape) - start) :]
        if len(fresh):
            tape = np.concatenate([tape, np.zeros(max(0, start - len(tape)), np.float32), fresh])
    assert ring.end_sample == len(tape)
    assert np.array_equal(ring.read(ring.start_sample, ring.end_sample), tape[ring.start_sample :])
