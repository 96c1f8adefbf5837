"""The gateway's platforms without a network: who is closed, when and for what."""

import asyncio
import json

import msgspec
import pytest

from sidecar import config, talk
from sidecar.gateway.messages import Ready
from sidecar.gateway.platforms import Platforms
from sidecar.gateway.switchboard import Ended, Patience, Send, Step, Switchboard
from streams.background import background
from streams.clock import WallClock
from streams.errors import ProtocolError
from streams.taps.dialect import SayEnd, SayHold, SayResumed, SayResumedAudio
from streams.taps.plain import PlainDialect
from tests.sidecar.wiretap import PaperWire

TAPS = msgspec.structs.replace(config.load().taps, idle_s=0)
HELLO = json.dumps({"type": "hello", "version": 1, "call_id": "c1", "agent_id": "a17", "rate_hz": 8000})


class Desk:
    """Platforms with a switchboard whose one workstation is the test."""

    def __init__(self) -> None:
        self.sends: list[Send] = []
        self.switchboard = Switchboard("gw", Patience(0, 1))
        self.platforms = Platforms(TAPS, WallClock(), self.switchboard, self._carry_out)
        self.switchboard.hear(b"p", "ana", ("a17",), Ready(boot="b"), 0)
        self.wire = PaperWire()

    def _carry_out(self, step: Step) -> None:
        self.sends.extend(step.sends)

    async def serve(self) -> None:
        async with asyncio.timeout(5):
            await self.platforms.receive(self.wire, PlainDialect(), "plain")

    @property
    def pieces(self) -> list[object]:
        return [send.piece for send in self.sends if send.piece is not None][1:]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def word(kind: str, **fields: str) -> str:
    return json.dumps({"type": kind, **fields})


async def test_a_call_in_good_order(desk: Desk) -> None:
    desk.wire.says(HELLO, word("hold"), word("resumed"), word("paused"), word("resumed_audio"), word("end"))
    await desk.serve()
    assert desk.pieces == [SayHold(), SayResumed(), desk.pieces[2], SayResumedAudio(), SayEnd()]
    assert (desk.wire.end, desk.platforms.calls) == ("closed", 0)


async def test_a_held_call_may_be_silent_and_another_not(desk: Desk) -> None:
    desk.wire.says(HELLO, word("hold"))

    async def later() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        assert desk.platforms.calls == 1
        desk.wire.says(word("resumed"))

    async with background(later()):
        await desk.serve()
    assert desk.pieces == [SayHold(), SayResumed(), SayEnd("idle")]
    assert desk.wire.end == "idle"


async def test_a_call_is_over_before_its_client_is_told_what_it_did_wrong(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    async def refuse(*_: object) -> None:
        told.append(len(desk.sends))

    monkeypatch.setattr(talk.Talk, "refuse", refuse)
    desk.wire.says(HELLO, "no JSON")
    await desk.serve()
    assert desk.pieces == [SayEnd("connection_lost")]
    assert told == [len(desk.sends)]
    assert desk.platforms.calls == 0


async def test_who_closes_without_a_word_is_let_go(desk: Desk) -> None:
    desk.wire.hangs_up()
    await desk.serve()
    assert (desk.wire.end, desk.sends) == ("closed", [])


async def test_who_says_nothing_is_closed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "HELLO_S", 0.001)
    await desk.serve()
    assert desk.wire.end == "no_hello"


async def test_a_connection_that_breaks_may_come_back(desk: Desk) -> None:
    desk.wire.says(HELLO)
    desk.wire.breaks()
    await desk.serve()
    assert desk.sends[-1].message.broken  # type: ignore[union-attr]


@pytest.mark.parametrize(("error", "end"), [(None, "closed"), (ProtocolError("full", "too_many"), "too_many")])
async def test_the_workstation_may_end_it(desk: Desk, error: ProtocolError | None, end: str) -> None:
    desk.platforms.config = msgspec.structs.replace(TAPS, idle_s=5)
    desk.wire.says(HELLO)

    async def later() -> None:
        while not desk.sends:  # noqa: ASYNC110 - the call's beginning is all that is waited for
            await asyncio.sleep(0)
        desk.platforms.end(Ended(9, None))
        desk.platforms.end(Ended(1, error))
        desk.platforms.end(Ended(1, None))
        for _ in range(5):
            await asyncio.sleep(0)
        desk.wire.hangs_up()

    async with background(later()):
        await desk.serve()
    assert desk.wire.end == end
