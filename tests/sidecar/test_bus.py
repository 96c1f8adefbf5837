"""The bus over real sockets: screens that come late, lose something, are unknown, or talk nonsense."""

import asyncio
from contextlib import AsyncExitStack

import pytest
import zmq
import zmq.asyncio

from sidecar.bus import COMMANDS_LIMIT, Asked, Bus, address, open_bus
from sidecar.config_sections import BusConfig
from sidecar.keys import Keys
from streams.busline import BusAddress, BusLine, LinkChange
from streams.errors import BusError
from streams.events import CallContext, CallEnded, CallStarted, Event, Hypothesis, Mood, Telemetry, Utterance
from streams.wire import Command, Envelope, Heartbeat, Reply, Snapshot, pack_message


def started(call_id: str = "c1") -> CallStarted:
    return CallStarted(call_id=call_id, at_ms=0)


def said(number: int, call_id: str = "c1") -> Utterance:
    return Utterance(
        call_id=call_id,
        at_ms=1000 * number,
        channel="customer",
        utterance=number,
        started_ms=1000 * number - 500,
        ended_ms=1000 * number - 100,
        text=f"line {number}",
    )


async def until_snapshot(line: BusLine) -> Snapshot:
    async for item in line:
        if isinstance(item, Snapshot):
            return item
    raise AssertionError("the line ended")


async def until_event(line: BusLine) -> Event | Telemetry:
    async for item in line:
        if isinstance(item, Envelope):
            return item.event
    raise AssertionError("the line ended")


async def until_state(line: BusLine, state: str) -> LinkChange:
    async for item in line:
        if isinstance(item, LinkChange) and item.state == state:
            return item
    raise AssertionError("the line ended")


async def test_a_late_screen_is_whole_at_once(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with open_bus(bus_config, bus_keys, "run-1") as bus:
        for event in (started(), said(1), said(2)):
            bus.write(event)
        async with BusLine(address(bus_config, bus_keys)) as line:
            snapshot = await until_snapshot(line)
            assert [type(event).__name__ for event in snapshot.events] == ["CallStarted", "Utterance", "Utterance"]
            assert snapshot.seqs == {"c1": 3}
            assert snapshot.service == "run-1"
            await until_state(line, "up")


async def test_events_follow_the_snapshot_in_order(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with open_bus(bus_config, bus_keys, "run-1") as bus, BusLine(address(bus_config, bus_keys)) as line:
        await until_state(line, "up")
        for number in range(1, 50):
            bus.write(said(number))
        assert [await until_event(line) for _ in range(49)] == [said(number) for number in range(1, 50)]


async def test_screens_never_see_the_pack_or_the_history(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with open_bus(bus_config, bus_keys, "run-1") as bus, BusLine(address(bus_config, bus_keys)) as line:
        await until_state(line, "up")
        bus.write(CallContext(call_id="c1", at_ms=0, config={"volume": "expert"}, pack="x", history={"a": (True,)}))
        assert await until_event(line) == CallContext(call_id="c1", at_ms=0, config={"volume": "expert"})


async def test_two_screens_see_the_same(bus_config: BusConfig, bus_keys: Keys) -> None:
    where = address(bus_config, bus_keys)
    async with open_bus(bus_config, bus_keys, "run-1") as bus, BusLine(where) as first, BusLine(where) as second:
        await until_state(first, "up")
        await until_state(second, "up")
        bus.write(started())
        assert await until_event(first) == await until_event(second) == started()


async def test_a_screen_may_start_first_and_survives_a_restart(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(BusLine(address(bus_config, bus_keys)))
        assert await anext(line) == LinkChange(state="connecting")
        async with open_bus(bus_config, bus_keys, "run-1") as bus:
            bus.write(started())
            assert (await until_snapshot(line)).seqs == {"c1": 1}
        lost = await until_state(line, "lost")
        assert lost.silent_ms >= 0
        async with open_bus(bus_config, bus_keys, "run-2") as bus:
            bus.write(started("c2"))
            snapshot = await until_snapshot(line)
            assert snapshot.service == "run-2"
            assert snapshot.seqs == {"c2": 1}
            await until_state(line, "up")


async def test_a_lost_event_is_healed_by_a_snapshot(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with open_bus(bus_config, bus_keys, "run-1") as bus, BusLine(address(bus_config, bus_keys)) as line:
        await until_state(line, "up")
        bus.write(started())
        assert await until_event(line) == started()
        bus._store.add(said(1))  # remembered, and never sent
        bus.write(said(2))
        snapshot = await until_snapshot(line)
        assert snapshot.seqs["c1"] == 3
        assert said(1) in snapshot.events
        bus.write(said(3))
        assert await until_event(line) == said(3)


async def test_the_last_event_lost_is_seen_by_the_heartbeat(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with open_bus(bus_config, bus_keys, "run-1") as bus, BusLine(address(bus_config, bus_keys)) as line:
        await until_state(line, "up")
        bus._store.add(said(1))
        assert said(1) in (await until_snapshot(line)).events


async def test_a_command_is_answered(bus_config: BusConfig, bus_keys: Keys) -> None:
    async def serve(bus: Bus) -> Asked:
        asked = await bus.commands.get()
        await asked.answer(Reply(ok=True, text="done"))
        return asked

    async with (
        open_bus(bus_config, bus_keys, "run-1") as bus,
        BusLine(address(bus_config, bus_keys)) as line,
        asyncio.TaskGroup() as group,
    ):
        serving = group.create_task(serve(bus))
        assert await line.send(Command(action="answer", value="acknowledged")) == Reply(ok=True, text="done")
        assert (await serving).client == "panel"
        assert (await serving).command.value == "acknowledged"


async def test_a_flood_of_commands_is_told_that_the_service_is_busy(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with (
        open_bus(bus_config, bus_keys, "run-1") as bus,
        BusLine(address(bus_config, bus_keys), answer_timeout_s=30) as line,
        asyncio.TaskGroup() as group,
    ):
        sending = [group.create_task(line.send(Command(action="answer"))) for _ in range(COMMANDS_LIMIT + 1)]
        busy = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
        assert "busy" in busy[0].pop().result().text
        for _ in range(COMMANDS_LIMIT):
            await (await bus.commands.get()).answer(Reply(ok=True))


async def test_without_a_service_a_command_says_so(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with BusLine(address(bus_config, bus_keys), answer_timeout_s=0.05) as line:
        with pytest.raises(BusError, match="is `sidecar run` going"):
            await line.send(Command(action="answer"))


async def test_an_unknown_key_gets_nothing_and_is_told(bus_config: BusConfig, bus_keys: Keys) -> None:
    public, secret = zmq.curve_keypair()
    known = address(bus_config, bus_keys)
    stranger = BusAddress(
        events=known.events,
        control=known.control,
        server_public=known.server_public,
        client_public=public,
        client_secret=secret,
    )
    async with open_bus(bus_config, bus_keys, "run-1") as bus, BusLine(stranger, answer_timeout_s=0.2) as line:
        bus.write(started())
        assert await anext(line) == LinkChange(state="connecting")
        refused = await anext(line)
        assert isinstance(refused, LinkChange)
        assert refused.text == "the service does not know this key"
        with pytest.raises(BusError):
            await line.send(Command(action="answer"))
        assert bus.commands.empty()


async def test_no_key_at_all_gets_nothing(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with open_bus(bus_config, bus_keys, "run-1") as bus, BusLine(address(bus_config, bus_keys)) as known:
        context = zmq.asyncio.Context()
        try:
            plain = context.socket(zmq.SUB)
            plain.subscribe(b"")
            plain.connect(address(bus_config, bus_keys).events)
            await until_state(known, "up")
            bus.write(started())
            assert await until_event(known) == started()
            assert not await plain.poll(100)
        finally:
            context.destroy(linger=0)


@pytest.mark.parametrize(
    "frames",
    [
        [b""],
        [b"", b""],
        [b"id"],
        [b"x" * 17, pack_message(Command(action="answer"))],
        [b"id", b"\xff\xfe garbage"],
        [b"id", pack_message(Heartbeat(service="", every_ms=1, seqs={}))],
        [b"id", b"x", b"y"],
    ],
)
async def test_nonsense_is_passed_over(bus_config: BusConfig, bus_keys: Keys, frames: list[bytes]) -> None:
    async with open_bus(bus_config, bus_keys, "run-1") as bus, BusLine(address(bus_config, bus_keys)) as line:
        await line._control.send_multipart(frames)
        await until_state(line, "up")
        assert bus.commands.empty()


async def test_a_port_in_use_is_named(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with open_bus(bus_config, bus_keys, "run-1"):
        with pytest.raises(BusError, match=f"port {bus_config.port} on 127.0.0.1 is in use.*--set bus.port"):
            async with open_bus(bus_config, bus_keys, "run-2"):
                pass


async def test_a_forgotten_call_is_gone_from_snapshots(bus_config: BusConfig, bus_keys: Keys) -> None:
    async with open_bus(bus_config, bus_keys, "run-1") as bus:
        bus.write(started())
        bus.write(CallEnded(call_id="c1", at_ms=5))
        bus.forget("c1")
        async with BusLine(address(bus_config, bus_keys)) as line:
            assert (await until_snapshot(line)).events == ()
            await until_state(line, "up")
            bus.write(Mood(call_id="c1", at_ms=9, utterance=0, score=0.0, smoothed=0.0, trend="steady"))
            assert (await until_snapshot(line)).seqs == {"c1": 3}


async def test_a_screen_that_does_not_read_heals_when_it_does(
    bus_config: BusConfig, bus_keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.busline.QUEUE_LIMIT", 20)
    async with open_bus(bus_config, bus_keys, "run-1") as bus, BusLine(address(bus_config, bus_keys)) as line:
        await until_state(line, "up")
        for number in range(100):
            bus.write(
                Hypothesis(
                    call_id="c1", at_ms=number, channel="agent", utterance=0, started_ms=0, stable="", tail=str(number)
                )
            )
        snapshot = await until_snapshot(line)
        while snapshot.seqs != {"c1": 100}:
            snapshot = await until_snapshot(line)
        last = snapshot.events[-1]
        assert isinstance(last, Hypothesis)
        assert last.tail == "99"


def test_a_service_on_every_address_is_reached_over_loopback(bus_config: BusConfig, bus_keys: Keys) -> None:
    everywhere = BusConfig(host="0.0.0.0", port=9000, heartbeat_ms=50)
    assert address(everywhere, bus_keys).control == "tcp://127.0.0.1:9001"
    six = BusConfig(host="::1", port=9000, heartbeat_ms=50)
    assert address(six, bus_keys).events == "tcp://[::1]:9000"
