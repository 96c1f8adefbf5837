"""Two crystals: blocks are placed where they belong, and what the device's clock drifts is found and worked off."""

import itertools
import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.taps.local_clock import GAP, PER_MS, STEP, URGENT, DeviceClock, Placed

BLOCK = 320
ALL_QUIET = bytes(2 * BLOCK)
LOUD = (np.sin(np.arange(BLOCK) / 5) * 9000).astype("<i2").tobytes()


def arrivals(count: int, ppm: float, *, jitter_us: int = 5_000, seed: int = 1) -> Iterator[int]:
    """When blocks of a device whose clock is `ppm` too fast reach the program, µs: late by chance, never early."""
    chance = random.Random(seed)
    last = 0
    for number in range(1, count + 1):
        true_us = 1_000_000 + number * 20_000 / (1 + ppm / 1e6)
        late_us = chance.random() ** 3 * jitter_us
        last = max(last, round(true_us + late_us))
        yield last


def run(clock: DeviceClock, stamps: Iterator[int], pcm: bytes = ALL_QUIET) -> list[tuple[int, Placed]]:
    return [(stamp, placed) for stamp in stamps for placed in clock.feed(stamp, pcm)]


@settings(max_examples=8, deadline=None)
@given(st.floats(-300, 300), st.integers(0, 1000))
def test_the_place_stays_with_the_machines_clock_whatever_the_drift(ppm: float, seed: int) -> None:
    clock = DeviceClock()
    placed = run(clock, arrivals(5_000, ppm, seed=seed))
    errors = [stamp * PER_MS // 1000 - one.start - BLOCK for stamp, one in placed[500:]]
    assert min(errors) > -6 * PER_MS
    assert max(errors) < 14 * PER_MS
    assert clock.drift_ppm == pytest.approx(ppm, abs=30)


@pytest.mark.parametrize("ppm", [-200.0, 200.0])
def test_speech_without_a_pause_is_stretched_when_it_must_be(ppm: float) -> None:
    clock = DeviceClock()
    placed = run(clock, arrivals(9_000, ppm), LOUD)
    lengths = {len(one.samples) for _, one in placed}
    assert lengths <= {BLOCK - 3, BLOCK - 2, BLOCK - 1, BLOCK, BLOCK + 1, BLOCK + 2, BLOCK + 3}
    assert len(lengths) > 1
    errors = [stamp * PER_MS // 1000 - one.start - BLOCK for stamp, one in placed[500:]]
    assert max(map(abs, errors)) < URGENT + 9 * PER_MS
    loudest = max(int(np.abs(one.samples).max()) for _, one in placed)
    assert loudest <= 9000


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=30), st.data())
def test_no_sample_is_lost_or_doubled_without_drift(sizes: list[int], data: st.DataObject) -> None:
    """Whatever sizes blocks have and however late they are, they lie end to end."""
    clock, sent, true_us, stamp = DeviceClock(), 0, 5_000_000.0, 0
    placed: list[Placed] = []
    for size in sizes:
        true_us += size * 1000 / PER_MS
        stamp = max(stamp, round(true_us) + data.draw(st.integers(0, 4_000)))
        samples = np.arange(sent, sent + size, dtype=np.uint16).view(np.int16)
        placed += clock.feed(stamp, samples.astype("<i2").tobytes())
        sent += size
    placed += clock.flush()
    whole = np.concatenate([one.samples for one in placed]).view(np.uint16)
    assert whole.tolist() == [number % 65536 for number in range(sent)]
    assert all(a.start + len(a.samples) == b.start for a, b in itertools.pairwise(placed))


def test_a_device_that_was_silent_begins_again_where_it_is_heard() -> None:
    clock = DeviceClock()
    before = run(clock, arrivals(50, 0, jitter_us=0))
    pause_us = 3_000_000
    after = run(clock, (stamp + pause_us for stamp in arrivals(50, 0, jitter_us=0)))
    gap = after[0][1].start - before[-1][1].start - BLOCK
    # The second run begins 20 ms after the pause, as the first began 20 ms after its origin.
    assert gap == (pause_us - 50 * 20_000) * PER_MS // 1000


def test_a_burst_after_a_stall_takes_the_place_it_was_recorded_for() -> None:
    clock = DeviceClock()
    run(clock, arrivals(50, 0, jitter_us=0))
    stalled_us = 300_000
    late = list(arrivals(80, 0, jitter_us=0))[50:]
    burst = run(clock, (max(stamp, late[0] + stalled_us) for stamp in late))
    assert [one.start for _, one in burst] == [late[0] * PER_MS // 1000 - BLOCK + n * BLOCK for n in range(len(burst))]


@pytest.mark.parametrize("lost", [STEP * 2, -STEP * 2])
def test_sound_that_was_dropped_on_the_way_sets_the_place_anew(lost: int) -> None:
    clock = DeviceClock()
    stamps = list(arrivals(600, 0, jitter_us=0))
    jumped = [stamp + (lost * 1000 // PER_MS if number > 150 else 0) for number, stamp in enumerate(stamps)]
    jumped = [max(jumped[: number + 1]) for number in range(len(jumped))]
    placed = run(clock, iter(jumped))
    stamp, last = placed[-1]
    assert abs(stamp * PER_MS // 1000 - last.start - BLOCK) <= 4 * PER_MS
    assert abs(clock.drift_ppm) < 50


def test_a_block_of_nothing_is_nothing() -> None:
    clock = DeviceClock()
    assert clock.feed(1_000_000, b"") == []
    assert clock.flush() == []
    assert clock.drift_ppm == 0.0


def test_held_blocks_come_out_when_the_device_closes() -> None:
    clock = DeviceClock()
    assert clock.feed(1_000_000, LOUD) == []
    [one] = clock.flush()
    assert one.start == 16_000 - BLOCK
    assert clock.feed(1_000_000 + (GAP + 2 * BLOCK) * 1000 // PER_MS, LOUD) == []


def test_more_is_dropped_than_a_block_holds() -> None:
    """A fast device in short blocks: what is owed is worked off over several of them."""
    clock = DeviceClock()
    chance = random.Random(3)
    stamp, placed = 1_000_000, []
    for number in range(12_000):
        ahead = 30_000 if number > 1500 else 0
        stamp = max(stamp, 1_000_000 + number * 2_000 - ahead + round(chance.random() * 500))
        placed += clock.feed(stamp, bytes(2 * 32))
    last = placed[-1]
    assert abs(stamp * PER_MS // 1000 - last.start - 32) < 6 * PER_MS
