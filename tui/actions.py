"""Everything the agent can do with the panel, in one list: keys, palette and help are made from it.

Settings map an action's name to keys; names and default keys are those of config.toml `[panel.keys]`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Action(NamedTuple):
    """One thing to do: its name in settings, default keys (Textual's names, by comma), title, and what it does."""

    name: str
    keys: str
    title: str
    tells: str


ACTIONS = (
    Action("acknowledge", "a,enter", "Acknowledge", "I have seen this hint"),
    Action("dismiss", "d", "Dismiss", "This hint does not fit; take it away"),
    Action("snooze", "s", "Snooze", "No more hints of this kind in this call"),
    Action("helpful", "plus,equals_sign", "Helpful", "Thumbs up for this hint"),
    Action("unhelpful", "minus", "Not helpful", "Thumbs down for this hint"),
    Action("undo", "u", "Undo", "Take the last answer back, within 5 s"),
    Action("quiet", "z", "Quiet", "No hints for a while; critical ones still show"),
    Action("volume", "v", "Volume", "How many hints in this call: all, fewer, few"),
    Action("next", "tab,j", "Next", "Move to the next hint"),
    Action("previous", "k", "Previous", "Move to the hint before"),
    Action("copy", "y", "Copy", "Copy the line to say"),
    Action("evidence", "e", "Why", "Show what this hint rests on"),
    Action("history", "h", "History", "Hints of this call and of those before it"),
    Action("read_note", "m", "Note read", "I have read the supervisor's note"),
    Action("ask_help", "H", "Ask for help", "Tell a supervisor that you need help"),
    Action("watched", "w", "What is watched", "What is listened for, and what was sent"),
    Action("sharing", "o", "Sharing", "Show this call to supervisors, or not"),
    Action("swap_sides", "X", "Swap sides", "Agent and customer change places"),
    Action("next_call", "c", "Next call", "Show another of several calls"),
    Action("delays", "l", "Delays", "How late words come, and where the time goes"),
    Action("pause_listening", "P", "Pause listening", "Hear and keep nothing, as for card data"),
    Action("pause", "p", "Hold still", "Stop drawing; listening goes on"),
    Action("theme", "t", "Theme", "Change colours"),
    Action("reload", "r", "Reload", "Read the settings again"),
    Action("help", "question_mark", "Help", "All keys in force"),
    Action("quit", "q", "Quit", "Leave the panel; the service goes on"),
)

_SIGNS = {
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "question_mark": "?",
    "full_stop": ".",
    "comma": ",",
    "slash": "/",
    "space": "space",
    "escape": "esc",
}


def keys_in_force(settings: Mapping[str, str], actions: Sequence[Action] = ACTIONS) -> dict[str, tuple[str, ...]]:
    """Each action's keys by its name: the settings' where they name any, else the default ones."""
    return {
        action.name: tuple(key.strip() for key in (settings.get(action.name) or action.keys).split(",") if key.strip())
        for action in actions
    }


def sign(key: str) -> str:
    """A key as it is written on the keyboard."""
    return _SIGNS.get(key, key)


def clashes(settings: Mapping[str, str], actions: Sequence[Action] = ACTIONS, section: str = "panel") -> list[str]:
    """What is wrong with the keys in settings, a line each: unknown actions, and keys that stand for two actions."""
    names = {action.name for action in actions}
    wrong = [f"[{section}.keys] {name}: no such action" for name in settings if name not in names]
    owner: dict[str, str] = {}
    for name, keys in keys_in_force(settings, actions).items():
        for key in keys:
            if key in owner:
                wrong.append(f"[{section}.keys] {sign(key)} stands for both {owner[key]} and {name}")
            owner.setdefault(key, name)
    return wrong
