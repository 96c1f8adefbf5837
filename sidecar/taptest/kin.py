"""Twilio's side of a media stream, and that of Telnyx, SignalWire and Plivo: sound flows in, JSON texts flow out."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sidecar.taptest.client import Asked, Message, Slice, unwanted
from sidecar.taptest.sound import Side, ulaw

_SLICE_MS = 20


class Kin:
    """One stream of both tracks, the customer's inbound; a `Client`. `platform` is the dialect's name."""

    sides: tuple[Side, ...] = ("customer", "agent")
    slice_ms = _SLICE_MS
    ready = True
    subprotocols = ()

    def __init__(self, platform: str, asked: Asked) -> None:
        self._platform = platform
        self._asked = asked
        self._messages = 0
        self.rate_hz = 16_000 if platform == "plivo" else 8000
        self.hangs_up = platform == "plivo"

    @property
    def path(self) -> str:
        """Where the platform's settings can carry a token: path, query, or neither."""
        token = quote(self._asked.token, safe="")
        places = {"twilio": f"/twilio/{token}", "signalwire": "/signalwire"}
        return places.get(self._platform, f"/{self._platform}?token={token}")

    def headers(self, url: str) -> Mapping[str, str]:
        """SignalWire's bearer token, Twilio's signature where a secret was agreed."""
        if self._platform == "signalwire":
            return {"Authorization": f"Bearer {self._asked.token}"}
        if self._platform == "twilio" and self._asked.twilio_secret:
            made = hmac.new(self._asked.twilio_secret.encode(), url.encode(), hashlib.sha1).digest()
            return {"X-Twilio-Signature": base64.b64encode(made).decode()}
        return {}

    def begin(self) -> list[Message]:
        """`connected` where the platform says it, and `start`."""
        call_id, agent = self._asked.call_id, self._asked.agent
        match self._platform:
            case "telnyx":
                start: dict[str, Any] = {
                    "call_control_id": call_id,
                    "custom_parameters": {"agent": agent},
                    "media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 1},
                }
            case "plivo":
                start = {
                    "callId": call_id,
                    "streamId": "stream-1",
                    "tracks": ["inbound", "outbound"],
                    "mediaFormat": {"encoding": "audio/x-l16", "sampleRate": 16_000},
                }
            case _:
                encoding = "PCMU@8000h" if self._platform == "signalwire" else "audio/x-mulaw"
                start = {
                    "accountSid": "AC0",
                    "streamSid": "stream-1",
                    "callSid": call_id,
                    "tracks": ["inbound", "outbound"],
                    "customParameters": {"agent": agent},
                    "mediaFormat": {"encoding": encoding, "sampleRate": 8000, "channels": 1},
                }
        first = {"start": start, **({"extra_headers": f"agent={agent}"} if self._platform == "plivo" else {})}
        if self._platform == "plivo":
            return [self._say("start", **first)]
        return [json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}), self._say("start", **first)]

    def sound(self, sides: Slice, at_ms: int) -> list[Message]:
        """One message a track; chunks count from one, times from the stream's start."""
        chunk = at_ms // _SLICE_MS + 1
        return [
            self._say(
                "media", media={"track": track, **self._counted(chunk, at_ms), "payload": self._coded(sides[side])}
            )
            for track, side in zip(("inbound", "outbound"), self.sides, strict=True)
        ]

    def hear(self, message: Message) -> list[Message]:
        """Nothing is to be heard on a stream that only listens.

        Raises TapError for anything.
        """
        raise unwanted(self._platform, message)

    def finish(self) -> list[Message]:
        """`stop`; Plivo has no word for it and hangs up."""
        return [] if self.hangs_up else [self._say("stop", stop={"callSid": self._asked.call_id})]

    def _say(self, event: str, **fields: Any) -> str:
        self._messages += 1
        names = {"telnyx": ("stream_id", "sequence_number"), "plivo": ("streamId", "sequenceNumber")}
        stream, sequence = names.get(self._platform, ("streamSid", "sequenceNumber"))
        # Plivo counts in numbers, the others in texts of digits.
        number: object = self._messages if self._platform == "plivo" else str(self._messages)
        return json.dumps({"event": event, sequence: number, stream: "stream-1", **fields})

    def _counted(self, chunk: int, at_ms: int) -> dict[str, object]:
        if self._platform == "plivo":
            return {"chunk": chunk, "timestamp": str(1_700_000_000_000 + at_ms)}
        return {"chunk": str(chunk), "timestamp": str(at_ms)}

    def _coded(self, pcm: bytes) -> str:
        return base64.b64encode(pcm if self._platform == "plivo" else ulaw(pcm)).decode()
