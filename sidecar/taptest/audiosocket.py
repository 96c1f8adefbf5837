"""Asterisk's side of an AudioSocket: one channel's sound flows in, the TCP stream's frames flow out."""

import uuid
from collections.abc import Mapping

from sidecar.taptest.client import Asked, Message, Slice
from sidecar.taptest.sound import Side
from streams.errors import TapError

_UUID, _SOUND = 0x01, 0x10


class AudioSocket:
    """One channel at 8 kHz; a `Client` whose connection is TCP and just ends."""

    rate_hz = 8000
    slice_ms = 20
    hangs_up = True
    ready = True
    path = ""
    subprotocols = ()

    def __init__(self, asked: Asked, side: Side = "mixed") -> None:
        self._id = named(asked.call_id)
        self.sides: tuple[Side, ...] = (side,)

    def headers(self, url: str) -> Mapping[str, str]:  # noqa: ARG002  (the Protocol has it)
        """TCP has none."""
        return {}

    def begin(self) -> list[Message]:
        """The call's UUID."""
        return [_frame(_UUID, self._id.bytes)]

    def sound(self, sides: Slice, at_ms: int) -> list[Message]:  # noqa: ARG002
        """One frame."""
        return [_frame(_SOUND, sides[self.sides[0]])]

    def hear(self, message: Message) -> list[Message]:
        """Silence may come back, a hang-up may not.

        Raises TapError for anything that would end the call.
        """
        if isinstance(message, str) or message[:1] != bytes([_SOUND]) or len(message) < 4:
            raise TapError("the server hung up")
        return []

    def finish(self) -> list[Message]:
        """Nothing: the stream ends."""
        return []


def named(call_id: str) -> uuid.UUID:
    """The UUID under which a call of that name goes by here."""
    return uuid.uuid5(uuid.NAMESPACE_URL, call_id)


def _frame(kind: int, payload: bytes) -> bytes:
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload
