"""Chunks that come reordered, twice, late or never."""

from hypothesis import given
from hypothesis import strategies as st

from streams.taps.in_order import WAIT_CHUNKS, Chunk, InOrder


def chunk(number: int | None, media_ms: int | None = None) -> Chunk:
    return Chunk(number, 20 * (number or 0) if media_ms is None else media_ms, b"", 20)


def heard(chunks: list[Chunk]) -> list[tuple[int | None, int]]:
    track = InOrder()
    ready = [one for each in chunks for one in track.feed(each)] + track.flush()
    return [(one.chunk.number, one.missing_ms) for one in ready]


def test_in_order_they_pass_at_once() -> None:
    track = InOrder()
    for number in range(7, 10):
        assert [one.chunk.number for one in track.feed(chunk(number))] == [number]


def test_reordered_and_repeated_ones_come_once_and_in_order() -> None:
    assert heard([chunk(n) for n in (1, 3, 2, 2, 4, 1, 6, 5)]) == [(n, 0) for n in range(1, 7)]


def test_even_the_first_may_come_second() -> None:
    assert heard([chunk(2), chunk(1), chunk(3)]) == [(1, 0), (2, 0), (3, 0)]


def test_a_missing_one_is_waited_for_and_then_a_hole() -> None:
    track = InOrder()
    track.feed(chunk(1))
    waiting = [track.feed(chunk(n)) for n in range(3, 3 + WAIT_CHUNKS)]
    assert waiting == [[]] * WAIT_CHUNKS
    ready = track.feed(chunk(3 + WAIT_CHUNKS))
    assert [(one.chunk.number, one.missing_ms) for one in ready][:2] == [(3, 20), (4, 0)]
    assert track.feed(chunk(2)) == []


def test_time_that_jumps_is_a_hole_though_no_chunk_is_missing() -> None:
    assert heard([chunk(1, 0), chunk(2, 520), chunk(3, 540)]) == [(1, 0), (2, 500), (3, 0)]


def test_small_steps_of_time_are_none() -> None:
    assert heard([chunk(1, 0), chunk(2, 35), chunk(3, 35), chunk(4, 90)]) == [(n, 0) for n in range(1, 5)]


def test_time_that_goes_back_is_where_it_goes_on() -> None:
    assert heard([chunk(1, 5000), chunk(2, 0), chunk(3, 20), chunk(4, 240)]) == [(1, 0), (2, 0), (3, 0), (4, 200)]


def test_without_numbers_time_alone_tells() -> None:
    assert heard([chunk(None, ms) for ms in (0, 20, 140, 160)]) == [(None, 0), (None, 0), (None, 100), (None, 0)]


@given(st.lists(st.builds(chunk, st.integers(-5, 30) | st.integers() | st.none(), st.integers()), max_size=40))
def test_whatever_comes_leaves_once_and_in_order(chunks: list[Chunk]) -> None:
    numbers = [number for number, missing_ms in heard(chunks) if number is not None and missing_ms >= 0]
    assert numbers == sorted(set(numbers))


@given(st.permutations(range(1, 9)))
def test_what_is_shuffled_a_little_is_all_there(order: list[int]) -> None:
    numbers = [number for number, _ in heard([chunk(0), *map(chunk, order)])]
    assert numbers == sorted(numbers)
    if all(abs(number - at) < WAIT_CHUNKS // 2 for at, number in enumerate(order, start=1)):
        assert numbers == [*range(9)]
