from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.moves import Move
from nudges.noticing_reply import reply_features
from nudges.phrases import parse_phrases

PHRASES = parse_phrases((Path(__file__).parents[2] / "nudges" / "packs" / "phrases.toml").read_text(encoding="utf-8"))
OPENING = "I've waited 3 weeks for the boiler and my mother is freezing"


def values(reply: str, opening: str = OPENING) -> dict[str, float]:
    return reply_features(opening, reply, PHRASES).values


def test_the_customers_things_count_only_beside_warmth() -> None:
    warm = values("3 weeks without a boiler and your mother freezing, that must be miserable.")
    assert {"echo.1", "echo.2", "echo.number", "mix.warm", "warm.1"} <= set(warm)
    cold = values("Which boiler is it, and on which floor?")
    assert "topic.1" in cold
    assert "echo.1" not in cold
    assert "mix.cold" in cold


def test_a_formula_leaves_no_rest() -> None:
    assert "rest.none" in values("Sorry for the inconvenience.")
    assert "rest.none" not in values("Sorry for the inconvenience, the engineer left the depot at nine this morning.")


@pytest.mark.parametrize(
    ("reply", "sorry"),
    [
        ("I'm sorry but we can't do that", False),
        ("I'm sorry about the wait. I'm sorry but we can't do that", True),
        ("I'm sorry about the wait", True),
    ],
)
def test_sorry_but_is_a_refusal(reply: str, sorry: bool) -> None:
    found = values(reply)
    assert ("reply.sorry" in found) is sorry
    assert sorry or "head.sorry" not in found


def test_warmth_and_procedure_can_meet() -> None:
    assert "mix.both" in values("That must be miserable. Please restart the boiler and tell me which lights are on?")
    assert "marks.question" in values("Is it on?")
    assert "mix.none" in values("well i never")


def test_sorry_with_a_deed_makes_amends() -> None:
    assert "amends" in values("I'm sorry about that, I'm sending a new boiler today")
    assert "amends" not in values("I'm sending a new boiler today")
    assert "amends" not in values("I'm sorry but we can't, I will send a form")


def test_time_eases_those_who_doubt_themselves() -> None:
    unsure = "forgive me, I'm hopeless with computers"
    assert "eases" in values("take your time, i am listening", unsure)
    assert "eases" not in values("take your time, i am listening")
    assert "eases" not in values("which computer is it", unsure)


def test_the_longest_words_are_quoted() -> None:
    found = reply_features(OPENING, "that's hard, and you should not have to wait", PHRASES)
    assert found.quotes["reply.name_feeling"] == "should not have to"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_reply_can_be_measured(opening: str, reply: str) -> None:
    assert all(0 <= value <= 3 for value in values(reply, opening).values())


def test_what_a_reply_does_is_a_value_with_its_words() -> None:
    found = reply_features(OPENING, "that is a long time to be cold", PHRASES, [Move("ack", 0.7, 8, 19)])
    assert found.values["does.ack"] == 0.7
    assert found.quotes["does.ack"] == "a long time"
