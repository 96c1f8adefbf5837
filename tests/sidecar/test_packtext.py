import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.packtext import as_toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_written_is_read_back(tables: dict[str, Any]) -> None:
    assert tomllib.loads(as_toml(tables)) == tables


@pytest.mark.parametrize("value", ["2026-11-22", "12:30:00", "2026-11-22T12:30:00+02:00"])
def test_what_no_pack_holds_is_kept_for_whoever_refuses_it(value: str) -> None:
    tables = tomllib.loads(f"when = {value}")
    assert tomllib.loads(as_toml(tables)) == tables


def test_more_can_be_put_at_its_end() -> None:
    text = as_toml({"scope": [{"queues": ["billing"]}], "name": "mine"})
    assert tomllib.loads(f"{text}[[scope]]\nagents = ['a']\n")["scope"] == [{"queues": ["billing"]}, {"agents": ["a"]}]
