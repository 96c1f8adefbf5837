"""Asterisk's AudioSocket: framing under any cutting, the µ-law that calls itself linear, and every mistake."""

import uuid
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ProtocolError
from streams.events import AudioFrame, CallEnded
from streams.taps.audiosocket import RATES_HZ, AudioSocket
from streams.taps.dialect import Reply
from tests.streams.taps.tapped import Tapped

CALL = uuid.UUID("9c1f6f0e-7b0a-4f0c-8a55-6a1f0d2b3c4d")


def message(kind: int, payload: bytes = b"") -> bytes:
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload


HELLO = message(0x01, CALL.bytes)


def start(side: str = "customer", **manners: Any) -> Tapped:
    stream = Tapped(AudioSocket(side, **manners))  # type: ignore[arg-type]
    assert stream.binary(HELLO) == []
    return stream


def spans(events: list[Any]) -> list[tuple[int, int]]:
    return [(event.started_ms, event.duration_ms) for event in events if isinstance(event, AudioFrame)]


def code_of(call, *arguments) -> str:
    with pytest.raises(ProtocolError) as caught:
        call(*arguments)
    return caught.value.code


def test_a_call() -> None:
    stream = start()
    assert stream.began is not None
    assert (stream.began.call_id, stream.began.channels) == (str(CALL), ("customer",))
    assert spans(stream.binary(message(0x10, bytes(320)) + message(0x03, b"5") + message(0x10, bytes(320)))) == [
        (0, 20),
        (20, 20),
    ]
    assert stream.binary(message(0x00)) == [CallEnded(call_id=str(CALL), at_ms=40, reason="hung_up")]
    assert stream.dialect.ended
    assert stream.binary(message(0x10, bytes(320))) == stream.closed() == []


@given(st.lists(st.integers(1, 400), min_size=1))
def test_how_it_is_cut_changes_nothing(cuts: list[int]) -> None:
    sent = HELLO + message(0x10, bytes(range(160)) * 2) * 4 + message(0x10, bytes(100)) + message(0x00)
    whole, sliced = Tapped(AudioSocket()), Tapped(AudioSocket())
    events, at = [], 0
    for cut in cuts:
        events += sliced.binary(sent[at : at + cut])
        at += cut
    assert events + sliced.binary(sent[at:]) == whole.binary(sent)


def test_mulaw_under_a_linear_name_is_heard_as_what_it_is() -> None:
    stream = start()
    assert stream.binary(message(0x10, b"\xff" * 160)) == []
    events = stream.binary(message(0x10, b"\xff" * 160)) + stream.binary(message(0x10, b"\xff" * 160))
    assert spans(events) == [(0, 20), (20, 20), (40, 20)]
    assert {event.pcm for event in events} == {bytes(320)}


def test_one_short_frame_does_not_make_it_so() -> None:
    stream = start()
    assert stream.binary(message(0x10, bytes(160))) == []
    assert spans(stream.binary(message(0x10, bytes(320)))) == [(0, 20)]
    assert spans(stream.closed()) == [(20, 10)]
    short = start()
    short.binary(message(0x10, bytes(160)))
    assert spans(short.closed()) == [(0, 10)]


def test_the_settings_may_say_what_it_is() -> None:
    assert spans(start(codec="slin").binary(message(0x10, bytes(160)) * 2)) == [(0, 20)]
    [frame] = start(codec="alaw").binary(message(0x10, b"\xd5" * 160))
    assert frame.pcm[:2] == b"\x08\x00"


@pytest.mark.parametrize(("kind", "rate_hz"), RATES_HZ.items())
def test_every_rate_comes_out_usable(kind: int, rate_hz: int) -> None:
    stream = start()
    events = [event for _ in range(10) for event in stream.binary(message(kind, bytes(rate_hz // 50 * 2)))]
    events += stream.closed()
    assert sum(duration_ms for _, duration_ms in spans(events)) in (200, 201)


def test_the_stream_mostly_just_ends() -> None:
    assert [type(event) for event in start().closed()] == [CallEnded]
    assert Tapped(AudioSocket()).closed() == []


def test_what_else_it_says() -> None:
    stream = start()
    assert stream.binary(message(0xFF, b"\x02") + message(0x77) + message(0x10)) == []
    assert len(stream.remarks) == 2


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (message(0x10, bytes(320)), "no_hello"),
        (message(0x01, bytes(15)), "no_hello"),
        (b"GET / HTTP/1.1\r\n", "no_hello"),
        (HELLO + HELLO, "second_hello"),
        (HELLO + message(0x11, b"odd"), "bad_audio"),
    ],
)
def test_what_cannot_be_is_refused(first: bytes, code: str) -> None:
    stream = Tapped(AudioSocket())
    assert code_of(stream.binary, first) == code
    assert stream.dialect.refuse(ProtocolError("no")) == [Reply(b"\0\0\0")]
    assert stream.dialect.ended


def test_a_text_is_no_part_of_it() -> None:
    assert code_of(AudioSocket().receive_text, "") == "bad_message"


@given(
    st.booleans(),
    st.lists(
        st.binary(max_size=50) | st.builds(message, st.sampled_from([0, 1, 3, 0x10, 0x12, 0xFF, 0x42]), st.binary())
    ),
)
def test_nothing_a_client_sends_breaks_it(begun: bool, chunks: list[bytes]) -> None:
    stream = start() if begun else Tapped(AudioSocket())
    last_ms = 0
    with suppress(ProtocolError):
        for chunk in chunks:
            for event in stream.binary(chunk):
                assert event.at_ms >= last_ms
                last_ms = event.at_ms
        stream.closed()
