"""The service's end of the bus: events out to every screen, people's actions in, over ZeroMQ with CURVE.

`write` numbers an event within its call, remembers it for late screens and sends it; it never waits. Screens ask for
snapshots and send commands on a ROUTER; commands come out of a bounded queue. ZeroMQ asks an in-process authority
(ZAP) about every key before a byte is read, so an unknown key gets nothing at all.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import zmq
import zmq.asyncio
from zmq.auth import Authenticator

from sidecar.config_sections import BusConfig
from sidecar.keys import Keys
from sidecar.snapshots import SnapshotStore, without_pack
from streams.background import background
from streams.busline import EVENT_TOPIC, HEARTBEAT_TOPIC, BusAddress
from streams.errors import BusError, ProtocolError
from streams.events import CallContext, Event, Telemetry
from streams.wire import (
    SCHEMA_VERSION,
    Command,
    Envelope,
    Heartbeat,
    Message,
    Reply,
    SnapshotRequest,
    pack,
    pack_message,
    unpack_message,
)

SCREEN_QUEUE = 5_000
"""Messages ZeroMQ keeps for one slow screen; when they are full it loses what is newer, sees the gap and asks anew."""
COMMANDS_LIMIT = 64
"""Commands waiting for the service; one more is answered at once with "busy"."""
COMMAND_LIMIT_BYTES = 64 * 1024
REQUEST_ID_LIMIT_BYTES = 16
ZAP_DOMAIN = "sidecar"
LAST_WORDS_MS = 300


class Asked(msgspec.Struct, frozen=True):
    """A command with the name of the screen that sent it, and the way to answer it."""

    command: Command
    client: str
    answer: Callable[[Reply], Awaitable[None]]


class Bus:
    """The open bus; made by `open_bus`. `watched` is set when the first screen has come."""

    def __init__(
        self, events: zmq.Socket[Any], control: zmq.asyncio.Socket, names: dict[str, str], service: str
    ) -> None:
        self.watched = asyncio.Event()
        self.commands: asyncio.Queue[Asked] = asyncio.Queue(COMMANDS_LIMIT)
        self._events = events
        self._control = control
        self._names = names
        self._service = service
        self._store = SnapshotStore(service)

    def write(self, event: Event | Telemetry) -> None:
        """Send one event to every screen and remember it for late ones."""
        if isinstance(event, CallContext):
            event = without_pack(event)
        seq = self._store.add(event)
        self._send(EVENT_TOPIC + event.call_id.encode(), pack(Envelope(SCHEMA_VERSION, seq, event)))

    def forget(self, call_id: str) -> None:
        """Drop an ended call from what late screens are told."""
        self._store.forget(call_id)

    async def beat(self, every_ms: int) -> None:
        """Say for ever that the service is there."""
        while True:
            beat = Heartbeat(service=self._service, every_ms=every_ms, seqs=self._store.seqs())
            self._send(HEARTBEAT_TOPIC, pack_message(beat))
            await asyncio.sleep(every_ms / 1000)

    async def listen(self) -> None:
        """Answer screens for ever; what is not a request is passed over."""
        while True:
            parts = await self._control.recv_multipart(copy=False)
            if len(parts) != 3 or not 0 < len(parts[1].bytes) <= REQUEST_ID_LIMIT_BYTES:
                continue
            peer, request = parts[0].bytes, parts[1].bytes
            client = self._names.get(_user_id(parts[2]), "")

            async def answer(message: Message, peer: bytes = peer, request: bytes = request) -> None:
                await self._control.send_multipart([peer, request, pack_message(message)])

            try:
                message = unpack_message(parts[2].bytes)
            except ProtocolError as error:
                await answer(Reply(ok=False, text=str(error)))
                continue
            if isinstance(message, SnapshotRequest):
                self.watched.set()
                await answer(self._store.snapshot())
            elif isinstance(message, Command):
                try:
                    self.commands.put_nowait(Asked(message, client, answer))
                except asyncio.QueueFull:
                    await answer(Reply(ok=False, text="the service is busy; try again"))
            else:
                await answer(Reply(ok=False, text=f"{type(message).__name__} is not a request"))

    def _send(self, topic: bytes, body: bytes) -> None:
        self._events.send_multipart([topic, body], zmq.NOBLOCK)


class _Gatekeeper:
    """The allow-list as `zmq.auth` asks for it."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def callback(self, _domain: str, key: bytes) -> bool:
        """Whether a client with this public key (Z85) may connect."""
        return key.decode() in self._names


@asynccontextmanager
async def open_bus(config: BusConfig, keys: Keys, service: str) -> AsyncIterator[Bus]:
    """Bind the bus and serve it for as long as the block runs; `service` names this run, so restarts can be seen.

    Raises BusError when a port cannot be had.
    """
    context = zmq.asyncio.Context()
    names = {public: name for name, public in keys.allowed.items()}
    # A plain socket: sending on PUB never waits, so nothing is gained from a future per event.
    events = zmq.Socket(context, zmq.PUB)
    control = context.socket(zmq.ROUTER)
    authority = Authenticator(context)
    authority.start()
    authority.configure_curve_callback(ZAP_DOMAIN, _Gatekeeper(names))
    try:
        events.setsockopt(zmq.SNDHWM, SCREEN_QUEUE)
        control.setsockopt(zmq.MAXMSGSIZE, COMMAND_LIMIT_BYTES)
        for socket, port in ((events, config.port), (control, config.port + 1)):
            _protect(socket, keys)
            _bind(socket, config.host, port)
        bus = Bus(events, control, names, service)
        async with background(_judge(authority), bus.listen(), bus.beat(config.heartbeat_ms)):
            yield bus
    finally:
        authority.stop()
        # What was published last, such as the end of a call, is still on its way to the screens.
        events.close(linger=LAST_WORDS_MS)
        control.close(linger=0)
        context.term()


def address(config: BusConfig, keys: Keys) -> BusAddress:
    """Where and with which keys this user's own panel finds this user's service."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "*": "127.0.0.1"}.get(config.host, config.host)  # noqa: S104 - read, not bound
    return BusAddress(
        events=_endpoint(host, config.port),
        control=_endpoint(host, config.port + 1),
        server_public=keys.service.public.encode(),
        client_public=keys.panel.public.encode(),
        client_secret=keys.panel.secret.encode(),
    )


async def _judge(authority: Authenticator) -> None:
    """Answer ZeroMQ's questions about keys for ever.

    The authority replies on its own plain socket, which makes waiting on an asynchronous one miss questions: so it is
    polled.
    """
    poller = zmq.asyncio.Poller()
    poller.register(authority.zap_socket, zmq.POLLIN)
    while True:
        for _ in await poller.poll():
            await authority.handle_zap_message(authority.zap_socket.recv_multipart(zmq.NOBLOCK))


def _protect(socket: zmq.Socket[Any], keys: Keys) -> None:
    socket.curve_server = True
    socket.curve_publickey = keys.service.public.encode()
    socket.curve_secretkey = keys.service.secret.encode()
    socket.setsockopt(zmq.ZAP_DOMAIN, ZAP_DOMAIN.encode())


def _bind(socket: zmq.Socket[Any], host: str, port: int) -> None:
    try:
        socket.bind(_endpoint(host, port))
    except zmq.ZMQError as error:
        if error.errno == zmq.EADDRINUSE:
            raise BusError(
                f"port {port} on {host} is in use: another `sidecar run` may be going; "
                "stop it, or choose another with `--set bus.port=PORT`"
            ) from error
        raise BusError(f"cannot listen on {host} port {port}: {error}; check [bus] in the configuration") from error


def _endpoint(host: str, port: int) -> str:
    return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"


def _user_id(frame: zmq.Frame) -> str:
    try:
        return str(frame.get("User-Id"))
    except zmq.ZMQError:
        return ""
