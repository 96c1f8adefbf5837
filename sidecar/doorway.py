"""Listening sockets that pass the door: connections flow in from the system, those that may come flow on to a server.

They are counted from the moment at which the system hands them over to their very end, so that one that dawdles over
its TLS handshake counts as well, and one whose address may not come costs no handshake at all.
"""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sidecar import logs
from sidecar.edge import Door
from sidecar.seldom import Seldom

BACKLOG = 100
"""Connections that may wait for the event loop to come round."""
ACCEPTED_AT_ONCE = 4
"""Connections taken in one turn of the event loop, so that a burst of them holds up nobody's call."""
_log = logs.get("doorway")
_refusals = Seldom(_log)


class _Visitor(socket.socket):
    """A connection that was let in; its end is told to the door once."""

    door: Door | None = None
    host = ""

    def close(self) -> None:
        """Close, and be counted no longer."""
        door, self.door = self.door, None
        if door is not None:
            door.leave(self.host)
        super().close()


class Doorway(socket.socket):
    """A listening socket whose connections are let in by a door."""

    door: Door

    def listen(self, _taken_at_once: int = 0, /) -> None:
        """Listen; asyncio asks for as few as it takes in one turn, and more may wait than that."""
        super().listen(BACKLOG)

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection that may come; ConnectionAbortedError for one that may not, as if it had left."""
        taken, address = super().accept()
        host = str(address[0])
        if refused := self.door.why_not(host):
            taken.close()
            _refusals.say("connection cut off", kind=refused, address=host, reason=refused, peer=host)
            raise ConnectionAbortedError(refused)
        visitor = _Visitor(taken.family, taken.type, taken.proto, fileno=taken.detach())
        visitor.door, visitor.host = self.door, host
        self.door.enter(host)
        return visitor, address


@contextmanager
def doorways(addresses: list[tuple[Any, ...]], door: Door) -> Iterator[list[Doorway]]:
    """A listening socket at each address, as `addresses_of` gives them; OSError where one cannot be had."""
    with ExitStack() as opened:
        sockets = []
        for family, kind, protocol, _, address in addresses:
            doorway = opened.enter_context(Doorway(family, kind, protocol))
            doorway.door = door
            if os.name == "posix":
                doorway.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                doorway.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            doorway.setblocking(False)
            doorway.bind(address)
            doorway.listen()
            sockets.append(doorway)
        yield sockets


async def addresses_of(host: str, port: int) -> list[tuple[Any, ...]]:
    """Where to listen for a host's name or address; OSError for a name that nobody knows."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return [*dict.fromkeys(found)]
