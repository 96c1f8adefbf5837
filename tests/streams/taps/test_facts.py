"""A platform's metadata, whatever it holds, as short printable text."""

import re

from hypothesis import given
from hypothesis import strategies as st

from streams.taps.facts import LONGEST_FACT, MOST_FACTS, clean, flat, safe_id

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=20,
)


def test_tables_become_dotted_names() -> None:
    assert flat({"a": {"b": "x", "c": 1, "d": True, "e": False}, "f": [1], "g": None, "h": " \n"}) == {
        "a.b": "x",
        "a.c": "1",
        "a.d": "true",
        "a.e": "false",
    }
    assert flat({"x": "1"}, "start") == {"start.x": "1"}


def test_too_much_and_too_deep_is_left_out() -> None:
    assert flat({"a": {"b": {"c": {"d": {"e": "deep"}}}}}) == {}
    assert len(flat({str(n): "x" for n in range(1000)})) == MOST_FACTS
    assert flat({"n": 10**18, "m": 10**5000}) == {}
    assert len(clean("x" * 9999)) == LONGEST_FACT


@given(ANY)
def test_whatever_comes_is_printable(value: object) -> None:
    for name, fact in flat(value).items():
        assert fact
        assert (name + fact).isprintable()


def test_a_good_id_stays_and_others_become_safe() -> None:
    assert safe_id("0b3a.c-1_X") == "0b3a.c-1_X"
    assert safe_id("v3:ab/cd").startswith("v3-ab-cd-")
    assert len(safe_id("../..")) == 12


@given(st.text(max_size=300), st.text(max_size=300))
def test_ids_are_safe_and_stay_apart(one: str, other: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", safe_id(one))
    assert (safe_id(one) == safe_id(other)) == (one == other)
