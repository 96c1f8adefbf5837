"""The client of our own dialect; a whole call is in test_playing.py."""

import json

import pytest

from sidecar.taptest.client import Asked
from sidecar.taptest.plain import Plain
from streams.errors import TapError


def test_it_waits_for_the_welcome() -> None:
    client = Plain(Asked(call_id="c", agent="a17", token="t"))
    assert json.loads(client.begin()[0])["call_id"] == "c"
    ready = [client.ready]
    for kind in ("news", "welcome", "news"):
        client.hear(json.dumps({"type": kind}))
        ready.append(client.ready)
    assert ready == [False, False, True, True]
    assert client.sound({"agent": b"aa", "customer": b"cc"}, 0) == [b"aacc"]
    assert client.headers("ws://x") == {"Authorization": "Bearer t"}
    with pytest.raises(TapError, match="too_many"):
        client.hear('{"type":"error","code":"too_many"}')
