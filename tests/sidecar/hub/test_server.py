"""The whole hub over real sockets: workstations, floors, restarts, revoked keys, strangers and nonsense."""

import asyncio
from contextlib import AsyncExitStack

import msgspec
import pytest
import zmq

from sidecar.hub.hub import Hub
from streams import floorlink
from streams.busline import LinkChange
from streams.errors import BusError
from streams.floor import (
    Act,
    AlertRaised,
    CallDone,
    ClaimChanged,
    FloorHello,
    FloorSnapshot,
    FloorUpdate,
    HelpReply,
    OpenHelp,
    Receipt,
    Refused,
    Watching,
    Whisper,
    pack,
    unpack,
)
from streams.floorline import FloorLine
from streams.floorlink import FloorAddress, Wire, dealer
from streams.stationline import StationLine
from tests.sidecar.hub.conftest import Site, Watcher, eventually, new_pair, state, until_state


async def desk(site: Site, stack: AsyncExitStack, name: str = "desk-1", boot: str = "b1") -> StationLine:
    return await stack.enter_async_context(StationLine(site.address(name), name, boot))


async def floor(site: Site, stack: AsyncExitStack, name: str = "Sol") -> Watcher:
    return Watcher(await stack.enter_async_context(FloorLine(site.address(name))))


async def told(line: StationLine, kind: type) -> object:
    async for item in line:
        if isinstance(item, kind):
            return item
    raise AssertionError("the line ended")


def alert(number: int = 1) -> AlertRaised:
    return AlertRaised(
        boot="", number=0, call_id="c1", at_ms=900, alert=f"a{number}", rule="supervisor", severity="critical", text="!"
    )


async def test_a_state_reaches_the_floor_and_a_late_floor_is_whole_at_once(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    station, sol = await desk(site, stack), await floor(site, stack)
    station.put(state(agent_name="Ana", heat=40))
    await sol.until(lambda seen: "c1" in seen.rows)
    row = sol.rows["c1"]
    assert (row.station, row.team, row.state.heat, row.presence) == ("desk-1", "billing", 40, "here")
    late = await floor(site, stack, "Ana")
    await late.until(lambda seen: "c1" in seen.rows)
    station.calls(())
    await sol.until(lambda seen: not seen.rows)


async def test_a_note_comes_signed_and_its_way_is_seen(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    station, sol = await desk(site, stack), await floor(site, stack)
    station.put(state())
    await sol.until(lambda seen: "c1" in seen.rows)
    acted = await sol.line.act("note", "c1", "Offer the voucher \U0001f381 [b]\x1b[2J")
    assert acted.ok
    whisper = await told(station, Whisper)
    assert whisper == Whisper(call_id="c1", note=acted.note, by="Sol", text="Offer the voucher \U0001f381 [b] [2J")
    for step in ("delivered", "read"):
        station.keep(Receipt(boot="", number=0, call_id="c1", note=acted.note, state=step))
        await sol.until(
            lambda seen, step=step: any(
                isinstance(item, FloorUpdate) and any(note.state == step for note in item.notes) for item in seen.items
            )
        )


async def test_of_two_claims_at_once_one_wins_and_the_other_is_told_who(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    station, sol, ana = await desk(site, stack), await floor(site, stack), await floor(site, stack, "Ana")
    station.put(state())
    await sol.until(lambda seen: "c1" in seen.rows)
    await ana.until(lambda seen: "c1" in seen.rows)
    async with asyncio.TaskGroup() as group:
        tries = {name: group.create_task(who.line.act("claim", "c1")) for name, who in (("Sol", sol), ("Ana", ana))}
    won = [name for name, task in tries.items() if task.result().ok]
    lost = [task.result().text for task in tries.values() if not task.result().ok]
    assert len(won) == 1
    assert lost == [f"{won[0]} has it already"]
    assert await told(station, ClaimChanged) == ClaimChanged(call_id="c1", by=won[0])
    await ana.until(lambda seen: seen.rows["c1"].claimed_by == won[0])


async def test_help_is_answered_once_and_watchers_are_named(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    station, sol, ana = await desk(site, stack), await floor(site, stack), await floor(site, stack, "Ana")
    station.put(state(help=OpenHelp("h1", "refund", 500), shares_words=True))
    await sol.until(lambda seen: "c1" in seen.rows)
    await ana.until(lambda seen: "c1" in seen.rows)
    assert (await sol.line.act("open", "c1")).ok
    assert await told(station, Watching) == Watching(call_id="c1", names=("Sol",))
    station.words("c1", "customer", 500, "I want it back")
    await sol.until(lambda seen: any(isinstance(item, FloorUpdate) and item.lines for item in seen.items))
    assert (await sol.line.act("answer_help", "c1", "Yes, up to 50", help="h1")).ok
    assert await told(station, HelpReply) == HelpReply(call_id="c1", help="h1", by="Sol", text="Yes, up to 50")
    assert (await ana.line.act("answer_help", "c1", "No", help="h1")).text == "Sol has answered already"
    assert not any(isinstance(item, FloorUpdate) and item.lines for item in ana.items)


async def test_a_supervisor_of_another_team_sees_and_does_nothing(site: Site, stack: AsyncExitStack) -> None:
    site.add("Max", "supervisor", "retention")
    await stack.enter_async_context(site.running())
    station, sol, other = await desk(site, stack), await floor(site, stack), await floor(site, stack, "Max")
    station.put(state())
    await sol.until(lambda seen: "c1" in seen.rows)
    await other.line.up()
    acted = await other.line.act("claim", "c1")
    assert (acted.ok, acted.text) == (False, "no such call in your teams; it may have ended")
    assert other.rows == {}


async def test_an_observer_looks_on_only(site: Site, stack: AsyncExitStack) -> None:
    site.add("Kim", "observer", "billing")
    await stack.enter_async_context(site.running())
    station, kim = await desk(site, stack), await floor(site, stack, "Kim")
    station.put(state())
    await kim.until(lambda seen: "c1" in seen.rows)
    assert (await kim.line.act("open", "c1")).ok
    assert "may look on only" in (await kim.line.act("claim", "c1")).text


async def test_an_agents_key_takes_no_supervisors_action(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    link = stack.enter_context(dealer(site.address("desk-1")))
    assert await link.receive() == [Wire("up")]
    for message in (FloorHello(), Act(request=1, action="claim", call_id="c1")):
        link.send(pack(message))
        (answer,) = await link.receive()
        assert isinstance(answer, bytes)
        refused = unpack(answer)
        assert isinstance(refused, Refused)
        assert "it takes a supervisor's to do that" in refused.text


async def test_a_supervisors_key_is_no_workstation(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    line = await desk(site, stack, "Sol")
    item = await told(line, LinkChange)
    while not (isinstance(item, LinkChange) and item.text):
        item = await told(line, LinkChange)
    assert "cannot be a workstation" in item.text


async def test_an_unknown_key_is_told_so_and_comes_in_once_it_is_let_in(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    site.pairs["Eva"] = new_pair()
    eva = await floor(site, stack, "Eva")
    await eva.until_text("does not know this key")


async def test_a_wrong_hub_key_is_told_as_such(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    address = msgspec.structs.replace(site.address("Sol"), server_public=new_pair().public.encode())
    sol = Watcher(await stack.enter_async_context(FloorLine(address)))
    await sol.until_text("breaks off the handshake")


async def test_a_key_revoked_in_mid_session_is_cut_at_once(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    station, sol, ana = await desk(site, stack), await floor(site, stack), await floor(site, stack, "Ana")
    station.put(state())
    await sol.until(lambda seen: "c1" in seen.rows)
    assert (await sol.line.act("claim", "c1")).ok
    site.revoke("Sol")
    await sol.until_text("does not know this key")
    with pytest.raises(BusError, match="no connection"):
        await sol.line.act("note", "c1", "still here")
    await ana.until(lambda seen: "c1" in seen.rows and seen.rows["c1"].claimed_by == "")
    site.revoke("desk-1")
    await ana.until(lambda seen: not seen.rows)


async def test_ten_megabytes_end_one_connection_and_nobody_elses(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    station, sol = await desk(site, stack), await floor(site, stack)
    link = stack.enter_context(dealer(site.address("Ana")))
    assert await link.receive() == [Wire("up")]
    link.send(b"x" * 10_000_000)
    news = await link.receive()
    assert isinstance(news[0], Wire)
    assert news[0].state == "down"
    station.put(state())
    await sol.until(lambda seen: "c1" in seen.rows)


async def test_another_schema_and_nonsense_are_answered_with_why(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    link = stack.enter_context(dealer(site.address("Sol")))
    assert await link.receive() == [Wire("up")]
    for data, reason in (
        (pack(FloorHello(schema=99)), "you speak 99"),
        (b"\xc1\x00nonsense", "not a message of the floor"),
        (msgspec.msgpack.encode({"type": "Telepathy", "schema": 2}), "not a message of the floor"),
    ):
        link.send(data)
        (answer,) = await link.receive()
        assert isinstance(answer, bytes)
        refused = unpack(answer)
        assert isinstance(refused, Refused)
        assert reason in refused.text


async def test_a_hub_that_starts_anew_in_mid_call_loses_and_doubles_nothing(site: Site, stack: AsyncExitStack) -> None:
    station, sol = await desk(site, stack), await floor(site, stack)
    station.put(state(agent_name="Ana"))
    async with site.running(unclaimed_ms=0):
        station.keep(alert(1))
        await sol.until(lambda seen: "c1" in seen.rows and seen.rows["c1"].alert)
        assert (await sol.line.act("claim", "c1")).ok
        await eventually(lambda: any(standing.claim == "Sol" for standing in site.store().memory().standing))
    station.keep(alert(2))
    station.put(state(at_ms=2_000))
    async with site.running():
        await sol.until(lambda seen: "c1" in seen.rows and seen.rows["c1"].state.at_ms == 2_000)
        assert sol.rows["c1"].claimed_by == "Sol"
        await sol.until(lambda seen: (found := seen.rows["c1"].alert) and found.alert == "a2")
        await eventually(lambda: not station.waiting)
    kept = site.store().read(lambda database: {"alerts": database.execute("SELECT alert FROM alert").fetchall()})
    assert kept["alerts"] == [("a1",), ("a2",)]


async def test_a_floor_that_never_reads_costs_nothing_and_is_whole_once_it_reads(
    site: Site, stack: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes: list[str] = []
    undelivered, set_up = Hub.undelivered, floorlink._set_up

    def small(dealing: zmq.Socket[bytes], address: FloorAddress, waiting: int) -> None:
        dealing.setsockopt(zmq.RCVBUF, 65_536)
        set_up(dealing, address, waiting)

    monkeypatch.setattr(Hub, "undelivered", lambda hub, *given: outcomes.append(given[1]) or undelivered(hub, *given))
    await stack.enter_async_context(site.running(peer_queue=2))
    # Its own side and its machine would hold tens of megabytes before the hub's had to.
    with monkeypatch.context() as patch:
        patch.setattr(floorlink, "_set_up", small)
        mute = stack.enter_context(dealer(site.address("Ana"), waiting=1))
    assert await mute.receive() == [Wire("up")]
    station, sol = await desk(site, stack), await floor(site, stack)
    for number in range(300):
        station.put(state(f"c{number}", signal="x" * 500))
    await sol.until(lambda seen: len(seen.rows) == 300)
    while "full" not in outcomes:
        mute.send(pack(FloorHello()))
        await asyncio.sleep(0.02)
    station.put(state("c0", 9_000, band="hot"))
    await sol.until(lambda seen: seen.rows["c0"].state.at_ms == 9_000)
    newest = 0
    while newest != 9_000:
        for data in await mute.receive():
            message = unpack(data) if isinstance(data, bytes) else None
            if isinstance(message, FloorSnapshot | FloorUpdate):
                newest = max([newest, *(row.state.at_ms for row in message.rows)])


async def test_the_shift_is_told_to_the_team(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running(per_agent=("Ana",)))
    station, sol, ana = await desk(site, stack), await floor(site, stack), await floor(site, stack, "Ana")
    station.keep(
        CallDone(
            boot="",
            number=0,
            call_id="c1",
            agent_id="7",
            agent_name="Ada",
            queue="Billing",
            started_at="2099-01-01T00:00:00Z",
            duration_ms=60_000,
            moods=((10_000, -50), (20_000, 50)),
            openings={"given": 2, "missed": 1},
            rules={"empathy.missed": {"shown": 2, "done": 1}},
        )
    )
    await sol.line.up()
    await ana.line.up()
    await eventually(lambda: not station.waiting)
    report = await sol.line.shift(8)
    assert report["openings"] == {"given": 2, "bare": 0, "missed": 1}
    assert report["rules"] == {"empathy.missed": {"done": 1, "shown": 2}}
    assert "agents" not in report
    assert "Ada" in str((await ana.line.shift(8))["agents"])


async def test_a_state_of_ten_thousand_characters_is_cut_at_the_door(site: Site, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(site.running())
    station, sol = await desk(site, stack), await floor(site, stack)
    station.put(
        state(agent_name="\u202eevil\x07 \u05d3\u05e0\u05d4 \U0001f642" + "x" * 10_000, signal="[bold]" + "y" * 10_000)
    )
    await sol.until(lambda seen: "c1" in seen.rows)
    shown = sol.rows["c1"].state
    assert shown.agent_name.startswith("evil  \u05d3\u05e0\u05d4 \U0001f642xxx")
    assert shown.agent_name.endswith("...")
    assert len(shown.agent_name) <= 80
    assert shown.signal.startswith("[bold]yyy")
    assert len(shown.signal) == 500


async def test_a_line_that_is_up_says_so_once(site: Site, stack: AsyncExitStack) -> None:
    station = await desk(site, stack)
    async with site.running():
        await until_state(station, "up")
    await until_state(station, "lost")
    async with site.running():
        await until_state(station, "up")
