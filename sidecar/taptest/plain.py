"""A client of our own dialect: sound flows in, a hello, samples and an end flow out."""

import json
from collections.abc import Mapping

from sidecar.taptest.client import Asked, Message, Slice, table
from sidecar.taptest.sound import Side, side_by_side
from streams.errors import TapError


class Plain:
    """One connection with both sides; a `Client`."""

    sides: tuple[Side, ...] = ("agent", "customer")
    rate_hz = 8000
    slice_ms = 20
    hangs_up = False
    path = "/plain"
    subprotocols = ()

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.ready = False

    def headers(self, url: str) -> Mapping[str, str]:  # noqa: ARG002  (the Protocol has it)
        """The bearer token."""
        return {"Authorization": f"Bearer {self._asked.token}"}

    def begin(self) -> list[Message]:
        """The hello."""
        hello = {"type": "hello", "version": 1, "call_id": self._asked.call_id, "agent_id": self._asked.agent}
        return [json.dumps({**hello, "rate_hz": self.rate_hz, "channels": list(self.sides)})]

    def sound(self, sides: Slice, at_ms: int) -> list[Message]:  # noqa: ARG002
        """One binary message."""
        return [side_by_side(sides["agent"], sides["customer"], 2)]

    def hear(self, message: Message) -> list[Message]:
        """The welcome.

        Raises TapError for an error.
        """
        said = table(message)
        if said.get("type") == "error":
            raise TapError(f"the server refused the call: {said.get('code')}: {said.get('text')}")
        self.ready = self.ready or said.get("type") == "welcome"
        return []

    def finish(self) -> list[Message]:
        """The end."""
        return [json.dumps({"type": "end"})]
