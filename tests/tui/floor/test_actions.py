"""The floor's actions and the settings' default keys are one list."""

from sidecar import config
from tui.actions import clashes
from tui.floor.actions import ACTIONS
from tui.floor.app import FloorApp


def test_default_keys_are_those_of_the_settings() -> None:
    assert config.load().floor.keys == {action.name: action.keys for action in ACTIONS}


def test_no_two_actions_share_a_key() -> None:
    assert clashes({}, ACTIONS, "floor") == []
    assert clashes({"claim": "n", "dance": "y"}, ACTIONS, "floor") == [
        "[floor.keys] dance: no such action",
        "[floor.keys] n stands for both claim and note",
    ]


def test_every_action_is_done_by_the_app() -> None:
    assert all(hasattr(FloorApp, f"action_{action.name}") for action in ACTIONS)
