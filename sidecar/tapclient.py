"""The other end of the plain dialect: a recording's events flow in, a call in the running service comes of them.

Used by `sidecar replay --to-service`; sound leaves at the pace of a phone, and the service says when the call is over.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.frames import CloseCode

from sidecar import keys
from sidecar.config_sections import TapsConfig
from sidecar.edge import Bucket
from sidecar.listener import PLAIN_PATH
from sidecar.pace import Pace
from streams.background import background
from streams.clock import WallClock
from streams.errors import ProtocolError, TapError
from streams.events import CallEnded
from streams.taps.plain import Hello, PlainEvent, PlainSender

ANSWER_LIMIT_BYTES = 64 * 1024
SHARE_OF_RATE = 0.9
"""Of what the service bears: it counts the hello as well, and from a moment of its own."""
WAIT_S = 0.02
WALL = WallClock()


class TapAddress(msgspec.Struct, frozen=True):
    """Where the service takes calls, the token that it asks for, and where it speaks TLS its certificate's file."""

    url: str
    token: str
    certificate: str = ""
    messages_per_s: int = 400

    def __repr__(self) -> str:
        return f"TapAddress(url={self.url!r})"


def address(config: TapsConfig, keys_dir: Path) -> TapAddress:
    """Where this user's own service takes calls.

    Raises KeyFileError when the token cannot be used.
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104 - where it is reached
    host = f"[{host}]" if ":" in host else host
    scheme = "wss" if config.tls.certificate else "ws"
    return TapAddress(
        f"{scheme}://{host}:{config.port}{PLAIN_PATH}",
        keys.token(keys_dir),
        config.tls.certificate,
        config.messages_per_s,
    )


async def play(events: Iterable[PlainEvent], hello: Hello, where: TapAddress, pace: Pace) -> None:
    """Send a call to the service and come back when it is over there.

    Raises TapError when there is no service or it breaks off, ProtocolError when it refuses the call.
    """
    sender = PlainSender(hello)
    room = Bucket(where.messages_per_s * SHARE_OF_RATE, WALL.now_ms())
    async with _connected(where) as socket:
        try:
            await socket.send(sender.start())
            sender.receive_text(_text(await socket.recv()))
            async with background(_listen(socket, sender, where)):
                for event in _ended(events, hello.call_id):
                    await pace.until(event.at_ms)
                    for message in sender.send(event):
                        await _when_there_is_room(room)
                        await socket.send(message)
                await socket.wait_closed()
            _check_closed(socket, where)
        except ConnectionClosed as error:
            raise TapError(f"the service at {where.url} broke the call off: {_reason(error)}") from error


@asynccontextmanager
async def _connected(where: TapAddress) -> AsyncIterator[ClientConnection]:
    try:
        socket = await connect(
            where.url,
            additional_headers={"Authorization": f"Bearer {where.token}"},
            compression=None,
            proxy=None,
            max_size=ANSWER_LIMIT_BYTES,
            ssl=trusting(where.certificate),
        )
    except InvalidStatus as error:
        code = error.response.status_code
        raise TapError(f"the service at {where.url} lets nobody in with this token (HTTP {code})") from error
    except (OSError, InvalidHandshake, TimeoutError) as error:
        raise TapError(f"no service answers at {where.url}; start it with `sidecar run`") from error
    async with socket:
        yield socket


def trusting(certificate: str) -> ssl.SSLContext | None:
    """Trust in the service's own certificate, whatever name it bears: the service is on this machine."""
    if not certificate:
        return None
    context = ssl.create_default_context(cafile=Path(certificate).expanduser())
    context.check_hostname = False
    # The file may end with a certificate that others issued, and is trusted by itself.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


async def _when_there_is_room(room: Bucket) -> None:
    """Wait until the service bears one message more: a recording may be sent faster than any platform would."""
    while not room.take(1, WALL.now_ms()):  # noqa: ASYNC110 - time is what is waited for
        await asyncio.sleep(WAIT_S)


def _ended(events: Iterable[PlainEvent], call_id: str) -> Iterator[PlainEvent]:
    """The events up to the call's end; a source that merely stops ends there."""
    at_ms = 0
    for event in events:
        yield event
        if isinstance(event, CallEnded):
            return
        at_ms = event.at_ms
    yield CallEnded(call_id=call_id, at_ms=at_ms)


async def _listen(socket: ClientConnection, sender: PlainSender, where: TapAddress) -> None:
    """The service says nothing in a good call; what it does say is a refusal."""
    async for message in socket:
        sender.receive_text(_text(message))
    _check_closed(socket, where)


def _check_closed(socket: ClientConnection, where: TapAddress) -> None:
    if socket.close_code != CloseCode.NORMAL_CLOSURE:
        raise TapError(f"the service at {where.url} ended before the call did (code {socket.close_code})")


def _reason(error: ConnectionClosed) -> str:
    if error.rcvd is None:
        return "the connection was lost"
    return error.rcvd.reason or f"code {error.rcvd.code:d}; its log says more"


def _text(message: str | bytes) -> str:
    if isinstance(message, bytes):
        raise ProtocolError("this is no sidecar service: it answers in bytes", "bad_message")
    return message
