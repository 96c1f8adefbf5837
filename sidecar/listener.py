"""The WebSocket listener of live calls: connections flow in, those that may are received.

The edge is hostile: a browser's Origin and a wrong token are refused before a message is read, and messages are bounded
and uncompressed.
"""

import errno
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from ipaddress import ip_address

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from sidecar import logs
from sidecar.admission import Headers, target_of, why_not
from sidecar.config import TapsConfig
from sidecar.reception import HELLO_S, Reception
from sidecar.signatures import PlatformSecrets, fault
from sidecar.sources import Caller, dialect_named
from sidecar.wires import WebSocketWire
from streams.clock import unix_s
from streams.errors import ConfigError, TapError
from streams.taps.plain_messages import LONGEST_HELLO

PLAIN_PATH = "/plain"
MESSAGES_LIMIT = 16
"""Messages read ahead of a call that is behind; then the socket is read no further."""
NONE_AGREED = PlatformSecrets()
_log = logs.get("listener")


@asynccontextmanager
async def listen(
    config: TapsConfig, token: str, reception: Reception, agreed: PlatformSecrets = NONE_AGREED
) -> AsyncIterator[Server]:
    """Listen for calls for as long as the block runs; with `taps.single_user` the token is not asked for.

    Raises ConfigError for an address beyond this machine, TapError when the port cannot be had.
    """
    check_host(config.host)
    known = config.dialects.over_websocket

    async def receive(socket: ServerConnection) -> None:
        target = target_of(socket.request.path) if socket.request else None
        if socket.request is not None and target is not None:
            caller = Caller(
                facts=target.facts,
                fallback_id=reception.new_id(target.name),
                session_id=socket.request.headers.get("Audiohook-Session-Id", ""),
                organization_id=socket.request.headers.get("Audiohook-Organization-Id", ""),
            )
            dialect = dialect_named(target.name, caller, reception.config)
            await reception.receive(WebSocketWire(socket), dialect, target.name)

    def admit(socket: ServerConnection, request: Request) -> Response | None:
        shown = Headers(
            origin="Origin" in request.headers,
            authorization=tuple(request.headers.get_all("Authorization")),
            api_key=request.headers.get("X-API-KEY", ""),
        )
        target = target_of(request.path)
        refused = why_not(target, "" if config.single_user else token, shown, known)
        if refused is None and target is not None:
            headers = {name.lower(): value for name, value in request.headers.raw_items()}
            unsigned = fault(target.name, request.path, headers, agreed, public_url=config.public_url, now_s=unix_s())
            refused = (HTTPStatus.FORBIDDEN, unsigned) if unsigned else None
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
        raise not_listening(config.host, config.port, "port", error) from error
    async with server:
        yield server


def check_host(host: str) -> None:
    """Take this machine's own addresses only.

    Raises ConfigError for any other.
    """
    if not _is_loopback(host):
        raise ConfigError(f"taps.host is {host}: only this machine's own addresses (127.0.0.1, ::1) are safe")


def not_listening(host: str, port: int, key: str, error: OSError) -> TapError:
    """Why a port of `[taps]` cannot be had, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return TapError(
            f"port {port} on {host} is in use: another `sidecar run` may be going; "
            f"stop it, or choose another with `--set taps.{key}=PORT`"
        )
    return TapError(f"cannot listen on {host} port {port}: {error.strerror or error}")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _peer(socket: ServerConnection) -> str:
    return str(socket.remote_address)
