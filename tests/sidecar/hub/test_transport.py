"""What every transport must keep, held over all that there are: the one within a process and the one over ZeroMQ."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from typing import NamedTuple

import pytest

from sidecar.hub.inprocess import Exchange
from sidecar.hub.transport import Arrival, Gate, HubEnd
from sidecar.hub.zeromq import open_router
from sidecar.keys import KeyPair
from streams.floorlink import FloorAddress, Link, Wire, dealer
from tests.sidecar.hub.conftest import free_port, new_pair


class Net(NamedTuple):
    """A transport that is open: the hub's end, its gate, and a way to connect with a key."""

    end: HubEnd
    gate: Gate
    connect: Callable[[KeyPair], AbstractContextManager[Link]]


@asynccontextmanager
async def in_process() -> AsyncIterator[Net]:
    exchange = Exchange()
    yield Net(exchange, exchange, lambda pair: exchange.connect(pair.public))


@asynccontextmanager
async def over_zeromq() -> AsyncIterator[Net]:
    port, own = free_port(), new_pair()

    def connect(pair: KeyPair) -> AbstractContextManager[Link]:
        return dealer(
            FloorAddress(
                hub=f"tcp://127.0.0.1:{port}",
                server_public=own.public.encode(),
                client_public=pair.public.encode(),
                client_secret=pair.secret.encode(),
            )
        )

    async with open_router("127.0.0.1", port, own) as end:
        yield Net(end, end, connect)


@pytest.fixture(params=[in_process, over_zeromq], ids=["in process", "zeromq"])
async def net(request: pytest.FixtureRequest) -> AsyncIterator[Net]:
    async with request.param() as made:
        yield made


async def until_wire(link: Link, state: str) -> None:
    """Read until the link stands so; messages on the way are lost to the test."""
    while not any(isinstance(item, Wire) and item.state == state for item in await link.receive()):
        pass


async def messages(link: Link, count: int) -> list[bytes]:
    got: list[bytes] = []
    while len(got) < count:
        got += [item for item in await link.receive() if isinstance(item, bytes)]
    return got


async def arrivals(end: HubEnd, count: int) -> list[Arrival]:
    got: list[Arrival] = []
    while len(got) < count:
        got += await end.receive()
    return got


async def test_messages_keep_their_order_and_say_by_which_key_they_came(net: Net, stack: AsyncExitStack) -> None:
    one, two = new_pair(), new_pair()
    net.gate.admit([one.public, two.public])
    links = {pair.public: stack.enter_context(net.connect(pair)) for pair in (one, two)}
    for key, link in links.items():
        await until_wire(link, "up")
        for number in range(50):
            assert link.send(f"{key} {number}".encode())
    got = await arrivals(net.end, 100)
    for key in links:
        assert [arrival.data for arrival in got if arrival.key == key] == [
            f"{key} {number}".encode() for number in range(50)
        ]
    assert len({arrival.peer for arrival in got}) == 2


async def test_answers_reach_the_one_they_are_for(net: Net, stack: AsyncExitStack) -> None:
    one, two = new_pair(), new_pair()
    net.gate.admit([one.public, two.public])
    links = [stack.enter_context(net.connect(pair)) for pair in (one, two)]
    for number, link in enumerate(links):
        await until_wire(link, "up")
        assert link.send(str(number).encode())
    for arrival in await arrivals(net.end, 2):
        assert net.end.send(arrival.peer, b"for " + arrival.data) == "sent"
    assert [await messages(link, 1) for link in links] == [[b"for 0"], [b"for 1"]]


async def test_an_unknown_key_gets_nothing_through(net: Net, stack: AsyncExitStack) -> None:
    known, stranger = new_pair(), new_pair()
    net.gate.admit([known.public])
    link = stack.enter_context(net.connect(stranger))
    await until_wire(link, "refused")
    assert not link.send(b"let me in")


async def test_a_key_that_is_let_in_later_comes_in_by_itself(net: Net, stack: AsyncExitStack) -> None:
    pair = new_pair()
    link = stack.enter_context(net.connect(pair))
    await until_wire(link, "refused")
    net.gate.admit([pair.public])
    await until_wire(link, "up")
    assert link.send(b"here")
    assert (await arrivals(net.end, 1))[0].data == b"here"


async def test_whoever_is_let_in_no_more_is_cut_and_the_others_are_not(net: Net, stack: AsyncExitStack) -> None:
    stays, goes = new_pair(), new_pair()
    net.gate.admit([stays.public, goes.public])
    links = {pair.public: stack.enter_context(net.connect(pair)) for pair in (stays, goes)}
    for link in links.values():
        await until_wire(link, "up")
        link.send(b"hello")
    peers = {arrival.key: arrival.peer for arrival in await arrivals(net.end, 2)}
    net.gate.admit([stays.public])
    await until_wire(links[goes.public], "refused")
    assert net.end.send(peers[goes.public], b"secret") == "gone"
    assert net.end.send(peers[stays.public], b"still here") == "sent"
    assert await messages(links[stays.public], 1) == [b"still here"]


async def test_anybody_is_let_in_where_that_is_wanted(net: Net, stack: AsyncExitStack) -> None:
    net.gate.admit(None)
    link = stack.enter_context(net.connect(new_pair()))
    await until_wire(link, "up")


async def test_a_peer_that_does_not_read_is_full_and_one_that_left_is_gone(net: Net) -> None:
    pair = new_pair()
    net.gate.admit([pair.public])
    with net.connect(pair) as link:
        await until_wire(link, "up")
        link.send(b"hello")
        (arrival,) = await arrivals(net.end, 1)
        outcome, sent = "sent", 0
        while outcome == "sent":
            outcome = net.end.send(arrival.peer, b"x" * 65_536)
            sent += 1
        assert outcome == "full"
        assert sent < 2_000
    # Each connection has its end noticed on its own time, and ZeroMQ may hold a full queue for a while longer.
    for _ in range(400):
        if (outcome := net.end.send(arrival.peer, b"anybody?")) == "gone":
            break
        await _breath()
    assert outcome != "sent"


async def test_nobody_is_nobody(net: Net) -> None:
    assert net.end.send(b"\x00none", b"hello") == "gone"


async def _breath() -> None:
    await asyncio.sleep(0.005)
