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


def lines(out: str) -> list[str]:
    return [line.strip() for line in out.splitlines()]


def test_a_workstation_of_a_gateway_is_told_where_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("new", "desk-4", "--role", "agent") == 0
    assert "[gateway]" not in capsys.readouterr().out, "no gateway was ever here"
    sets = ("--set", "gateway.host=10.0.0.7", "--set", "gateway.port=9000")
    assert sidecar(*sets, "new", "desk-4", "--role", "agent", "--agent", "a17") == 0
    said = lines(capsys.readouterr().out)
    at = said.index("[gateway]")
    public = keys.pair(folder(), "gateway").public
    assert said[at : at + 3] == ["[gateway]", 'address = "tcp://10.0.0.7:9000"', f'key = "{public}"']
    assert "[share]" in said
    assert not any("gateway binds on this machine only" in line for line in said)
    assert sidecar("allow", "desk-5", "0" * 40, "--role", "agent") == 0
    out = capsys.readouterr().out
    assert "[gateway]" in out
    assert "gateway.host names the address" in out
    assert sidecar("allow", "Sol", "1" * 40, "--role", "supervisor") == 0
    assert "[gateway]" not in capsys.readouterr().out


def test_a_server_on_all_addresses_is_named_by_one_that_can_be_dialled(capsys: pytest.CaptureFixture[str]) -> None:
    sets = ("--set", "gateway.host=0.0.0.0", "--set", "hub.host=0.0.0.0")
    assert sidecar(*sets, "new", "desk-4", "--role", "agent", "--agent", "a17") == 0
    out = capsys.readouterr().out
    assert 'address = "tcp://THIS-MACHINE:8790"' in out
    assert "In place of THIS-MACHINE" in out
    public = ("--set", "taps.public_url=wss://hook.example.org")
    assert sidecar(*sets, *public, "new", "desk-4", "--role", "agent", "--agent", "a17") == 0
    out = capsys.readouterr().out
    assert 'address = "tcp://hook.example.org:8790"' in out
    assert 'hub = "tcp://THIS-MACHINE:8780"' in out
