from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.cues import CueBook, Side
from nudges.move_hits import MoveListener
from nudges.moves import MoveBook, MoveHead, MoveNumbers
from nudges.signals import Hit, Piece, Turn
from tests.nudges.moving import families, moves, phrases

ASKS = "who is above you"


def said(side: Side, index: int, start_s: float, *texts: str) -> Turn:
    """A turn whose pieces take a second each."""
    start_ms = round(1000 * start_s)
    pieces = (Piece(at, start_ms + 1000 * at, start_ms + 1000 * at + 900, text) for at, text in enumerate(texts))
    return Turn(side, index, tuple(pieces))


def hit(cue: str, turn: int) -> Hit:
    return Hit(cue, "C", "manager", 0, 100, turn)


def heard(
    turn: Turn,
    *,
    own: Sequence[Turn] = (),
    theirs: Iterable[Turn] = (),
    hits: Sequence[Hit] = (),
    kept: Sequence[Hit] = (),
    listener: MoveListener | None = None,
) -> tuple[Hit, ...]:
    by_cue = {one.cue: [each for each in kept if each.cue == one.cue] for one in kept}
    return (listener or MoveListener(families(), moves())).hear(own, turn, theirs, hits, by_cue)


def asks_for(term: str) -> MoveListener:
    """A listener whose one move stands and falls with a term."""
    head = MoveHead(-5.0, {term: 10.0})
    return MoveListener(families(), MoveBook(MoveNumbers(note="", customer={"supervisor": head}, agent={}), phrases()))


def test_a_move_is_a_hit_of_its_family_at_the_newest_piece() -> None:
    (found,) = heard(
        said("C", 3, 10, "well now tell me", f"{ASKS} then"), own=[said("C", n, n, "so") for n in range(3)]
    )
    assert (found.cue, found.side, found.turn) == ("C.boss", "C", 3)
    assert (found.said_ms, found.ended_ms) == (11_000, 11_900)
    assert ASKS in found.quote
    assert found.sure == pytest.approx(0.880797)


def test_the_agent_has_moves_as_well() -> None:
    assert [one.cue for one in heard(said("A", 0, 0, "i am glad to"))] == ["A.kind"]
    assert heard(said("C", 0, 0, "i am glad to")) == ()


@pytest.mark.parametrize(("sure", "count"), [(0.88, 1), (0.89, 0), (1.0, 0)])
def test_a_family_says_how_sure_it_must_be(sure: float, count: int) -> None:
    listener = MoveListener(families(sure=sure), moves())
    assert len(heard(said("C", 0, 0, ASKS), listener=listener)) == count


@pytest.mark.parametrize(("text", "count"), [(ASKS, 1), (f"{ASKS} at the firm, I only ask", 0)])
def test_what_takes_back_an_expression_takes_back_a_move(text: str, count: int) -> None:
    listener = MoveListener(families(unless="only ask"), moves())
    assert len(heard(said("C", 0, 0, text), listener=listener)) == count


def test_a_family_that_asks_for_1_hears_no_move_however_plain() -> None:
    listener = MoveListener(families(sure=1.0), moves(word=1e6))
    assert heard(said("C", 0, 0, ASKS), listener=listener) == ()


@pytest.mark.parametrize(
    "listener",
    [
        MoveListener(families(), None),
        MoveListener(CueBook({}, {}), moves()),
        MoveListener(families(learned=""), moves()),
        MoveListener(families(learned="unheard_of"), moves()),
    ],
)
def test_without_numbers_or_families_that_want_them_nothing_is_heard(listener: MoveListener) -> None:
    assert heard(said("C", 0, 0, ASKS), listener=listener) == ()


@pytest.mark.parametrize("text", ["above", "um uh", "?! ...", ""])
def test_a_turn_of_one_word_or_of_none_makes_no_move(text: str) -> None:
    assert heard(said("C", 0, 0, text), own=[]) == ()


def test_what_an_expression_said_is_not_heard_again_in_the_same_run() -> None:
    turn = said("C", 1, 10, ASKS)
    own = [said("C", 0, 5, "your manager now")]
    assert heard(turn, hits=[hit("C.boss", 1)]) == ()
    assert heard(turn, own=own, kept=[hit("C.boss", 0)]) == ()
    assert heard(turn, own=own, hits=[hit("C.angry", 1)], kept=[hit("C.angry", 0)])


def test_a_run_ends_when_the_other_side_says_more_than_a_nod() -> None:
    own, turn, kept = [said("C", 0, 5, ASKS)], said("C", 1, 10, "no i mean above you"), [hit("C.boss", 0)]
    assert (
        heard(turn, own=own, kept=kept, theirs=[said("A", 1, 8, "right okay"), said("A", 0, 1, "how can i help")]) == ()
    )
    assert heard(turn, own=own, kept=kept, theirs=[said("A", 1, 8, "what do you mean")])


def test_what_the_other_side_says_later_ends_no_run() -> None:
    own, turn, kept = [said("C", 0, 5, ASKS)], said("C", 1, 10, "no i mean above you"), [hit("C.boss", 0)]
    assert heard(turn, own=own, kept=kept, theirs=[said("A", 0, 30, "what do you mean")]) == ()


def test_who_talks_into_a_turn_does_not_make_it_heard_twice() -> None:
    own = [said("C", 0, 5, "so listen to me")]
    turn = said("C", 1, 10, ASKS, "hello", "anyone above you")
    assert heard(turn, own=own, kept=[hit("C.boss", 1)], theirs=[said("A", 0, 10.5, "please let me")]) == ()


def test_a_long_run_is_heard_once_though_its_beginning_is_no_longer_read() -> None:
    own = [said("C", 0, 0, ASKS), *(said("C", at, 5 * at, "and so it goes") for at in range(1, 9))]
    assert heard(said("C", 9, 45, "who is above"), own=own, kept=[hit("C.boss", 0)]) == ()


def test_turns_of_a_run_are_read_together_the_newest_four() -> None:
    own = [said("C", at, 5 * at, text) for at, text in enumerate(["who is", "i said", "the", "person"])]
    turn = said("C", 4, 25, "above you")
    assert heard(turn, own=own, listener=asks_for("person above you"))
    assert heard(turn, own=own, listener=asks_for("i said the"))
    assert heard(turn, own=own, listener=asks_for("is i said")) == ()
    assert heard(turn, own=own, theirs=[said("A", 0, 22, "what do you mean")], listener=asks_for("person above")) == ()


def test_a_turn_stands_in_what_the_other_side_said_since_this_one_spoke_before() -> None:
    own, turn = [said("C", 0, 5, "hello there you")], said("C", 1, 20, "yes please do")
    asked = [
        said("A", 2, 15, "or tomorrow if you like"),
        said("A", 1, 10, "shall i call"),
        said("A", 0, 1, "good day to you"),
    ]
    offered, first, question = (asks_for(term) for term in ("<offer", "<none", "<?"))
    assert heard(turn, own=own, theirs=asked, listener=offered)
    assert heard(turn, own=own, theirs=asked[:1], listener=offered) == ()
    assert heard(turn, own=own, theirs=[asked[0], said("A", 1, 1, "shall i call")], listener=offered) == ()
    assert heard(turn, own=own, theirs=[said("A", 0, 10, "shall i call?")], listener=question)
    assert heard(turn, own=[], theirs=[], listener=first)
    assert heard(turn, own=own, theirs=asked, listener=first) == ()


def test_in_a_long_run_what_was_asked_before_it_is_still_known() -> None:
    own = [said("C", at, 10 + 5 * at, "and so on") for at in range(6)]
    asked = [said("A", 0, 1, "shall i call")]
    assert heard(said("C", 6, 60, "yes please do"), own=own, theirs=asked, listener=asks_for("<offer"))


def test_the_last_five_turns_of_the_other_side_are_answered() -> None:
    asked = [said("A", at, 10 - at, "let me see now") for at in range(4)]
    turn = said("C", 0, 20, "yes please do")
    for further, count in (([], 1), (asked[:1], 0)):
        theirs = [*asked, *further, said("A", 9, 1, "shall i call")]
        assert len(heard(turn, theirs=theirs, listener=asks_for("<offer"))) == count


def test_what_a_side_says_again_is_known_for_twelve_turns() -> None:
    again = asks_for(".again 0.8")
    turns = [said("C", 0, 0, "router lights blinking orange")]
    for at in range(1, 13):
        asked = [said("A", at, 10 * at - 5, "can you tell me more")]
        found = heard(said("C", at, 10 * at, "router lights blinking orange"), own=turns, theirs=asked, listener=again)
        assert found, at
        turns.append(said("C", at, 10 * at, "it goes on and on"))
    asked = [said("A", 13, 125, "can you tell me more")]
    assert heard(said("C", 13, 130, "router lights blinking orange"), own=turns, theirs=asked, listener=again) == ()


def test_what_is_said_in_the_same_run_is_not_said_again() -> None:
    own = [said("C", 0, 0, "router lights blinking orange")]
    assert heard(said("C", 1, 5, "router lights blinking orange"), own=own, listener=asks_for(".again 0.4")) == ()


def test_of_a_very_long_run_the_end_is_read() -> None:
    turn = said("C", 0, 0, ASKS, *["and so it goes on"] * 1000)
    assert heard(turn) == ()
    assert heard(turn, listener=asks_for("it goes on"))[0].quote.count("goes") <= 4
    assert heard(said("C", 0, 0, "x" * 9000, ASKS))
    assert heard(said("C", 0, 0, ASKS, "x" * 4000)) == ()


TURNS = st.lists(
    st.tuples(
        st.sampled_from(["A", "C"]),
        st.integers(0, 60),
        st.lists(
            st.text(max_size=40) | st.sampled_from([ASKS, "um", "glad", "\u0130", "shall i"]), min_size=1, max_size=3
        ),
    ),
    max_size=12,
)


@given(talk=TURNS)
def test_any_talk_in_any_order(talk: list[tuple[Side, int, list[str]]]) -> None:
    listener = MoveListener(families(), moves())
    turns: dict[Side, list[Turn]] = {"A": [], "C": []}
    for side, start_s, texts in talk:
        turn = said(side, len(turns[side]), start_s, *texts)
        theirs = turns["C" if side == "A" else "A"]
        for one in listener.hear(turns[side], turn, reversed(theirs), (), {}):
            assert one.cue in {"A.kind", "C.boss"}
            assert 0.7 <= one.sure < 1
            assert turn.started_ms <= one.said_ms <= one.ended_ms == turn.ended_ms
            assert one.quote
        turns[side].append(turn)
