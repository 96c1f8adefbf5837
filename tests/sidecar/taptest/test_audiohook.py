"""Genesys's side of a session."""

import json
from typing import Any

import pytest

from sidecar.signatures import PlatformSecrets, fault
from sidecar.taptest.audiohook import AudioHook
from sidecar.taptest.client import Asked
from sidecar.taptest.sound import Side
from streams.clock import unix_s
from streams.errors import TapError

ASKED = Asked(call_id="conv-1", token="key")
SIDES: dict[Side, bytes] = {"customer": bytes(3200), "agent": bytes(3200)}


def opened(hook: AudioHook, seq: int = 1) -> str:
    [said] = hook.begin()
    offer = json.loads(said)
    return answer(hook, "opened", seq, media=offer["parameters"]["media"][:1], session=offer["id"])


def answer(hook: AudioHook, kind: str, seq: int, *, clientseq: int = 1, session: str = "", **parameters: Any) -> str:
    session = session or hook.headers("ws://x/audiohook")["Audiohook-Session-Id"]
    return json.dumps({"type": kind, "id": session, "seq": seq, "clientseq": clientseq, "parameters": parameters})


def test_a_session_in_its_order() -> None:
    hook = AudioHook(ASKED)
    ready = [hook.ready, hook.hear(opened(hook)), hook.ready]
    assert ready == [False, [], True]
    sent = [message for at_ms in range(0, 10_400, 200) for message in hook.sound(SIDES, at_ms)]
    texts = [json.loads(message) for message in sent if isinstance(message, str)]
    assert [(one["type"], one["seq"], one["position"]) for one in texts] == [
        ("ping", 2, "PT5.000S"),
        ("ping", 3, "PT10.000S"),
    ]
    assert {len(message) for message in sent if isinstance(message, bytes)} == {3200}
    assert hook.hear(answer(hook, "pong", 2, clientseq=2)) == []
    assert hook.hear(answer(hook, "pong", 3, clientseq=3)) == []
    [paused] = hook.hear(answer(hook, "pause", 4))
    [resumed] = hook.hear(answer(hook, "resume", 5))
    assert [json.loads(one)["type"] for one in (paused, resumed)] == ["paused", "resumed"]
    assert hook.hear(answer(hook, "event", 6)) == []
    [close] = hook.finish()
    assert json.loads(close)["serverseq"] == 6


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("opened", {"media": []}, "did not choose both sides"),
        ("opened", {"session": "another"}, "wrong seq or id"),
        ("disconnect", {"info": "409: seq"}, "ended the session: 409: seq"),
        ("disconnect", {"reason": "error"}, "ended the session: error"),
        ("pong", {"clientseq": 9}, "does not name its ping"),
    ],
)
def test_what_genesys_ends_a_session_for(kind: str, changes: dict[str, Any], said: str) -> None:
    hook = AudioHook(ASKED)
    hook.begin()
    with pytest.raises(TapError, match=said):
        hook.hear(answer(hook, kind, 1, **changes))


def test_its_signature_is_one() -> None:
    secret = b"thirty-two bytes of secret key.."
    hook = AudioHook(Asked(call_id="c", token="key", audiohook_secret=secret))
    headers = {name.lower(): value for name, value in hook.headers("wss://Host.example/audiohook?a=b").items()}
    agreed = PlatformSecrets(audiohook=secret)
    given = {"headers": {**headers, "host": "host.example"}, "agreed": agreed, "public_url": "", "now_s": unix_s()}
    assert fault("audiohook", "/audiohook?a=b", **given) == ""  # type: ignore[arg-type]
    assert fault("audiohook", "/audiohook", **given) != ""  # type: ignore[arg-type]
    assert "Signature" not in AudioHook(ASKED).headers("ws://x/audiohook")
