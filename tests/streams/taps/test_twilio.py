"""Streams in the manner of Twilio: tracks, times, codecs, and everything that a client may get wrong."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ProtocolError
from streams.events import AudioFrame, AudioLost, CallEnded
from streams.taps.twilio import LONGEST_TEXT, Twilio
from tests.streams.taps.tapped import Tapped


def start(platform: str = "twilio", tapped: str = "customer", **changes: Any) -> Tapped:
    stream = Tapped(Twilio(platform, tapped, {"queue": "billing"}))  # type: ignore[arg-type]
    assert stream.text(json.dumps({"event": "connected"})) == []
    assert stream.text(beginning(**changes)) == []
    return stream


def beginning(**changes: Any) -> str:
    fields = {"callSid": "c1", "streamSid": "s1", "tracks": ["inbound", "outbound"], **changes}
    return json.dumps({"event": "start", "streamSid": fields["streamSid"], "start": fields})


def media(chunk: int, track: str = "inbound", at_ms: int | None = None, data: bytes = b"\xff" * 160, **changes) -> str:
    fields = {
        "track": track,
        "chunk": str(chunk),
        "timestamp": str(20 * (chunk - 1) if at_ms is None else at_ms),
        "payload": base64.b64encode(data).decode(),
        **changes,
    }
    return json.dumps({"event": "media", "sequenceNumber": "9", "streamSid": "s1", "media": fields})


STOP = json.dumps({"event": "stop"})


def code_of(call, *arguments) -> str:
    with pytest.raises(ProtocolError) as caught:
        call(*arguments)
    return caught.value.code


class TestTracks:
    def test_inbound_is_the_leg_that_is_tapped(self) -> None:
        for tapped, sides in (("customer", ["customer", "agent"]), ("agent", ["agent", "customer"])):
            stream = start(tapped=tapped)
            frames = stream.text(media(1)) + stream.text(media(1, "outbound"))
            assert [frame.channel for frame in frames] == sides

    @pytest.mark.parametrize(
        ("platform", "changes", "channels"),
        [
            ("twilio", {"tracks": ["inbound"]}, ("customer",)),
            ("twilio", {"tracks": ["outbound_track"]}, ("agent",)),
            ("twilio", {"tracks": "nonsense"}, ("customer",)),
            ("twilio", {"tracks": ["sideways"]}, ("customer",)),
            ("twilio", {"tracks": [], "customParameters": {"tracks": "both_tracks"}}, ("customer", "agent")),
            ("telnyx", {"tracks": None, "call_control_id": "c1"}, ("customer", "agent")),
        ],
    )
    def test_which_tracks_come(self, platform: str, changes: dict[str, Any], channels: tuple[str, ...]) -> None:
        began = start(platform, **changes).began
        assert began is not None
        assert began.channels == channels

    def test_a_mix_has_one(self) -> None:
        stream = start(tapped="mixed")
        assert stream.began is not None
        assert stream.began.channels == ("mixed",)

    def test_they_lie_as_their_times_say(self) -> None:
        stream = start()
        early, late = stream.text(media(1, at_ms=100)) + stream.text(media(1, "outbound", at_ms=1300))
        assert (early.started_ms, late.started_ms) == (0, 1200)

    def test_what_is_missing_is_lost(self) -> None:
        stream = start()
        events = [event for chunk in (1, 2, 4, 5, 6, 7, 8, 9) for event in stream.text(media(chunk))]
        events += stream.text(media(10, at_ms=680))
        lost = [(event.lost_ms, event.at_ms) for event in events if isinstance(event, AudioLost)]
        assert lost == [(20, 60), (500, 680)]
        assert sum(isinstance(event, AudioFrame) for event in events) == 9

    def test_what_waits_comes_before_the_end(self) -> None:
        stream = start()
        stream.text(media(1))
        assert stream.text(media(3)) == []
        lost, frame, ended = stream.text(STOP)
        assert (lost.lost_ms, frame.started_ms, ended.reason) == (20, 40, "hung_up")

    def test_without_times_samples_count(self) -> None:
        stream = start()
        assert [frame.started_ms for _ in range(2) for frame in stream.text(media(1, timestamp=None))] == [0, 20]


class TestFormats:
    @pytest.mark.parametrize(
        ("described", "data", "rate_hz", "ms"),
        [
            ({"encoding": "PCMA", "sampleRate": 8000}, b"\xd5" * 160, 8000, 20),
            ({"encoding": "L16@16000h"}, bytes(640), 16_000, 20),
            ({"encoding": "audio/x-l16", "sampleRate": "8000"}, bytes(320), 8000, 20),
            ({"encoding": "L16", "sampleRate": 24_000, "channels": 1}, bytes(9600), 16_000, 180),
            ({}, b"\xff" * 160, 8000, 20),
        ],
    )
    def test_are_read_from_the_start(self, described: dict[str, Any], data: bytes, rate_hz: int, ms: int) -> None:
        frames = start("signalwire", mediaFormat=described).text(media(1, data=data))
        assert {frame.rate_hz for frame in frames} == {rate_hz}
        assert sum(frame.duration_ms for frame in frames) == ms

    @pytest.mark.parametrize(
        ("described", "code"),
        [
            ({"encoding": "OPUS"}, "bad_codec"),
            ({"sampleRate": 7000}, "bad_rate"),
            ({"channels": 2}, "bad_format"),
            ({"encoding": "L16@99999999h"}, "bad_rate"),
        ],
    )
    def test_that_cannot_be_taken(self, described: dict[str, Any], code: str) -> None:
        assert code_of(Twilio().receive_text, beginning(mediaFormat=described)) == code


class TestMistakes:
    def test_of_order(self) -> None:
        assert code_of(Twilio().receive_text, media(1)) == "no_start"
        assert code_of(start().text, beginning()) == "second_start"
        assert Twilio().receive_text(STOP) == []
        stream = start()
        stream.text(STOP)
        assert code_of(stream.text, STOP) == "ended"
        assert stream.closed() == []

    def test_of_content(self) -> None:
        assert code_of(Twilio().receive_text, beginning(callSid="", streamSid="")) == "bad_start"
        assert code_of(start().text, media(1, payload="not base64")) == "bad_audio"
        assert code_of(start().text, media(1, payload="é")) == "bad_audio"
        assert code_of(start().text, "x" * (LONGEST_TEXT + 1)) == "too_big"
        assert code_of(start().text, "[]") == "bad_message"
        assert code_of(start().binary, b"") == "bad_message"

    def test_of_time(self) -> None:
        stream = start()
        stream.text(media(1))
        assert code_of(stream.text, media(1, "outbound", at_ms=10**15)) == "bad_time"

    def test_others_sound_is_passed_over(self) -> None:
        stream = start(tracks=["inbound"])
        other = json.loads(media(1))
        assert stream.text(json.dumps({**other, "streamSid": "s2"})) == []
        assert stream.text(media(1, "outbound")) == stream.text(media(1, "sideways")) == []
        assert len(stream.remarks) == 3

    def test_what_is_not_known_is_passed_over(self) -> None:
        stream = start()
        for event in ("dtmf", "mark", "error", "something new"):
            assert stream.text(json.dumps({"event": event, "payload": {"code": 100}})) == []
        assert stream.remarks == ["the platform reports error 100", "the platform sends an event that is not known"]

    def test_a_refused_client_is_told_nothing(self) -> None:
        stream = start()
        assert stream.dialect.refuse(ProtocolError("no")) == []
        assert stream.dialect.ended

    def test_only_those_without_a_stop_end_by_closing(self) -> None:
        assert start("twilio").closed() == []
        assert [type(event) for event in start("plivo", callId="c1").closed()] == [CallEnded]


SAYING = st.fixed_dictionaries(
    {"event": st.sampled_from(["start", "media", "stop", "mark", 3, None])},
    optional={
        "streamSid": st.sampled_from(["s1", "s2", 7]),
        "start": st.dictionaries(
            st.sampled_from(["callSid", "tracks", "mediaFormat", "customParameters"]),
            st.sampled_from(["c", 5, None, ["inbound"], [3], {"encoding": "L16", "sampleRate": "16000"}, {"x": {}}]),
        ),
        "media": st.dictionaries(
            st.sampled_from(["track", "chunk", "timestamp", "payload"]),
            st.sampled_from(["inbound", "1", 2, 4, "9", "60", 2**31, 2**70, -5, 1.5, "", "AAAA", "AA==", None, []]),
        ),
    },
)


@given(
    st.sampled_from(["twilio", "telnyx", "plivo"]), st.booleans(), st.lists(st.text(max_size=30) | SAYING, max_size=20)
)
def test_nothing_a_client_sends_breaks_it(platform: str, begun: bool, messages: list[Any]) -> None:
    stream = start(platform, streamId="s1", callId="c1", call_control_id="c1") if begun else Tapped(Twilio(platform))
    last_ms = 0
    for message in messages:
        with suppress(ProtocolError):
            for event in stream.text(message if isinstance(message, str) else json.dumps(message)):
                assert event.at_ms >= last_ms
                last_ms = event.at_ms
    stream.closed()
