"""Asterisk's side of `chan_websocket`: one channel's sound flows in, MEDIA_START and its samples flow out."""

import base64
import json
from collections.abc import Mapping

from sidecar.taptest.client import Asked, Message, Slice, unwanted
from sidecar.taptest.sound import Side


class ChanWebSocket:
    """One channel, as a snoop on one side of the call makes it; a `Client`."""

    rate_hz = 16_000
    slice_ms = 20
    hangs_up = True
    ready = True
    path = "/asterisk"
    subprotocols = ("media",)

    def __init__(self, asked: Asked, side: Side) -> None:
        self._asked = asked
        self.sides: tuple[Side, ...] = (side,)

    def headers(self, url: str) -> Mapping[str, str]:  # noqa: ARG002  (the Protocol has it)
        """User and password of websocket_client.conf."""
        return {"Authorization": f"Basic {base64.b64encode(f'sidecar:{self._asked.token}'.encode()).decode()}"}

    def begin(self) -> list[Message]:
        """MEDIA_START, with the variables that tie the two channels together."""
        start = {
            "event": "MEDIA_START",
            "connection_id": "sidecar",
            "channel": f"WebSocket/sidecar/{self.sides[0]}",
            "channel_id": f"{self._asked.call_id}.{self.sides[0]}",
            "format": "slin16",
            "optimal_frame_size": 640,
            "ptime": 20,
            "channel_variables": {"call": self._asked.call_id, "side": self.sides[0], "agent": self._asked.agent},
        }
        return [json.dumps(start)]

    def sound(self, sides: Slice, at_ms: int) -> list[Message]:  # noqa: ARG002
        """One binary message."""
        return [sides[self.sides[0]]]

    def hear(self, message: Message) -> list[Message]:
        """Commands that end a channel are none for a listener.

        Raises TapError for anything.
        """
        raise unwanted("Asterisk", message)

    def finish(self) -> list[Message]:
        """Nothing: the channel hangs up."""
        return []
