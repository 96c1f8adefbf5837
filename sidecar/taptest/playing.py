"""A call played at a server: clients and sound flow in, messages go over sockets, what became of it flows out."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple, Protocol, TypeAlias
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from sidecar.pace import Pace
from sidecar.taptest.client import Client, Message
from sidecar.taptest.sound import Side, Sound, at_rate
from streams.background import background
from streams.clock import WallClock
from streams.errors import TapError

ANSWER_S = 5.0
"""Platforms that wait for an answer wait so long for it."""
GOODBYE_S = 10.0
"""How long a server may take to close when a platform waits for that."""
ANSWER_LIMIT_BYTES = 1 << 20
READ_BYTES = 4096
_GOOD_END = 1000

Trust: TypeAlias = ssl.SSLContext | None


class Leg(NamedTuple):
    """One connection to make."""

    client: Client
    url: str


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one connection: samples sent of each side, messages sent, answers by kind, how it was closed."""

    samples: Mapping[Side, int]
    rate_hz: int
    messages: int
    answers: Mapping[str, int]
    closed: str


class _End(Protocol):
    async def send(self, message: Message) -> None: ...

    async def receive(self) -> Message | None: ...

    async def close(self) -> None: ...

    @property
    def closed(self) -> str: ...


async def play(legs: Sequence[Leg], sound: Sound, speed: float | None, trust: Trust = None) -> list[Carried]:
    """Play a call at `speed` times its own pace, None as fast as it goes; every leg at the same time.

    Raises TapError when it is not carried to its end.
    """
    fitting = {leg.client.rate_hz: at_rate(sound, leg.client.rate_hz) for leg in legs}
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_carry(leg, fitting[leg.client.rate_hz], speed, trust)) for leg in legs]
    return [task.result() for task in tasks]


async def _carry(leg: Leg, sound: Sound, speed: float | None, trust: Trust) -> Carried:
    async with _connected(leg, trust) as end:
        visit = _Visit(leg.client, end)
        await visit.converse(sound, Pace(speed, WallClock()))
        return Carried(
            samples=visit.samples,
            rate_hz=sound.rate_hz,
            messages=visit.sent,
            answers=dict(visit.answers),
            closed=end.closed,
        )


class _Visit:
    def __init__(self, client: Client, end: _End) -> None:
        self._client = client
        self._end = end
        self._over = asyncio.Event()
        self._finished = False
        self.sent = 0
        self.answers: Counter[str] = Counter()
        self.samples: dict[Side, int] = dict.fromkeys(client.sides, 0)

    async def converse(self, sound: Sound, pace: Pace) -> None:
        client = self._client
        try:
            await self._send(client.begin())
            await self._get_ready()
            async with background(self._listen()):
                await self._speak(sound, pace)
                # From here on the server may close.
                self._finished = True
                await self._send(client.finish())
                if not client.hangs_up:
                    async with asyncio.timeout(GOODBYE_S):
                        await self._over.wait()
        except TimeoutError:
            raise TapError(f"the call is over, and the server did not close within {GOODBYE_S:g} s") from None
        except (ConnectionClosed, OSError) as error:
            raise TapError(f"the connection broke in mid-call: {error}") from error
        await self._end.close()

    async def _get_ready(self) -> None:
        try:
            async with asyncio.timeout(ANSWER_S):
                while not self._client.ready:
                    message = await self._end.receive()
                    if message is None:
                        raise TapError(f"the server closed before the call began{self._end.closed}")
                    await self._heed(message)
        except TimeoutError:
            raise TapError(f"the server gave no answer within {ANSWER_S:g} s") from None

    async def _speak(self, sound: Sound, pace: Pace) -> None:
        client = self._client
        each = sound.rate_hz * client.slice_ms // 1000 * 2
        sides = {side: sound.of(side) for side in client.sides}
        for number, at in enumerate(range(0, sound.samples * 2, each)):
            at_ms = number * client.slice_ms
            # A slice can leave when it has been spoken.
            await pace.until(at_ms + client.slice_ms)
            part = {side: pcm[at : at + each] for side, pcm in sides.items()}
            await self._send(client.sound(part, at_ms))
            for side, pcm in part.items():
                self.samples[side] += len(pcm) // 2

    async def _listen(self) -> None:
        while (message := await self._end.receive()) is not None:
            await self._heed(message)
        self._over.set()
        if not self._finished:
            raise TapError(f"the server closed in mid-call{self._end.closed}")

    async def _heed(self, message: Message) -> None:
        self.answers["text" if isinstance(message, str) else "binary"] += 1
        await self._send(self._client.hear(message))

    async def _send(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self._end.send(message)
            self.sent += 1


@asynccontextmanager
async def _connected(leg: Leg, trust: Trust) -> AsyncIterator[_End]:
    where = urlsplit(leg.url)
    if where.scheme == "tcp":
        try:
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
        except OSError as error:
            raise TapError(f"no service answers at {where.hostname} port {where.port}") from error
        end: _End = _Tcp(reader, writer)
        try:
            yield end
        finally:
            await end.close()
        return
    at = f"{where.scheme}://{where.netloc}"
    try:
        socket = await connect(
            leg.url,
            additional_headers=dict(leg.client.headers(leg.url)),
            subprotocols=[*leg.client.subprotocols] or None,  # type: ignore[list-item]
            compression=None,
            proxy=None,
            max_size=ANSWER_LIMIT_BYTES,
            ssl=trust if where.scheme == "wss" else None,
        )
    except InvalidStatus as error:
        raise TapError(f"the service at {at} lets nobody in this way (HTTP {error.response.status_code})") from error
    except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
        raise TapError(f"no service answers at {at}: {error}") from error
    async with socket:
        yield _Web(socket)


class _Web:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    @property
    def closed(self) -> str:
        code, reason = self._socket.close_code, self._socket.close_reason
        return f" with {code}{f' ({reason})' if reason else ''}" if code else ""

    async def send(self, message: Message) -> None:
        await self._socket.send(message)

    async def receive(self) -> Message | None:
        with suppress(ConnectionClosed):
            return await self._socket.recv()
        return None

    async def close(self) -> None:
        await self._socket.close()
        if self._socket.close_code != _GOOD_END:
            raise TapError(f"the server closed{self.closed} instead of {_GOOD_END}")


class _Tcp:
    closed = ""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, message: Message) -> None:
        self._writer.write(message if isinstance(message, bytes) else message.encode())
        await self._writer.drain()

    async def receive(self) -> Message | None:
        return await self._reader.read(READ_BYTES) or None

    async def close(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
