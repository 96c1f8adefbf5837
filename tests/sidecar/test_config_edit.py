import os
import stat
import sys
import tomllib
from pathlib import Path

import pytest

from sidecar import config_edit
from streams.errors import ConfigError, StorageError


def test_a_file_that_is_not_there_is_made(tmp_path: Path):
    path = tmp_path / "new" / "config.toml"
    config_edit.put(path, ("asr",), "profile", "fast")
    assert tomllib.loads(path.read_text("utf-8")) == {"asr": {"profile": "fast"}}


def test_a_mark_at_the_beginning_is_no_mistake(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text("[bus]\nport = 9000\n", "utf-8-sig")
    config_edit.put(path, ("bus",), "port", "9001")
    assert path.read_text("utf-8").splitlines()[0] == "[bus]"


def test_everything_else_stays_as_it_was_written(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text(
        '# mine\n[asr]\nmodel = "base.en"  # good enough\nprofile = "safe"\n\n[bus]\nport = 9000\n', "utf-8"
    )
    config_edit.put(path, ("asr",), "profile", "fast")
    assert path.read_text("utf-8") == (
        '# mine\n[asr]\nmodel = "base.en"  # good enough\nprofile = "fast"\n\n[bus]\nport = 9000\n'
    )
    assert [each.name for each in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links")
def test_the_mode_stays_and_a_link_is_followed(tmp_path: Path):
    real, link = tmp_path / "real.toml", tmp_path / "config.toml"
    real.write_text("", "utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    config_edit.put(link, ("asr",), "profile", "fast")
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "fast" in real.read_text("utf-8")


@pytest.mark.parametrize(("text", "reason"), [("[asr\n", "not TOML"), ("asr = 3\n", "asr is not a table")])
def test_a_file_that_makes_no_sense_is_left_alone(tmp_path: Path, text: str, reason: str):
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=reason):
        config_edit.put(path, ("asr",), "profile", "fast")
    assert path.read_text("utf-8") == text


def test_a_file_that_cannot_be_written_is_left_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "config.toml"
    path.write_text("# mine\n", "utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        config_edit.put(path, ("asr",), "profile", "fast")
    assert path.read_text("utf-8") == "# mine\n"
    assert [each.name for each in tmp_path.iterdir()] == ["config.toml"]


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(StorageError, match="cannot read"):
        config_edit.put(tmp_path, ("asr",), "profile", "fast")
