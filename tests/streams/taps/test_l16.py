"""Text first, then samples: every platform's way of it, and everything that a client may get wrong."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ProtocolError
from streams.events import AudioFrame, CallEnded
from streams.taps.l16 import KINDS, L16, LONGEST_TEXT
from tests.streams.taps.tapped import Tapped


def call(
    platform: str = "jambonz", first: dict[str, Any] | None = None, tapped: str = "customer", **url: str
) -> Tapped:
    connection = Tapped(L16(platform, "fallback-1", tapped, url))  # type: ignore[arg-type]
    if first is not None:
        assert connection.text(json.dumps(first)) == []
    return connection


def heard(connection: Tapped, data: bytes) -> list[tuple[str, int, int]]:
    frames = connection.binary(data)
    return [(frame.channel, frame.rate_hz, frame.duration_ms) for frame in frames if isinstance(frame, AudioFrame)]


def code_of(call, *arguments) -> str:
    with pytest.raises(ProtocolError) as caught:
        call(*arguments)
    return caught.value.code


JAMBONZ = {
    "callSid": "c1",
    "from": "+1555",
    "to": "+1800",
    "sampleRate": 16_000,
    "mixType": "stereo",
    "metadata": {"agent": "a17"},
}


def test_jambonz_says_everything() -> None:
    connection = call("jambonz", JAMBONZ)
    assert connection.began is not None
    assert (connection.began.call_id, connection.began.channels) == ("c1", ("customer", "agent"))
    assert connection.began.facts["metadata.agent"] == "a17"
    assert heard(connection, bytes(1280)) == [("customer", 16_000, 20), ("agent", 16_000, 20)]
    # After a delay several frames come as one.
    assert len(heard(connection, bytes(5 * 1280))) == 10


def test_the_left_is_the_leg_that_is_tapped() -> None:
    frames = call("jambonz", {**JAMBONZ, "sampleRate": 8000}, "agent").binary(b"\1\0\2\0" * 160)
    assert [(frame.channel, frame.pcm[:2]) for frame in frames] == [("agent", b"\1\0"), ("customer", b"\2\0")]


@pytest.mark.parametrize(
    ("mix", "tapped", "channels"),
    [("mono", "agent", ("agent",)), ("mixed", "agent", ("mixed",)), ("MONO", "mixed", ("mixed",))],
)
def test_mixes(mix: str, tapped: str, channels: tuple[str, ...]) -> None:
    began = call("jambonz", {"mixType": mix}, tapped).began
    assert began is not None
    assert (began.channels, began.call_id) == (channels, "fallback-1")


def test_two_texts_may_come_as_one() -> None:
    connection = call("jambonz")
    assert connection.text('{"callSid":"c1"}{"event":"dtmf","dtmf":"1"}') == []
    assert connection.began is not None
    assert connection.remarks == ["the platform tells of dtmf"]
    connection.text('{"x":1}')
    assert connection.remarks[-1] == "the platform tells of something"


def test_freeswitch_may_say_nothing_but_in_its_url() -> None:
    connection = call("freeswitch", None, "agent", rate="16000", mix="stereo", call="leg-7")
    assert heard(connection, bytes(1280)) == [("agent", 16_000, 20), ("customer", 16_000, 20)]
    assert connection.began is not None
    assert connection.began.call_id == "leg-7"
    words = call("freeswitch")
    words.text("agent seventeen")
    assert words.began is not None
    assert words.began.facts["metadata"] == "agent seventeen"
    plain = call("freeswitch", {"anything": "goes"})
    assert heard(plain, bytes(320)) == [("customer", 8000, 20)]


def test_vonage_names_its_rate_in_its_content_type() -> None:
    first = {"event": "websocket:connected", "content-type": "audio/l16;rate=24000", "call": "c9", "agent": "a17"}
    connection = call("vonage", first)
    assert connection.began is not None
    assert (connection.began.call_id, connection.began.channels) == ("c9", ("mixed",))
    assert {rate for _, rate, _ in heard(connection, bytes(9600))} == {16_000}
    assert connection.text('{"event":"websocket:dtmf","digit":"5"}') == []
    *_, ended = connection.text('{"event":"websocket:disconnected"}')
    assert isinstance(ended, CallEnded)
    sixteen = call("vonage", {"event": "websocket:connected", "content-type": "audio/strange"})
    assert heard(sixteen, bytes(640)) == [("mixed", 16_000, 20)]


def test_nothing_in_bytes_asks_for_the_end() -> None:
    connection = call("jambonz", JAMBONZ)
    assert connection.binary(b"") == [CallEnded(call_id="c1", at_ms=0, reason="hung_up")]
    assert connection.dialect.ended
    assert (
        connection.binary(b"") == connection.binary(bytes(1280)) == connection.text("{}") == connection.closed() == []
    )


def test_closing_is_the_end() -> None:
    assert [type(event) for event in call("vonage", {}).closed()] == [CallEnded]
    assert call("vonage").closed() == []
    assert call("freeswitch").binary(b"") == []


@pytest.mark.parametrize(
    ("platform", "first", "tapped", "code"),
    [
        ("jambonz", '{"sampleRate": 7000}', "customer", "bad_rate"),
        ("jambonz", '{"mixType": "quadro"}', "customer", "bad_mix"),
        ("jambonz", '{"mixType": "stereo"}', "mixed", "bad_mix"),
        ("jambonz", "hello", "customer", "bad_json"),
        ("jambonz", "[1]", "customer", "bad_message"),
        ("jambonz", "x" * (LONGEST_TEXT + 1), "customer", "too_big"),
        ("jambonz", bytes(320), "customer", "no_hello"),
        ("vonage", bytes(640), "customer", "no_hello"),
        ("freeswitch", bytes(321), "customer", "bad_audio"),
    ],
)
def test_what_cannot_be_is_refused(platform: str, first: str | bytes, tapped: str, code: str) -> None:
    connection = call(platform, None, tapped)
    assert code_of(connection.text if isinstance(first, str) else connection.binary, first) == code
    assert connection.dialect.refuse(ProtocolError("no")) == []
    assert connection.dialect.ended


FIELDS = st.dictionaries(
    st.sampled_from(["callSid", "sampleRate", "mixType", "event", "content-type", "metadata", "x"]),
    st.sampled_from(["c", "8000", 16_000, 2**70, None, "stereo", "mono", "audio/l16;rate=16000", {"a": {}}, [1], 1.5]),
)


@given(st.sampled_from([*KINDS]), st.lists(st.binary(max_size=700) | st.text(max_size=20) | FIELDS, max_size=12))
def test_nothing_a_client_sends_breaks_it(platform: str, messages: list[Any]) -> None:
    connection = call(platform)
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
