import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.endpoint import Heard, ends_sentence, ends_within_digits, leads_on, pause_needed_ms, weakest_frame
from streams.settings import EndpointSettings

SETTINGS = EndpointSettings()


@pytest.mark.parametrize("text", ["That is all.", "Really?", 'He said "no!"', "Danke。", "It broke. (Again.)"])
def test_sentence_ends(text):
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["", "that is", "so I thought...", "well…", "Mr"])
def test_no_sentence_ends(text):
    assert not ends_sentence(text)


@pytest.mark.parametrize("text", ["my number is 4", "four one", "it is 0 1 7.", "oh, seven.", "B12 44", "double four"])
def test_within_digits(text):
    assert ends_within_digits(text)


@pytest.mark.parametrize("text", ["", "twenty minutes", "I paid 20.", "that is the one."])
def test_not_within_digits(text):
    assert not ends_within_digits(text)


@pytest.mark.parametrize("text", ["um", "I called, um,", "it broke and", "Because.", "and then I saw the", "Well"])
def test_leads_on(text):
    assert leads_on(text)


@pytest.mark.parametrize("text", ["", "it broke", "the one that I came from.", "Mustang"])
def test_does_not_lead_on(text):
    assert not leads_on(text)


@pytest.mark.parametrize(
    ("text", "other_speaks", "pause_ms"),
    [
        (None, False, 480),
        (None, True, 300),
        ("it broke", False, 480),
        ("", False, 480),
        ("it broke.", False, 300),
        ("it broke", True, 300),
        ("it broke and", False, 860),
        ("first of all,", False, 860),
        ("I was going to say...", False, 860),
        ("it broke and", True, 300),
        ("four one seven", False, 860),
        ("four one seven", True, 860),
    ],
)
def test_pause_needed(text, other_speaks, pause_ms):
    assert pause_needed_ms(SETTINGS, text, other_speaks=other_speaks) == pause_ms


def frames(levels):
    return [Heard(index * 512, db, voiced=True) for index, db in enumerate(levels)]


def test_the_cut_lies_at_the_weakest_spot_of_the_last_third():
    levels = [-20.0] * 100
    levels[10], levels[60], levels[70] = -90.0, -60.0, -50.0
    levels[69] = levels[71] = -45.0
    assert weakest_frame(frames(levels)) == 70


def test_the_last_half_second_is_left_alone():
    assert weakest_frame(frames([-20.0] * 90 + [-80.0] * 10)) == 83


@given(st.lists(st.floats(-100, 0), min_size=2, max_size=60))
def test_both_sides_of_the_cut_keep_something(levels):
    assert 1 <= weakest_frame(frames(levels)) < len(levels)
