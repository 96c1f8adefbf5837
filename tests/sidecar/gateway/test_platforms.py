"""The gateway's platforms without a network: who is closed, when and for what."""

import asyncio
import json
from collections.abc import Callable

import msgspec
import pytest

from sidecar import config, talk
from sidecar.config_sections import TapsConfig
from sidecar.gateway.messages import LineBegins, LineEnded, LineTold, Ready, ToGateway
from sidecar.gateway.platforms import Platforms
from sidecar.gateway.switchboard import Ended, Patience, Send, Step, Switchboard, Told
from sidecar.taptest.audiohook import AudioHook as AudioHookClient
from sidecar.taptest.client import Asked
from streams.background import background
from streams.clock import WallClock
from streams.errors import ProtocolError
from streams.events import Nudge, Utterance
from streams.taps.audiohook import AudioHook
from streams.taps.dialect import SayEnd, SayHold, SayResumed, SayResumedAudio
from streams.taps.plain import PlainDialect
from streams.taps.relay import RelayDialect
from tests.sidecar.wiretap import PaperWire

TAPS = msgspec.structs.replace(config.load().taps, idle_s=0)
HELLO = json.dumps({"type": "hello", "version": 1, "call_id": "c1", "agent_id": "a17", "rate_hz": 8000})
SPOKEN = Utterance(call_id="c1", at_ms=9, channel="agent", utterance=0, started_ms=0, ended_ms=500, text="hello")
NUDGE = Nudge(call_id="c1", at_ms=9, nudge="n", rule="r", family="f", severity="info", title="t", text="x")


class Desk:
    """Platforms with a switchboard whose one workstation is the test."""

    def __init__(self, taps: TapsConfig = TAPS) -> None:
        self.sends: list[Send] = []
        self.switchboard = Switchboard("gw", Patience(0, 1))
        self.platforms = Platforms(taps, WallClock(), self.switchboard, self._carry_out)
        self.switchboard.hear(b"p", "ana", ("a17",), Ready(boot="b"), 0)
        self.wire = PaperWire()

    def _carry_out(self, step: Step) -> None:
        self.sends.extend(step.sends)
        for told in step.told:
            self.platforms.tell(told)
        for ended in step.ended:
            self.platforms.end(ended)

    def hears(self, said: ToGateway) -> None:
        """What the workstation says."""
        self._carry_out(self.switchboard.hear(b"p", "ana", ("a17",), said, 0))

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


async def test_towards_the_end_calls_go_on_and_no_others_begin(desk: Desk) -> None:
    """What belongs to a call that goes on may still come, as its other side does."""
    desk.platforms.config = msgspec.structs.replace(TAPS, idle_s=5)
    desk.wire.says(HELLO)
    other_side, late, silent = PaperWire(), PaperWire(), PaperWire()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(desk.platforms.receive(desk.wire, PlainDialect(), "plain"))
        group.create_task(desk.platforms.receive(silent, PlainDialect(), "plain"))
        await until(lambda: bool(desk.sends) and desk.platforms.calls == 2)
        draining = group.create_task(desk.platforms.drained())
        await until(lambda: silent.end == "closing")
        late.says(HELLO.replace("c1", "c2"))
        await desk.platforms.receive(late, PlainDialect(), "plain")
        assert late.end == "closing"
        other_side.says(HELLO, word("end"))
        await desk.platforms.receive(other_side, PlainDialect(), "plain")
        assert other_side.end == "closed"
        assert not draining.done()
        desk.wire.says(word("end"))
    assert (desk.platforms.begun, desk.platforms.refused) == (2, 2)


@pytest.mark.parametrize(
    ("sets", "told"),
    [
        ((), []),
        (("taps.send.transcript=true",), ["transcript"]),
        (("taps.send.nudges=true", "taps.send.transcript=true"), ["transcript", "agentassist"]),
    ],
)
async def test_a_platform_is_told_what_the_settings_let_it_know_and_before_its_goodbye(
    sets: tuple[str, ...], told: list[str]
) -> None:
    desk = Desk(config.load(sets=["taps.idle_s=5", *sets]).taps)
    hook = AudioHookClient(Asked(call_id="c1", agent="a17"))
    end = AudioHook()
    desk.wire.says(*hook.begin())
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(desk.platforms.receive(desk.wire, end, "audiohook"))
        await until(lambda: bool(desk.sends))
        begins = next(send.message for send in desk.sends if isinstance(send.message, LineBegins))
        assert begins.tells == bool(told)
        hook.hear(str(desk.wire.sent[0]))
        desk.wire.says(*hook.finish())
        await until(lambda: SayEnd() in desk.pieces)
        for reply in RelayDialect(tells=begins.tells).tell([SPOKEN, NUDGE]):
            assert isinstance(reply.message, bytes)
            desk.hears(LineTold(begins.line, reply.message))
        desk.hears(LineEnded(begins.line))
    said = [json.loads(message) for message in desk.wire.sent]
    assert said[-1]["type"] == "closed"
    events = [entity["type"] for one in said if one["type"] == "event" for entity in one["parameters"]["entities"]]
    assert events == told
    desk.platforms.tell(Told(1, (SPOKEN,)))


async def until(is_so: Callable[[], bool]) -> None:
    """Let other tasks run until they have brought it about."""
    while not is_so():  # noqa: ASYNC110 - what is waited for is several tasks away
        await asyncio.sleep(0)
