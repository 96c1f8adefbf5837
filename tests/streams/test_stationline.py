"""A workstation's line against a scripted link: what it says, what it is told, silence, refusals, full networks."""

import asyncio

import pytest

from streams import stationline
from streams.busline import LinkChange
from streams.floor import (
    AlertRaised,
    CallDetail,
    CallState,
    ClaimChanged,
    DetailPut,
    HelloAsked,
    Refused,
    StatePut,
    StationBeat,
    StationHello,
    Taken,
    Welcome,
    Whisper,
    WordsPut,
)
from streams.floorlink import Wire
from streams.stationline import StationLine
from tests.streams.scripted_link import ADDRESS, Scripted


@pytest.fixture
def link() -> Scripted:
    return Scripted()


def station(link: Scripted) -> StationLine:
    return StationLine(ADDRESS, "desk", "b", link=link.opened())


def welcome(every_ms: int = 60_000) -> Welcome:
    return Welcome(hub="h", boot="b", name="desk", taken=0, every_ms=every_ms)


async def greeted(line: StationLine, link: Scripted, every_ms: int = 60_000) -> None:
    assert await anext(aiter(line)) == LinkChange(state="connecting")
    link.come(Wire("up"))
    assert await link.said.get() == StationHello(boot="b", station="desk")
    link.come(welcome(every_ms))
    change = await anext(aiter(line))
    assert isinstance(change, LinkChange)
    assert change.state == line.state == "up"
    assert isinstance(await link.said.get(), StationBeat)


async def test_a_workstation_says_everything_and_is_told(link: Scripted) -> None:
    async with station(link) as line:
        await greeted(line, link)
        line.put(CallState(call_id="c1", at_ms=1), 7)
        assert await link.said.get() == StatePut(boot="b", number=2, state=CallState(call_id="c1", at_ms=1), made_ns=7)
        fact = AlertRaised(boot="", number=0, call_id="c1", at_ms=0, alert="a", rule="r", severity="warn", text="!")
        line.keep(fact)
        assert isinstance(await link.said.get(), AlertRaised)
        assert (line.waiting, line.dropped) == (1, 0)
        line.words("c1", "agent", 0, "hello")
        assert isinstance(await link.said.get(), WordsPut)
        line.detail(CallDetail(call_id="c1"))
        assert isinstance(await link.said.get(), DetailPut)
        line.calls(())
        assert isinstance(await link.said.get(), StationBeat)
        note = Whisper(call_id="c1", note="n", by="Sol", text="well done")
        link.come(b"\xc1", note, note, ClaimChanged(call_id="c1", by="Sol"))
        assert [await anext(aiter(line)), await anext(aiter(line))] == [note, ClaimChanged(call_id="c1", by="Sol")]
        link.come(Taken(boot="b", number=1), HelloAsked(boot="b"))
        assert isinstance(await link.said.get(), StationHello)
        assert line.waiting == 0


async def test_a_workstation_knows_when_it_tries_again(link: Scripted) -> None:
    async with station(link) as line:
        await greeted(line, link)
        link.come(Wire("down", 60_000))
        change = await anext(aiter(line))
        assert isinstance(change, LinkChange)
        assert change.state == "lost"
        assert 0 < line.retry_ms <= 60_000
        assert line.silent_ms < 60_000
        link.come(Wire("up"))
        assert isinstance(await link.said.get(), StationHello)


async def test_a_hub_that_falls_silent_is_lost_and_greeted_anew(link: Scripted) -> None:
    async with station(link) as line:
        await greeted(line, link, every_ms=10)
        change = await anext(aiter(line))
        assert isinstance(change, LinkChange)
        assert change.state == "lost"
        while not isinstance(await link.said.get(), StationHello):
            pass


async def test_a_full_network_is_offered_the_same_again(link: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stationline, "TRY_AGAIN_MS", 1)
    async with station(link) as line:
        await greeted(line, link)
        link.open = False
        line.put(CallState(call_id="c1", at_ms=1))
        await asyncio.sleep(0)
        link.open = True
        assert isinstance(await link.said.get(), StatePut)


async def test_what_an_agent_does_not_read_drops_the_oldest(link: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stationline, "TOLD_LIMIT", 2)
    async with station(link) as line:
        await greeted(line, link)
        notes = [Whisper(call_id="c1", note=f"n{number}", by="Sol", text="x") for number in range(4)]
        link.come(*notes, HelloAsked(boot="b"))
        assert isinstance(await link.said.get(), StationHello)
        assert [await anext(aiter(line)), await anext(aiter(line))] == notes[2:]


@pytest.mark.parametrize(("wire", "reason"), [("refused", "does not know this key"), ("failed", "breaks off")])
async def test_why_there_is_no_link_is_told_once(link: Scripted, wire: str, reason: str) -> None:
    async with station(link) as line:
        await anext(aiter(line))
        link.come(Wire(wire), Wire(wire), Refused(text="go away"))  # type: ignore[arg-type]
        first, second = await anext(aiter(line)), await anext(aiter(line))
        assert isinstance(first, LinkChange)
        assert isinstance(second, LinkChange)
        assert reason in first.text
        assert second.text == "go away"
