"""The client's end of the plain dialect."""

import msgspec
import pytest

from streams.errors import ProtocolError
from streams.events import (
    AudioFrame,
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallEnded,
    CallStarted,
    Hold,
    Muted,
    Resumed,
    Unmuted,
)
from streams.taps.plain_client import PlainSender
from streams.taps.plain_messages import Hello, Welcome, to_text


def frame(channel, pcm: bytes, rate_hz: int = 8000) -> AudioFrame:
    return AudioFrame(call_id="c1", at_ms=20, channel=channel, pcm=pcm, rate_hz=rate_hz, started_ms=0, duration_ms=20)


def sender(**fields) -> PlainSender:
    return PlainSender(Hello(**{"version": 1, "call_id": "c1", **fields}))


def test_it_begins_with_the_hello() -> None:
    first = msgspec.json.decode(sender(queue="billing").start())
    assert (first["type"], first["call_id"], first["queue"], first["rate_hz"]) == ("hello", "c1", "billing", 8000)


def test_a_hello_that_would_be_refused_is_not_sent() -> None:
    with pytest.raises(ProtocolError, match="call_id"):
        sender(call_id="a/b")


def test_frames_of_one_moment_travel_side_by_side() -> None:
    end = sender(channels=("customer", "agent"))
    assert end.send(frame("agent", b"\1\0\2\0")) == []
    assert end.send(frame("customer", b"\3\0\4\0")) == [b"\3\0\1\0\4\0\2\0"]
    assert end.send(frame("customer", b"\5\0")) == []
    assert end.send(frame("agent", b"\6\0")) == [b"\5\0\6\0"]


def test_one_channel_travels_at_once() -> None:
    assert sender(channels=("mixed",)).send(frame("mixed", b"\1\0")) == [b"\1\0"]


def test_frames_that_do_not_fit_are_refused() -> None:
    end = sender()
    for misfit in (frame("mixed", b"\0\0"), frame("agent", b"\0\0", 16_000)):
        with pytest.raises(ProtocolError, match="does not fit the hello"):
            end.send(misfit)
    end.send(frame("agent", b"\0\0"))
    with pytest.raises(ProtocolError, match="differ in length"):
        end.send(frame("customer", b"\0\0\0\0"))


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Hold(call_id="c1", at_ms=0), '{"type":"hold"}'),
        (Resumed(call_id="c1", at_ms=0), '{"type":"resumed"}'),
        (Muted(call_id="c1", at_ms=0, channel="agent"), '{"type":"muted","channel":"agent"}'),
        (Unmuted(call_id="c1", at_ms=0, channel="agent"), '{"type":"unmuted","channel":"agent"}'),
        (AudioPaused(call_id="c1", at_ms=0, reason="card"), '{"type":"paused","reason":"card"}'),
        (AudioResumed(call_id="c1", at_ms=0), '{"type":"resumed_audio"}'),
        (
            AudioLost(call_id="c1", at_ms=0, channel="agent", lost_ms=40),
            '{"type":"lost","lost_ms":40,"channel":"agent","reason":""}',
        ),
        (CallEnded(call_id="c1", at_ms=0, reason="hung_up"), '{"type":"end","reason":"hung_up"}'),
    ],
)
def test_other_events_are_texts(event, text: str) -> None:
    assert sender().send(event) == [text]


def test_the_start_has_been_said_by_the_hello() -> None:
    assert sender().send(CallStarted(call_id="c1", at_ms=0)) == []


def test_the_answer_is_a_welcome_or_a_refusal() -> None:
    assert sender().receive_text(to_text(Welcome(1, "c1"))) == Welcome(1, "c1")
    with pytest.raises(ProtocolError):
        sender().receive_text("")
