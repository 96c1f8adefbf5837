import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.spoken_words import MAX_WORDS, split_words


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("I can't, I won't, I don't!", "i can not i will not i do not"),
        ("dont u dare", "do not you dare"),
        ("It\u2019s Sue\u2019s third call", "it is sue third call"),
        ("um I'm I'm er waiting", "i am waiting"),
        ("it was it was broken", "it was broken"),
        ("no no, very very late", "no no very very late"),
        ("seven 7 7 0", "seven 7 7 0"),
        ("the the 3rd time, £12.50", "the 3rd time £ 12.50"),
        ("we'd've said o'clock", "we'd have said oclock".replace("'", "")),
        ("they'll go, you've been", "they will go you have been"),
        ("", ""),
    ],
)
def test_text_becomes_plain_words(said: str, plain: str) -> None:
    assert " ".join(split_words(said).words) == plain


def test_a_quote_is_what_was_said() -> None:
    spoken = split_words("Well, I've TOLD you, twice!")
    first = spoken.words.index("told")
    assert spoken.quote(first, first + 3) == "TOLD you, twice"


def test_only_the_last_words_of_a_long_turn_count() -> None:
    spoken = split_words(" ".join(f"word{'a' * (n % 7)}{n}" for n in range(MAX_WORDS)))
    assert len(spoken.words) == MAX_WORDS == len(spoken.spans)


@given(st.text(max_size=300))
def test_any_text_gives_words_with_spans_inside_it(text: str) -> None:
    spoken = split_words(text)
    assert len(spoken.words) == len(spoken.spans)
    assert all(0 <= start < end <= len(spoken.text) for start, end in spoken.spans)


@given(st.text(alphabet="abcdefgh iIt'n\u2019\u0130", max_size=80))
def test_letters_that_grow_when_lowered_do_not_move_the_spans(text: str) -> None:
    spoken = split_words(text)
    for at in range(len(spoken.words)):
        assert spoken.quote(at, at + 1).strip()
