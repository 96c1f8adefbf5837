"""A client's link over ZeroMQ against a raw ROUTER; that it is a transport is held with all transports."""

import pytest
import zmq

from streams.errors import BusError
from streams.floorlink import FloorAddress, Wire, dealer

SERVER_PUBLIC, SERVER_SECRET = zmq.curve_keypair()
CLIENT_PUBLIC, CLIENT_SECRET = zmq.curve_keypair()


def address(hub: str) -> FloorAddress:
    return FloorAddress(hub=hub, server_public=SERVER_PUBLIC, client_public=CLIENT_PUBLIC, client_secret=CLIENT_SECRET)


def test_an_address_shows_no_secret() -> None:
    assert CLIENT_SECRET.decode() not in repr(address("tcp://127.0.0.1:1"))


@pytest.mark.parametrize("hub", ["nonsense", "tcp://", ""])
async def test_an_address_that_is_none_is_refused(hub: str) -> None:
    with pytest.raises(BusError, match="its address is tcp://HOST:PORT"), dealer(address(hub)):
        pass


async def test_links_may_share_a_context_and_both_ways_are_bytes() -> None:
    context = zmq.Context()
    router = context.socket(zmq.ROUTER)
    router.curve_server = True
    router.curve_publickey, router.curve_secretkey = SERVER_PUBLIC, SERVER_SECRET
    router.bind("tcp://127.0.0.1:*")
    shared: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    hub = router.last_endpoint.decode()
    with dealer(address(hub), shared) as one, dealer(address(hub), shared) as two:
        for link in (one, two):
            assert await link.receive() == [Wire("up")]
            assert link.send(b"hello")
            peer, _ = router.recv_multipart()
            router.send_multipart([peer, b"welcome"])
            assert await link.receive() == [b"welcome"]
        router.close(linger=0)
        news = await one.receive()
        assert isinstance(news[0], Wire)
        assert news[0].state == "down"
    shared.term()
    context.term()
