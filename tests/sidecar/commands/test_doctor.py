"""`sidecar doctor` as it is typed."""

import json

import pytest

from sidecar import cli, keys, places, ports
from sidecar.commands import doctor as command
from sidecar.config_sections import LocalConfig
from sidecar.doctor import Finding
from sidecar.local import checkup


def findings(monkeypatch: pytest.MonkeyPatch, *found: Finding, speed: tuple[Finding, ...] = ()) -> None:
    monkeypatch.setattr(command.doctor, "examine", lambda *_, **__: list(found))
    monkeypatch.setattr(command.keeping_pace, "findings", lambda *_: iter(speed))

    async def devices(_: LocalConfig) -> list[Finding]:
        return [TAP]

    monkeypatch.setattr(checkup, "findings", devices)


TAP = Finding("local tap", "ok", "off")
OK = Finding("cpu", "ok", "2 cores")
WARNING = Finding("model", "warning", "none here", "fetch one")
PROBLEM = Finding("keys", "problem", "open", "chmod")


def test_findings_are_lines_with_advice(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    findings(monkeypatch, OK, WARNING)
    assert cli.run(cli.cli, ["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["ok", "warning", "->", "ok"]
    assert "local tap" in lines[-1]


def test_a_problem_is_an_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    findings(monkeypatch, OK, PROBLEM)
    assert cli.run(cli.cli, ["doctor", "--quiet"]) == 1
    assert "cpu" not in capsys.readouterr().out


def test_findings_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    findings(monkeypatch, OK, WARNING)
    assert cli.run(cli.cli, ["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[1] == {
        "about": "model",
        "state": "warning",
        "text": "none here",
        "advice": "fetch one",
    }


def test_speed_is_measured_unless_it_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    findings(monkeypatch, OK, speed=(Finding("speed", "ok", "auto takes base.en"),))
    assert cli.run(cli.cli, ["doctor"]) == 0
    assert "auto takes base.en" in capsys.readouterr().out
    assert cli.run(cli.cli, ["doctor", "--no-speed"]) == 0
    assert "auto" not in capsys.readouterr().out


def test_settings_that_cannot_be_read_are_one_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(cli.cli, ["doctor", "--set", "asr.modelx=x"]) == 1
    out = capsys.readouterr().out
    assert "PROBLEM  config" in out
    assert "speed" not in out


def test_the_real_thing_looks_at_this_machine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "ANSWER_S", 0.01)
    keys.load(places.find().keys_dir)
    port = ports.free_pair()
    assert cli.run(cli.cli, ["doctor", "--no-speed", "--set", f"bus.port={port}"]) == 0
    assert "python" in capsys.readouterr().out
    (places.find().keys_dir / "panel.key").chmod(0o644)
    assert cli.run(cli.cli, ["doctor", "--no-speed", "--set", f"bus.port={port}"]) == 1
    assert "PROBLEM  keys" in capsys.readouterr().out
