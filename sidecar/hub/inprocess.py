"""A transport within one process, without sockets and keys: the smallest thing that is one, for tests and as a pattern.

`Exchange` is the hub's end and its gate; `connect` makes clients' ends. It keeps what any transport must: the order of
each connection, a bound on what waits for a peer that does not read, and the cut of whoever is let in no more.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from sidecar.hub.records import Outcome
from sidecar.hub.transport import Arrival
from streams.floorlink import Received, Wire

PEER_QUEUE = 64


class ClientEnd:
    """A client's `Link` to an `Exchange`."""

    def __init__(self, exchange: "Exchange", key: str) -> None:
        self._exchange = exchange
        self._waiting: deque[Received] = deque()
        self._came = asyncio.Event()
        self._messages = 0
        self.key = key
        self.peer = b""

    async def receive(self) -> Sequence[Received]:
        """Wait for messages and for news of the connection."""
        while not self._waiting:
            self._came.clear()
            await self._came.wait()
        items = list(self._waiting)
        self._waiting.clear()
        self._messages = 0
        return items

    def send(self, data: bytes) -> bool:
        """Hand a message to the hub; False while it does not let us in."""
        return self._exchange.deliver(self, data)

    def offer(self, data: bytes) -> bool:
        """A message from the hub; False where too many wait already."""
        if self._messages >= PEER_QUEUE:
            return False
        self._messages += 1
        self.turn(data)
        return True

    def turn(self, received: Received) -> None:
        """What the reader gets next."""
        self._waiting.append(received)
        self._came.set()


class Exchange:
    """The hub's end of all connections, and their gate."""

    def __init__(self) -> None:
        self._allowed: frozenset[str] | None = frozenset()
        self._ends: list[ClientEnd] = []
        self._peers: dict[bytes, ClientEnd] = {}
        self._number = 0
        self._arrived: deque[Arrival] = deque()
        self._came = asyncio.Event()

    async def receive(self) -> Sequence[Arrival]:
        """Wait for messages."""
        while not self._arrived:
            self._came.clear()
            await self._came.wait()
        arrivals = list(self._arrived)
        self._arrived.clear()
        return arrivals

    def send(self, peer: bytes, data: bytes) -> Outcome:
        """Hand a message to a client."""
        end = self._peers.get(peer)
        if end is None:
            return "gone"
        return "sent" if end.offer(data) else "full"

    def admit(self, keys: Collection[str] | None) -> None:
        """Let in these keys and no others."""
        self._allowed = None if keys is None else frozenset(keys)
        for end in self._ends:
            if self._lets_in(end):
                self._join(end)
            elif end.peer:
                self._part(end)
                end.turn(Wire("refused"))

    def deliver(self, end: ClientEnd, data: bytes) -> bool:
        """A client's message."""
        if not end.peer:
            return False
        self._arrived.append(Arrival(end.peer, end.key, data))
        self._came.set()
        return True

    @contextmanager
    def connect(self, key: str) -> Iterator[ClientEnd]:
        """A client with this key, connected for as long as the block runs and the hub lets it in."""
        end = ClientEnd(self, key)
        self._ends.append(end)
        if self._lets_in(end):
            self._join(end)
        else:
            end.turn(Wire("refused"))
        try:
            yield end
        finally:
            self._ends.remove(end)
            if end.peer:
                self._part(end)

    def _lets_in(self, end: ClientEnd) -> bool:
        return self._allowed is None or end.key in self._allowed

    def _join(self, end: ClientEnd) -> None:
        if not end.peer:
            self._number += 1
            end.peer = self._number.to_bytes(4, "big")
            self._peers[end.peer] = end
            end.turn(Wire("up"))

    def _part(self, end: ClientEnd) -> None:
        del self._peers[end.peer]
        end.peer = b""
        self._arrived = deque(arrival for arrival in self._arrived if arrival.key != end.key)
        end.turn(Wire("down"))
