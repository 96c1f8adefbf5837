"""Twilio's side of a stream, and its kin's; whole calls of each are in test_playing.py."""

import json

import pytest

from sidecar.taptest.client import Asked
from sidecar.taptest.kin import Kin
from streams.taps.twilio_signature import is_signed

SIDES = {"customer": bytes(320), "agent": bytes(320)}


def test_twilio_counts_in_texts_and_plivo_in_numbers() -> None:
    twilio, plivo = Kin("twilio", Asked(call_id="c")), Kin("plivo", Asked(call_id="c"))
    assert [json.loads(one)["event"] for one in twilio.begin()] == ["connected", "start"]
    assert [json.loads(one)["event"] for one in plivo.begin()] == ["start"]
    first = [json.loads(one.sound(SIDES, 40)[0]) for one in (twilio, plivo)]  # type: ignore[arg-type]
    assert (first[0]["media"]["chunk"], first[0]["media"]["timestamp"]) == ("3", "40")
    assert (first[1]["media"]["chunk"], first[1]["media"]["timestamp"]) == (3, "1700000000040")
    assert [json.loads(one)["event"] for one in twilio.finish()] == ["stop"]
    assert (plivo.finish(), plivo.hangs_up) == ([], True)


@pytest.mark.parametrize(
    ("platform", "path"),
    [
        ("twilio", "/twilio/a%20b%2Fc"),
        ("telnyx", "/telnyx?token=a%20b%2Fc"),
        ("plivo", "/plivo?token=a%20b%2Fc"),
        ("signalwire", "/signalwire"),
    ],
)
def test_each_shows_the_token_where_its_settings_can_carry_it(platform: str, path: str) -> None:
    kin = Kin(platform, Asked(call_id="c", token="a b/c"))
    assert kin.path == path
    assert kin.headers("ws://x") == ({"Authorization": "Bearer a b/c"} if platform == "signalwire" else {})


def test_twilio_signs() -> None:
    kin = Kin("twilio", Asked(call_id="c", twilio_secret="auth"))
    assert is_signed("wss://x/twilio", kin.headers("wss://x/twilio")["X-Twilio-Signature"], "auth")
