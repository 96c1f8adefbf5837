import json
from math import exp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.cues import Side
from nudges.moves import MoveBook, MoveHead, MoveNumbers, Setting, content_of, move_terms, parse_moves
from nudges.spoken_words import split_words
from streams.errors import PackError
from tests.nudges.moving import moves, phrases

BOOK = moves()


def terms(text: str, setting: Setting | None = None, side: Side = "C") -> dict[str, tuple[int, int]]:
    return move_terms(side, split_words(text), setting or Setting("hello"), phrases())


def book(head: MoveHead) -> MoveBook:
    return MoveBook(MoveNumbers(note="", customer={"it": head}, agent={}), phrases())


def sure(head: MoveHead, text: str, setting: Setting | None = None) -> float:
    (move,) = book(head).find("C", text, setting or Setting("hello"))
    return move.sure


def test_a_turn_is_weighed_in_ones_twos_threes_and_threes_with_a_gap() -> None:
    assert terms("who is above you") == {
        "who": (0, 1),
        "is": (1, 2),
        "above": (2, 3),
        "you": (3, 4),
        "who is": (0, 2),
        "is above": (1, 3),
        "above you": (2, 4),
        "who is above": (0, 3),
        "who _ above": (0, 3),
        "is above you": (1, 4),
        "is _ you": (1, 4),
        ".longer than 3": (0, 0),
    }


def test_what_is_said_twice_counts_once_where_it_stands_first() -> None:
    assert terms("above me above")["above"] == (0, 1)


def test_phrases_of_the_turn_and_of_the_turn_before_are_terms() -> None:
    found = terms("your team lead", Setting("shall i call"))
    assert found["#boss"] == (1, 3)
    assert found["<offer"] == (0, 0)
    assert not {"#offer", "<boss"} & set(found)
    agent = terms("shall i", Setting("your team lead"), "A")
    assert {"#offer", "<boss"} <= set(agent)


@pytest.mark.parametrize(
    ("before", "facts"),
    [("", {"<none"}), ("what is it? ", {"<?"}), ("tell me", set()), ("?", {"<?"})],
)
def test_what_is_known_of_the_turn_before(before: str, facts: set[str]) -> None:
    assert {term for term in terms("well", Setting(before)) if term.startswith("<")} == facts


@pytest.mark.parametrize(("words", "longer"), [(3, []), (4, [3]), (12, [3, 6]), (46, [3, 6, 12])])
def test_length_is_told_in_steps(words: int, longer: list[int]) -> None:
    text = " ".join(chr(97 + n % 26) + chr(97 + n // 26) for n in range(words))
    assert [term for term in terms(text) if term[0] == "."] == [f".longer than {least}" for least in longer]


def facts_of(text: str, setting: Setting) -> list[str]:
    return [term for term in terms(text, setting) if term.startswith((".echo", ".again"))]


def test_what_the_other_side_has_just_said_is_told_in_steps() -> None:
    text = "router lights blinking orange"
    assert facts_of(text, Setting("is the router on")) == []
    assert facts_of(text, Setting("are the router lights on")) == [".echo 0.3"]
    assert facts_of(f"{text} now today", Setting("router lights blinking")) == [".echo 0.3", ".echo 0.6"]
    assert facts_of(text, Setting("router lights blinking")) == [".echo 0.3", ".echo 0.6"]


def test_what_this_side_said_in_one_earlier_turn_is_told_in_steps() -> None:
    text = "router lights blinking orange"
    one, two = frozenset({"router", "lights"}), frozenset({"router", "lights", "blinking", "orange"})
    assert facts_of(text, Setting("go on", (one,))) == [".again 0.4"]
    assert facts_of(text, Setting("go on", (one, two))) == [".again 0.4", ".again 0.6", ".again 0.8"]


def test_a_share_of_few_words_means_nothing() -> None:
    assert facts_of("the router lights", Setting("the router lights", (frozenset({"router", "lights"}),))) == []
    assert content_of(split_words("the router is on my desk")) == {"router", "desk"}


def test_terms_add_up_to_a_probability() -> None:
    assert sure(MoveHead(0.0, {}), "who is above you") == pytest.approx(0.5)
    assert sure(MoveHead(-1.0, {"above": 3.0, "is _ you": 1.0}), "who is above you") == pytest.approx(0.952574)
    assert sure(MoveHead(-1.0, {"above": 3.0, "<none": -9.0}), "above", Setting()) < 0.001


def test_what_a_turn_stands_in_counts_once_and_not_for_the_next_setting() -> None:
    one = book(MoveHead(0.0, {"<offer": 1.0, "above": 1.0}))
    for _ in range(2):
        for before, odds in (("shall i do it, or shall i call", 2.0), ("no", 1.0)):
            (move,) = one.find("C", "above", Setting(before))
            assert move.sure == pytest.approx(1 / (1 + exp(-odds)))


def test_moves_come_by_their_names_and_each_side_has_its_own() -> None:
    heads = {"b": MoveHead(0.0, {"one": 5.0}), "a": MoveHead(0.0, {"two": 5.0})}
    both = MoveBook(MoveNumbers(note="", customer=heads, agent={}), phrases())
    first, second = both.find("C", "one", Setting())
    assert both.names("C") == ("a", "b") == (first.name, second.name)
    assert first.sure < 0.6 < second.sure
    assert both.names("A") == () == both.find("A", "one", Setting())


def test_a_move_shows_where_most_was_weighed_with_two_words_around_it() -> None:
    text = "well so then who is Above you, please, if i may ask"
    (move,) = book(MoveHead(0.0, {"who": 1.0, "above you": 2.0, "ask": -5.0})).find("C", text, Setting())
    assert text[move.start : move.end] == "who is Above you, please, if"


def test_a_move_that_no_word_speaks_for_shows_in_the_newest_words() -> None:
    text = "one two three four five six seven eight nine"
    (move,) = book(MoveHead(4.0, {".longer than 6": 3.0, "one": -1.0})).find("C", text, Setting())
    assert text[move.start : move.end] == "three four five six seven eight nine"
    (move,) = BOOK.find("A", "right", Setting())
    assert (move.start, move.end) == (0, 5)


@pytest.mark.parametrize("text", ["", "  ", "um, uh... hmm", "?!", "こんにちは"])
def test_a_turn_without_words_makes_no_move(text: str) -> None:
    assert BOOK.find("C", text, Setting("what is it?")) == ()


@pytest.mark.parametrize("odds", [1e308, -1e308, 40.0, -40.0])
def test_a_probability_is_never_0_or_1(odds: float) -> None:
    assert 0 < sure(MoveHead(odds, {"above": odds}), "above") < 1


def test_a_letter_that_grows_when_lowered_does_not_move_the_words() -> None:
    text = "\u0130" * 40 + " who is Above you"
    (move,) = BOOK.find("C", text, Setting())
    assert text[move.start : move.end] == "who is Above you"


SAID = st.text(max_size=300) | st.lists(
    st.sampled_from(["above", "team lead", "um", "it's", "\u0130", "7", "£5", "?", "who"]), max_size=500
).map(" ".join)


@given(
    side=st.sampled_from(["A", "C"]),
    text=SAID,
    before=SAID,
    earlier=st.lists(st.frozensets(st.sampled_from(["above", "team", "lead"])), max_size=3),
)
def test_any_turn_in_any_setting(side: Side, text: str, before: str, earlier: list[frozenset[str]]) -> None:
    for move in BOOK.find(side, text, Setting(before, earlier)):
        assert 0 < move.sure < 1
        assert 0 <= move.start < move.end <= len(text)


def test_of_a_very_long_turn_the_last_words_count() -> None:
    long = "above " + "so we go on " * 100
    assert BOOK.find("C", long, Setting())[0].sure < 0.1
    (move,) = BOOK.find("C", f"{long}above", Setting())
    assert move.sure > 0.8
    assert f"{long}above"[move.start : move.end] == "go on above"


def test_a_long_turn_does_not_add_up() -> None:
    many = [f"{chr(97 + n % 26)}{chr(97 + n // 26)}x" for n in range(200)]
    head = MoveHead(bias=-4, terms=dict.fromkeys(many, 0.05))
    assert sure(head, " ".join(many)) == pytest.approx(sure(head, " ".join(many[:40])))


@pytest.mark.parametrize(("filler", "heard"), [(20, True), (100, True), (130, False)])
def test_a_long_turn_is_read_in_parts_as_far_back_as_four(filler: int, heard: bool) -> None:
    said = "above " + " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}x" for n in range(filler))
    (move,) = BOOK.find("C", said, Setting())
    assert (move.sure > 0.5) is heard
    assert not heard or said[move.start : move.end].startswith("above")


# --- the numbers ------------------------------------------------------------------------------------------------------

NUMBERS: dict[str, Any] = {"note": "n", "customer": {"x": {"bias": -1, "terms": {"a b": 2}}}, "agent": {}}


def test_numbers_are_read() -> None:
    assert parse_moves(json.dumps(NUMBERS)).customer["x"] == MoveHead(-1.0, {"a b": 2.0})


@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        ("", "truncated"),
        (json.dumps(NUMBERS)[:-9], "truncated"),
        ("\ud800", "surrogates"),
        (json.dumps(NUMBERS | {"agent": []}), r"\$\.agent"),
        (json.dumps(NUMBERS | {"more": 1}), "unknown field `more`"),
        (json.dumps({**NUMBERS, "customer": {"x": {"bias": 0}}}), r"field `terms` - at `\$\.customer"),
        (json.dumps({**NUMBERS, "customer": {"x": {"bias": "0", "terms": {}}}}), r"\.bias"),
        (json.dumps({**NUMBERS, "customer": {"x": {"bias": 0, "terms": {"a": float("nan")}}}}), "invalid"),
        ('{"note": "", "agent": {}, "customer": {"x": {"bias": 1e999, "terms": {}}}}', "out of range"),
    ],
)
def test_damaged_numbers_are_refused_in_one_line(damaged: str, message: str) -> None:
    with pytest.raises(PackError, match=rf"^moves: the numbers cannot be read: [^\n]*{message}[^\n]*$"):
        parse_moves(damaged)


@pytest.mark.parametrize("term", ["#offer", "<boss", "#", "<nothing"])
def test_numbers_that_weigh_phrases_of_another_book_are_refused(term: str) -> None:
    with pytest.raises(PackError, match=f"moves: it weighs '{term}', but no family '{term[1:]}' is in the phrases"):
        book(MoveHead(0.0, {"#boss": 1.0, "<offer": 1.0, "<?": 1.0, "<none": 1.0, term: 1.0}))
    with pytest.raises(PackError, match="no family 'boss'"):
        MoveBook(MoveNumbers(note="", customer={}, agent={"it": MoveHead(0.0, {"#boss": 1.0})}), phrases())
