"""Sources of settings, one at a time."""

from pathlib import Path

import pytest

from sidecar.config_layers import default_text, dotted, from_set, merge, parse, read
from streams.errors import ConfigError

DEFAULTS = {"asr": {"model": "base.en", "workers": 2, "windows": [1], "off": False}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("asr.model=small.en", "small.en"),
        ("asr.model=5", "5"),
        ('asr.model="a b"', "a b"),
        ("asr.model = tiny ", "tiny"),
        ("asr.model=a=b", "a=b"),
        ("asr.workers=3", 3),
        ("asr.workers=three", "three"),
        ("asr.windows=5,8", [5, 8]),
        ("asr.windows=[5, 8]", [5, 8]),
        ("asr.windows=", []),
        ("asr.windows=a", ["a"]),
        ("asr.off=true", True),
        ("asr.new=1", 1),
    ],
)
def test_a_typed_setting_is_read_by_its_default(text: str, value: object) -> None:
    layer = from_set(text, DEFAULTS)
    [tree] = layer.tree.values()
    assert list(tree.values()) == [value]
    assert layer.name == f"--set {text}"


@pytest.mark.parametrize("text", ["asr.model", "model=x", "asr.=x", ".model=x", "", "="])
def test_what_is_no_setting_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"write section\.key=value"):
        from_set(text, DEFAULTS)


def test_a_deep_setting_beyond_the_defaults_is_kept_for_whoever_checks() -> None:
    assert from_set("asr.model.deeper=1", DEFAULTS).tree == {"asr": {"model": {"deeper": 1}}}


def test_merging_wins_key_by_key() -> None:
    merged = merge({"a": {"x": 1, "y": 2}, "b": 1}, {"a": {"y": 3}, "c": {"z": 1}})
    assert merged == {"a": {"x": 1, "y": 3}, "b": 1, "c": {"z": 1}}


def test_bad_toml_is_named_by_its_line() -> None:
    with pytest.raises(ConfigError, match=r"^my\.toml:3: not TOML: "):
        parse("[a]\n\nx = \n", "my.toml")
    with pytest.raises(ConfigError, match=r"^my\.toml:2: not TOML: "):
        parse("[a]\nx = [1,\n", "my.toml")


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read .*missing\.toml: No such file"):
        read(tmp_path / "missing.toml")
    (tmp_path / "marked.toml").write_text("[a]\nb = 1\n", "utf-8-sig")
    assert read(tmp_path / "marked.toml").tree == {"a": {"b": 1}}
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        read(tmp_path / "latin.toml")
    (tmp_path / "fine.toml").write_text("[a]\nx = 1\n")
    assert read(tmp_path / "fine.toml").tree == {"a": {"x": 1}}


def test_a_mistake_without_a_line_is_still_named() -> None:
    layer = from_set("asr.model=x", DEFAULTS)
    assert str(layer.refuse(("asr",), "wrong")) == "--set asr.model=x: wrong"
    assert dotted(("a", "b")) == "a.b"


def test_the_default_says_what_every_setting_means() -> None:
    settings = [line for line in default_text().splitlines() if " = " in line and not line.startswith("#")]
    assert len(settings) > 60


def test_the_wheel_ships_the_default_beside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text("shipped = 1\n")
    monkeypatch.setattr("sidecar.config_layers.__file__", str(tmp_path / "config_layers.py"))
    assert default_text() == "shipped = 1\n"
