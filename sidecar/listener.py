"""The WebSocket listener of live calls: connections flow in, each one's messages go through its dialect to its call.

The edge is hostile: a browser's Origin and a wrong token are refused before a message is read, messages are bounded
and uncompressed, and whatever a client does wrong costs its own connection alone.
"""

import asyncio
import errno
import hmac
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from ipaddress import ip_address

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from sidecar import logs
from sidecar.background import background
from sidecar.config import TapsConfig
from sidecar.live import LiveCall
from streams.clock import CallClock, Clock
from streams.errors import ConfigError, ProtocolError, TapError
from streams.events import CallStarted
from streams.taps.plain import Hello, PlainDialect, PlainEvent, Reply, refusal
from streams.taps.plain_messages import LONGEST_HELLO, from_client

PLAIN_PATH = "/plain"
HELLO_S = 10.0
"""A connection that has not said who it is by then is closed."""
MESSAGES_LIMIT = 16
"""Messages read ahead of a call that is behind; then the socket is read no further."""
SPARE_CONNECTIONS = 8
"""Connections beyond `taps.max_calls`, for those that come back before the broken one is noticed."""
_log = logs.get("listener")


class Reception:
    """What connections find: the calls that are going on, and the way to begin one.

    `begin` takes a new call and its hello and starts driving it.
    """

    def __init__(self, config: TapsConfig, wall: Clock, begin: Callable[[LiveCall, Hello], None]) -> None:
        self.config = config
        self._wall = wall
        self._begin = begin
        self._calls: dict[str, LiveCall] = {}
        self._connections = 0

    async def receive(self, socket: ServerConnection) -> None:
        """Serve one connection from its hello to its end."""
        self._connections += 1
        try:
            await self._converse(socket)
        except ConnectionClosed:
            pass
        except ProtocolError as error:
            _log.warning("client refused", code=error.code, reason=str(error), peer=_peer(socket))
            await _refuse(socket, error)
        finally:
            self._connections -= 1

    def full(self) -> bool:
        """Whether not even a hello of one more connection will be read."""
        return self._connections >= self.config.max_calls + SPARE_CONNECTIONS

    def leave(self, live: LiveCall, *, failed: bool) -> None:
        """A call is over, or broke."""
        live.close(failed=failed)
        if self._calls.get(live.call_id) is live:
            del self._calls[live.call_id]

    async def _converse(self, socket: ServerConnection) -> None:
        text = await _first_message(socket)
        hello = from_client(text)
        known = self._calls.get(hello.call_id) if isinstance(hello, Hello) else None
        clock = known.clock if known else CallClock(self._wall)
        dialect = PlainDialect(clock)
        answers = dialect.receive_text(text)
        if not isinstance(hello, Hello):
            raise ProtocolError("the first message must be a hello", "no_hello")
        live = await self._resume(known, hello) if known else self._welcome(hello, clock, answers)
        try:
            await _answer(socket, answers)
            await self._carry(socket, dialect, live)
        except ProtocolError:
            await live.put(_events(dialect.connection_lost()))
            raise
        finally:
            if not dialect.ended:
                live.lose(lambda: _events(dialect.connection_lost()))

    def _welcome(self, hello: Hello, clock: CallClock, answers: list[PlainEvent | Reply]) -> LiveCall:
        if len(self._calls) >= self.config.max_calls:
            raise ProtocolError(f"{self.config.max_calls} calls at once are the most (taps.max_calls)", "too_many")
        started = next(event for event in answers if isinstance(event, CallStarted))
        live = LiveCall(started, clock, self._wall, self.config.resume_s)
        self._calls[live.call_id] = live
        self._begin(live, hello)
        return live

    async def _resume(self, live: LiveCall, hello: Hello) -> LiveCall:
        if not live.away:
            raise ProtocolError(f"call {hello.call_id} is being carried by another connection", "call_in_use")
        if hello.channels != live.started.channels:
            raise ProtocolError(f"call {hello.call_id} has other channels than before", "bad_hello")
        await live.resume()
        return live

    async def _carry(self, socket: ServerConnection, dialect: PlainDialect, live: LiveCall) -> None:
        async with background(_close_when_over(socket, live)):
            while not dialect.ended:
                message = await self._next_message(socket, live)
                said = dialect.receive_text(message) if isinstance(message, str) else dialect.receive_bytes(message)
                await _answer(socket, said)
                await live.put(_events(said))
            await live.over.wait()
        await _close(socket, live)

    async def _next_message(self, socket: ServerConnection, live: LiveCall) -> str | bytes:
        while True:
            try:
                async with asyncio.timeout(self.config.idle_s):
                    return await socket.recv()
            except TimeoutError:
                if not live.silent_by_intent:
                    raise ProtocolError(f"nothing came for {self.config.idle_s} s (taps.idle_s)", "idle") from None


@asynccontextmanager
async def listen(config: TapsConfig, token: str, reception: Reception) -> AsyncIterator[Server]:
    """Listen for calls for as long as the block runs; with `taps.single_user` the token is not asked for.

    Raises ConfigError for an address beyond this machine, TapError when the port cannot be had.
    """
    if not _is_loopback(config.host):
        raise ConfigError(f"taps.host is {config.host}: only this machine's own addresses (127.0.0.1, ::1) are safe")

    def admit(socket: ServerConnection, request: Request) -> Response | None:
        refused = _why_not(request, "" if config.single_user else token)
        if refused is None and reception.full():
            refused = HTTPStatus.SERVICE_UNAVAILABLE, "too many connections"
        if refused is None:
            return None
        status, reason = refused
        _log.warning("connection refused", reason=reason, peer=_peer(socket))
        return socket.respond(status, "refused\n")

    try:
        server = await serve(
            reception.receive,
            config.host,
            config.port,
            process_request=admit,
            compression=None,
            max_size=LONGEST_HELLO,
            max_queue=MESSAGES_LIMIT,
            open_timeout=HELLO_S,
            logger=logging.getLogger("websockets.server"),
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise TapError(
                f"port {config.port} on {config.host} is in use: another `sidecar run` may be going; "
                "stop it, or choose another with `--set taps.port=PORT`"
            ) from error
        raise TapError(f"cannot listen on {config.host} port {config.port}: {error.strerror or error}") from error
    async with server:
        yield server


def _why_not(request: Request, token: str) -> tuple[HTTPStatus, str] | None:
    """Why a connection is not wanted; what the client is told does not say which of the reasons it was."""
    if "Origin" in request.headers:
        return HTTPStatus.FORBIDDEN, "it comes from a browser"
    shown = request.headers.get_all("Authorization")
    if token and not (len(shown) == 1 and hmac.compare_digest(shown[0].encode(), f"Bearer {token}".encode())):
        return HTTPStatus.FORBIDDEN, "it shows no token, or a wrong one"
    if request.path.partition("?")[0] != PLAIN_PATH:
        return HTTPStatus.NOT_FOUND, "no dialect has that path"
    return None


async def _first_message(socket: ServerConnection) -> str:
    try:
        async with asyncio.timeout(HELLO_S):
            message = await socket.recv()
    except TimeoutError:
        raise ProtocolError(f"no hello came within {HELLO_S:g} s", "no_hello") from None
    if isinstance(message, bytes):
        raise ProtocolError("the first message must be a hello", "no_hello")
    return message


async def _answer(socket: ServerConnection, said: list[PlainEvent | Reply]) -> None:
    for reply in said:
        if isinstance(reply, Reply):
            await socket.send(reply.text)


async def _refuse(socket: ServerConnection, error: ProtocolError) -> None:
    with suppress(ConnectionClosed):
        await socket.send(refusal(error))
        await socket.close(CloseCode.POLICY_VIOLATION, error.code)


async def _close_when_over(socket: ServerConnection, live: LiveCall) -> None:
    await live.over.wait()
    await _close(socket, live)


async def _close(socket: ServerConnection, live: LiveCall) -> None:
    await socket.close(CloseCode.INTERNAL_ERROR if live.failed else CloseCode.NORMAL_CLOSURE)


def _events(said: list[PlainEvent | Reply]) -> list[PlainEvent]:
    return [event for event in said if not isinstance(event, Reply | CallStarted)]


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _peer(socket: ServerConnection) -> str:
    return str(socket.remote_address)
