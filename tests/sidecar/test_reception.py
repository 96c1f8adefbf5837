"""Connections meeting their calls: one for each side, ones that come back, ones that are sent away."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
import pytest

from sidecar import config, talk
from sidecar.config_sections import SendConfig
from sidecar.live import LiveCall
from sidecar.reception import Reception
from streams.clock import ManualClock
from streams.errors import ProtocolError
from streams.events import AudioFrame, AudioLost, CallEnded, Channel, Doubt, Event, Nudge, Utterance
from streams.taps.dialect import Began, Piece, Remark, Reply, SayEnd, SayHold, Sound
from tests.sidecar.wiretap import PaperWire

TAPS = msgspec.structs.replace(config.load().taps, max_calls=2, resume_s=30)
SECOND = bytes(2 * 8000)


class Script:
    """A dialect of bare words: `begin CALL CHANNEL...`, `end`, `ping`, `odd`, `bad`; a polite one says goodbye."""

    def __init__(self, *, polite: bool = False, sparse: bool = False, end_at_close: bool = False) -> None:
        self.ended = False
        self._polite = polite
        self._sparse = sparse
        self._end_at_close = end_at_close
        self._channels: tuple[Channel, ...] = ()

    def receive_text(self, text: str) -> list[Piece]:
        match text.split():
            case ["begin", call_id, *channels]:
                self._channels = tuple(channels)  # type: ignore[arg-type]
                return [Began(call_id=call_id, channels=self._channels, sparse=self._sparse), Reply("hello")]
            case ["end"]:
                self.ended = True
                return [SayEnd(), Reply("bye")]
            case ["done"]:
                self.ended = True
                return [Reply("bye")]
            case ["hold"]:
                return [SayHold()]
            case ["ping"]:
                return [Reply("pong")]
            case ["odd"]:
                return [Remark("odd")]
        raise ProtocolError("bad on purpose", "bad")

    def receive_bytes(self, data: bytes) -> list[Piece]:
        return [Sound(self._channels, data, 8000)]

    def closed(self) -> list[Piece]:
        return [SayEnd("closed")] if self._end_at_close else []

    def refuse(self, error: ProtocolError) -> list[Reply]:
        self.ended = not self._polite
        return [Reply(f"no: {error.code}")]


class Told(Script):
    """The same, of a platform that can be told things."""

    def tell(self, events: Sequence[Utterance | Nudge]) -> list[Reply]:
        return [Reply(" ".join(event.text for event in events))]

    def receive_text(self, text: str) -> list[Piece]:
        pieces = super().receive_text(text)
        return pieces[:1] if text == "end" else pieces

    def goodbye(self) -> list[Reply]:
        return [Reply("bye")]


def said(text: str) -> Utterance:
    return Utterance(call_id="c", at_ms=1, channel="mixed", utterance=0, started_ms=0, ended_ms=1, text=text)


class Desk:
    """A reception, the calls that began there, and what was heard of each."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self.group = group
        self.wall = ManualClock()
        self.heard: dict[str, list[Event | AudioFrame]] = {}
        self.lives: dict[str, LiveCall] = {}
        self.last_words = ""
        self.reception = Reception(TAPS, self.wall, self._begin)

    def _begin(self, live: LiveCall, began: Began) -> None:
        self.lives[live.call_id] = live
        self.group.create_task(self._drive(live))

    async def _drive(self, live: LiveCall) -> None:
        heard = self.heard.setdefault(live.call_id, [])
        async for event in live.source():
            heard.append(event)
        if self.last_words:
            live.tell(said(self.last_words))
        self.reception.leave(live, failed="fail" in live.call_id)

    def visit(self, *messages: str | bytes, **manners: bool) -> tuple[PaperWire, asyncio.Task[None]]:
        wire = PaperWire()
        wire.says(*messages)
        return wire, self.group.create_task(self.reception.receive(wire, Script(**manners), "script"))

    def lost(self, call_id: str) -> list[tuple[str, int]]:
        return [(event.channel, event.lost_ms) for event in self.heard[call_id] if isinstance(event, AudioLost)]


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        yield Desk(group)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_call_from_hello_to_goodbye() -> None:
    async with desk() as here:
        wire, visit = here.visit("begin c agent customer", bytes(2 * 2 * 8000), "ping", "odd", "end")
        await visit
    assert wire.sent == ["hello", "pong", "bye"]
    assert wire.end == "closed"
    assert len(here.heard["c"]) == 101
    assert isinstance(here.heard["c"][-1], CallEnded)


async def test_a_service_about_to_end_lets_calls_end_and_takes_no_new_ones() -> None:
    async with desk() as here:
        wire, visit = here.visit("begin c mixed", SECOND)
        await settle()
        assert here.reception.calls == 1
        draining = here.group.create_task(here.reception.drained())
        await settle()
        late, sent_away = here.visit("begin d mixed")
        await sent_away
        assert not draining.done()
        wire.breaks()
        await visit
        back, visit = here.visit("begin c mixed", SECOND, "end")
        await visit
        await draining
        assert here.reception.calls == 0
    assert late.end == "closing"
    assert back.end == "closed"
    assert [*here.heard] == ["c"]


async def test_a_platform_is_told_in_few_messages_and_its_last_words_before_goodbye(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(talk, "TELL_EVERY_S", 5)
    async with desk() as here:
        here.reception.config = msgspec.structs.replace(TAPS, send=SendConfig(transcript=True, nudges=False))
        here.last_words = "goodbye all"
        wire = PaperWire()
        wire.says("begin c mixed", SECOND)
        visit = here.group.create_task(here.reception.receive(wire, Told(), "script"))
        await settle()
        for text in ("one", "two"):
            here.lives["c"].tell(said(text))
        await settle()
        here.lives["c"].tell(said("three"))
        await settle()
        assert wire.sent == ["hello", "one two"]
        wire.says("end")
        await visit
    assert wire.sent == ["hello", "one two", "three goodbye all", "bye"]
    assert here.lives["c"].listeners == []
    assert wire.end == "closed"


async def test_who_cannot_be_told_is_not() -> None:
    async with desk() as here:
        wire, visit = here.visit("begin c mixed", SECOND)
        await settle()
        here.lives["c"].tell(said("one"))
        await settle()
        wire.says("end")
        await visit
    assert wire.sent == ["hello", "bye"]


async def test_a_connection_without_a_call_makes_none() -> None:
    async with desk() as here:
        probe, done = here.visit("ping", "done")
        await done
        gone, left = here.visit("ping")
        gone.hangs_up()
        await left
    assert probe.sent == ["pong", "bye"]
    assert (probe.end, gone.end) == ("closed", "closed")
    assert here.heard == {}


async def test_a_goodbye_may_lie_in_the_closing() -> None:
    async with desk() as here:
        wire, visit = here.visit("begin c mixed", SECOND, end_at_close=True)
        wire.hangs_up()
        await visit
    assert here.heard["c"][-1] == CallEnded(call_id="c", at_ms=1000, reason="closed")


async def test_a_call_ends_when_the_service_breaks() -> None:
    async with desk() as here:
        wire, visit = here.visit("begin fail mixed", "end")
        await visit
    assert wire.end == "failed"


async def test_what_breaks_waits_and_goes_on() -> None:
    async with desk() as here:
        wire, visit = here.visit("begin c agent customer", bytes(2 * 2 * 8000))
        wire.breaks()
        await visit
        here.wall.advance(5000)
        _, again = here.visit("begin c agent customer", "end")
        await again
    assert here.lost("c") == [("agent", 5000), ("customer", 5000)]
    assert here.heard["c"][-1].at_ms == 6000


async def test_sound_at_another_rate_than_declared_is_said_once() -> None:
    async with desk() as here:
        wire, visit = here.visit("begin c mixed")
        for _ in range(40):
            wire.says(SECOND)
            here.wall.advance(500)
            await settle()
        wire.says("end")
        await visit
    [doubt] = [event for event in here.heard["c"] if isinstance(event, Doubt)]
    assert (doubt.about, doubt.text[:31]) == ("rate", "sound comes 2.00 times as fast ")


async def test_odd_remarks_cost_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr(talk._log, "info", lambda *_, **fields: lines.append(fields["remark"]))
    async with desk() as here:
        _, visit = here.visit("begin c mixed", *["odd"] * 50, "end")
        await visit
    assert lines == ["odd"] * talk.REMARKS_LIMIT


async def test_a_polite_client_may_say_goodbye_after_a_refusal() -> None:
    async with desk() as here:
        wire, visit = here.visit("begin c mixed", "bad", "ping", "hold", "done", polite=True)
        await visit
    assert wire.sent == ["hello", "no: bad", "pong", "bye"]
    assert wire.end == "bad"
    assert here.heard["c"][-1].reason == "connection_lost"  # type: ignore[union-attr]


@pytest.mark.parametrize("then", ["nothing", "worse", "hangs up", "breaks"])
async def test_one_that_does_not_is_closed_all_the_same(then: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "LINGER_S", 0.01)
    async with desk() as here:
        wire, visit = here.visit("bad", polite=True)
        match then:
            case "worse":
                wire.says("bad")
            case "hangs up":
                wire.hangs_up()
            case "breaks":
                wire.breaks()
        await visit
    assert wire.sent == ["no: bad"]
    assert wire.end == "bad"


async def test_no_call_lasts_for_ever() -> None:
    async with desk() as here:
        here.reception.config = msgspec.structs.replace(TAPS, longest_s=2)
        wire, visit = here.visit("begin c mixed", SECOND, SECOND, SECOND, SECOND)
        await visit
    assert wire.end == "too_long"
    assert here.heard["c"][-1].reason == "too_long"  # type: ignore[union-attr]


async def test_a_silent_source_is_not_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk() as here:
        here.reception.config = msgspec.structs.replace(TAPS, idle_s=0)
        sparse, one = here.visit("begin c mixed", sparse=True)
        other, two = here.visit("begin d mixed")
        await two
        assert other.end == "idle"
        sparse.says("end")
        await one
    assert sparse.end == "closed"
