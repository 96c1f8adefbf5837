"""One connection to the hub, as whoever talks over it sees it: bytes out, bytes and what became of the link in.

`Link` is all that the lines of workstations and floors know of a transport; `dealer` is the one over ZeroMQ with CURVE.
Sockets are plain ones beside the event loop: a future for each message would cost more than the message.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal, Protocol, TypeAlias

import msgspec
import zmq
from zmq.utils.monitor import parse_monitor_message

from streams.errors import BusError

SNAPSHOT_LIMIT_BYTES = 16 * 1024 * 1024
"""Larger messages end the connection: a snapshot of ten thousand calls stays below."""
WAITING_LIMIT = 256
"""Messages that wait in ZeroMQ for the network, and as many for the reader; one more is refused to the sender."""
BATCH_LIMIT = 500
"""Messages read in one go, so that a flood cannot keep the event loop from its other work."""
PING_EVERY_MS = 1_000
PING_TIMEOUT_MS = 3_000
RECONNECT_FIRST_MS = 100
RECONNECT_MOST_MS = 2_000
REFUSED_AGAIN_MS = 2_000


class FloorAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where the hub is (`tcp://host:port`) and who talks to it: Z85 keys of 40 characters each."""

    hub: str
    server_public: bytes
    client_public: bytes
    client_secret: bytes

    def __repr__(self) -> str:
        return f"FloorAddress(hub={self.hub!r}, client_public={self.client_public!r})"


class Wire(msgspec.Struct, frozen=True):
    """The connection came, went, was refused for our key, or failed as it does where the hub has another than we think.

    `retry_ms` is when the next attempt is made, where that is known.
    """

    state: Literal["up", "down", "refused", "failed"]
    retry_ms: int = 0


Received: TypeAlias = bytes | Wire


class Link(Protocol):
    """A client's end of the transport."""

    async def receive(self) -> Sequence[Received]:
        """Wait for what comes, in order; at least one item."""
        ...

    def send(self, data: bytes) -> bool:
        """Hand a message to the network; False where there is no connection or no room now."""
        ...


class Readable:
    """Lets a coroutine wait until one of several plain ZeroMQ sockets may have something to read."""

    def __init__(self, *sockets: zmq.Socket[Any]) -> None:
        self._loop = asyncio.get_running_loop()
        self._handles = [int(socket.getsockopt(zmq.FD)) for socket in sockets]
        self._stirred = asyncio.Event()
        for handle in self._handles:
            self._loop.add_reader(handle, self._stirred.set)

    def stir(self) -> None:
        """Let the reader look once more: sending may have swallowed the sign that something had come."""
        self._stirred.set()

    def expect(self) -> None:
        """Forget earlier signs, before the sockets are read until they are empty."""
        self._stirred.clear()

    async def wait(self) -> None:
        """Until there is a sign."""
        await self._stirred.wait()

    def close(self) -> None:
        """Watch the sockets no more; to be called before they close."""
        for handle in self._handles:
            self._loop.remove_reader(handle)


class DealerLink:
    """A `Link` over a ZeroMQ DEALER; made by `dealer`."""

    def __init__(self, socket: zmq.Socket[Any], monitor: zmq.Socket[Any], hub: str) -> None:
        self._socket = socket
        self._monitor = monitor
        self._hub = hub
        self._again: asyncio.TimerHandle | None = None
        self.readable = Readable(socket, monitor)

    async def receive(self) -> Sequence[Received]:
        """Wait for messages and for news of the connection."""
        while True:
            self.readable.expect()
            items: list[Received] = [*self._news(), *self._messages()]
            if items:
                return items
            await self.readable.wait()

    def send(self, data: bytes) -> bool:
        """Hand a message to the network; False where there is no connection or no room now."""
        try:
            self._socket.send(data, zmq.NOBLOCK)
        except zmq.Again:
            return False
        self.readable.stir()
        return True

    def close(self) -> None:
        """Use the sockets no more; to be called before they close."""
        self.readable.close()
        if self._again is not None:
            self._again.cancel()

    def _messages(self) -> Iterator[bytes]:
        for _ in range(BATCH_LIMIT):
            try:
                yield self._socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
        self.readable.stir()

    def _news(self) -> Iterator[Wire]:
        while True:
            try:
                event = parse_monitor_message(self._monitor.recv_multipart(zmq.NOBLOCK))
            except zmq.Again:
                return
            match event["event"]:
                case zmq.EVENT_HANDSHAKE_SUCCEEDED:
                    yield Wire("up")
                case zmq.EVENT_CONNECT_RETRIED:
                    yield Wire("down", int(event["value"]))
                case zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                    self._try_again_later()
                    yield Wire("refused", REFUSED_AGAIN_MS)
                case zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL:
                    self._try_again_later()
                    yield Wire("failed", REFUSED_AGAIN_MS)
                case _:
                    yield Wire("down")

    def _try_again_later(self) -> None:
        """ZeroMQ gives up after some refusals and hurries after others, but the key may be let in at any time."""
        with suppress(zmq.ZMQError):
            self._socket.disconnect(self._hub)
        if self._again is not None:
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_later(REFUSED_AGAIN_MS / 1000, self._connect_again)

    def _connect_again(self) -> None:
        self._socket.connect(self._hub)
        self.readable.stir()


@contextmanager
def dealer(
    address: FloorAddress, context: zmq.Context[Any] | None = None, *, waiting: int = WAITING_LIMIT
) -> Iterator[DealerLink]:
    """Connect to the hub for as long as the block runs; `context` is shared where many links are opened.

    `waiting` messages may wait in each direction.

    Raises BusError for an address that is none.
    """
    own = zmq.Context() if context is None else context
    socket = own.socket(zmq.DEALER)
    monitor = socket.get_monitor_socket(
        zmq.EVENT_HANDSHAKE_SUCCEEDED
        | zmq.EVENT_HANDSHAKE_FAILED_AUTH
        | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
        | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
        | zmq.EVENT_CONNECT_RETRIED
        | zmq.EVENT_DISCONNECTED
    )
    try:
        _set_up(socket, address, waiting)
    except (zmq.ZMQError, ValueError) as error:
        _close(socket, monitor, own if context is None else None)
        raise BusError(
            f"cannot reach a hub at {address.hub!r}: {error}; its address is tcp://HOST:PORT, check it and the keys"
        ) from error
    link = DealerLink(socket, monitor, address.hub)
    try:
        yield link
    finally:
        link.close()
        _close(socket, monitor, own if context is None else None)


def _set_up(socket: zmq.Socket[Any], address: FloorAddress, waiting: int) -> None:
    socket.curve_serverkey = address.server_public
    socket.curve_publickey = address.client_public
    socket.curve_secretkey = address.client_secret
    for option, value in (
        # What waits for a hub that is away would reach it late and out of turn: the lines themselves know what to say.
        (zmq.IMMEDIATE, 1),
        (zmq.LINGER, 0),
        (zmq.SNDHWM, waiting),
        (zmq.RCVHWM, waiting),
        (zmq.MAXMSGSIZE, SNAPSHOT_LIMIT_BYTES),
        (zmq.RECONNECT_IVL, RECONNECT_FIRST_MS),
        (zmq.RECONNECT_IVL_MAX, RECONNECT_MOST_MS),
        (zmq.HEARTBEAT_IVL, PING_EVERY_MS),
        (zmq.HEARTBEAT_TIMEOUT, PING_TIMEOUT_MS),
    ):
        socket.setsockopt(option, value)
    socket.connect(address.hub)


def _close(socket: zmq.Socket[Any], monitor: zmq.Socket[Any], context: zmq.Context[Any] | None) -> None:
    socket.disable_monitor()
    monitor.close(linger=0)
    socket.close(linger=0)
    if context is not None:
        context.term()
