"""Asterisk's WebSocket channel in both of its manners, and everything that a client may get wrong."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clock import CallClock, ManualClock
from streams.errors import ProtocolError
from streams.events import AudioFrame, CallEnded
from streams.taps.asterisk import FORMATS, LONGEST_TEXT, ChanWebSocket
from streams.taps.codecs import LONGEST_AUDIO
from tests.streams.taps.tapped import Tapped

PLAIN = (
    "MEDIA_START connection_id:c1 channel:WebSocket/c1/0x7f channel_id:1795302929.2 "
    "format:ulaw optimal_frame_size:160 ptime:20"
)


def start(text: str = PLAIN, side: str = "customer", **url: str) -> Tapped:
    connection = Tapped(ChanWebSocket("fallback-1", side, url))  # type: ignore[arg-type]
    assert connection.text(text) == []
    return connection


def code_of(call, *arguments) -> str:
    with pytest.raises(ProtocolError) as caught:
        call(*arguments)
    return caught.value.code


def test_plain_words() -> None:
    connection = start()
    assert connection.began is not None
    assert (connection.began.call_id, connection.began.channels) == ("1795302929.2", ("customer",))
    assert connection.began.sparse
    [frame] = connection.binary(b"\xff" * 160)
    assert (frame.channel, frame.pcm, frame.rate_hz) == ("customer", bytes(320), 8000)


def test_json_and_its_variables_win_over_the_url() -> None:
    first = {
        "event": "MEDIA_START",
        "connection_id": "c1",
        "channel": "WebSocket/c1/0x7f",
        "channel_id": "1795302929.2",
        "format": "slin16",
        "optimal_frame_size": 640,
        "ptime": 20,
        "channel_variables": {"agent": "a17", "side": "agent"},
    }
    connection = start(json.dumps(first), agent="stale", queue="billing")
    assert connection.began is not None
    facts = connection.began.facts
    assert (facts["agent"], facts["side"], facts["queue"]) == ("a17", "agent", "billing")
    assert [frame.duration_ms for frame in connection.binary(bytes(640))] == [20]


@pytest.mark.parametrize(
    ("size", "rate_hz", "data"), [(160, 8000, 160), (320, 8000, 320), (640, 16_000, 640), (7, 8000, 160)]
)
def test_early_versions_say_only_how_long_a_frame_is(size: int, rate_hz: int, data: int) -> None:
    connection = start(f"MEDIA_START connection_id:c1 channel:WebSocket/c1 optimal_frame_size:{size}")
    assert [(frame.rate_hz, frame.duration_ms) for frame in connection.binary(bytes(data))] == [(rate_hz, 20)]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_comes_out_usable(name: str) -> None:
    connection = start(f"MEDIA_START channel_id:1 format:{name}")
    codec, rate_hz = FORMATS[name]
    events = connection.binary(bytes(rate_hz // 10 * (2 if codec == "slin" else 1))) + connection.closed()
    frames = [event for event in events if isinstance(event, AudioFrame)]
    assert {frame.rate_hz for frame in frames} <= {8000, 16_000}
    assert sum(frame.duration_ms for frame in frames) in (100, 101)


def test_sound_before_the_start_is_kept() -> None:
    connection = Tapped(ChanWebSocket("fallback-1"))
    assert connection.binary(b"\xff" * 320) == []
    assert [frame.started_ms for frame in connection.text(PLAIN)] == [0, 20]
    assert connection.binary(b"") == []
    late = Tapped(ChanWebSocket("fallback-1"))
    assert code_of(late.binary, bytes(LONGEST_AUDIO + 1)) == "no_start"


def test_time_goes_on_while_the_channel_has_nothing_to_say() -> None:
    wall = ManualClock()
    connection = Tapped(ChanWebSocket("fallback-1"), CallClock(wall))
    connection.text(PLAIN)
    wall.advance(700)
    [first] = connection.binary(b"\xff" * 160)
    wall.advance(9000)
    [then] = connection.binary(b"\xff" * 160)
    assert (first.started_ms, then.started_ms) == (700, 9700)
    assert connection.closed()[-1].at_ms == 9720


def test_closing_is_the_end() -> None:
    connection = start("MEDIA_START")
    assert connection.began is not None
    assert connection.began.call_id == "fallback-1"
    assert connection.closed() == [CallEnded(call_id="fallback-1", at_ms=0, reason="hung_up")]
    assert connection.closed() == Tapped(ChanWebSocket("x")).closed() == []
    refused = start()
    assert refused.dialect.refuse(ProtocolError("no")) == []
    assert refused.dialect.ended


def test_what_else_it_says_is_passed_over() -> None:
    connection = start()
    for text in ("DTMF_END digit:1", '{"event":"STATUS"}', "MEDIA_XOFF", "ERROR something", "NEW", "", "  "):
        assert connection.text(text) == []
    assert len(connection.remarks) == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MEDIA_START format:opus", "bad_codec"),
        ('{"event":', "bad_json"),
        ("x" * (LONGEST_TEXT + 1), "too_big"),
    ],
)
def test_what_cannot_be_is_refused(text: str, code: str) -> None:
    assert code_of(ChanWebSocket("x").receive_text, text) == code


def test_of_order_and_size() -> None:
    assert code_of(start().text, PLAIN) == "second_start"
    assert code_of(start("MEDIA_START format:slin").binary, b"odd") == "bad_audio"


WORDS = st.sampled_from(
    ["MEDIA_START", "STATUS", "format:slin", "format:ulaw", "channel_id:7", ":", "optimal_frame_size:9"]
)


@given(
    st.lists(
        st.binary(max_size=700)
        | st.text(max_size=20)
        | st.lists(WORDS, max_size=4).map(" ".join)
        | st.dictionaries(st.sampled_from(["event", "format", "x"]), st.sampled_from(["MEDIA_START", "slin16", 3, {}])),
        max_size=12,
    )
)
def test_nothing_a_client_sends_breaks_it(messages: list[Any]) -> None:
    connection = Tapped(ChanWebSocket("fallback-1"))
    last_ms = 0
    with suppress(ProtocolError):
        for message in messages:
            if isinstance(message, bytes):
                events = connection.binary(message)
            else:
                events = connection.text(message if isinstance(message, str) else json.dumps(message))
            for event in events:
                assert event.at_ms >= last_ms
                last_ms = event.at_ms
        connection.closed()
