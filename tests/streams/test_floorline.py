"""A floor's line against a scripted link: gaps, silence, refusals, full queues, answers that stay away."""

import asyncio

import pytest

from streams import floorline
from streams.busline import LinkChange
from streams.errors import BusError
from streams.floor import Act, Acted, FloorHello, FloorSnapshot, FloorUpdate, Refused, ShiftReport, Taken, pack
from streams.floorline import FloorLine
from streams.floorlink import Wire
from tests.streams.scripted_link import ADDRESS, Scripted


def snapshot(seq: int = 1, every_ms: int = 1_000) -> FloorSnapshot:
    return FloorSnapshot(hub="h", seq=seq, you="Sol", role="supervisor", teams=(), rows=(), every_ms=every_ms)


def update(seq: int) -> FloorUpdate:
    return FloorUpdate(hub="h", seq=seq)


@pytest.fixture
def link() -> Scripted:
    return Scripted()


def floor(link: Scripted, timeout_s: float = 2.0) -> FloorLine:
    return FloorLine(ADDRESS, link=link.opened(), answer_timeout_s=timeout_s)


async def whole(line: FloorLine, link: Scripted) -> None:
    assert await anext(aiter(line)) == LinkChange(state="connecting")
    link.come(Wire("up"))
    assert await link.said.get() == FloorHello(client="floor")
    link.come(snapshot())
    change = await anext(aiter(line))
    assert isinstance(change, LinkChange)
    assert change.state == line.state == "up"
    assert await anext(aiter(line)) == snapshot()


async def test_a_floor_is_whole_and_asks_anew_after_a_gap(link: Scripted) -> None:
    async with floor(link) as line:
        await whole(line, link)
        link.come(update(2), b"\xc1", pack(Taken(boot="b", number=1)), update(2), update(5))
        assert await anext(aiter(line)) == update(2)
        assert await link.said.get() == FloorHello(client="floor")
        link.come(update(6), snapshot(7), update(8))
        assert [await anext(aiter(line)), await anext(aiter(line))] == [snapshot(7), update(8)]
        assert line.silent_ms < 60_000


async def test_a_floor_asks_again_until_it_is_answered(link: Scripted) -> None:
    async with floor(link, timeout_s=0.01):
        link.come(Wire("up"))
        for _ in range(3):
            assert isinstance(await link.said.get(), FloorHello)


async def test_a_lost_connection_and_a_silent_hub_are_lost(link: Scripted) -> None:
    async with floor(link) as line:
        await whole(line, link)
        link.come(Wire("down", 100))
        lost = await anext(aiter(line))
        assert isinstance(lost, LinkChange)
        assert lost.state == "lost"
        link.come(snapshot(every_ms=10))
        assert [await anext(aiter(line)), await anext(aiter(line))][1] == snapshot(every_ms=10)
        silent = await anext(aiter(line))
        assert isinstance(silent, LinkChange)
        assert silent.state == "lost"


@pytest.mark.parametrize(("wire", "reason"), [("refused", "does not know this key"), ("failed", "breaks off")])
async def test_why_there_is_no_link_is_told_once(link: Scripted, wire: str, reason: str) -> None:
    async with floor(link) as line:
        await anext(aiter(line))
        link.come(Wire(wire), Wire(wire), Refused(text="go away"))  # type: ignore[arg-type]
        first, second = await anext(aiter(line)), await anext(aiter(line))
        assert isinstance(first, LinkChange)
        assert isinstance(second, LinkChange)
        assert reason in first.text
        assert second.text == "go away"


async def test_a_floor_that_is_not_read_gets_a_snapshot(link: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floorline, "ITEMS_LIMIT", 3)
    async with floor(link) as line:
        await whole(line, link)
        link.come(*(update(seq) for seq in range(2, 7)))
        assert await link.said.get() == FloorHello(client="floor")
        link.come(snapshot(9))
        change = await anext(aiter(line))
        assert isinstance(change, LinkChange)
        assert await anext(aiter(line)) == snapshot(9)


async def test_actions_and_reports_are_answered_by_number(link: Scripted) -> None:
    async with floor(link) as line, asyncio.TaskGroup() as group:
        await whole(line, link)
        acting = group.create_task(line.act("note", "c1", "well done"))
        assert await link.said.get() == Act(request=1, action="note", call_id="c1", value="well done")
        link.come(Acted(request=9, ok=False), Acted(request=1, ok=True, note="n1"), Acted(request=1, ok=False))
        assert await acting == Acted(request=1, ok=True, note="n1")
        asking = group.create_task(line.shift(2))
        await link.said.get()
        link.come(ShiftReport(request=2, report={"calls": 3}))
        assert await asking == {"calls": 3}


async def test_what_is_not_answered_is_an_error(link: Scripted) -> None:
    async with floor(link, timeout_s=0.01) as line:
        with pytest.raises(BusError, match="no answer from the hub at tcp://hub:1"):
            await line.act("claim", "c1")
        link.open = False
        with pytest.raises(BusError, match="no connection"):
            await line.act("claim", "c1")


async def test_answers_of_the_wrong_kind_are_errors(link: Scripted) -> None:
    async with floor(link) as line, asyncio.TaskGroup() as group:
        acting = group.create_task(failing(line.act("claim", "c1")))
        while not isinstance(await link.said.get(), Act):
            pass
        link.come(ShiftReport(request=1, report={}))
        assert "answered an action with ShiftReport" in await acting
        asking = group.create_task(failing(line.shift(1)))
        await link.said.get()
        link.come(Acted(request=2, ok=False, text="the hub is busy"))
        assert await asking == "the hub is busy"


async def failing(action: object) -> str:
    with pytest.raises(BusError) as caught:
        await action  # type: ignore[misc]
    return str(caught.value)


async def test_up_waits_for_the_snapshot_or_says_why_there_is_none(link: Scripted) -> None:
    async with floor(link) as line:
        link.come(Wire("up"), snapshot())
        await line.up()
    async with floor(refusing := Scripted()) as line:
        refusing.come(Wire("refused"))
        with pytest.raises(BusError, match=r"no connection.*does not know this key"):
            await line.up(within_s=0.05)
