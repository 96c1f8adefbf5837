"""One connection in its dialect: the order of pieces and replies, patience, and the end of a bad client."""

import asyncio

import msgspec
import pytest

from sidecar import config, talk
from sidecar.talk import REMARKS_LIMIT, Talk
from streams.clock import ManualClock
from streams.errors import ProtocolError
from streams.taps.dialect import Began, Piece, Remark, Reply, SayEnd, SayHold
from tests.sidecar.wiretap import PaperWire

TAPS = config.load().taps


class Parrot:
    """A dialect whose client says what the service is to make of it."""

    def __init__(self) -> None:
        self.ended = False

    def receive_text(self, text: str) -> list[Piece]:
        match text:
            case "begin":
                return [Began(call_id="c1", channels=("mixed",)), Reply("welcome")]
            case "odd":
                return [Remark("odd")]
            case "bye":
                self.ended = True
                return [Reply("goodbye")]
        raise ProtocolError("no such word", "bad_word")

    def receive_bytes(self, data: bytes) -> list[Piece]:
        return [SayHold()]

    def closed(self) -> list[Piece]:
        return [SayEnd()]

    def refuse(self, error: ProtocolError) -> list[Reply]:
        return [Reply(f"refused: {error.code}")]


def begun(wire: PaperWire) -> Talk:
    return Talk(wire, Parrot(), "parrot", TAPS, ManualClock())


async def test_a_reply_goes_out_when_what_stands_before_it_is_dealt_with() -> None:
    wire = PaperWire()
    async for piece in begun(wire).take("begin"):
        assert isinstance(piece, Began)
        assert wire.sent == []
    assert wire.sent == ["welcome"]


async def test_texts_bytes_and_the_end_are_the_dialects_to_read() -> None:
    spoken = begun(PaperWire())
    said: list[object] = []
    for message in ("odd", b"x", None):
        said += [piece async for piece in spoken.take(message)]
    assert said == [SayHold(), SayEnd()]
    assert not spoken.ended


async def test_odd_remarks_cost_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr(talk._log, "info", lambda *_, **fields: lines.append(fields["remark"]))
    spoken = begun(PaperWire())
    for _ in range(REMARKS_LIMIT + 5):
        assert [piece async for piece in spoken.take("odd")] == []
    assert lines == ["odd"] * REMARKS_LIMIT


async def test_too_many_messages_are_too_fast() -> None:
    spoken = Talk(PaperWire(), Parrot(), "parrot", msgspec.structs.replace(TAPS, messages_per_s=1), ManualClock())
    for _ in range(10):
        assert [piece async for piece in spoken.take(b"x")] == [SayHold()]
    with pytest.raises(ProtocolError) as caught:
        await anext(spoken.take(b"x"))
    assert caught.value.code == "too_fast"


async def test_patience_is_asked_for_at_each_idle_moment() -> None:
    wire, asked = PaperWire(), []

    def is_patient() -> bool:
        asked.append(len(asked))
        if len(asked) == 2:
            wire.says("begin")
        return len(asked) < 3

    spoken = begun(wire)
    assert await spoken.next(0.001, is_patient) == "begin"
    with pytest.raises(ProtocolError, match=r"nothing came for 0.001 s \(taps.idle_s\)"):
        await spoken.next(0.001, is_patient)


async def test_a_shorter_time_holds_from_the_next_message() -> None:
    wire, spoken = PaperWire(), begun(PaperWire())
    spoken.wire = wire
    wire.says("begin")
    async with asyncio.timeout(5):
        assert await spoken.next(3_600, lambda: False) == "begin"
        with pytest.raises(ProtocolError, match=r"nothing came for 0.01 s"):
            await spoken.next(0.01, lambda: False)


async def test_many_waits_share_one_timer_and_each_has_its_whole_time() -> None:
    wire, spoken = PaperWire(), begun(PaperWire())
    spoken.wire = wire
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    for number in range(3):
        loop.call_later(0.02 * (number + 1), wire.says, f"word {number}")
    for number in range(3):
        assert await spoken.next(5, lambda: False) == f"word {number}"
    spoken = begun(wire)
    with pytest.raises(ProtocolError):
        await spoken.next(0.01, lambda: False)
    assert loop.time() - began_s >= 0.06
    await asyncio.sleep(0.02)
    wire.says("after a pause in which nobody waited")
    assert await spoken.next(5, lambda: False)


async def test_an_introduction_takes_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "HELLO_S", 0.001)
    wire = PaperWire()
    with pytest.raises(ProtocolError, match="no hello") as caught:
        async with begun(wire).introduction():
            await wire.receive()
    assert caught.value.code == "no_hello"


@pytest.mark.parametrize("last", ["bye", "nonsense", "break", "silence", "close"])
async def test_a_refused_client_may_say_goodbye_and_no_more(last: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "LINGER_S", 0.05)
    wire = PaperWire()
    wire.says("odd")
    if last == "break":
        wire.breaks()
    elif last == "close":
        wire.hangs_up()
    elif last != "silence":
        wire.says(last)
    async with asyncio.timeout(5):
        await begun(wire).refuse(ProtocolError("x", "bad_thing"))
    assert wire.sent == ["refused: bad_thing", *(["goodbye"] if last == "bye" else [])]
    assert wire.end == "bad_thing"
