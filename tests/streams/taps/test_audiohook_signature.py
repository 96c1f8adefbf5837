"""Signatures of AudioHook handshakes: good ones pass, everything that was touched does not."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.taps.audiohook_signature import authority, fault, key_of, nonce_of

KEY = b"thirty-two bytes for the tests.."
NOW_S = 1_800_000_000
TARGET = "/audiohook?agent=a17"
NAMES = (
    "@request-target",
    "@authority",
    "audiohook-organization-id",
    "audiohook-session-id",
    "audiohook-correlation-id",
    "x-api-key",
)


def request(
    names: Iterable[str] = NAMES,
    label: str = "sig1",
    key: bytes = KEY,
    target: str = TARGET,
    parameters: str = 'keyid="k-1";nonce="0123456789abcdefghijkl";alg="hmac-sha256";created={now};expires={later}',
    now_s: int = NOW_S,
) -> dict[str, str]:
    """A handshake's headers as the platform signs them, written from the description of the protocol alone."""
    headers = {
        "host": "Hook.Example.org:443",
        "audiohook-organization-id": "d7934305-0972-4844-938e-9060eef73d05",
        "audiohook-session-id": "e160e428-53b2-487c-977d-96989bf5c99d",
        "audiohook-correlation-id": "b4f5b1d6-0000-4a5a-9b0e-b6a6b4a9e8c5",
        "x-api-key": "k-1",
    }
    params = f"({' '.join(f'{chr(34)}{name}{chr(34)}' for name in names)});" + parameters.format(
        now=now_s, later=now_s + 30
    )
    known = {**headers, "@request-target": target, "@authority": "hook.example.org"}
    base = "".join(f'"{name}": {known.get(name, "")}\n' for name in names) + f'"@signature-params": {params}'
    digest = base64.b64encode(hmac.new(key, base.encode(), hashlib.sha256).digest()).decode()
    return {**headers, "signature-input": f"{label}={params}", "signature": f"sig1=:{digest}:"}


def test_a_good_one_passes_in_any_order_of_parts() -> None:
    assert fault(TARGET, request(), KEY, NOW_S) == ""
    assert fault(TARGET, request(NAMES[::-1]), KEY, NOW_S + 9) == ""


@pytest.mark.parametrize("name", ["x-api-key", "audiohook-session-id", "audiohook-organization-id", "host"])
def test_whatever_is_changed_breaks_it(name: str) -> None:
    headers = request()
    assert "wrong" in fault(TARGET, {**headers, name: headers[name] + "x"}, KEY, NOW_S)
    del headers[name]
    assert fault(TARGET, headers, KEY, NOW_S) != ""


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (request(NAMES[1:]), "does not cover"),
        (request((*NAMES, "x-api-key")), "does not cover"),
        (request((*NAMES, "x-more")), "lacks"),
        (request(label="sig2"), "no signature"),
        (request(key=b"another"), "wrong"),
        (request(target="/other"), "wrong"),
        ({**request(), "signature": "sig1=:%%:"}, "no signature"),
        ({**request(), "signature": "sig1=:abc:"}, "wrong"),
        ({}, "no signature"),
        (request(now_s=NOW_S - 11), "too old"),
        (request(now_s=NOW_S + 6), "too old"),
        (request(parameters='keyid="k-2";nonce="0123456789abcdefghijkl";alg="hmac-sha256"'), "another key"),
        (request(parameters='keyid="k-1";nonce="0123456789abcdefghijkl";alg="hmac-sha256"'), "when it was made"),
        (request(parameters='keyid="k-1";nonce="short";alg="hmac-sha256"'), "not taken"),
        (request(parameters='keyid="k-1";nonce="0123456789abcdefghijkl";alg="rsa"'), "not taken"),
    ],
)
def test_bad_ones_are_told_apart_in_the_log(headers: dict[str, str], words: str) -> None:
    assert words in fault(TARGET, headers, KEY, NOW_S)


def test_the_nonce_is_what_was_signed_once() -> None:
    assert nonce_of(request()) == "0123456789abcdefghijkl"
    assert nonce_of(request(parameters='keyid="k-1"')) == nonce_of({}) == ""


def test_the_secret_is_base64() -> None:
    assert key_of(base64.b64encode(KEY).decode()) == KEY
    with pytest.raises(ValueError, match=r"padding|base64|characters"):
        key_of("%%%")


def test_the_default_port_is_not_signed() -> None:
    assert authority("A.example:443") == authority("a.example:80") == "a.example"
    assert authority("a.example:8443") == "a.example:8443"


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_header_breaks_it(given_input: str, given_signature: str) -> None:
    assert fault(TARGET, {"signature-input": given_input, "signature": given_signature}, KEY, NOW_S) != ""
    assert fault(TARGET, {**request(), "signature-input": given_input}, KEY, NOW_S) != ""
