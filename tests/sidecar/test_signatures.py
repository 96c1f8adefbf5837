"""Whose handshakes must be signed, and with what."""

import base64
import hashlib
import hmac
import os
from pathlib import Path

import pytest

from sidecar import signatures
from sidecar.signatures import PlatformSecrets, fault, read
from streams.errors import KeyFileError
from tests.streams.taps.test_audiohook_signature import KEY, NOW_S, TARGET, request

AUTH_TOKEN = "0123456789abcdef"


def write(keys_dir: Path, name: str, text: str, mode: int = 0o600) -> None:
    path = keys_dir / f"{name}.secret"
    path.write_text(text, "utf-8")
    path.chmod(mode)


def test_without_a_secret_nothing_is_signed(tmp_path: Path) -> None:
    agreed = read(tmp_path)
    assert agreed == PlatformSecrets()
    assert (
        fault("audiohook", "/audiohook", {}, agreed, public_url="", now_s=NOW_S)
        == fault("twilio", "/x", {}, agreed, public_url="", now_s=NOW_S)
        == ""
    )


def test_secrets_lie_in_the_keys_folder_and_are_not_shown(tmp_path: Path) -> None:
    write(tmp_path, "audiohook", base64.b64encode(KEY).decode() + "\n")
    write(tmp_path, "twilio", AUTH_TOKEN + "\n")
    agreed = read(tmp_path)
    assert agreed == PlatformSecrets(audiohook=KEY, twilio=AUTH_TOKEN)
    assert repr(agreed) == "PlatformSecrets(audiohook=True, twilio=True)"


def test_a_secret_that_is_none_is_said(tmp_path: Path) -> None:
    write(tmp_path, "audiohook", "%%%")
    with pytest.raises(KeyFileError, match=r"audiohook\.secret is not base64"):
        read(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "twilio", AUTH_TOKEN, 0o644)
    with pytest.raises(KeyFileError, match="open to other users"):
        read(tmp_path)


def test_audiohook_signs_the_address_it_dialled() -> None:
    agreed = PlatformSecrets(audiohook=KEY)
    headers = request()
    assert fault("audiohook", TARGET, headers, agreed, public_url="", now_s=NOW_S) == ""
    behind = {**headers, "host": "127.0.0.1:8765"}
    assert "wrong" in fault("audiohook", TARGET, behind, agreed, public_url="", now_s=NOW_S)
    assert fault("audiohook", TARGET, behind, agreed, public_url="wss://hook.example.org", now_s=NOW_S) == ""
    assert fault("telnyx", TARGET, {}, agreed, public_url="", now_s=NOW_S) == ""


@pytest.mark.parametrize(
    ("public_url", "signed"),
    [("wss://a.example/", "wss://a.example/twilio/s"), ("", "ws://localhost:8765/twilio/s")],
)
def test_twilio_signs_the_whole_url(public_url: str, signed: str) -> None:
    agreed = PlatformSecrets(twilio=AUTH_TOKEN)
    signature = base64.b64encode(hmac.new(AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    headers = {"host": "localhost:8765", "x-twilio-signature": signature}
    assert fault("twilio", "/twilio/s", headers, agreed, public_url=public_url, now_s=NOW_S) == ""
    assert fault("twilio", "/twilio/t", headers, agreed, public_url=public_url, now_s=NOW_S) != ""
    assert signatures.fault("twilio", "/twilio/s", {}, agreed, public_url=public_url, now_s=NOW_S) != ""
