"""The table of Twilio's kin: every row carries a call in that platform's own words."""

import base64
import json
from typing import Any

import pytest

from streams.events import AudioFrame, CallEnded
from streams.taps.twilio import Twilio
from streams.taps.twilio_table import KIN
from tests.streams.taps.tapped import Tapped

SOUND = base64.b64encode(b"\xff" * 160).decode()

TALK: dict[str, list[dict[str, Any]]] = {
    "twilio": [
        {"event": "connected", "protocol": "Call", "version": "1.0.0"},
        {
            "event": "start",
            "sequenceNumber": "1",
            "streamSid": "MZ1",
            "start": {
                "streamSid": "MZ1",
                "callSid": "call-1",
                "tracks": ["inbound", "outbound"],
                "customParameters": {"agent": "a17"},
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            },
        },
        {
            "event": "media",
            "sequenceNumber": "2",
            "streamSid": "MZ1",
            "media": {"track": "inbound", "chunk": "1", "timestamp": "0", "payload": SOUND},
        },
        {"event": "stop", "sequenceNumber": "3", "streamSid": "MZ1", "stop": {"callSid": "call-1"}},
    ],
    "signalwire": [
        {"event": "connected"},
        {
            "event": "start",
            "streamSid": "MZ1",
            "start": {
                "callSid": "call-1",
                "tracks": ["inbound", "outbound"],
                "customParameters": {"agent": "a17"},
                "mediaFormat": {"encoding": "PCMU@8000h", "channels": 1},
            },
        },
        {"event": "media", "streamSid": "MZ1", "media": {"track": "inbound", "chunk": "1", "payload": SOUND}},
        {"event": "stop"},
    ],
    "telnyx": [
        {"event": "connected", "version": "1.0.0"},
        {
            "event": "start",
            "sequence_number": "1",
            "stream_id": "s1",
            "start": {
                "call_control_id": "call-1",
                "custom_parameters": {"agent": "a17"},
                "media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 1},
            },
        },
        {
            "event": "media",
            "stream_id": "s1",
            "media": {"track": "inbound", "chunk": "1", "timestamp": "12", "payload": SOUND},
        },
        {"event": "stop", "stream_id": "s1"},
    ],
    "plivo": [
        {
            "event": "start",
            "sequenceNumber": 0,
            "start": {
                "callId": "call-1",
                "streamId": "s1",
                "tracks": ["inbound", "outbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000},
            },
            "extra_headers": "{agent=a17;more=}",
        },
        {
            "event": "media",
            "sequenceNumber": 1,
            "streamId": "s1",
            "media": {"track": "inbound", "chunk": 1, "timestamp": "1795000000000", "payload": SOUND},
        },
    ],
}


@pytest.mark.parametrize("platform", KIN)
def test_every_platform_carries_a_call(platform: str) -> None:
    tapped = Tapped(Twilio(platform))
    events = [event for message in TALK[platform] for event in tapped.text(json.dumps(message))]
    events += tapped.closed()
    assert tapped.began is not None
    assert (tapped.began.call_id, tapped.began.channels) == ("call-1", ("customer", "agent"))
    assert tapped.began.facts["agent"] == "a17"
    frame, ended = events
    assert isinstance(frame, AudioFrame)
    assert (frame.channel, frame.pcm, frame.at_ms) == ("customer", bytes(320), 20)
    assert ended == CallEnded(call_id="call-1", at_ms=20, reason="hung_up")
    assert tapped.dialect.ended
    assert tapped.remarks == []
