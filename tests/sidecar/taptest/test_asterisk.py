"""Asterisk's channel; a whole call of two is in test_playing.py."""

import json

import pytest

from sidecar.taptest.asterisk import ChanWebSocket
from sidecar.taptest.client import Asked
from streams.errors import TapError


def test_a_channel_says_whose_it_is_and_hangs_up() -> None:
    channel = ChanWebSocket(Asked(call_id="c", agent="a17", token="t"), "agent")
    start = json.loads(channel.begin()[0])
    assert start["channel_variables"] == {"call": "c", "side": "agent", "agent": "a17"}
    assert channel.sound({"agent": b"aabb"}, 0) == [b"aabb"]
    assert (channel.finish(), channel.hangs_up, channel.subprotocols) == ([], True, ("media",))
    assert channel.headers("ws://x")["Authorization"].startswith("Basic ")
    with pytest.raises(TapError, match="Asterisk would not understand"):
        channel.hear("HANGUP")
