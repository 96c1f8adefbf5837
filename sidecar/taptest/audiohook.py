"""Genesys Cloud's side of an AudioHook session: sound flows in, its messages flow out, and the server's are checked."""

import base64
import hashlib
import hmac
import json
import os
from collections import deque
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sidecar.taptest.client import Asked, Message, Slice, table
from sidecar.taptest.sound import Side, side_by_side, ulaw
from streams.clock import unix_s
from streams.errors import TapError

_PING_EVERY_MS = 5_000
_MEDIUM = {"type": "audio", "format": "PCMU", "channels": ["external", "internal"], "rate": 8000}


class AudioHook:
    """One session of both sides in µ-law; a `Client`."""

    sides: tuple[Side, ...] = ("customer", "agent")
    rate_hz = 8000
    slice_ms = 200
    hangs_up = False
    path = "/audiohook"
    subprotocols = ()

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._session = _uuid(asked.call_id, "session")
        self._organization = _uuid(asked.call_id, "organization")
        self._sent = 0
        self._seen = 0
        self._end_ms = 0
        self._pings: deque[int] = deque()
        self.ready = False

    def headers(self, url: str) -> Mapping[str, str]:
        """The handshake's ids and key, signed where a secret was agreed."""
        shown = {
            "Audiohook-Organization-Id": self._organization,
            "Audiohook-Session-Id": self._session,
            "Audiohook-Correlation-Id": _uuid(self._asked.call_id, "correlation"),
            "X-API-KEY": self._asked.token,
        }
        return shown | self._signature(url, shown) if self._asked.audiohook_secret else shown

    def begin(self) -> list[Message]:
        """`open`, with two media to choose from."""
        return [
            self._say(
                "open",
                organizationId=self._organization,
                conversationId=self._asked.call_id,
                participant={"id": _uuid(self._asked.call_id, "who"), "ani": "", "aniName": "", "dnis": ""},
                media=[_MEDIUM, {**_MEDIUM, "channels": ["external"]}],
                customConfig={"agent": self._asked.agent},
            )
        ]

    def sound(self, sides: Slice, at_ms: int) -> list[Message]:
        """One binary message, and now and then a ping before it."""
        due = at_ms // _PING_EVERY_MS > self._end_ms // _PING_EVERY_MS
        self._end_ms = at_ms
        pings: list[Message] = [self._say("ping", rtt="PT0.02S")] if due else []
        self._pings.extend([self._sent] if due else [])
        return [*pings, side_by_side(ulaw(sides["customer"]), ulaw(sides["agent"]), 1)]

    def hear(self, message: Message) -> list[Message]:
        """Check the server's count and what it chose.

        Raises TapError for a `disconnect` and for whatever Genesys would not accept.
        """
        said = table(message)
        self._seen += 1
        if said.get("seq") != self._seen or said.get("id") != self._session:
            raise TapError(f"the server's {said.get('type')} has a wrong seq or id, which Genesys ends the session for")
        parameters = said.get("parameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        match said.get("type"):
            case "opened":
                if parameters.get("media") != [_MEDIUM]:
                    raise TapError("the server did not choose both sides in PCMU")
                self.ready = True
            case "disconnect":
                raise TapError(f"the server ended the session: {parameters.get('info') or parameters.get('reason')}")
            case "pong" if not self._pings or said.get("clientseq") != self._pings.popleft():
                raise TapError("the server's pong does not name its ping")
            case "pause":
                return [self._say("paused")]
            case "resume":
                return [self._say("resumed", start="PT0S", discarded="PT0S")]
        return []

    def finish(self) -> list[Message]:
        """`close`; the server answers `closed` and closes."""
        return [self._say("close", reason="end")]

    def _say(self, kind: str, **parameters: Any) -> str:
        self._sent += 1
        position = f"PT{self._end_ms // 1000}.{self._end_ms % 1000:03d}S"
        return json.dumps(
            {
                "version": "2",
                "id": self._session,
                "type": kind,
                "seq": self._sent,
                "serverseq": self._seen,
                "position": position,
                "parameters": parameters,
            }
        )

    def _signature(self, url: str, shown: Mapping[str, str]) -> dict[str, str]:
        """HTTP message signature over the request and its ids."""
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        values = {"@request-target": target, "@authority": parts.netloc.lower()}
        values |= {name.lower(): value for name, value in shown.items()}
        now_s = unix_s()
        nonce = base64.b64encode(os.urandom(18)).decode()
        names = " ".join(f'"{name}"' for name in values)
        member = (
            f'({names});keyid="{self._asked.token}";nonce="{nonce}";alg="hmac-sha256";created={now_s};'
            f"expires={now_s + 30}"
        )
        lines = [*(f'"{name}": {value}' for name, value in values.items()), f'"@signature-params": {member}']
        made = hmac.new(self._asked.audiohook_secret, "\n".join(lines).encode(), hashlib.sha256).digest()
        return {"Signature-Input": f"sig1={member}", "Signature": f"sig1=:{base64.b64encode(made).decode()}:"}


def _uuid(*parts: str) -> str:
    """An id in the form that Genesys uses, the same for the same parts."""
    digits = hashlib.sha256("/".join(parts).encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
