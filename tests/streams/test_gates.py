import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.engine import Transcription
from streams.events import Word
from streams.gates import Verdict, confidence, judge, salvage, showable


def heard(text="hello there", **figures):
    return Transcription(text=text, **figures)


@pytest.mark.parametrize(
    "figures",
    [{}, {"mean_logprob": -0.99}, {"compression": 2.4}, {"no_speech": 0.9}, {"align_p": 0.25}],
)
def test_a_good_decode_is_kept(figures):
    assert judge(heard(**figures)) is Verdict.KEEP


@pytest.mark.parametrize(
    "figures",
    [
        {"mean_logprob": -1.01},
        {"mean_logprob": math.nan},
        {"compression": 2.41},
        {"cap_hit": True},
        {"align_p": 0.24},
        {"align_p": math.nan},
    ],
)
def test_a_doubtful_decode_is_tried_again(figures):
    assert judge(heard(**figures)) is Verdict.RETRY


@pytest.mark.parametrize("decode", [heard(""), heard(" \n"), heard("Thank you.", no_speech=0.7, mean_logprob=-1.2)])
def test_silence_says_nothing(decode):
    assert judge(decode) is Verdict.NOTHING_SAID
    assert not showable(decode)


def test_unsure_words_may_be_shown_but_not_loops():
    assert showable(heard(mean_logprob=-2.0))
    assert not showable(heard(compression=3.0))
    assert not showable(heard(cap_hit=True))


def test_the_likeliest_of_two_unsure_decodes_is_kept():
    worse, better = heard("a", mean_logprob=-1.4), heard("b", mean_logprob=-1.1)
    assert salvage([worse, better]) is better
    assert salvage([better, worse]) is better


@pytest.mark.parametrize(
    "figures",
    [{"cap_hit": True}, {"compression": 3.0}, {"no_speech": 0.9}, {"mean_logprob": -1.6}, {"align_p": 0.05}],
)
def test_nothing_is_better_than_garbage(figures):
    assert salvage([heard(**figures)]) is None


def test_nothing_comes_of_nothing():
    assert salvage([]) is None


def test_confidence_is_the_mean_of_the_words():
    words = (Word("a", 0, 1, 0.5), Word("b", 1, 2, 1.0))
    assert confidence(heard(words=words, mean_logprob=-9.0)) == pytest.approx(0.75)
    assert confidence(heard(mean_logprob=-0.5)) == pytest.approx(math.exp(-0.5))
    assert confidence(heard(mean_logprob=0.1)) == 1.0


@given(
    st.builds(
        heard,
        text=st.text(max_size=5),
        mean_logprob=st.floats(-5, 0),
        no_speech=st.floats(0, 1),
        compression=st.floats(0, 5),
        align_p=st.floats(0, 1),
        cap_hit=st.booleans(),
    )
)
def test_what_is_kept_may_be_shown(decode):
    if judge(decode) is Verdict.KEEP:
        assert showable(decode)


@pytest.mark.parametrize("text", ["Thank you.", "THANK YOU!", "Bye-bye.", "you", "Thanks for watching!"])
def test_what_whisper_makes_up_needs_a_voice_behind_it(text):
    assert judge(Transcription(text=text, mean_logprob=-0.4, no_speech=0.7)) is Verdict.NOTHING_SAID
    assert judge(Transcription(text=text, mean_logprob=-0.4, no_speech=0.3)) is Verdict.KEEP
    assert not showable(Transcription(text=text, mean_logprob=-0.4, no_speech=0.7))


def test_other_words_on_a_noisy_line_are_kept():
    assert judge(Transcription(text="Thank you, Sam.", mean_logprob=-0.4, no_speech=0.7)) is Verdict.KEEP
