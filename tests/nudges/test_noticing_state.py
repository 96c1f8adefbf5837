from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nudges.moves import Move, MoveBook, MoveNumbers, Setting
from nudges.noticing_features import Past, TurnFacts
from nudges.noticing_state import NoticingState
from nudges.phrases import parse_phrases
from tests.nudges.moving import moves

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


def sure(facts: TurnFacts | None) -> tuple[list[float], list[float]]:
    assert facts is not None
    return [round(move.sure, 2) for move in facts.does], [round(move.sure, 2) for move in facts.answers]


def test_moves_of_both_sides_come_with_a_turn() -> None:
    state = NoticingState(PHRASES, moves())
    state.feed("agent", "glad to help you today")
    assert sure(state.feed("customer", "I want the one")) == ([0.02], [0.88])
    assert sure(state.feed("customer", "above you please")) == ([0.88], [0.88])
    state.feed("agent", "okay")
    assert sure(state.feed("customer", "hello")) == ([0.88], [0.88])
    state.feed("agent", "let me have a look")
    assert sure(state.feed("customer", "fine")) == ([0.02], [0.02])
    state.feed("agent", "and I am glad about it")
    assert sure(state.feed("customer", "fine")) == ([0.02], [0.88])


def test_what_both_sides_said_before_is_known_to_the_moves() -> None:
    asked: list[tuple[str, str, str, int]] = []

    class Asked(MoveBook):
        def find(self, side: Any, text: str, setting: Setting) -> tuple[Move, ...]:
            asked.append((side, text, setting.before, len(setting.earlier)))
            return ()

    book = Asked(MoveNumbers("", {}, {}), PHRASES)
    state = NoticingState(PHRASES, book)
    for who, text in (("agent", "which order is it"), ("customer", "the blue one"), ("agent", "a moment please now")):
        state.feed("agent" if who == "agent" else "customer", text)
    state.feed("customer", "of course")
    assert asked == [
        ("C", "the blue one", "which order is it", 0),
        ("A", "which order is it", "", 0),
        ("C", "of course", "a moment please now", 1),
        ("A", "a moment please now", "the blue one", 1),
    ]


def test_how_a_turn_was_scored_last_is_its_past() -> None:
    state = NoticingState(PHRASES)
    first = state.feed("customer", "it is late")
    assert first is not None
    assert first.past == Past()
    state.judged(0.2, 0.1)
    state.feed("customer", "far too late")
    state.judged(0.6, 0.3)
    state.feed("agent", "let me see about that")
    then = state.feed("customer", "please do")
    assert then is not None
    assert then.past == Past().after(0.6, 0.3)
    state.feed("agent", "it comes on monday")
    last = state.feed("customer", "good")
    assert last is not None
    assert last.past == Past().after(0.6, 0.3).after(0.0, 0.0)
