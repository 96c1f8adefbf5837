"""Actions: one list for keys, palette and help, in step with config.toml."""

import tomllib
from pathlib import Path

from tui.actions import ACTIONS, clashes, keys_in_force, sign
from tui.panel import PanelApp
from tui.settings import PanelSettings

CONFIG = tomllib.loads((Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8"))["panel"]


def test_names_and_keys_are_those_of_the_configuration() -> None:
    assert {action.name: action.keys for action in ACTIONS} == CONFIG["keys"]


def test_settings_are_those_of_the_configuration() -> None:
    defaults = PanelSettings()
    for name, value in CONFIG.items():
        if name != "keys":
            assert getattr(defaults, name) == value, name


def test_every_action_can_be_done() -> None:
    assert all(hasattr(PanelApp, f"action_{action.name}") for action in ACTIONS)


def test_keys_in_force() -> None:
    keys = keys_in_force({"dismiss": "x, y", "undo": ""})
    assert keys["dismiss"] == ("x", "y")
    assert keys["undo"] == ("u",)
    assert keys["next"] == ("tab", "j")


def test_clashes() -> None:
    assert clashes({}) == []
    assert clashes({"dance": "f", "dismiss": "a"}) == [
        "[panel.keys] dance: no such action",
        "[panel.keys] a stands for both acknowledge and dismiss",
    ]


def test_signs() -> None:
    assert [sign("plus"), sign("question_mark"), sign("H")] == ["+", "?", "H"]
