import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.phrases import MAX_SPAN, PhraseBook, parse_phrases
from nudges.spoken_words import split_words
from streams.errors import PackError

CLASSES = {"unit": ("days", "weeks"), "num": ("two", "several")}


def found(families: dict[str, tuple[str, ...]], text: str) -> list[tuple[str, str]]:
    spoken = split_words(text)
    return [(hit.family, spoken.quote(hit.first, hit.after)) for hit in PhraseBook(families, CLASSES).find(spoken)]


@pytest.mark.parametrize(
    ("phrase", "text", "quote"),
    [
        ("still waiting", "I'm still waiting", "still waiting"),
        ("frustrat*", "so Frustrating!", "Frustrating"),
        ("is|was late", "it was late", "was late"),
        ("not very? happy", "not happy", "not happy"),
        ("not very? happy", "not very happy", "not very happy"),
        ("for _ <unit>", "for nine days", "for nine days"),
        ("spent ... <unit>", "spent nearly all of two days", ""),
        ("spent ... <unit>", "spent nearly two days", "spent nearly two days"),
        ("<digits> <unit>", "after 12 weeks", "12 weeks"),
        ("<num> <unit>", "two weeks", "two weeks"),
    ],
)
def test_the_notation(phrase: str, text: str, quote: str) -> None:
    assert found({"f": (phrase,)}, text) == ([("f", quote)] if quote else [])


def test_of_one_family_at_one_place_only_the_longest_counts() -> None:
    assert found({"f": ("at all", "at all costs"), "g": ("at all",)}, "at all costs") == [
        ("f", "at all costs"),
        ("g", "at all"),
    ]


@pytest.mark.parametrize(
    "phrase",
    [
        "_ late",
        "?",
        "... late",
        "a b c d e f g h i j k l m n o",
        "<nothing> late",
        "fr*",
        "can't",
        "late <unit",
        "abcdefghijklmn*",
    ],
)
def test_a_phrase_that_could_not_be_found_is_refused(phrase: str) -> None:
    with pytest.raises(PackError):
        PhraseBook({"f": (phrase,)}, CLASSES)


def test_the_same_phrase_twice_is_one() -> None:
    assert found({"f": ("late", "late")}, "late") == [("f", "late")]


@pytest.mark.parametrize(
    "text", ["=", "[classes]\na=1\n", "[classes]\n[customer]\n", "[classes]\n[agent]\n[customer]\na=['x']\n"]
)
def test_a_book_that_is_no_book_is_refused(text: str) -> None:
    with pytest.raises(PackError):
        parse_phrases(text)


def test_a_book_is_read() -> None:
    phrases = parse_phrases('[classes]\n[customer]\nlate = """\nlate,\n too late\n"""\n[agent]\nsorry = "sorry"\n')
    assert phrases.customer.families == ("late",)
    assert phrases.agent.families == ("sorry",)


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "two", "days", "x"]), max_size=60).map(" ".join))
def test_no_hit_spans_more_than_it_may(text: str) -> None:
    book = PhraseBook({"f": ("a ... b ... c ... d", "x"), "g": ("a _ <unit>",)}, CLASSES)
    spoken = split_words(text)
    for hit in book.find(spoken):
        assert 0 < hit.after - hit.first <= MAX_SPAN
        assert hit.after <= len(spoken.words)
