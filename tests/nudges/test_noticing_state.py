from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from nudges.noticing_features import TurnFacts
from nudges.noticing_state import NoticingState
from nudges.phrases import parse_phrases

PHRASES = parse_phrases((Path(__file__).parents[2] / "nudges" / "packs" / "phrases.toml").read_text(encoding="utf-8"))


def talk(*said: str) -> TurnFacts:
    state = NoticingState(PHRASES)
    facts = None
    for line in said:
        facts = state.feed("agent" if line.startswith("A") else "customer", line[2:])
    assert facts is not None
    return facts


def test_a_customers_pieces_are_joined() -> None:
    facts = talk("A hello, how can I help", "C so I called on Monday", "C and nobody came")
    assert facts.text == "so I called on Monday and nobody came"
    assert facts.before == "hello, how can I help"
    assert facts.turn == 0


def test_a_nod_does_not_end_a_turn() -> None:
    assert talk("C so I called", "A right, okay", "C and nobody came").text == "so I called and nobody came"


def test_an_agents_pieces_are_joined() -> None:
    assert talk("C hello", "A let me see here", "A it is not there", "C oh").before == "let me see here it is not there"


def test_what_went_before_is_counted() -> None:
    facts = talk(
        "C it still doesn't work and I'm furious, this is ridiculous, why can't you fix it",
        "A unfortunately we can't do that",
        "C I'm confused, not a clue what that means",
        "A please restart the big white box",
        "C nothing failed",
        "A please take the cable out of the wall",
        "C okay",
    )
    assert (facts.turn, facts.refusals, facts.failed, facts.confused, facts.heated) == (3, 1, 2, 1, 0)


def test_heat_halves_with_each_turn() -> None:
    facts = talk("C this is ridiculous, why can't you, you people, I'm furious", "A let me look at it", "C yes")
    assert facts.heated == 3
    facts = talk("C ridiculous, I'm furious", "A let me look at it", "C yes", "A let me look there too", "C yes")
    assert facts.heated == 1


def test_a_script_read_twice_is_noticed() -> None:
    script = "A please restart router, unplug cable, wait ten minutes"
    assert talk("C hi", script, "C done", "A okay which lights are showing now", "C red", script, "C no").agent_repeats
    assert not talk("C hi", script, "C done", "A which of the coloured lights blinks slowly now", "C red").agent_repeats


def test_a_turn_never_grows_without_end() -> None:
    state = NoticingState(PHRASES)
    for _ in range(30):
        facts = state.feed("customer", "and another long sentence about it " * 10)
    assert facts is not None
    assert len(facts.text) <= 4000


@given(st.lists(st.tuples(st.sampled_from(["agent", "customer"]), st.text(max_size=60)), max_size=12))
def test_any_talk_can_be_followed(said: list[tuple[str, str]]) -> None:
    state = NoticingState(PHRASES)
    for who, text in said:
        facts = state.feed("agent" if who == "agent" else "customer", text)
        assert (facts is None) is (who == "agent")
