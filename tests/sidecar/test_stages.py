"""A hotkey finds a played call where no service is going."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sidecar import config, ports
from sidecar.config_sections import BusConfig
from sidecar.stages import announced, in_reach


@contextmanager
def listening() -> Iterator[int]:
    """A port at which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        yield port


def bus(port: int) -> BusConfig:
    return config.load(sets=[f"bus.port={port}"]).bus


def test_a_played_call_is_found_while_it_plays(tmp_path: Path) -> None:
    service = bus(ports.free_pair())
    assert in_reach(service, tmp_path) == service
    with listening() as port, announced(tmp_path / "state", port):
        assert in_reach(service, tmp_path / "state").port == port
    assert in_reach(service, tmp_path / "state") == service
    assert list((tmp_path / "state").iterdir()) == []


def test_a_running_service_comes_first(tmp_path: Path) -> None:
    with listening() as served, listening() as played, announced(tmp_path, played):
        assert in_reach(bus(served), tmp_path).port == served


def test_a_service_on_another_machine_is_left_alone(tmp_path: Path) -> None:
    elsewhere = config.load(sets=["bus.host=192.0.2.1"]).bus
    with listening() as port, announced(tmp_path, port):
        assert in_reach(elsewhere, tmp_path) == elsewhere


def test_what_is_left_behind_or_damaged_is_passed_over_and_the_newest_holds(tmp_path: Path) -> None:
    service = bus(ports.free_pair())
    with listening() as older, listening() as newer:
        for number, text in enumerate([str(older), str(newer), "nonsense", str(ports.free_pair())]):
            path = tmp_path / f"stage-{number}.port"
            path.write_text(text, "utf-8")
            os.utime(path, ns=(number, number))
        (tmp_path / "stage-9.port").symlink_to(tmp_path / "nowhere")
        assert in_reach(service, tmp_path).port == newer


def test_a_folder_that_cannot_be_written_says_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    service = bus(ports.free_pair())
    with listening() as port, announced(blocked / "state", port):
        assert in_reach(service, blocked / "state") == service
