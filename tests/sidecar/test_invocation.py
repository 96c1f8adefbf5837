"""What a command line told."""

from pathlib import Path

import pytest

from sidecar.invocation import Invocation
from streams.errors import ConfigError


def test_the_users_file_is_read_where_it_is(tmp_path: Path) -> None:
    invocation = Invocation()
    assert invocation.files == ()
    invocation.places.config_file.parent.mkdir(parents=True)
    invocation.places.config_file.write_text("[asr]\nworkers = 5\n")
    assert invocation.files == (invocation.places.config_file,)
    assert invocation.config.asr.workers == 5


def test_files_and_settings_given_win(tmp_path: Path) -> None:
    given = tmp_path / "given.toml"
    given.write_text("[asr]\nworkers = 6\n")
    assert Invocation([given]).config.asr.workers == 6
    assert Invocation([given], ["asr.workers=7"]).config.asr.workers == 7


def test_settings_are_read_anew_on_demand(tmp_path: Path) -> None:
    given = tmp_path / "given.toml"
    given.write_text("[asr]\nworkers = 6\n")
    invocation = Invocation([given])
    assert invocation.config.asr.workers == 6
    given.write_text("[asr]\nworkers = 8\n")
    assert invocation.config.asr.workers == 6
    assert invocation.load_config().asr.workers == 8


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        _ = Invocation([tmp_path / "nowhere.toml"]).config


def test_a_child_gets_the_same_options() -> None:
    invocation = Invocation([Path("a.toml")], ["x.y=1"], 2)
    assert invocation.arguments() == ["--config", "a.toml", "--set", "x.y=1", "-v", "-v"]
