"""Free ports."""

import errno
import os
import socket

import pytest

from sidecar import ports
from streams.errors import BusError


def test_a_pair_is_free_and_neighbouring() -> None:
    port = ports.free_pair()
    assert ports.is_free("127.0.0.1", port)
    assert ports.is_free("127.0.0.1", port + 1)


def test_a_held_port_is_not_free() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        assert not ports.is_free("127.0.0.1", holder.getsockname()[1])


def test_what_a_server_leaves_behind_is_in_nobodys_way() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = server.accept()
            accepted.close()
            assert client.recv(1) == b""
    assert ports.is_free("127.0.0.1", port)


def test_no_free_pair_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_binds", lambda *_: False)
    with pytest.raises(BusError, match="no two free neighbouring ports"):
        ports.free_pair()


def test_an_address_of_another_machine_is_not_called_taken() -> None:
    with pytest.raises(OSError, match=os.strerror(errno.EADDRNOTAVAIL)):
        ports.is_free("192.0.2.1", 9)
