"""Signatures of Twilio's handshakes, computed here from their description."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.taps.twilio_signature import is_signed

TOKEN = "0123456789abcdef0123456789abcdef"


def signed(url: str, token: str = TOKEN) -> str:
    return base64.b64encode(hmac.new(token.encode(), url.encode(), hashlib.sha1).digest()).decode()


@pytest.mark.parametrize(
    ("told", "signed_as", "good"),
    [
        ("wss://a.example/twilio/x", "wss://a.example/twilio/x", True),
        ("wss://a.example/twilio", "wss://a.example:443/twilio", True),
        ("wss://a.example:443/twilio", "wss://a.example/twilio", True),
        ("wss://a.example:8443/twilio", "wss://a.example:8443/twilio", True),
        ("wss://a.example:8443/twilio", "wss://a.example/twilio", False),
        ("wss://a.example/twilio", "wss://a.example/twilio/", False),
        ("strange:thing", "strange:thing", True),
    ],
)
def test_the_url_is_what_is_signed(told: str, signed_as: str, good: bool) -> None:
    assert is_signed(told, signed(signed_as), TOKEN) is good
    assert not is_signed(told, signed(signed_as, "another"), TOKEN)


@given(st.text(max_size=60))
def test_no_header_breaks_it(signature: str) -> None:
    assert not is_signed("wss://a.example/twilio", signature, TOKEN)
