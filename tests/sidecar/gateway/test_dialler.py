"""The workstation's end without a network: bounded lines, words that cannot be read, calls that break."""

import asyncio
from collections import deque
from collections.abc import Sequence

import msgspec
import pytest

from sidecar import logs
from sidecar.gateway import dialler
from sidecar.gateway.dialler import PIECES_LIMIT, Dialler, LineWire
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
    from_station,
    pack,
)
from sidecar.wires import Wire
from streams.background import background
from streams.errors import ProtocolError
from streams.floorlink import Received
from streams.floorlink import Wire as LinkNews
from streams.taps.dialect import Began, Dialect, Hole, SayEnd, Sound
from streams.taps.relay import pack_piece, unpack_piece

SOUND = pack_piece(Sound(("agent", "customer"), bytes(4 * 160), 8_000))
BEAT = GatewayBeat(gateway="gw", you="ana", agents=("a17",), every_ms=50)


class PaperLink:
    """A link whose other end is the test."""

    def __init__(self) -> None:
        self.said: list[ToGateway] = []
        self._coming: deque[Received] = deque()
        self._came = asyncio.Event()

    def brings(self, *items: ToStation | LinkNews | bytes) -> None:
        self._coming.extend(item if isinstance(item, bytes | LinkNews) else pack(item) for item in items)
        self._came.set()

    async def receive(self) -> Sequence[Received]:
        while not self._coming:
            self._came.clear()
            await self._came.wait()
        items = [*self._coming]
        self._coming.clear()
        return items

    def send(self, data: bytes) -> bool:
        self.said.append(from_station(data))
        return True


class Door:
    """A reception that keeps what comes in."""

    def __init__(self) -> None:
        self.wires: list[Wire] = []
        self.heard: list[str | bytes | None] = []
        self.done = asyncio.Event()

    async def receive(self, wire: Wire, dialect: Dialect, source: str) -> None:
        self.wires.append(wire)
        try:
            while (message := await wire.receive()) is not None:
                self.heard.append(message)
                assert isinstance(message, bytes)
                dialect.receive_bytes(message)
            self.heard.append(None)
        except ConnectionError:
            self.heard.append("broken")
        except ProtocolError as error:
            await wire.reject(error)
        await wire.send("nobody listens")
        await wire.close(failed=False)
        self.done.set()


async def test_a_line_is_received_like_any_other_connection() -> None:
    link, door = PaperLink(), Door()
    began = pack_piece(Began(call_id="c1", channels=("agent", "customer")))
    async with asyncio.timeout(10), background(Dialler(link, door.receive, "b").run()):
        link.brings(LinkNews("up"), BEAT, BEAT, LineBegins(1, "twilio"), LinePiece(1, began), LinePiece(1, SOUND))
        link.brings(LinePiece(7, SOUND), LineOver(7, broken=True), b"\xc1", Unwanted(text="no"), LinkNews("refused"))
        await door.done.wait()
    assert door.heard == [began, SOUND, "broken"]
    assert link.said[-1] == Leaving(boot="b/1")


async def test_it_says_that_it_is_there_and_who_it_is_after_each_break() -> None:
    link = PaperLink()
    async with asyncio.timeout(10), background(Dialler(link, Door().receive, "b").run()):
        for _ in range(2):
            link.brings(LinkNews("up"), BEAT)
            before = len(link.said)
            while len(link.said) == before:  # noqa: ASYNC110 - the next beat is all that is waited for
                await asyncio.sleep(0)
            link.brings(LinkNews("down"))
            await asyncio.sleep(0.06)
    assert {said.boot for said in link.said if isinstance(said, Ready)} == {"b/1", "b/2"}


@pytest.mark.parametrize(("broken", "last"), [(False, None), (True, "broken")])
async def test_the_end_of_a_line_comes_after_its_pieces(broken: bool, last: str | None) -> None:
    link, door = PaperLink(), Door()
    async with asyncio.timeout(10), background(Dialler(link, door.receive, "b").run()):
        began = pack_piece(Began(call_id="c1", channels=("agent", "customer")))
        link.brings(LinkNews("up"), LineBegins(1, "twilio"), LinePiece(1, began), LineOver(1, broken=broken))
        await door.done.wait()
    assert door.heard == [began, last]
    assert not [said for said in link.said if isinstance(said, LineEnded)]


async def test_a_refused_key_is_said_once_for_each_time_it_was_good(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []
    monkeypatch.setattr(dialler, "_log", logs.get("test"))
    monkeypatch.setattr(dialler._log, "error", lambda text, **_: logged.append(text))
    link, door = PaperLink(), Door()
    async with asyncio.timeout(10), background(Dialler(link, door.receive, "b").run()):
        link.brings(*[LinkNews("refused")] * 3, LinkNews("up"), LinkNews("refused"))
        link.brings(LinkNews("up"), LineBegins(1, "twilio"), LineOver(1, broken=False))
        await door.done.wait()
    assert len(logged) == 2


async def test_a_line_that_the_gateway_holds_no_longer_is_broken_with_its_next_beat() -> None:
    link, door = PaperLink(), Door()
    async with asyncio.timeout(10), background(Dialler(link, door.receive, "b").run()):
        open_still = msgspec.structs.replace(BEAT, lines=(1, 2))
        link.brings(LinkNews("up"), LineBegins(1, "twilio"), open_still, msgspec.structs.replace(BEAT, lines=(2,)))
        await door.done.wait()
    assert door.heard == ["broken"]


async def test_what_the_client_did_wrong_is_told_once() -> None:
    link, door = PaperLink(), Door()
    async with asyncio.timeout(10), background(Dialler(link, door.receive, "b").run()):
        link.brings(LinkNews("up"), LineBegins(1, "twilio"), LinePiece(1, b"none"))
        await door.done.wait()
    (ended,) = [said for said in link.said if isinstance(said, LineEnded)]
    assert (ended.line, ended.code) == (1, "bad_message")


async def test_what_a_platform_is_told_goes_by_its_line_while_that_is_open() -> None:
    said: list[ToGateway] = []
    wire = LineWire(4, "gw", said.append)
    await wire.send("a text is nobody's")
    await wire.send(b"told")
    await wire.close(failed=False)
    await wire.send(b"too late")
    assert said == [LineTold(4, b"told"), LineEnded(4)]


async def test_a_call_that_breaks_breaks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise LookupError("broken on purpose")

    logged: list[str] = []
    monkeypatch.setattr(dialler, "_log", logs.get("test"))
    monkeypatch.setattr(dialler._log, "exception", lambda text, **_: logged.append(text))
    link = PaperLink()
    async with asyncio.timeout(10), background(Dialler(link, fail, "b").run()):
        link.brings(LinkNews("up"), LineBegins(1, "twilio"))
        while not any(isinstance(said, LineEnded) for said in link.said):  # noqa: ASYNC110 - one word is waited for
            await asyncio.sleep(0)
    assert LineEnded(1, "failed", "the call failed") in link.said
    assert logged == ["call by the gateway broke"]


async def test_a_service_that_is_behind_is_told_what_it_missed() -> None:
    wire = LineWire(1, "gw", lambda _: None)
    wire.put(pack_piece(Began(call_id="c1", channels=("agent", "customer"))))
    for _ in range(PIECES_LIMIT - 1):
        wire.put(SOUND)
    for _ in range(50):
        wire.put(SOUND)
    wire.put(pack_piece(Began(call_id="c1", channels=("agent", "customer"))))
    assert await wire.receive() is not None
    for _ in range(3):
        await wire.receive()
    wire.put(SOUND)
    wire.end(broken=False)
    pieces = []
    while (piece := await wire.receive()) is not None:
        pieces.append(unpack_piece(piece))
    assert pieces[-2] == Hole(("agent", "customer"), 1_000, "gateway")
    assert len(pieces) == PIECES_LIMIT - 4 + 2


async def test_an_end_that_found_no_room_is_still_an_end() -> None:
    wire = LineWire(1, "gw", lambda _: None)
    for _ in range(PIECES_LIMIT):
        wire.put(SOUND)
    wire.put(pack_piece(SayEnd()))
    wire.end(broken=False)
    for _ in range(PIECES_LIMIT):
        await wire.receive()
    assert unpack_piece(await wire.receive() or b"") == SayEnd()
    assert await wire.receive() is None


async def test_nonsense_for_a_line_that_is_full_breaks_it() -> None:
    wire = LineWire(1, "gw", lambda _: None)
    for _ in range(PIECES_LIMIT):
        wire.put(SOUND)
    wire.put(b"nonsense")
    for _ in range(PIECES_LIMIT):
        await wire.receive()
    with pytest.raises(ConnectionError):
        await wire.receive()
