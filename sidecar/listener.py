"""The WebSocket listener of live calls: connections flow in, those that may are received.

The edge is hostile: an address that may not come is cut off before TLS begins, a browser's Origin, a wrong token and a
wrong signature before a message is read, and messages are bounded and uncompressed. Beyond this machine's own addresses
there is TLS, and the token is always asked for.
"""

import errno
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from sidecar import logs
from sidecar.admission import Headers, target_of, why_not
from sidecar.config_sections import TapsConfig, TlsConfig
from sidecar.doorway import ACCEPTED_AT_ONCE, addresses_of, doorways
from sidecar.edge import Door, Nonces, is_loopback
from sidecar.seldom import Seldom
from sidecar.signatures import SIGNED_FOR_S, PlatformSecrets, fault, nonce_of
from sidecar.sources import Caller, dialect_named
from sidecar.talk import HELLO_S
from sidecar.wires import WebSocketWire, Wire, peer_name
from streams.clock import unix_s
from streams.errors import ConfigError, TapError
from streams.taps.dialect import Dialect
from streams.taps.plain_messages import LONGEST_HELLO

PLAIN_PATH = "/plain"
MESSAGES_LIMIT = 16
"""Messages read ahead of a call that is behind; then the socket is read no further."""
NONE_AGREED = PlatformSecrets()
GOODBYE_S = 2.0
"""A client that was refused, and whose flood is read no further, is cut off after so long."""
UNREAD_CONNECTIONS = 256
"""Connections at once, also those that have said nothing yet."""
_refusals = Seldom(logs.get("listener"))


class Receiver(Protocol):
    """Where connections go: a workstation's reception, or a gateway."""

    config: TapsConfig

    async def receive(self, wire: Wire, dialect: Dialect, source: str) -> None:
        """Serve one connection from its first message to its end."""
        ...

    def new_id(self, source: str) -> str:
        """An id for a call whose platform gives none."""
        ...

    def full(self) -> bool:
        """Whether not even a hello of one more connection will be read."""
        ...


@asynccontextmanager
async def listen(
    config: TapsConfig, token: str, reception: Receiver, agreed: PlatformSecrets = NONE_AGREED
) -> AsyncIterator[None]:
    """Listen for calls for as long as the block runs; with `taps.single_user` the token is not asked for.

    Raises ConfigError for an address beyond this machine without TLS and for a certificate that cannot be used,
    TapError when the port cannot be had.
    """
    known = config.dialects.over_websocket
    door = Door(config.allow, config.per_address, config.max_calls * 2 + UNREAD_CONNECTIONS)
    nonces = Nonces(SIGNED_FOR_S)
    secured = _tls(config.tls)
    if secured is None and not is_loopback(config.host):
        raise ConfigError(f"taps.host is {config.host}: beyond this machine's own addresses calls need [taps.tls]")

    async def receive(socket: ServerConnection) -> None:
        target = target_of(socket.request.path) if socket.request else None
        if socket.request is not None and target is not None:
            caller = Caller(
                facts=target.facts,
                fallback_id=reception.new_id(target.name),
                session_id=_header(socket.request, "Audiohook-Session-Id"),
                organization_id=_header(socket.request, "Audiohook-Organization-Id"),
            )
            dialect = dialect_named(target.name, caller, reception.config)
            await reception.receive(WebSocketWire(socket), dialect, target.name)

    def admit(socket: ServerConnection, request: Request) -> Response | None:
        shown = Headers(
            origin="Origin" in request.headers,
            authorization=tuple(request.headers.get_all("Authorization")),
            api_key=_header(request, "X-API-KEY"),
        )
        target = target_of(request.path)
        asked = "" if config.single_user and is_loopback(_host(socket.remote_address)) else token
        refused = why_not(target, asked, shown, known)
        if refused is None and target is not None:
            now_s = unix_s()
            headers = {name.lower(): value for name, value in request.headers.raw_items()}
            url = config.public_url or (f"wss://{headers.get('host', '')}" if secured else "")
            unsigned = fault(target.name, request.path, headers, agreed, public_url=url, now_s=now_s)
            if not unsigned and agreed.audiohook and target.name == "audiohook":
                unsigned = "" if nonces.is_new(nonce_of(headers), now_s) else "its signature was used before"
            refused = (HTTPStatus.FORBIDDEN, unsigned) if unsigned else None
        if refused is None and reception.full():
            refused = HTTPStatus.SERVICE_UNAVAILABLE, "too many connections"
        if refused is None:
            return None
        status, reason = refused
        address = _host(socket.remote_address)
        _refusals.say(
            "connection refused", kind=reason, address=address, reason=reason, peer=peer_name(socket.remote_address)
        )
        return socket.respond(status, "refused\n")

    async with AsyncExitStack() as listening:
        try:
            for doorway in listening.enter_context(doorways(await addresses_of(config.host, config.port), door)):
                server = serve(
                    receive,
                    sock=doorway,
                    process_request=admit,
                    compression=None,
                    max_size=LONGEST_HELLO,
                    max_queue=MESSAGES_LIMIT,
                    backlog=ACCEPTED_AT_ONCE,
                    open_timeout=HELLO_S,
                    close_timeout=GOODBYE_S,
                    ssl=secured,
                    ssl_handshake_timeout=HELLO_S if secured else None,
                    logger=logging.getLogger("websockets.server"),
                )
                await listening.enter_async_context(server)
        except OSError as error:
            raise not_listening(config.host, config.port, "port", error) from error
        yield


def _tls(config: TlsConfig) -> ssl.SSLContext | None:
    """What makes the listener speak TLS 1.2 and above; None where no certificate is set.

    Raises ConfigError for files that cannot be used.
    """
    if not config.certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without a passphrase at hand OpenSSL would ask for one at the terminal, and a service would hang there.
        context.load_cert_chain(Path(config.certificate).expanduser(), Path(config.key).expanduser(), password="")
    except OSError as error:
        what = getattr(error, "reason", "") or error.strerror or str(error)
        raise ConfigError(
            f"[taps.tls]: {config.certificate} and {config.key} cannot be used: {what}; "
            "both must be PEM files without a passphrase, and belong together"
        ) from error
    return context


def not_listening(host: str, port: int, key: str, error: OSError) -> TapError:
    """Why a port of `[taps]` cannot be had, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return TapError(
            f"port {port} on {host} is in use: another `sidecar run` may be going; "
            f"stop it, or choose another with `--set taps.{key}=PORT`"
        )
    return TapError(f"cannot listen on {host} port {port}: {error.strerror or error}")


def _header(request: Request, name: str) -> str:
    """A header's text; of two with one name none counts."""
    shown = request.headers.get_all(name)
    return shown[0] if len(shown) == 1 else ""


def _host(address: tuple[Any, ...] | None) -> str:
    return str(address[0]) if address else ""
