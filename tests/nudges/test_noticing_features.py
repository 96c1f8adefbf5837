from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.moves import Move, content_of
from nudges.noticing_features import Past, TurnFacts, turn_features
from nudges.phrases import Phrases, parse_phrases
from nudges.spoken_words import split_words

PACKS = Path(__file__).parents[2] / "nudges" / "packs"
PHRASES: Phrases = parse_phrases((PACKS / "phrases.toml").read_text(encoding="utf-8"))


def values(text: str, **context: object) -> dict[str, float]:
    return turn_features(TurnFacts(text=text, **context), PHRASES).values  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("I'm really fed up with this", "feeling"),
        ("i have rung you five times", "tally"),
        ("my husband passed away in June", "hardship"),
        ("so what am I supposed to do now", "dead_end"),
        ("why does nobody pick up", "challenge"),
        ("I'll send it back to the shop", "giving_up"),
        ("forgive me I'm hopeless with computers", "self_low"),
        ("had I known that I'd have gone elsewhere", "regret"),
        ("I want to speak to a manager", "human"),
        ("I just told you that", "correcting"),
        ("thanks for nothing", "sarcasm"),
        ("I paid in April and never got it", "money_lost"),
    ],
)
def test_families_are_met_with_and_without_punctuation(text: str, family: str) -> None:
    assert f"says.{family}" in values(text)
    assert f"says.{family}" in values(f"Hello! {text.replace(chr(39), chr(8217))}.")


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("I'm not at all frustrated", True),
        ("I'm not, but I am frustrated", False),
        ("not only frustrated but late", False),
        ("I've never been so frustrated", False),
        ("frustrated", False),
        ("we are all here and frustrated", False),
    ],
)
def test_negation_reaches_three_words_forward(text: str, negated: bool) -> None:
    found = values(text)
    assert ("not.feeling" in found) is negated
    assert ("says.feeling" in found) is not negated


def test_a_family_met_again_counts_more_but_not_inside_itself() -> None:
    assert "more.feeling" in values("angry and disappointed and upset")
    assert "more.feeling" not in values("sick and tired of it")


def test_calm_forms_have_two_names() -> None:
    assert "calm.thanks" in values("thanks and bye")
    assert "amid.thanks" in values("I'm furious thanks")


def test_evidence_is_quoted_as_said() -> None:
    found = turn_features(TurnFacts(text="Honestly, I'm FED UP."), PHRASES)
    assert found.quotes["says.feeling"] == "FED UP"


def test_punctuation_is_read_where_there_is_any() -> None:
    found = values("WHAT?? Where IS MINE NOW!! I'm furious...")
    assert {"marks.doubled", "marks.shout", "marks.shouts", "marks.trailing", "marks.questions", "doubled+told"} <= set(
        found
    )
    assert "marks.capitals" in values("THIS DOES WORK not")
    assert "marks.none" in values("what where is my order")
    assert "marks.questions" not in values("what?")
    assert "bangs+unthankful" in values("account not found!!")
    assert "bangs+unthankful" not in values("account not found!")
    assert "bangs+unthankful" not in values("thank you!!")
    assert "bangs+unthankful" not in values("you have been so helpful, thank you so much!!")


def test_the_words_before_count() -> None:
    answer = values("I unplugged the router and the light is red", before="What have you tried so far?")
    assert "quiet.question" in answer
    assert "answer+report" in answer
    assert "before.refusal" in values("so what am I supposed to do", before="Unfortunately we can't change that.")
    assert "before.none" in values("hello")
    assert values("the router light", before="Look at the router light please")["echo.half"] == 1.0
    assert "echo.half" not in values("my television went dark", before="Look at the router light please")
    assert "echo" not in values("it is", before="Look at the router light please")


def test_the_course_of_the_call_counts() -> None:
    assert "course.first" in values("hello there", turn=0)
    assert "course.early" in values("hello there", turn=2)
    assert "course.late" in values("hello there", turn=9)
    assert not any(name.startswith("course") for name in values("hello there", turn=4))
    late = values("again", turn=5, refusals=1, failed=2, confused=3, heated=9, agent_repeats=True)
    assert late["course.heated"] == 1.5
    assert {"course.refusals", "course.failed", "course.confused", "course.agent_repeats"} <= set(late)


def test_numbers_and_spelling_are_told_apart_from_talk() -> None:
    assert values("it is 4 4 7 1 9")["numbers"] == 2.0
    assert "spelling" in values("w i l d e")
    assert "numbers" not in values("nothing here")


def test_content_words_are_what_is_spoken_of() -> None:
    assert content_of(split_words("the router is on my desk")) == {"router", "desk"}


def test_nothing_said_is_no_reason() -> None:
    assert "told.1" not in values("")


@given(st.text(max_size=400), st.text(max_size=100), st.integers(-1, 20))
def test_any_text_can_be_measured(text: str, before: str, turn: int) -> None:
    found = turn_features(TurnFacts(text=text, before=before, turn=turn), PHRASES)
    assert all(0 <= value <= 3 for value in found.values.values())
    assert set(found.quotes) >= {name for name in found.values if name.startswith("says.")} - set(found.values)


def test_what_a_turn_does_is_a_value_with_its_words() -> None:
    facts = TurnFacts(text="who is above you then", does=(Move("supervisor", 0.8, 7, 12),))
    found = turn_features(facts, PHRASES)
    assert found.values["does.supervisor"] == 0.8
    assert found.quotes["does.supervisor"] == "above"


def test_what_the_agent_did_counts_twice_before_a_mere_answer() -> None:
    asked = (Move("verify", 0.9, 0, 4),)
    plain = values("four four one nine", before="your number please", answers=asked)
    told = values("I'm furious", before="your number please", answers=asked)
    assert (plain["answers.verify"], plain["after.verify"], told["answers.verify"]) == (0.9, 0.9, 0.9)
    assert "after.verify" not in told


def test_the_past_fades() -> None:
    past = Past().after(0.5, 0.0).after(0.2, 0.0)
    found = values("and", past=past)
    assert found["earlier.opening.last"] == 0.2
    assert found["earlier.opening.most"] == 0.5
    assert found["earlier.opening.together"] == pytest.approx(0.6 * 0.5 + 0.2)
    assert not any(name.startswith("earlier.tension") for name in found)
    assert not any(name.startswith("earlier.") for name in values("and"))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=40))
def test_the_past_stays_within_bounds(turns: list[tuple[float, float]]) -> None:
    past = Past()
    for opening, tension in turns:
        past = past.after(opening, tension)
    for last, most, together in (past.opening, past.tension):
        assert 0 <= last <= most <= 1
        assert last <= together < 1 / (1 - 0.6) + 1e-9


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("I'm furious about this", True),
        ("we are both really upset", True),
        ("I'm not angry at all", False),
        ("my neighbour was furious", False),
        ("I was worried for nothing", False),
        ("I'd be upset if it had been mine", False),
        ("I think he is upset", False),
    ],
)
def test_a_feeling_of_ones_own_and_of_now(text: str, own: bool) -> None:
    assert ("own.feeling" in values(text)) is own
