"""What the hub needs of whatever carries its messages: two small interfaces, so that another engine can take its place.

A transport lets in the keys that it is told and no others, and says with each message by which key it came. It may lose
messages when a connection breaks, never reorders those of one connection, and never waits for a peer.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from sidecar.hub.records import Outcome


class Arrival(NamedTuple):
    """A message, the connection that it came by, and the public key (Z85) that this connection has proved."""

    peer: bytes
    key: str
    data: bytes


class HubEnd(Protocol):
    """The hub's end of all connections."""

    async def receive(self) -> Sequence[Arrival]:
        """Wait for messages; at least one."""
        ...

    def send(self, peer: bytes, data: bytes) -> Outcome:
        """Hand a message to the network: "full" where the peer does not read, "gone" where it is not there any more."""
        ...


class Gate(Protocol):
    """Who is let in."""

    def admit(self, keys: Collection[str] | None) -> None:
        """Let in these keys and no others, None: any; whoever else is connected is cut at once."""
        ...
