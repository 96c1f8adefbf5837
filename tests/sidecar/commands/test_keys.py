"""`sidecar keys`: who is let in, told clearly, with no secret in sight."""

from pathlib import Path

import pytest

from sidecar import cli, keys, places
from sidecar.hub.keyring import RollFile


def sidecar(*arguments: str) -> int:
    return cli.run(cli.cli, ["keys", *arguments])


def folder() -> Path:
    return places.find().keys_dir


def secrets() -> set[str]:
    return {keys.pair(path.parent, path.stem).secret for path in folder().rglob("*.key")}


def test_alone_it_prints_the_public_keys_of_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar() == 0
    out = capsys.readouterr().out
    own = keys.load(folder())
    for public in (own.station.public, own.floor.public, keys.pair(folder(), "hub").public):
        assert public in out
    assert not any(secret in out for secret in secrets())


def test_a_new_key_says_what_to_carry_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("new", "desk-4", "--role", "agent", "--team", "billing", "--team", "retention") == 0
    out = capsys.readouterr().out
    carried = folder() / "issued" / "desk-4.key"
    for part in (
        "desk-4 (agent, teams billing, retention) is let in",
        str(carried),
        "station.key",
        "[share]",
        "hub_key",
    ):
        assert part in out
    assert not any(secret in out for secret in secrets())
    client = RollFile(folder()).read().clients["desk-4"]
    assert client.public == keys.pair(carried.parent, "desk-4").public
    assert "is out" not in out
    assert sidecar("new", "desk-4", "--role", "supervisor") == 0
    assert "is out: desk-4 (agent, teams billing, retention)" in capsys.readouterr().out
    assert sidecar("new", "../x", "--role", "agent") == 1
    assert "cannot be a name" in capsys.readouterr().err


def test_a_key_of_another_machine_is_let_in_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    public = "-" + "0" * 39
    assert sidecar("allow", "Sol", public, "--role", "supervisor") == 0
    assert "[floor]" in capsys.readouterr().out
    assert sidecar("list") == 0
    out = capsys.readouterr().out
    assert "Sol" in out
    assert public in out
    assert out.isascii()
    assert sidecar("list", "--json") == 0
    assert '"name":"Sol"' in capsys.readouterr().out
    assert sidecar("revoke", "Sol") == 0
    assert "Sol" not in RollFile(folder()).read().clients
    assert sidecar("revoke", "Sol") == 1


def test_where_the_hub_binds_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("--set", "hub.host=10.0.0.7", "new", "Sol", "--role", "observer") == 0
    out = capsys.readouterr().out
    assert 'hub = "tcp://10.0.0.7:8780"' in out
    assert "on this machine only" not in out
