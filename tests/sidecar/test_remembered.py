"""The theme that was chosen on the panel."""

from pathlib import Path

import pytest

from sidecar.remembered import Remembered


def test_a_choice_holds_until_the_setting_changes(tmp_path: Path) -> None:
    Remembered(tmp_path / "state").choose("sidecar-light", "sidecar-dark")
    again = Remembered(tmp_path / "state")
    assert again.theme("sidecar-dark") == "sidecar-light"
    assert again.theme("nord") == "nord"


@pytest.mark.parametrize("text", ["", "theme = 1\n", "\xff", 'theme = "x"\n'])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, text: str) -> None:
    (tmp_path / "panel.toml").write_text(text, "latin-1")
    assert Remembered(tmp_path).theme("nord") == "nord"


def test_nothing_is_remembered_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    Remembered(tmp_path / "state").choose("a", "b")
    assert Remembered(tmp_path / "state").theme("b") == "b"


def test_a_theme_of_any_name_is_kept(tmp_path: Path) -> None:
    Remembered(tmp_path).choose('a"b\\c', "d")
    assert Remembered(tmp_path).theme("d") == 'a"b\\c'
