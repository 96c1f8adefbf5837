import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.noticing_shape import shape_features
from nudges.spoken_words import split_words


def shape(text: str) -> set[str]:
    return set(shape_features(split_words(text)))


def test_a_story_is_told_in_the_past() -> None:
    assert {"past.1", "past.2", "past.3"} <= shape("i rang, they promised, he never came and i waited")
    assert "past.1" not in shape("where do i put the new card")


def test_a_word_said_again_tells_something_in_a_short_turn() -> None:
    assert {"repeats.1", "repeats.pair"} <= shape("it says contact the bank and the bank says contact the bank")
    assert "repeats.thrice" in shape("process and process and again process, which process")
    long = "the printer is on the desk by the door and the printer shows a green light " * 3
    assert not {name for name in shape(long) if name.startswith("repeats")}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("three men and two vans", "counts.2"),
        ("the fourth form", "counts.order"),
        ("forty quid", "counts.money"),
        ("a fortnight", "counts.time"),
        ("lovely, that's two hours", "praise+count"),
        ("lovely, a fortnight", "praise+count"),
        ("i'm moving house so can you change it", "ends.asking"),
        ("i'm moving house so how does that go", "ends.asking"),
    ],
)
def test_counts_praise_and_requests(text: str, name: str) -> None:
    assert name in shape(text)
    assert name not in shape("well i am here")


def test_praise_alone_is_praise() -> None:
    assert "praise+count" not in shape("lovely, thank you")


@given(st.text(max_size=300))
def test_any_turn_has_a_shape(text: str) -> None:
    assert set(shape_features(split_words(text)).values()) <= {1.0}
