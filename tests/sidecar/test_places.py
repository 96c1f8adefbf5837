"""Where things are kept."""

from pathlib import Path

import pytest

from sidecar.places import ensure, find
from streams.errors import StorageError


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    found = find({"SIDECAR_HOME": str(tmp_path)})
    assert found.config_file == tmp_path / "config.toml"
    for folder in (found.data_dir, found.keys_dir, found.journals_dir, found.models_dir, found.state_dir):
        assert folder.is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_home_may_be_relative_or_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find({"SIDECAR_HOME": "here"}).data_dir == tmp_path / "here"
    assert find({"SIDECAR_HOME": "~/there"}).data_dir == tmp_path / "there"


def test_without_it_the_platform_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find({}).keys_dir.name == "keys"
    assert find({}).config_file.name == "config.toml"
    monkeypatch.setenv("SIDECAR_HOME", "/somewhere")
    assert find().data_dir == Path("/somewhere")


def test_folders_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    made = ensure(tmp_path / "a" / "b")
    assert made.stat().st_mode & 0o077 == 0
    assert ensure(made) == made


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(StorageError, match=r"cannot make .*a: a file is in its place; set SIDECAR_HOME"):
        ensure(tmp_path / "a")
    with pytest.raises(StorageError, match="Not a directory"):
        ensure(tmp_path / "a" / "b")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(StorageError, match="cannot write in"):
        ensure(tmp_path / "a")
