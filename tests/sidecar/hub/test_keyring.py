"""The hub's keys on disk: made at first use, the user's alone, and seen as soon as they change."""

import os
import stat
from pathlib import Path

import pytest

from sidecar import keys
from sidecar.hub import keyring
from sidecar.hub.keyring import RollFile
from sidecar.hub.roll import Client
from streams.errors import KeyFileError


def test_at_first_use_this_machine_is_let_in(tmp_path: Path) -> None:
    roll = RollFile(tmp_path / "keys").read()
    own = keys.load(tmp_path / "keys")
    assert {(client.name, client.role, client.public) for client in roll.clients.values()} == {
        ("this workstation", "agent", own.service.public),
        ("this floor", "supervisor", own.panel.public),
    }


def test_a_change_is_seen_once(tmp_path: Path) -> None:
    file = RollFile(tmp_path / "keys")
    roll = file.read()
    assert file.changed() is None
    RollFile(tmp_path / "keys").write(roll.with_client(Client(name="Sol", role="supervisor", public="0" * 40)))
    changed = file.changed()
    assert changed is not None
    assert "Sol" in changed.clients
    assert file.changed() is None


def test_a_file_that_goes_away_is_made_anew(tmp_path: Path) -> None:
    file = RollFile(tmp_path / "keys")
    file.read()
    file.path.unlink()
    assert file.changed() is not None


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps its own access lists")
def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = RollFile(tmp_path / "keys")
    file.read()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    file.path.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        file.read()


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = RollFile(tmp_path / "keys")
    file.read()
    file.path.write_bytes(b"\xff\xfe")
    with pytest.raises(KeyFileError, match="cannot read"):
        file.read()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = RollFile(tmp_path / "keys")
    roll = file.read()
    nowhere = RollFile(tmp_path / "nowhere")
    with pytest.raises(KeyFileError, match="cannot write"):
        nowhere.write(roll)


def test_a_key_that_is_issued_twice_is_another(tmp_path: Path) -> None:
    path, first = keyring.issue(tmp_path, "Sol")
    again, second = keyring.issue(tmp_path, "Sol")
    assert path == again
    assert first != second
    assert keys.pair(path.parent, "Sol").public == second
    assert (keyring.carried_name("agent"), keyring.carried_name("observer")) == ("station.key", "floor.key")


def test_a_carried_key_goes_before_this_machines_own(tmp_path: Path) -> None:
    own = keys.load(tmp_path / "keys")
    assert (own.station, own.floor) == (own.service, own.panel)
    for name in ("station.key", "floor.key"):
        path, public = keyring.issue(tmp_path / "hub", name)
        path.replace(tmp_path / "keys" / name)
        carried = keys.load(tmp_path / "keys")
        assert public == (carried.station if name == "station.key" else carried.floor).public
