"""The client of the TCP stream; a whole call is in test_playing.py."""

import pytest

from sidecar.taptest.audiosocket import AudioSocket, named
from sidecar.taptest.client import Asked
from streams.errors import TapError


def test_frames_are_type_length_and_payload() -> None:
    client = AudioSocket(Asked(call_id="c"), "agent")
    assert client.begin() == [b"\x01\x00\x10" + named("c").bytes]
    assert client.sound({"agent": bytes(320)}, 0) == [b"\x10\x01\x40" + bytes(320)]
    assert (client.finish(), client.hangs_up, client.headers("tcp://x")) == ([], True, {})


def test_silence_may_come_back_and_a_hangup_may_not() -> None:
    client = AudioSocket(Asked(call_id="c"))
    assert client.hear(b"\x10\x00\x02\x00\x00") == []
    for wrong in (b"\x00\x00\x00", b"\x10\x00\x00", "text"):
        with pytest.raises(TapError, match="hung up"):
            client.hear(wrong)
