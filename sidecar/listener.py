"""The WebSocket listener of live calls: connections flow in, those that may are received.

The edge is hostile: a browser's Origin and a wrong token are refused before a message is read, and messages are bounded
and uncompressed.
"""

import errno
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from ipaddress import ip_address

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from sidecar import logs
from sidecar.config import TapsConfig
from sidecar.reception import HELLO_S, Reception
from sidecar.sources import dialect_at
from sidecar.wires import WebSocketWire
from streams.errors import ConfigError, TapError
from streams.taps.plain_messages import LONGEST_HELLO

PLAIN_PATH = "/plain"
MESSAGES_LIMIT = 16
"""Messages read ahead of a call that is behind; then the socket is read no further."""
_log = logs.get("listener")


@asynccontextmanager
async def listen(config: TapsConfig, token: str, reception: Reception) -> AsyncIterator[Server]:
    """Listen for calls for as long as the block runs; with `taps.single_user` the token is not asked for.

    Raises ConfigError for an address beyond this machine, TapError when the port cannot be had.
    """
    if not _is_loopback(config.host):
        raise ConfigError(f"taps.host is {config.host}: only this machine's own addresses (127.0.0.1, ::1) are safe")

    async def receive(socket: ServerConnection) -> None:
        request = socket.request
        spoken = dialect_at(request.path) if request else None
        if spoken is not None:
            name, dialect = spoken
            await reception.receive(WebSocketWire(socket), dialect, name)

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
            receive,
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
    if dialect_at(request.path) is None:
        return HTTPStatus.NOT_FOUND, "no dialect has that path"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _peer(socket: ServerConnection) -> str:
    return str(socket.remote_address)
