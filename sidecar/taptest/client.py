"""What a platform's client is to whoever plays a call with it: sound flows in, messages for one connection flow out.

No socket and no clock; `sidecar.taptest.playing` has both.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

import msgspec

from sidecar.taptest.sound import Side
from streams.errors import TapError

Message: TypeAlias = str | bytes
Slice: TypeAlias = Mapping[Side, bytes]
"""One moment's sound of each side that a client sends, 16-bit samples at its rate."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever tries a set-up says: the call's name, the agent's, the token, and platforms' secrets."""

    call_id: str
    agent: str = "tap-test"
    token: str = ""
    audiohook_secret: bytes = b""
    twilio_secret: str = ""

    def __repr__(self) -> str:
        return f"Asked(call_id={self.call_id!r}, agent={self.agent!r})"


class Client(Protocol):
    """One connection of a call, as a platform makes it.

    `begin`, then everything heard until `ready`, then `sound` for each `slice_ms`, then `finish`; whoever `hangs_up`
    closes the connection itself, the others wait until the server does.
    """

    sides: tuple[Side, ...]
    rate_hz: int
    slice_ms: int
    hangs_up: bool

    @property
    def path(self) -> str:
        """Path and query by which the platform asks, where the user gave none."""
        ...

    def headers(self, url: str) -> Mapping[str, str]:
        """The headers that the platform shows for that URL."""
        ...

    @property
    def subprotocols(self) -> tuple[str, ...]:
        """What the platform offers."""
        ...

    @property
    def ready(self) -> bool:
        """Whether sound may be sent."""
        ...

    def begin(self) -> list[Message]:
        """What comes before the sound."""
        ...

    def sound(self, sides: Slice, at_ms: int) -> list[Message]:
        """The next moment's sound, which begins at `at_ms`."""
        ...

    def hear(self, message: Message) -> list[Message]:
        """What the platform answers to a message of the server.

        Raises TapError when that is a refusal, or nothing that it knows.
        """
        ...

    def finish(self) -> list[Message]:
        """What comes after the sound."""
        ...


def table(message: Message) -> dict[str, Any]:
    """A server's JSON text.

    Raises TapError for anything else.
    """
    try:
        said = json.loads(message) if isinstance(message, str) else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise TapError("the server sent something that is no JSON object")
    return said


def unwanted(platform: str, message: Message) -> TapError:
    """What to say of a server that talks to a platform which listens to nobody."""
    kind = "bytes" if isinstance(message, bytes) else "a text"
    return TapError(f"the server sent {kind}, which {platform} would not understand")


def unique(prefix: str) -> str:
    """An id that no other call has."""
    return f"{prefix}-{os.urandom(6).hex()}"
