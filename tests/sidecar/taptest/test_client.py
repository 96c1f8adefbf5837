"""What all clients share."""

import pytest

from sidecar.taptest.client import Asked, table, unique, unwanted
from streams.errors import TapError


def test_secrets_stay_out_of_what_is_printed() -> None:
    asked = Asked(call_id="c", token="hidden", twilio_secret="hidden", audiohook_secret=b"hidden")
    assert "hidden" not in repr(asked)


def test_servers_texts_are_tables() -> None:
    assert table('{"a":1}') == {"a": 1}
    for wrong in ("[]", "{", b"{}"):
        with pytest.raises(TapError, match="no JSON object"):
            table(wrong)


def test_ids_differ() -> None:
    assert unique("x") != unique("x")
    assert "sent bytes, which X" in str(unwanted("X", b""))
