"""Packs in a third of the letters, and back."""

import base64
import tomllib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.folded import LONGEST_BYTES, MARK, SHORTEST_CHARS, fold, unfold
from sidecar.rulebook import read_pack
from streams.errors import ProtocolError


@given(st.text(max_size=50).map(lambda text: text * (SHORTEST_CHARS // 10)))
def test_what_was_folded_comes_back(text: str) -> None:
    assert unfold(fold(text)) == text


def test_the_shipped_pack_takes_less_than_half() -> None:
    pack = read_pack("default")
    assert len(fold(pack)) < len(pack) * 0.45
    assert unfold(fold(pack)) == pack


def test_a_short_text_stays_readable_and_what_was_never_folded_is_left_alone() -> None:
    short, long = "x" * (SHORTEST_CHARS - 1), "x" * SHORTEST_CHARS
    assert fold(short) == short
    assert fold(long).startswith(MARK)
    assert unfold(long) == long


def test_no_pack_can_be_taken_for_a_folded_one() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(MARK)


@pytest.mark.parametrize(
    ("letters", "why"),
    [
        ("?", "damaged"),
        (base64.b64encode(b"no zlib").decode(), "damaged"),
        (base64.b64encode(zlib.compress(b"\xff")).decode(), "damaged"),
        (base64.b64encode(zlib.compress(b"x" * 999)[:-6]).decode(), "cut short"),
        (base64.b64encode(zlib.compress(b"x" * (LONGEST_BYTES + 1))).decode(), "longer than"),
    ],
)
def test_damage_is_said(letters: str, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        unfold(MARK + letters)
