"""The line against a bus of raw sockets that answers, refuses, goes silent and talks nonsense on command."""

import asyncio
import socket
from collections.abc import AsyncIterator

import msgspec
import pytest
import zmq
import zmq.asyncio

from streams.busline import BusAddress, BusLine, LinkChange
from streams.errors import BusError
from streams.events import Tick
from streams.wire import (
    SCHEMA_VERSION,
    Command,
    Envelope,
    Heartbeat,
    Message,
    Reply,
    Snapshot,
    SnapshotRequest,
    pack,
    pack_message,
    unpack_message,
)

SERVER_PUBLIC, SERVER_SECRET = zmq.curve_keypair()
CLIENT_PUBLIC, CLIENT_SECRET = zmq.curve_keypair()


class RawBus:
    """A PUB and a ROUTER that do what a test says, and nothing by themselves."""

    def __init__(self) -> None:
        self._context = zmq.asyncio.Context()
        self.events = self._bound(zmq.PUB)
        self.control = self._bound(zmq.ROUTER)
        self.address = BusAddress(
            events=self.events.last_endpoint.decode(),
            control=self.control.last_endpoint.decode(),
            server_public=SERVER_PUBLIC,
            client_public=CLIENT_PUBLIC,
            client_secret=CLIENT_SECRET,
        )

    def _bound(self, kind: int) -> zmq.asyncio.Socket:
        bound = self._context.socket(kind)
        bound.curve_server = True
        bound.curve_publickey = SERVER_PUBLIC
        bound.curve_secretkey = SERVER_SECRET
        bound.bind("tcp://127.0.0.1:*")
        return bound

    async def asked(self) -> tuple[list[bytes], Message]:
        *envelope, body = await self.control.recv_multipart()
        return envelope, unpack_message(body)

    async def answer(self, envelope: list[bytes], message: Message) -> None:
        await self.control.send_multipart([*envelope, pack_message(message)])

    async def give_snapshot(self, **seqs: int) -> None:
        envelope, message = await self.asked()
        assert isinstance(message, SnapshotRequest)
        await self.answer(envelope, Snapshot(events=(), seqs=seqs, service="s"))

    async def beat(self, every_ms: int = 1000, service: str = "s", **seqs: int) -> None:
        beat = Heartbeat(service=service, every_ms=every_ms, seqs=seqs)
        await self.events.send_multipart([b"hb", pack_message(beat)])

    async def say(self, seq: int) -> None:
        await self.events.send_multipart([b"ev/c", pack(tick(seq))])

    async def refuse_everybody(self) -> None:
        """Be the authority (ZAP) that says no to every key."""
        questions = self._context.socket(zmq.REP)
        questions.bind("inproc://zeromq.zap.01")
        while True:
            _, request, *_ = await questions.recv_multipart()
            await questions.send_multipart([b"1.0", request, b"400", b"no", b"", b""])

    def close(self) -> None:
        self._context.destroy(linger=0)


def tick(seq: int) -> Envelope:
    return Envelope(SCHEMA_VERSION, seq, Tick(call_id="c", at_ms=seq))


@pytest.fixture
async def bus() -> AsyncIterator[RawBus]:
    raw = RawBus()
    yield raw
    raw.close()


async def up(bus: RawBus, line: BusLine) -> None:
    """Bring a line up, subscription included: events sent before that are lost, as on any PUB."""
    assert await anext(line) == LinkChange(state="connecting")
    await bus.give_snapshot(c=0)
    assert isinstance(await anext(line), Snapshot)
    assert await anext(line) == LinkChange(state="up", silent_ms=0)
    async with asyncio.TaskGroup() as group:
        got = group.create_task(anext(line))
        while not got.done():
            await bus.beat(c=0)
            await bus.say(1)
            await asyncio.wait([got], timeout=0.01)
        assert got.result() == tick(1)


async def test_events_come_in_order_once_up(bus: RawBus) -> None:
    async with BusLine(bus.address) as line:
        await up(bus, line)
        for seq in range(2, 30):
            await bus.say(seq)
        assert [await anext(line) for _ in range(2, 30)] == [tick(seq) for seq in range(2, 30)]
        assert line.state == "up"
        assert line.silent_ms >= 0


async def test_garbage_on_the_event_socket_is_passed_over(bus: RawBus) -> None:
    async with BusLine(bus.address) as line:
        await up(bus, line)
        newer = Envelope(SCHEMA_VERSION + 1, 2, Tick(call_id="c", at_ms=0))
        for frames in (
            [b"ev/c"],
            [b"ev/c", b""],
            [b"ev/c", b"\xff\x00\xff"],
            [b"ev/c", msgspec.msgpack.encode([1, 2])],
            [b"ev/c", pack(newer)],
            [b"ev/c", pack(tick(2)), b"more"],
            [b"hb", b"\xc1"],
            [b"hb", pack_message(Reply(ok=True))],
        ):
            await bus.events.send_multipart(frames)
        await bus.say(2)
        assert await anext(line) == tick(2)


async def test_a_gap_brings_a_snapshot(bus: RawBus) -> None:
    async with BusLine(bus.address) as line:
        await up(bus, line)
        await bus.say(5)
        await bus.give_snapshot(c=5)
        assert await anext(line) == Snapshot(events=(), seqs={"c": 5}, service="s")
        await bus.say(6)
        assert await anext(line) == tick(6)


async def test_an_unanswered_question_is_asked_again(bus: RawBus) -> None:
    async with BusLine(bus.address, answer_timeout_s=0.05) as line:
        await anext(line)
        await bus.asked()
        await bus.give_snapshot()
        assert isinstance(await anext(line), Snapshot)


async def test_wrong_and_late_answers_are_ignored(bus: RawBus) -> None:
    async with BusLine(bus.address, answer_timeout_s=0.2) as line:
        await anext(line)
        envelope, _ = await bus.asked()
        peer, request = envelope
        await bus.control.send_multipart([peer, b"another question", pack_message(Reply(ok=True))])
        await bus.control.send_multipart([peer, request])
        await bus.control.send_multipart([peer, request, b"\xc1"])
        await bus.answer(envelope, Reply(ok=False, text="a reply is no snapshot"))
        await bus.give_snapshot(c=3)
        assert await anext(line) == Snapshot(events=(), seqs={"c": 3}, service="s")


async def test_silence_is_a_lost_link_and_a_heartbeat_heals_it(bus: RawBus) -> None:
    async with BusLine(bus.address) as line:
        await up(bus, line)
        await bus.beat(every_ms=20, c=1)
        lost = await anext(line)
        assert isinstance(lost, LinkChange)
        assert lost.state == "lost"
        assert lost.silent_ms >= 70
        await bus.beat(c=1)
        await bus.give_snapshot(c=1)
        assert isinstance(await anext(line), Snapshot)
        assert await anext(line) == LinkChange(state="up")


async def test_a_broken_connection_is_noticed_at_once(bus: RawBus) -> None:
    async with BusLine(bus.address) as line:
        await up(bus, line)
        bus.events.close(linger=0)
        lost = await anext(line)
        assert isinstance(lost, LinkChange)
        assert lost.state == "lost"
        assert lost.silent_ms < 3_500
        again = await anext(line)
        assert isinstance(again, LinkChange)
        assert (again.state, 0 < again.retry_ms <= 1_000) == ("lost", True)


async def test_a_reply_of_the_wrong_kind_is_an_error(bus: RawBus) -> None:
    async with BusLine(bus.address) as line:
        await up(bus, line)
        async with asyncio.TaskGroup() as group:
            sent = group.create_task(line.send(Command(action="answer")))
            envelope, message = await bus.asked()
            assert message == Command(action="answer")
            await bus.answer(envelope, Reply(ok=True, text="yes"))
        assert sent.result() == Reply(ok=True, text="yes")
        async with asyncio.TaskGroup() as group:
            sent = group.create_task(_failing(line))
            envelope, _ = await bus.asked()
            await bus.answer(envelope, Snapshot(events=(), seqs={}))
        assert "answered a command with Snapshot" in sent.result()


async def _failing(line: BusLine) -> str:
    with pytest.raises(BusError) as caught:
        await line.send(Command(action="answer"))
    return str(caught.value)


async def test_what_the_reader_raises_comes_out_as_it_is(bus: RawBus) -> None:
    with pytest.raises(LookupError):
        async with BusLine(bus.address):
            raise LookupError


async def test_leaving_by_cancellation_leaves(bus: RawBus) -> None:
    entered = asyncio.Event()

    async def stay() -> None:
        async with BusLine(bus.address):
            entered.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        staying = group.create_task(stay())
        await entered.wait()
        staying.cancel()
    assert staying.cancelled()


async def test_an_endpoint_that_is_none_is_refused() -> None:
    address = BusAddress(
        events="nonsense",
        control="nonsense",
        server_public=SERVER_PUBLIC,
        client_public=CLIENT_PUBLIC,
        client_secret=CLIENT_SECRET,
    )
    with pytest.raises(BusError, match="check \\[bus\\]"):
        async with BusLine(address):
            pass


async def test_no_service_is_waited_for_in_silence() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    address = BusAddress(
        events=nowhere,
        control=nowhere,
        server_public=SERVER_PUBLIC,
        client_public=CLIENT_PUBLIC,
        client_secret=CLIENT_SECRET,
    )
    async with BusLine(address, answer_timeout_s=0.05) as line:
        assert await anext(line) == LinkChange(state="connecting")
        with pytest.raises(BusError, match="no answer from the service"):
            await line.send(Command(action="answer"))
        assert line.state == "connecting"


async def test_a_reader_that_does_not_read_gets_a_snapshot_instead(
    bus: RawBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.busline.QUEUE_LIMIT", 5)
    async with BusLine(bus.address) as line:
        await up(bus, line)
        for seq in range(2, 9):
            await bus.say(seq)
        await bus.give_snapshot(c=8)
        assert await anext(line) == LinkChange(state="up")
        assert await anext(line) == Snapshot(events=(), seqs={"c": 8}, service="s")


async def test_a_refused_key_is_told_once(bus: RawBus) -> None:
    stranger_public, stranger_secret = zmq.curve_keypair()
    stranger = msgspec.structs.replace(bus.address, client_public=stranger_public, client_secret=stranger_secret)
    authority = bus.refuse_everybody()
    async with BusLine(stranger) as line, asyncio.TaskGroup() as group:
        refusing = group.create_task(authority)
        assert await anext(line) == LinkChange(state="connecting")
        assert await anext(line) == LinkChange(state="connecting", text="the service does not know this key")
        refusing.cancel()
