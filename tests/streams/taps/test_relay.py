"""A relayed call comes out as it went in, and nothing else is taken for one."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ProtocolError
from streams.events import Nudge, Utterance, Word
from streams.taps.dialect import (
    Began,
    Hole,
    SayEnd,
    SayHold,
    SayLost,
    SayMuted,
    SayPaused,
    SayResumed,
    SayResumedAudio,
    SayUnmuted,
    Sound,
    Timed,
)
from streams.taps.relay import RelayDialect, pack_piece, unpack_told

BEGAN = Began(
    call_id="c1",
    channels=("agent", "customer"),
    facts={"agent": "a17"},
    sparse=True,
    words={"agent": (Word("hello", 0, 300),)},
)
PIECES: tuple[Timed, ...] = (
    Sound(("agent",), bytes(320), 8_000, 20),
    Sound(("agent", "customer"), bytes(640), 8_000),
    Hole(("customer",), 200, "discarded"),
    SayHold(),
    SayResumed(),
    SayMuted("agent"),
    SayUnmuted("agent"),
    SayPaused("card"),
    SayResumedAudio(),
    SayLost(40, "agent", "gateway"),
    SayEnd("hung_up"),
)


def code(dialect: RelayDialect, data: bytes) -> str:
    with pytest.raises(ProtocolError) as caught:
        dialect.receive_bytes(data)
    return caught.value.code


def test_every_piece_comes_out_as_it_went_in() -> None:
    dialect = RelayDialect()
    assert dialect.receive_bytes(pack_piece(BEGAN)) == [BEGAN]
    for piece in PIECES:
        assert not dialect.ended
        assert dialect.receive_bytes(pack_piece(piece)) == [piece]
    assert dialect.ended
    assert dialect.closed() == []


def test_a_call_begins_once_and_with_its_beginning() -> None:
    dialect = RelayDialect()
    assert code(dialect, pack_piece(SayHold())) == "bad_message"
    dialect.receive_bytes(pack_piece(BEGAN))
    assert code(dialect, pack_piece(BEGAN)) == "bad_message"


@pytest.mark.parametrize(
    ("piece", "wanted"),
    [
        (Sound(("mixed",), bytes(2), 8_000), "bad_audio"),
        (Sound((), b"", 8_000), "bad_audio"),
        (Sound(("agent",), bytes(2), 0), "bad_audio"),
        (Sound(("agent",), bytes(2), 200_000), "bad_audio"),
        (Sound(("agent", "customer"), bytes(2), 8_000), "bad_audio"),
        (Hole(("mixed",), 10, ""), "bad_message"),
        (Hole(("agent",), -1, ""), "bad_message"),
    ],
)
def test_what_is_none_of_the_call_is_refused(piece: Timed, wanted: str) -> None:
    dialect = RelayDialect()
    dialect.receive_bytes(pack_piece(BEGAN))
    assert code(dialect, pack_piece(piece)) == wanted


def test_what_a_platform_is_told_comes_out_as_it_went_in_in_small_parts() -> None:
    spoken = Utterance(
        call_id="c1", at_ms=900, channel="agent", utterance=0, started_ms=0, ended_ms=500, text="hello",
        words=(Word("hello", 0, 500),),
    )  # fmt: skip
    nudge = Nudge(call_id="c1", at_ms=950, nudge="n", rule="r", family="f", severity="info", title="t", text="x")
    events = [spoken, nudge] * 11
    parts = [unpack_told(bytes(reply.message)) for reply in RelayDialect(tells=True).tell(events)]  # type: ignore[arg-type]
    assert [len(part) for part in parts] == [10, 10, 2]
    assert [event for part in parts for event in part] == events
    assert RelayDialect().tell(events) == []


@pytest.mark.parametrize("data", [b"", b"\xc1", pack_piece(SayHold()), b"\x91\x81\xa4type\xa4Tick"])
def test_nothing_else_is_told(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        unpack_told(data)


def test_a_refused_line_is_over_and_texts_are_none_of_it() -> None:
    dialect = RelayDialect()
    with pytest.raises(ProtocolError):
        dialect.receive_text("hello")
    assert dialect.refuse(ProtocolError("x")) == []
    assert dialect.ended


@given(st.binary(max_size=300))
def test_other_bytes_are_refused_and_nothing_else_happens(data: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        RelayDialect().receive_bytes(data)
