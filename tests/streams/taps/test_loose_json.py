"""JSON of any kind: what is asked for comes as what it should be, or not at all."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ProtocolError
from streams.taps.loose_json import MOST_OBJECTS, number_at, table, table_at, tables, text_at

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def code_of(call, *arguments) -> str:
    with pytest.raises(ProtocolError) as caught:
        call(*arguments)
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "bad_json"), ("{", "bad_json"), ("[]", "bad_message"), ("3", "bad_message"), ('{"a":' * 9999, "bad_json")],
)
def test_what_is_no_object_is_refused(text: str, code: str) -> None:
    assert code_of(table, text) == code
    if text:
        assert code_of(tables, text) == code


def test_half_a_character_is_no_json() -> None:
    assert code_of(table, '{"a":"\ud800"}') == "bad_json"


def test_several_objects_may_follow_each_other() -> None:
    assert tables(' {"a":1}{"b":2}\n {"c":{}} ') == [{"a": 1}, {"b": 2}, {"c": {}}]
    assert tables(" \n") == []
    assert code_of(tables, "{}" * (MOST_OBJECTS + 1)) == "bad_message"
    assert code_of(tables, '{"n":' + "9" * 5000 + "}") == "bad_json"


def test_fields_come_as_they_are_asked_for() -> None:
    message = {"a": {"b": "7", "n": 7, "f": 7.0, "x": True, "big": 10**18, "half": 7.5, "long": "9" * 19}, "l": [1]}
    assert text_at(message, "a", "b") == text_at(message, "a", "n") == "7"
    assert number_at(message, "a", "b") == number_at(message, "a", "n") == number_at(message, "a", "f") == 7
    for name in ("x", "big", "nothing"):
        assert text_at(message, "a", name) == ""
    for name in ("x", "big", "half", "long", "nothing"):
        assert number_at(message, "a", name) is None
    assert table_at(message, "a")["b"] == "7"
    assert table_at(message, "l") == table_at(message, "l", "a") == table_at(message, "a", "b", "c") == {}


@given(ANY)
def test_no_value_breaks_the_asking(value: object) -> None:
    message = {"a": value}
    assert isinstance(text_at(message, "a"), str)
    assert isinstance(table_at(message, "a"), dict)
    assert number_at(message, "a") is None or abs(number_at(message, "a") or 0) < 10**18


@given(st.text(alphabet='{}[]":,0123456789.eE+- \\uabnNI'))
def test_no_text_breaks_the_reading(text: str) -> None:
    with suppress(ProtocolError):
        table(text)
    with suppress(ProtocolError):
        tables(text)
