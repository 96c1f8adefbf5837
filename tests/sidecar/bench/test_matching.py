from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sidecar.bench.matching import matched, split


def test_case_and_punctuation_do_not_count():
    assert split("Hi, there! It's —") == ["hi", "there", "its", ""]


def test_a_masked_word_is_any_word_in_its_place():
    heard, said = split("number • •, okay"), split("number four seven okay")
    assert sorted(matched(heard, said)) == [
        (0, 0),
        (1, 1),
        (2, 2),
        (3, 3),
    ]


def test_a_wrong_word_is_no_word_of_the_truth():
    assert list(matched(["the", "bi"], ["the", "bill"])) == [(0, 0)]


@given(st.lists(st.sampled_from(["a", "b", "•"]), max_size=8), st.lists(st.sampled_from(["a", "b"]), max_size=8))
def test_every_place_is_matched_once_and_in_order(heard, said):
    pairs = sorted(matched(heard, said))
    assert all(before[0] < after[0] and before[1] < after[1] for before, after in pairwise(pairs))
    assert all(heard[there] in (said[here], "•") for there, here in pairs)
