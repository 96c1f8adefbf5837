"""The workstation's side of a gateway: a link is held open, calls that come over it are received like any other.

Each line is a wire to the reception. When the link breaks, so do all its lines, and the calls wait as they do for a
platform that lost its connection; the gateway offers them again when the link is back.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal, TypeAlias

from sidecar import logs
from sidecar.config_sections import GatewayConfig
from sidecar.gateway.messages import (
    GatewayBeat,
    Leaving,
    LineBegins,
    LineEnded,
    LineOver,
    LinePiece,
    LineTold,
    Ready,
    ToGateway,
    ToStation,
    Unwanted,
    from_gateway,
    pack,
)
from sidecar.gateway.missed import Missed
from sidecar.keys import KeyPair
from sidecar.wires import Wire
from streams.background import background
from streams.errors import ConfigError, ProtocolError
from streams.floorlink import FloorAddress, Link, dealer
from streams.floorlink import Wire as LinkNews
from streams.taps.dialect import Began, Dialect
from streams.taps.relay import RelayDialect, pack_piece, unpack_piece

PIECES_LIMIT = 1_000
"""Pieces of one call that wait for the service, ten seconds of two sides; what comes beyond is announced as lost."""
FIRST_BEAT_S = 1.0
LINE_QUEUE = 2_000
"""Messages that wait for this machine when it is held up for a moment."""
_log = logs.get("dialler")
Receive: TypeAlias = Callable[[Wire, Dialect, str], Awaitable[None]]


class LineWire:
    """One line as the reception sees it; a `Wire`."""

    def __init__(self, line: int, gateway: str, say: Callable[[ToGateway], None]) -> None:
        self.peer = f"line {line} of {gateway}"
        self._line = line
        self._say = say
        self._pieces: deque[bytes] = deque()
        self._came = asyncio.Event()
        self._missed = Missed()
        self._over: Literal["", "closed", "broken"] = ""
        self._told = False

    def put(self, piece: bytes) -> None:
        """A piece came; where too many wait, it is counted as missed."""
        if len(self._pieces) >= PIECES_LIMIT:
            self._miss(piece)
            return
        self._make_good()
        self._pieces.append(piece)
        self._came.set()

    def end(self, *, broken: bool) -> None:
        """Nothing more comes; whether the call is over with it is the pieces' to say."""
        self._make_good()
        self._over = "broken" if broken else "closed"
        self._came.set()

    async def receive(self) -> bytes | None:
        """The next piece; None when the platform closed in good order.

        Raises ConnectionError when the line broke.
        """
        while not self._pieces:
            if self._over == "broken":
                raise ConnectionError("the gateway's line broke")
            if self._over:
                return None
            self._came.clear()
            await self._came.wait()
        return self._pieces.popleft()

    async def send(self, message: str | bytes) -> None:
        """What the platform is to be told of its call; all else the gateway says itself."""
        if isinstance(message, bytes) and not (self._told or self._over):
            self._say(LineTold(self._line, message))

    async def close(self, *, failed: bool) -> None:
        """Say that the service is done with the call."""
        self._tell("failed" if failed else "", "the call failed" if failed else "")

    async def reject(self, error: ProtocolError) -> None:
        """Say what the client did wrong."""
        self._tell(error.code, str(error))

    def _tell(self, code: str, text: str) -> None:
        if not (self._told or self._over):
            self._told = True
            self._say(LineEnded(self._line, code, text))

    def _miss(self, piece: bytes) -> None:
        try:
            missed = unpack_piece(piece)
        except ProtocolError:
            self.end(broken=True)
            return
        if not isinstance(missed, Began):
            self._missed.keep(missed)

    def _make_good(self) -> None:
        self._pieces.extend(pack_piece(piece) for piece in self._missed.made_good())


class Dialler:
    """Holds one link; `receive` is the reception's door, `boot` tells this start of the service from others."""

    def __init__(self, link: Link, receive: Receive, boot: str) -> None:
        self._link = link
        self._receive = receive
        self._boot = boot
        self._ups = 0
        self._up = asyncio.Event()
        self._every_s = FIRST_BEAT_S
        self._lines: dict[int, LineWire] = {}
        self._gateway = "the gateway"
        self._known_as = ""
        self._refused = False

    async def run(self) -> None:
        """Take calls for as long as it is not cancelled."""
        async with background(self._beat()), asyncio.TaskGroup() as self._visits:
            try:
                while True:
                    for item in await self._link.receive():
                        if isinstance(item, LinkNews):
                            self._change(item)
                        else:
                            self._take(item)
            finally:
                self._say(Leaving(boot=self._name))
                self._break_lines()

    @property
    def _name(self) -> str:
        """Every break begins a new life, in which no line is known."""
        return f"{self._boot}/{self._ups}"

    def _change(self, news: LinkNews) -> None:
        if news.state == "up":
            self._refused = False
            self._ups += 1
            self._up.set()
            return
        self._up.clear()
        self._break_lines()
        if news.state == "refused" and not self._refused:
            self._refused = True
            _log.error(
                "the gateway does not know this machine's key",
                mend="`sidecar keys` here shows it, `sidecar keys allow` on the gateway lets it in",
            )

    def _take(self, data: bytes) -> None:
        try:
            messages = from_gateway(data)
        except ProtocolError as error:
            _log.warning("message passed over", reason=str(error))
            return
        for said in messages:
            self._heed(said)

    def _heed(self, said: ToStation) -> None:
        match said:
            case LineBegins(line):
                wire = self._lines[line] = LineWire(line, self._gateway, self._say)
                self._visits.create_task(self._visit(wire, said))
            case LinePiece(line, piece):
                if line in self._lines:
                    self._lines[line].put(piece)
            case LineOver(line, broken):
                if line in self._lines:
                    self._lines.pop(line).end(broken=broken)
            case GatewayBeat():
                self._greet(said)
            case Unwanted(text=text):
                _log.error("the gateway does not take this machine", reason=text)

    async def _visit(self, wire: LineWire, begins: LineBegins) -> None:
        try:
            await self._receive(wire, RelayDialect(tells=begins.tells), begins.source)
        except Exception as error:  # noqa: BLE001 - one bad call never takes down the service
            _log.exception("call by the gateway broke", error=type(error).__name__)
            await wire.close(failed=True)
        finally:
            if self._lines.get(begins.line) is wire:
                del self._lines[begins.line]

    def _greet(self, beat: GatewayBeat) -> None:
        for line in [line for line in self._lines if beat.lines is not None and line not in beat.lines]:
            # That it is over was said when there was no room to hear it.
            self._lines.pop(line).end(broken=True)
        self._gateway, self._every_s = beat.gateway, max(beat.every_ms, 50) / 1000
        known_as = f"{beat.you} ({', '.join(beat.agents)})"
        if known_as != self._known_as:
            self._known_as = known_as
            _log.warning("calls come by the gateway", gateway=beat.gateway, known_as=known_as)

    async def _beat(self) -> None:
        while True:
            await self._up.wait()
            self._say(Ready(boot=self._name, start=self._boot))
            await asyncio.sleep(self._every_s)

    def _break_lines(self) -> None:
        for wire in self._lines.values():
            wire.end(broken=True)
        self._lines = {}

    def _say(self, message: ToGateway) -> None:
        # What finds no room is said by the next beat, or by the gateway's own patience.
        self._link.send(pack(message))


@asynccontextmanager
async def dialled(config: GatewayConfig, keys: KeyPair, receive: Receive, boot: str) -> AsyncIterator[None]:
    """Take calls by the configured gateway for as long as the block runs; without one nothing is opened.

    Raises ConfigError when the gateway's key is missing, BusError for an address that is none.
    """
    if not config.address:
        yield
        return
    if not config.key:
        raise ConfigError("gateway.address is set but not gateway.key: `sidecar gateway` prints it when it starts")
    address = FloorAddress(
        hub=config.address,
        server_public=config.key.encode(),
        client_public=keys.public.encode(),
        client_secret=keys.secret.encode(),
    )
    with dealer(address, waiting=LINE_QUEUE) as link:
        async with background(Dialler(link, receive, boot).run()):
            yield
