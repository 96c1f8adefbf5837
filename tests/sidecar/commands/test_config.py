"""`sidecar config` as it is typed."""

import tomllib
from pathlib import Path

import pytest

from sidecar import cli


def test_path_says_where_the_users_file_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.run(cli.cli, ["config", "path"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'home' / 'config.toml'}\n"


def test_show_gives_toml_that_check_takes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.run(cli.cli, ["--set", "asr.workers=3", "config", "show"]) == 0
    text = capsys.readouterr().out
    assert tomllib.loads(text)["asr"]["workers"] == 3
    (tmp_path / "mine.toml").write_text(text)
    assert cli.run(cli.cli, ["config", "check", str(tmp_path / "mine.toml")]) == 0
    assert capsys.readouterr().out == f"ok: {tmp_path / 'mine.toml'}\n"


def test_show_gives_one_section(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(cli.cli, ["config", "show", "bus"]) == 0
    assert set(tomllib.loads(capsys.readouterr().out)) == {"bus"}
    assert cli.run(cli.cli, ["config", "show", "busy"]) == 2
    assert "no section busy; there are asr" in capsys.readouterr().err


def test_check_names_the_mistake(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[asr]\nmodelx = 1\n")
    assert cli.run(cli.cli, ["config", "check", str(tmp_path / "mine.toml")]) == 2
    assert capsys.readouterr().err.startswith(f"sidecar: {tmp_path / 'mine.toml'}:2: unknown key asr.modelx")
    assert cli.run(cli.cli, ["config", "check"]) == 0
    assert capsys.readouterr().out == "ok: the defaults\n"
