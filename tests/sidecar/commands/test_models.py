import shutil
from pathlib import Path

import pytest

from sidecar import cli, model_hub, models


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(model_hub, "cached", lambda _: None)
    return tmp_path / "home" / "models"


def sidecar(*arguments: str) -> int:
    return cli.run(cli.cli, arguments)


def test_the_list_says_which_models_are_here(
    folder: Path, tiny_en_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny_en_dir, folder / "tiny.en")
    (folder / "small").mkdir()
    assert sidecar("models", "list") == 0
    lines = {line[2:].split()[0]: line for line in capsys.readouterr().out.splitlines() if "MB" in line}
    assert lines.keys() == models.OFFERS.keys()
    assert str(folder / "tiny.en") in lines["tiny.en"]
    assert lines["base.en"].startswith("* ")
    assert "unusable" in lines["small"]
    assert "model.bin" in lines["small"]


def test_the_list_names_a_directory_that_is_configured(
    folder: Path, tiny_en_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sidecar("--set", f"asr.model={tiny_en_dir}", "models", "list") == 0
    assert f"* {tiny_en_dir}" in capsys.readouterr().out


def test_pulling_what_is_here_fetches_nothing(
    folder: Path, tiny_en_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sidecar("models", "pull", str(tiny_en_dir)) == 0
    assert "is here already" in capsys.readouterr().out


def test_pulling_the_configured_model(
    folder: Path, tiny_en_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_hub, "download", lambda repository, directory: shutil.copytree(tiny_en_dir, directory))
    assert sidecar("models", "pull") == 0
    out, err = capsys.readouterr()
    assert out.strip() == str(folder / "base.en")
    assert "fetching speech model base.en (145 MB)" in err


def test_a_pull_without_a_network_is_one_line_and_exit_code_one(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(repository: str, directory: Path) -> None:
        raise model_hub.HubUnreachableError("no route")

    monkeypatch.setattr(model_hub, "download", download)
    assert sidecar("models", "pull", "base.en") == 1
    assert capsys.readouterr().err.count("\n") == 2  # what is fetched, and why not


def test_check_decodes_silence_and_says_how_long_it_took(
    folder: Path, tiny_en_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sidecar("models", "check", str(tiny_en_dir)) == 0
    out = capsys.readouterr().out
    assert "one second of silence in a 10 s window: encode" in out
    assert f"with profile safe, both sides talking: {tiny_en_dir} takes " in out


def test_check_of_a_model_that_is_not_here_fetches_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("models", "check") == 1
    assert "base.en is not on this machine" in capsys.readouterr().err


def test_check_of_a_directory_that_is_no_model(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sidecar("models", "check", str(tmp_path)) == 2
    err = capsys.readouterr().err
    assert "model.bin" in err
    assert err.count("\n") == 1
