"""The hub's transport over ZeroMQ: a ROUTER with CURVE, and an authority (ZAP) that is asked about every key.

Messages flow in with the key that their connection has proved (`User-Id`), messages for one peer flow out without ever
waiting. The socket is a plain one beside the event loop, read until it is empty: thousands of messages a second cost no
task and no future each.
"""

import socket
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal

import zmq
from zmq.auth import Authenticator

from sidecar.edge import is_loopback
from sidecar.hub.records import Outcome
from sidecar.hub.transport import Arrival
from sidecar.keys import KeyPair
from streams.background import background
from streams.errors import BusError, ConfigError
from streams.floorlink import BATCH_LIMIT, PING_EVERY_MS, Readable

MESSAGE_LIMIT_BYTES = 256 * 1024
"""A larger message ends its connection unread: the largest honest one, a long call's sums, stays below."""
PEER_QUEUE = 32
"""Messages that wait for one peer that does not read; at twenty updates a second more than a second's worth."""
PEERS_PER_KEY = 32
"""Connections of one key; one more cuts the oldest, which is gone or forgotten."""
BACKLOG = 1_024
"""Connections that may wait to be taken: a whole floor comes back at once when the hub does."""
ZAP_DOMAIN = "hub"


class RouterEnd:
    """A `HubEnd` and its `Gate`; made by `open_router`."""

    def __init__(self, router: zmq.Socket[Any], allowed: "_Allowed") -> None:
        self._router = router
        self._allowed = allowed
        self._peers: dict[str, dict[bytes, int]] = {}
        self.readable = Readable(router)

    async def receive(self) -> Sequence[Arrival]:
        """Wait for messages from peers whose key is let in."""
        while True:
            self.readable.expect()
            arrivals = list(self._arrivals())
            if arrivals:
                return arrivals
            await self.readable.wait()

    def send(self, peer: bytes, data: bytes) -> Outcome:
        """Hand a message to the network, without waiting."""
        try:
            self._router.send_multipart((peer, data), zmq.NOBLOCK)
        except zmq.Again:
            return "full"
        except zmq.ZMQError as error:
            if error.errno == zmq.EHOSTUNREACH:
                return "gone"
            raise BusError(f"the hub cannot send: {error}") from error
        finally:
            self.readable.stir()
        return "sent"

    def admit(self, keys: Collection[str] | None) -> None:
        """Let in these keys and no others, None: any; cut whoever else is connected."""
        self._allowed.keys = None if keys is None else frozenset(keys)
        for key in [key for key in self._peers if not self._allowed.lets_in(key)]:
            for handle in self._peers.pop(key).values():
                _cut(handle)

    def _arrivals(self) -> Iterator[Arrival]:
        for _ in range(BATCH_LIMIT):
            try:
                frames = self._router.recv_multipart(zmq.NOBLOCK, copy=False)
            except zmq.Again:
                return
            if len(frames) != 2:
                continue
            peer, key, handle = frames[0].bytes, _user_id(frames[1]), int(frames[1].get(zmq.SRCFD))
            if not self._allowed.lets_in(key):
                _cut(handle)
                continue
            self._note(key, peer, handle)
            yield Arrival(peer, key, frames[1].bytes)
        self.readable.stir()

    def _note(self, key: str, peer: bytes, handle: int) -> None:
        peers = self._peers.setdefault(key, {})
        if peer not in peers:
            peers[peer] = handle
            if len(peers) > PEERS_PER_KEY:
                _cut(peers.pop(next(iter(peers))))


def _cut(handle: int) -> None:
    """End the connection behind a handle of the system's; where it is gone already, nothing is to be done."""
    with suppress(OSError):
        connection = socket.socket(fileno=handle)
        try:
            connection.shutdown(socket.SHUT_RDWR)
        finally:
            # It is ZeroMQ's to close.
            connection.detach()


class _Allowed:
    """The allow-list as `zmq.auth` asks for it; None lets everybody in."""

    def __init__(self) -> None:
        self.keys: frozenset[str] | None = frozenset()

    def lets_in(self, key: str) -> bool:
        return bool(key) and (self.keys is None or key in self.keys)

    def callback(self, _domain: str, key: bytes) -> bool:
        """Whether a client with this public key (Z85) may connect."""
        return self.lets_in(key.decode())


@asynccontextmanager
async def open_router(
    host: str,
    port: int,
    keys: KeyPair,
    *,
    authentication: bool = True,
    peer_queue: int = PEER_QUEUE,
    section: Literal["hub", "gateway"] = "hub",
) -> AsyncIterator[RouterEnd]:
    """Bind the hub's port and serve it for as long as the block runs; nobody is let in before `admit`.

    `peer_queue` messages may wait for one peer; errors name the settings of `section`.

    Raises ConfigError for an address beyond loopback without authentication, BusError when the port cannot be had.
    """
    if not authentication and not is_loopback(host):
        raise ConfigError(
            f"hub.authentication is off, so the hub binds on this machine only, not on {host}; "
            "switch it on, or set hub.host to 127.0.0.1"
        )
    context = zmq.Context()
    # Each workstation holds one connection; the default would end at a thousand.
    context.setsockopt(zmq.MAX_SOCKETS, 8_192)
    router = context.socket(zmq.ROUTER)
    allowed = _Allowed()
    authority = Authenticator(context)
    authority.start()
    authority.configure_curve_callback(ZAP_DOMAIN, allowed)
    try:
        _set_up(router, keys, peer_queue)
        _bind(router, host, port, section)
        end = RouterEnd(router, allowed)
        try:
            async with background(_judge(authority)):
                yield end
        finally:
            end.readable.close()
    finally:
        authority.stop()
        router.close(linger=0)
        context.term()


def endpoint(host: str, port: int) -> str:
    """An address as ZeroMQ writes it."""
    return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"


async def _judge(authority: Authenticator) -> None:
    """Answer ZeroMQ's questions about keys for ever."""
    asked = Readable(authority.zap_socket)
    try:
        while True:
            asked.expect()
            try:
                question = authority.zap_socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                await asked.wait()
                continue
            await authority.handle_zap_message(question)
    finally:
        asked.close()


def _set_up(router: zmq.Socket[Any], keys: KeyPair, peer_queue: int) -> None:
    router.curve_server = True
    router.curve_publickey = keys.public.encode()
    router.curve_secretkey = keys.secret.encode()
    for option, value in (
        (zmq.ROUTER_MANDATORY, 1),
        (zmq.MAXMSGSIZE, MESSAGE_LIMIT_BYTES),
        (zmq.SNDHWM, peer_queue),
        (zmq.RCVHWM, PEER_QUEUE),
        (zmq.BACKLOG, BACKLOG),
        (zmq.LINGER, 0),
        (zmq.HEARTBEAT_IVL, 3 * PING_EVERY_MS),
        (zmq.HEARTBEAT_TIMEOUT, 10 * PING_EVERY_MS),
    ):
        router.setsockopt(option, value)
    router.setsockopt(zmq.ZAP_DOMAIN, ZAP_DOMAIN.encode())


def _bind(router: zmq.Socket[Any], host: str, port: int, section: str) -> None:
    try:
        router.bind(endpoint(host, port))
    except zmq.ZMQError as error:
        if error.errno == zmq.EADDRINUSE:
            raise BusError(
                f"port {port} on {host} is in use: another `sidecar {section}` may be going; "
                f"stop it, or choose another with `--set {section}.port=PORT`"
            ) from error
        raise BusError(
            f"cannot listen on {host} port {port}: {error}; check [{section}] in the configuration"
        ) from error


def _user_id(frame: zmq.Frame) -> str:
    try:
        return str(frame.get("User-Id"))
    except zmq.ZMQError:
        return ""
