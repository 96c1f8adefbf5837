"""Connections are let in and counted from the system's hands to their end."""

import socket
from contextlib import closing

import pytest

from sidecar import ports
from sidecar.doorway import addresses_of, doorways
from sidecar.edge import Door


async def test_a_connection_is_counted_from_accept_to_close() -> None:
    port = ports.free_pair()
    door = Door([], per_address=1, most=9)
    with doorways(await addresses_of("127.0.0.1", port), door) as (doorway,):
        with pytest.raises(BlockingIOError):
            doorway.accept()
        doorway.setblocking(True)
        with (
            closing(socket.create_connection(("127.0.0.1", port))),
            closing(socket.create_connection(("127.0.0.1", port))) as second,
        ):
            taken, address = doorway.accept()
            assert address[0] == "127.0.0.1"
            with pytest.raises(ConnectionAbortedError, match="too many connections from its address"):
                doorway.accept()
            assert second.recv(1) == b""
            taken.close()
            taken.close()
            assert door.why_not("127.0.0.1") == ""


async def test_a_name_with_several_addresses_is_listened_at_on_each() -> None:
    found = await addresses_of("localhost", ports.free_pair())
    with doorways(found, Door([], 1, 1)) as sockets:
        assert len(sockets) == len(found)
        with pytest.raises(OSError, match="in use"), doorways(found, Door([], 1, 1)):
            pass
