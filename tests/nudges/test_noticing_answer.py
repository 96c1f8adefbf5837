import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.noticing_answer import answer_features
from nudges.spoken_words import split_words

OPENING = "my photos of the wedding were deleted and i drove to the shop twice"


def said(reply: str) -> set[str]:
    return set(answer_features(split_words(OPENING), split_words(reply)))


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ("I'm sorry that your wedding photos got deleted.", "sorry.echo"),
        ("I'm sorry you were left without a fridge.", "sorry.named"),
        ("I am sorry for the inconvenience caused.", "sorry.nameless"),
        ("I'm sorry that you are experiencing this issue, please restart it", "sorry.nameless"),
        ("Sorry, which shop?", "sorry.alone"),
        ("I understand that the photos matter", "knows.echo"),
        ("We know how long a winter week is", "knows.named"),
        ("I understand how you feel", "knows.nameless"),
        ("I do understand sir", "knows.alone"),
        ("You drove all that way", "you.past"),
        ("you waited by the shop", "you.echo"),
        ("we really dropped that", "we.past"),
        ("I'm ringing them now", "i.doing"),
        ("I have asked him", "i.doing"),
        ("that should never be said", "should.not"),
        ("you will not hear that from me", "will.spare"),
    ],
)
def test_who_did_what(reply: str, name: str) -> None:
    assert name in said(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "You can see it there",
        "Your order number please",
        "we can do it",
        "I am happy to help",
        "should i",
        "will it",
        "i",
    ],
)
def test_procedure_tells_of_nobody(reply: str) -> None:
    assert said(reply) == set()


def test_knowing_is_the_agents_own() -> None:
    assert said("do you know which shop") == set()


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_answer_can_be_measured(opening: str, reply: str) -> None:
    assert set(answer_features(split_words(opening), split_words(reply)).values()) <= {1.0}
