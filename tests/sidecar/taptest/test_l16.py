"""The text-then-samples clients; whole calls of each are in test_playing.py."""

import json

import pytest

from sidecar.taptest.client import Asked
from sidecar.taptest.l16 import L16

ASKED = Asked(call_id="c", token="a b")


def test_jambonz_puts_two_texts_into_one_message_and_ends_with_an_empty_one() -> None:
    one = L16("jambonz", ASKED)
    [first] = one.begin()
    assert str(first).count("}{") == 1
    assert (one.finish(), one.hangs_up, one.subprotocols) == ([b""], False, ("audio.jambonz.org",))
    assert one.headers("ws://x")["Authorization"].startswith("Basic ")


def test_freeswitch_says_rate_and_mix_in_its_url() -> None:
    one = L16("freeswitch", ASKED)
    assert one.path == "/freeswitch?token=a%20b&rate=16000&mix=stereo"
    assert (one.finish(), one.hangs_up, one.headers("ws://x")) == ([], True, {})
    assert one.sound({"customer": b"aabb", "agent": b"ccdd"}, 0) == [b"aaccbbdd"]


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_vonage_has_a_socket_for_each_leg(side: str) -> None:
    one = L16("vonage", ASKED, side)  # type: ignore[arg-type]
    assert json.loads(one.begin()[0])["side"] == side
    assert one.sound({side: b"aabb"}, 0) == [b"aabb"]  # type: ignore[dict-item]
    assert one.subprotocols == ()
