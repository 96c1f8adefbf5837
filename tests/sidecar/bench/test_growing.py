from hypothesis import given
from hypothesis import strategies as st

from sidecar.bench.growing import GrowingBuffer
from streams.events import Word


def words(*texts, every_ms=500):
    return [Word(text, number * every_ms, number * every_ms + 400) for number, text in enumerate(texts)]


def test_what_two_passes_agree_on_is_confirmed():
    buffer = GrowingBuffer()
    assert buffer.take(words("so", "I", "ca"), (), 1500) == ()
    assert [word.text for word in buffer.take(words("so", "I", "called", "yes"), (), 2000)] == ["so", "I"]
    assert [word.text for word in buffer.take(words("so", "I", "called", "yesterday"), (), 2500)] == ["called"]


def test_a_word_that_a_later_pass_times_anew_is_not_confirmed_again():
    buffer = GrowingBuffer()
    for until_ms in (1500, 2000):
        buffer.take(words("so", "I"), (), until_ms)
    shifted = [Word("so", 480, 600), Word("I", 850, 1000), Word("called", 1100, 1500)]
    buffer.take(shifted, (), 2500)
    assert [word.text for word in buffer.take(shifted, (), 3000)] == ["called"]


def test_a_long_buffer_is_cut_at_the_last_confirmed_segment_but_one():
    buffer = GrowingBuffer()
    spoken = words(*(f"w{number}" for number in range(40)))
    ends_ms = (4900, 9900, 19_900)
    buffer.take(spoken, ends_ms, 20_000)
    assert buffer.from_ms == 0
    buffer.take(spoken, ends_ms, 21_000)
    assert buffer.from_ms == 9900
    assert buffer.prompt.endswith("w18 w19")


def test_without_a_confirmed_segment_it_grows():
    buffer = GrowingBuffer()
    buffer.take(words("one"), (400,), 30_000)
    buffer.take(words("one"), (400,), 31_000)
    assert buffer.from_ms == 0
    assert buffer.prompt == ""


def test_a_long_prompt_is_cut_between_words():
    buffer = GrowingBuffer()
    spoken = words(*(f"word{number}" for number in range(100)))
    for until_ms in (50_000, 51_000):
        buffer.take(spoken, (48_000, 49_900), until_ms)
    assert len(buffer.prompt) <= 200
    assert buffer.prompt.startswith("word")


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30))
def test_no_word_is_confirmed_twice(reaches):
    buffer = GrowingBuffer()
    spoken = words(*(f"w{number}" for number in range(30)))
    confirmed = []
    for reach in sorted(reaches):
        heard = [word for word in spoken[:reach] if word.start_ms >= buffer.from_ms]
        confirmed += buffer.take(heard, [word.end_ms for word in heard[4::5]], reach * 500)
    assert [word.text for word in confirmed] == [word.text for word in spoken[: len(confirmed)]]
