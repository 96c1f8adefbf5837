"""A screen's line to the service: events in, people's actions out, over ZeroMQ with CURVE.

The service's PUB socket feeds a `Follower`, which says what is whole and when a snapshot is needed; snapshots and
replies to commands come over a DEALER. A reader gets one ordered stream of `Snapshot`, `Envelope` and `LinkChange`:

    async with BusLine(address) as line:
        async for item in line: ...

The line may be opened before the service runs and survives its restarts; nothing but leaving the block ends it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self, TypeAlias

import msgspec
import zmq
import zmq.asyncio
from zmq.utils.monitor import recv_monitor_message

from streams.errors import BusError, ProtocolError
from streams.follow import Followed, Follower
from streams.wire import (
    Command,
    Envelope,
    Heartbeat,
    Message,
    Reply,
    Snapshot,
    SnapshotRequest,
    pack_message,
    unpack,
    unpack_message,
)

EVENT_TOPIC = b"ev/"
HEARTBEAT_TOPIC = b"hb"
QUEUE_LIMIT = 4_000
"""Items waiting for a reader; when it is full all of them are dropped and one snapshot takes their place."""
MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024
"""Larger messages end the connection: a snapshot of eight long calls stays far below."""
MISSED_HEARTBEATS = 3.5
"""The link counts as lost after so many heartbeat intervals without a sign of life."""
FIRST_INTERVAL_MS = 1_000
ANSWER_TIMEOUT_S = 2.0
PATIENCE = {"reload": 8}
"""How many times as long an answer may take that needs work: a rule pack is read and its expressions are tried."""

LinkState: TypeAlias = Literal["connecting", "up", "lost"]


class BusAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where the service is and who may talk: two endpoints (`tcp://host:port`) and Z85 keys of 40 characters each."""

    events: str
    control: str
    server_public: bytes
    client_public: bytes
    client_secret: bytes


class LinkChange(msgspec.Struct, frozen=True, kw_only=True):
    """The link went up or down; `silent_ms` is how long nothing had been heard, `text` says why where that is known.

    `retry_ms` is how long it waits until it tries to connect again, 0 where there is nothing to connect.
    """

    state: LinkState
    silent_ms: int = 0
    text: str = ""
    retry_ms: int = 0


LineItem: TypeAlias = Snapshot | Envelope | LinkChange


class BusLine:
    """An async context manager that is iterated for what the service says, and sends commands to it.

    One reader at a time. The first item is always a `LinkChange("connecting")`; a `Snapshot` replaces all that was
    known before it, and comes again after every gap and every restart of the service.
    """

    def __init__(
        self, address: BusAddress, client: str = "panel", *, answer_timeout_s: float = ANSWER_TIMEOUT_S
    ) -> None:
        self._address = address
        self._client = client
        self._answer_timeout_s = answer_timeout_s
        self._follower = Follower()
        self._items: deque[LineItem] = deque()
        self._arrived = asyncio.Event()
        self._state: LinkState = "connecting"
        self._refused = False
        self._retry_s = 0
        self._interval_ms = FIRST_INTERVAL_MS
        self._heard_s = 0.0
        self._wanted = asyncio.Event()
        self._waiting: dict[bytes, asyncio.Future[Message]] = {}
        self._requests = 0

    @property
    def state(self) -> LinkState:
        """How the link stands now."""
        return self._state

    @property
    def silent_ms(self) -> int:
        """How long ago the service was last heard."""
        return int((asyncio.get_running_loop().time() - self._heard_s) * 1000)

    async def __aenter__(self) -> Self:
        self._context = zmq.asyncio.Context()
        self._events = self._socket(zmq.SUB)
        self._control = self._socket(zmq.DEALER)
        # A command must not wait in a queue and reach a service that starts a minute later.
        self._control.setsockopt(zmq.IMMEDIATE, 1)
        self._events.setsockopt(zmq.SUBSCRIBE, EVENT_TOPIC)
        self._events.setsockopt(zmq.SUBSCRIBE, HEARTBEAT_TOPIC)
        self._monitor = self._events.get_monitor_socket(
            zmq.EVENT_DISCONNECTED | zmq.EVENT_CONNECT_RETRIED | zmq.EVENT_HANDSHAKE_FAILED_AUTH
        )
        try:
            self._events.connect(self._address.events)
            self._control.connect(self._address.control)
        except zmq.ZMQError as error:
            self._context.destroy(linger=0)
            raise BusError(f"cannot reach {self._address.events}: {error}; check [bus] in the configuration") from error
        self._heard_s = asyncio.get_running_loop().time()
        self._put(LinkChange(state="connecting"))
        self._wanted.set()
        self._group = asyncio.TaskGroup()
        await self._group.__aenter__()
        work = (self._listen(), self._hear(), self._ask(), self._watch(), self._mind())
        self._tasks = [self._group.create_task(task) for task in work]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        cancelled = isinstance(error, asyncio.CancelledError)
        try:
            # Whatever else went wrong in the block is the reader's own and must not come out wrapped in a group.
            await self._group.__aexit__(*((kind, error, trace) if cancelled else (None, None, None)))
        finally:
            self._context.destroy(linger=0)

    def __aiter__(self) -> AsyncIterator[LineItem]:
        return self

    async def __anext__(self) -> LineItem:
        while not self._items:
            self._arrived.clear()
            await self._arrived.wait()
        return self._items.popleft()

    async def send(self, command: Command) -> Reply:
        """Carry a person's action to the service and bring back what became of it.

        Raises BusError when the service does not answer in time.
        """
        answer = await self._request(command)
        if not isinstance(answer, Reply):
            raise BusError(f"the service answered a command with {type(answer).__name__}; run the same version of both")
        return answer

    # --- tasks ------------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Events and heartbeats as they come; what cannot be read is not ours and is passed over."""
        while True:
            frames = await self._events.recv_multipart()
            if len(frames) != 2:
                continue
            topic, body = frames
            with suppress(ProtocolError):
                if topic == HEARTBEAT_TOPIC:
                    self._beat(unpack_message(body))
                else:
                    self._take(self._follower.envelope(unpack(body)))

    async def _hear(self) -> None:
        """Replies on the control socket, each handed to whoever asked."""
        while True:
            frames = await self._control.recv_multipart()
            if len(frames) != 2:
                continue
            waiting = self._waiting.get(frames[0])
            if waiting is None or waiting.done():
                continue
            with suppress(ProtocolError):
                waiting.set_result(unpack_message(frames[1]))

    async def _ask(self) -> None:
        """Ask for a snapshot whenever one is wanted, again and again until it comes."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while not self._follower.whole:
                try:
                    answer = await self._request(SnapshotRequest(client=self._client))
                except BusError:
                    continue
                if isinstance(answer, Snapshot):
                    self._alive()
                    self._take(self._follower.snapshot(answer))
                    self._change("up")

    async def _watch(self) -> None:
        """Notice when heartbeats stay away; what was missed meanwhile is asked for when they return."""
        while True:
            await asyncio.sleep(self._interval_ms / 2000)
            if self.silent_ms > self._interval_ms * MISSED_HEARTBEATS:
                self._lose()

    async def _mind(self) -> None:
        """Notice at once when the connection breaks, or when the service does not know our key."""
        while True:
            happened = await recv_monitor_message(self._monitor)
            if happened["event"] == zmq.EVENT_DISCONNECTED:
                self._lose()
            elif happened["event"] == zmq.EVENT_CONNECT_RETRIED:
                self._retry(int(happened["value"]))
            elif not self._refused:
                self._refused = True
                self._put(LinkChange(state=self._state, text="the service does not know this key"))

    # --- steps ------------------------------------------------------------------------------------------------------

    def _beat(self, message: Message) -> None:
        if not isinstance(message, Heartbeat):
            return
        self._alive()
        self._interval_ms = max(message.every_ms, 10)
        self._take(self._follower.heartbeat(message))
        if not self._follower.whole:
            self._wanted.set()

    def _alive(self) -> None:
        self._heard_s = asyncio.get_running_loop().time()

    def _lose(self) -> None:
        if self._state == "up":
            self._follower.lose_track()
            self._change("lost")

    def _retry(self, retry_ms: int) -> None:
        """Say how long the next attempt is away, when that changes by so much that a person would see it."""
        seconds = -(-retry_ms // 1000)
        if self._state == "lost" and seconds != self._retry_s:
            self._retry_s = seconds
            self._put(LinkChange(state="lost", silent_ms=self.silent_ms, retry_ms=retry_ms))

    def _take(self, followed: Followed) -> None:
        for item in followed.items:
            self._put(item)
        if followed.ask:
            self._wanted.set()

    def _change(self, state: LinkState) -> None:
        if state != self._state:
            self._state = state
            self._refused = False
            self._retry_s = 0
            self._put(LinkChange(state=state, silent_ms=self.silent_ms))

    def _put(self, item: LineItem) -> None:
        if len(self._items) >= QUEUE_LIMIT:
            self._items.clear()
            self._items.append(LinkChange(state=self._state))
            self._follower.lose_track()
            self._wanted.set()
        else:
            self._items.append(item)
        self._arrived.set()

    async def _request(self, message: Message) -> Message:
        action = message.action if isinstance(message, Command) else ""
        limit_s = self._answer_timeout_s * PATIENCE.get(action, 1)
        self._requests += 1
        request = self._requests.to_bytes(8, "big")
        waiting: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[request] = waiting
        try:
            async with asyncio.timeout(limit_s):
                await self._control.send_multipart([request, pack_message(message)])
                return await waiting
        except TimeoutError:
            raise BusError(
                f"no answer from the service at {self._address.control} within {limit_s:g} s; "
                "is `sidecar run` going, with the same keys?"
            ) from None
        finally:
            del self._waiting[request]

    def _socket(self, kind: int) -> zmq.asyncio.Socket:
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.MAXMSGSIZE, MESSAGE_LIMIT_BYTES)
        socket.setsockopt(zmq.RECONNECT_IVL, 100)
        socket.setsockopt(zmq.RECONNECT_IVL_MAX, 1_000)
        socket.curve_serverkey = self._address.server_public
        socket.curve_publickey = self._address.client_public
        socket.curve_secretkey = self._address.client_secret
        return socket
