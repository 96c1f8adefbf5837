import msgspec
import pytest

from nudges.cues import CueSpec
from nudges.packs import load
from nudges.rulepack import Pack
from sidecar.expressions import (
    TEXT_CHARS,
    Expression,
    Slow,
    bad_texts,
    expressions,
    lines,
    refuse_endless,
    slow,
    took_ms,
)
from sidecar.rulebook import read_pack
from streams.errors import PackError


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(read_pack("default")).pack


def small(pack: Pack, *said: str) -> Pack:
    spec = CueSpec(say="\n".join(said))
    return msgspec.structs.replace(pack, customer={"one": spec}, agent={})


def test_every_line_is_an_expression(pack: Pack) -> None:
    assert lines(CueSpec(say="a\n\n b ", more="c", unless="d")) == ["a", "b", "c", "d"]
    assert expressions(small(pack, "fed up", "at last")) == [
        Expression("C.one", "fed up"),
        Expression("C.one", "at last"),
    ]
    assert {one.cue[0] for one in expressions(pack)} == {"A", "C"}


def test_expressions_of_a_scope_count_as_well(pack: Pack) -> None:
    scoped = msgspec.structs.replace(small(pack, "fed up"), scope=({"agent": {"two": {"more": "so far"}}}, {}))
    assert expressions(scoped) == [Expression("C.one", "fed up"), Expression("A.two", "so far")]


def test_an_expression_that_never_ends_is_refused(pack: Pack) -> None:
    known = small(pack, r"(a+)+b")
    refuse_endless(known, known, "mine")
    with pytest.raises(PackError, match=r"^mine: cue C\.one: .*never comes to an end"):
        refuse_endless(known, small(pack, "fed up"), "mine")


def test_the_texts_are_long_and_made_of_the_expressions_words() -> None:
    texts = list(bad_texts("(fed|worn) out"))
    assert all(len(text) == TEXT_CHARS for text in texts)
    assert any(text.startswith("fed worn out fed worn out") for text in texts)


def test_an_honest_expression_takes_no_time() -> None:
    assert took_ms("fed up") < 100


def test_slow_and_endless_ones_are_found_and_the_rest_is_tried(pack: Pack) -> None:
    endless = r"(a+)+b"
    found = slow(expressions(small(pack, "fed up", endless, "at last")))
    assert [one for one in found if one.took_ms is None] == [Slow(Expression("C.one", endless), None)]


def test_a_limit_that_everything_is_over(pack: Pack) -> None:
    (found,) = slow(expressions(small(pack, "fed up")), limit_ms=-1)
    assert found.took_ms is not None
