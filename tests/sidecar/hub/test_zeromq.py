"""What only the transport over ZeroMQ has to keep: sizes, ports, addresses, keys with too many connections."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from sidecar.hub import zeromq
from sidecar.hub.zeromq import RouterEnd, open_router
from streams.errors import BusError, ConfigError
from streams.floorlink import FloorAddress, Wire, dealer
from tests.sidecar.hub.conftest import eventually, free_port, new_pair
from tests.sidecar.hub.test_transport import arrivals, messages, until_wire


async def test_beyond_this_machine_authentication_must_be_on() -> None:
    with pytest.raises(ConfigError, match=r"hub\.authentication is off"):
        async with open_router("0.0.0.0", free_port(), new_pair(), authentication=False):
            pass


async def test_a_port_that_is_taken_and_an_address_that_is_none() -> None:
    port = free_port()
    async with open_router("127.0.0.1", port, new_pair(), authentication=False):
        with pytest.raises(BusError, match=r"in use.*hub\.port"):
            async with open_router("127.0.0.1", port, new_pair()):
                pass
    with pytest.raises(BusError, match=r"cannot listen.*\[hub\]"):
        async with open_router("no such host", port, new_pair()):
            pass


def test_addresses_of_both_kinds() -> None:
    assert zeromq.endpoint("10.0.0.1", 1) == "tcp://10.0.0.1:1"
    assert zeromq.endpoint("::1", 1) == "tcp://[::1]:1"


async def opened(stack: AsyncExitStack) -> tuple[RouterEnd, FloorAddress]:
    """A router on this machine, and how the one client that it admits reaches it."""
    port, own, pair = free_port(), new_pair(), new_pair()
    end = await stack.enter_async_context(open_router("127.0.0.1", port, own))
    end.admit([pair.public])
    address = FloorAddress(
        hub=f"tcp://127.0.0.1:{port}",
        server_public=own.public.encode(),
        client_public=pair.public.encode(),
        client_secret=pair.secret.encode(),
    )
    return end, address


async def test_a_message_that_is_too_large_ends_its_connection_unread(stack: AsyncExitStack) -> None:
    end, address = await opened(stack)
    link = stack.enter_context(dealer(address))
    await until_wire(link, "up")
    assert link.send(b"x" * (zeromq.MESSAGE_LIMIT_BYTES + 1))
    # It ends and comes again; both may be told at once.
    await until_wire(link, "down")
    await eventually(lambda: link.send(b"back"))
    assert [arrival.data for arrival in await arrivals(end, 1)] == [b"back"]
    # Encryption adds some bytes to what is counted.
    largest = zeromq.MESSAGE_LIMIT_BYTES - 100
    assert link.send(b"x" * largest)
    assert len((await arrivals(end, 1))[0].data) == largest


async def test_one_key_has_so_many_connections_and_the_oldest_is_cut(
    stack: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zeromq, "PEERS_PER_KEY", 2)
    end, address = await opened(stack)
    links = []
    for _ in range(3):
        link = stack.enter_context(dealer(address))
        links.append(link)
        await until_wire(link, "up")
        link.send(b"hello")
        (arrival,) = await arrivals(end, 1)
    await until_wire(links[0], "down")
    assert end.send(arrival.peer, b"you stay") == "sent"
    assert await messages(links[2], 1) == [b"you stay"]


async def test_other_numbers_of_frames_are_passed_over(stack: AsyncExitStack) -> None:
    end, address = await opened(stack)
    link = stack.enter_context(dealer(address))
    assert await link.receive() == [Wire("up")]
    link._socket.send_multipart([b"one", b"two"])
    link.send(b"three")
    async with asyncio.timeout(5):
        assert [arrival.data for arrival in await arrivals(end, 1)] == [b"three"]
