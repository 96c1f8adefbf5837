"""Properties and examples of what is read and what is masked."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.digits import DOT, LONGEST_OF_CODE, LONGEST_READABLE, Masked, mask, names_code
from sidecar.redact import OPEN_FINAL_FROM, OPEN_PARTIAL_FROM


def masked(text: str, carried: int = 0, open_from: int = OPEN_FINAL_FROM) -> str:
    return mask((text,), carried=carried, open_from=open_from).texts[0]


@pytest.mark.parametrize(
    "text",
    [
        "it's $49.99",
        "that is 49.99",
        "forty-nine ninety-nine a month",
        "$12,345.67 in all",
        "120,000 dollars",
        "see you at 2 pm",
        "at 10 p.m. sharp",
        "between 2:30 and 4:30",
        "at ten thirty",
        "at 10 30",
        "since 2019",
        "between 2023 and 2024",
        "in nineteen eighty four",
        "in twenty oh four",
        "on March 12, 2024",
        "March 12th 2024",
        "the 12 March",
        "12/03/2024",
        "May twenty one twenty twenty",
        "wait 15 minutes",
        "I have called three times",
        "two hundred and fifty",
        "two thousand five hundred and one",
        "5 hundred of them",
        "a hundred of them",
        "a hundred and a thousand",
        "hundreds, a thousand",
        "98% of it",
        "24/7",
        "twenty-four seven",
        "3 or 4 of them",
        "order 4471 is late",
        "double room",
        "oh dear, this one and that one",
        "ten",
        "",
    ],
)
def test_what_says_what_it_is_stays_readable(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my card is 4111 1111 1111 1111 thanks", "my card is •••• •••• •••• •••• thanks"),
        ("4111-1111-1111-1111", "••••-••••-••••-••••"),
        ("four one one one, um, one one okay", "• • • •, um, • • okay"),
        ("it is double seven oh treble four now", "it is • • • •• • now"),
        ("forty-one eleven, ninety-nine, double oh", "•-• ••, •-•, • •"),
        ("account 00123456.", "account ••••••••."),
        ("$1,234,567", "$•,•••,•••"),
        ("order 4471", "order ••••"),
        ("nineteen eighty four", "•• • •"),
        ("one hundred one one one", "• •• • • •"),
        ("nine hundred one two three and that is it", "• •• • • • and that is it"),
        ("four thousand one two", "• ••• • •"),
        ("4 1 1 1 1 12 minutes", "• • • • • 12 minutes"),
        ("GB12 3456 7890 here", "GB•• •••• •••• here"),
        ("４１１１ 11 is it", "•••• •• is it"),
        ("12 5678 234 and so on", "•• •••• ••• and so on"),
    ],
)
def test_long_numbers_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_a_number_goes_on_in_the_next_piece() -> None:
    first = mask(("it is 41",), open_from=OPEN_FINAL_FROM)
    assert first == Masked(("it is 41",), 2)
    assert masked("12 34 thanks", carried=first.open_digits) == "•• •• thanks"
    assert masked("12 thanks", carried=first.open_digits) == "12 thanks"
    assert masked("15 minutes", carried=first.open_digits) == "15 minutes"


def test_fillers_keep_a_run_open_and_words_end_it() -> None:
    assert mask(("um, yes",), carried=4).open_digits == 4
    assert mask(("",), carried=4).open_digits == 4
    assert mask(("that is all",), carried=4).open_digits == 0


def test_oh_is_a_nought_only_within_a_run() -> None:
    assert masked("oh", carried=3) == DOT
    assert masked("oh", carried=0) == "oh"
    assert mask(("oh",), carried=0).open_digits == 0
    assert masked("double oh", open_from=OPEN_PARTIAL_FROM) == f"{DOT} {DOT}"


def test_a_word_in_the_making_is_drawn_as_dots() -> None:
    assert mask(("my number is four", "one"), open_from=OPEN_PARTIAL_FROM).texts == (f"my number is {DOT}", DOT)
    assert mask(("my number is", "four"), open_from=OPEN_PARTIAL_FROM).texts == ("my number is", "four")


def test_text_that_is_complete_keeps_short_numbers_at_its_end() -> None:
    assert mask(("look at order 44712",)).texts == ("look at order 44712",)
    assert mask(("look at order 447120",)).texts == ("look at order ••••••",)


@pytest.mark.parametrize(
    "text",
    [
        "and the CVV please",
        "the three digits on the back?",
        "it's on the back of the card",
        "what's the security code",
        "my pin",
        "the one-time code I sent",
        "when does it expire, the expiry date",
    ],
)
def test_a_short_secret_number_is_named(text: str) -> None:
    assert names_code(text)


@pytest.mark.parametrize(
    "text", ["I can't pinpoint it", "they are back on the list", "the code didn't work", "expired"]
)
def test_other_talk_names_none(text: str) -> None:
    assert not names_code(text)


def test_where_a_code_was_asked_for_three_digits_are_too_many() -> None:
    assert mask(("it is 412 and the rest",), longest_readable=LONGEST_OF_CODE).texts == ("it is ••• and the rest",)
    assert mask(("it is 12 of 15 minutes",), longest_readable=LONGEST_OF_CODE).texts == ("it is 12 of 15 minutes",)


UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
OTHER_WORDS = ["my", "card", "number", "is", "the", "agent", "waited", "again", "please", "account", "ends", "there"]
FILLERS = ["um", "uh", "okay", "and", "then", "dash"]


@st.composite
def dictated(draw: st.DrawFn) -> list[str]:
    """A number of six digits and more as words of speech, in any mixture of ways to say it."""
    left = draw(st.text("0123456789", min_size=6, max_size=19))
    words: list[str] = []
    while left:
        way = draw(st.sampled_from(["figures", "word", "oh", "double", "pair", "filler"]))
        pair = int(left[:2]) if len(left) > 1 else 0
        if way == "double" and len(left) > 1 and left[0] == left[1]:
            said, used = f"double {UNITS[int(left[0])]}", 2
        elif way == "pair" and 10 <= pair < 20:
            said, used = TEENS[pair - 10], 2
        elif way == "pair" and pair >= 20 and pair % 10:
            said, used = f"{TENS[pair // 10 - 2]}{draw(st.sampled_from([' ', '-']))}{UNITS[pair % 10]}", 2
        elif way == "oh" and left[0] == "0" and words:
            said, used = draw(st.sampled_from(["oh", "o", "Oh"])), 1
        elif way == "word":
            said, used = draw(st.sampled_from([str.lower, str.title]))(UNITS[int(left[0])]), 1
        elif way == "filler" and words:
            said, used = draw(st.sampled_from(FILLERS)), 0
        else:
            used = draw(st.integers(1, len(left)))
            said = left[:used]
        words += said.split()
        words[-1] += draw(st.sampled_from(["", ",", ".", " -", "?"]))
        left = left[used:]
    return words


SAID = re.compile(rf"\d|\b(?:{'|'.join([*UNITS, *TEENS, *TENS, 'double', 'oh', 'o'])})\b", re.IGNORECASE)


def readable_digits(text: str) -> int:
    return sum(2 if found.lower() in TEENS else 1 for found in SAID.findall(text))


@given(
    st.lists(st.sampled_from(OTHER_WORDS), max_size=3),
    dictated(),
    st.lists(st.sampled_from(OTHER_WORDS), max_size=3),
    st.data(),
)
def test_no_long_number_survives_any_cutting(
    before: list[str], number: list[str], after: list[str], data: st.DataObject
) -> None:
    words = before + number + after
    for open_from in (OPEN_FINAL_FROM, OPEN_PARTIAL_FROM):
        carried, shown, at = 0, "", 0
        while at < len(words):
            size = data.draw(st.integers(1, len(words) - at))
            piece = mask((" ".join(words[at : at + size]),), carried=carried, open_from=open_from)
            carried, shown, at = piece.open_digits, f"{shown} {piece.texts[0]}", at + size
        assert readable_digits(shown) <= LONGEST_READABLE


@given(dictated(), st.data())
def test_words_masked_one_by_one_equal_the_text(number: list[str], data: st.DataObject) -> None:
    carried = data.draw(st.integers(0, 5))
    words = " ".join(number).split()
    text = mask((" ".join(words),), carried=carried, open_from=OPEN_FINAL_FROM)
    parts = mask(words, carried=carried, open_from=OPEN_FINAL_FROM)
    assert " ".join(parts.texts) == text.texts[0]
    assert parts.open_digits == text.open_digits


@given(st.lists(st.one_of(dictated().map(" ".join), st.text(), st.sampled_from(["in 2024", "$49.99", "5 minutes"]))))
def test_masking_again_changes_nothing(pieces: list[str]) -> None:
    once, carried = [], 0
    for piece in pieces:
        done = mask((piece,), carried=carried, open_from=OPEN_FINAL_FROM)
        carried = done.open_digits
        once.append(done.texts[0])
    carried = 0
    for piece in once:
        again = mask((piece,), carried=carried, open_from=OPEN_FINAL_FROM)
        carried = again.open_digits
        assert again.texts[0] == piece
