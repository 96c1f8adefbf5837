"""What the panel remembers between two days: the theme that was chosen on it, in the user's state folder.

A choice flows in when a key makes it and flows out at the next start; it holds until the setting itself is changed.
"""

from contextlib import suppress
from pathlib import Path

import msgspec

from sidecar.places import ensure
from streams.errors import StorageError

FILE_NAME = "panel.toml"


class _Choice(msgspec.Struct, frozen=True):
    """The theme that was chosen, and the setting it was chosen over."""

    theme: str
    over: str


class Remembered:
    """The panel's memory in one file; losing it costs nothing but the choice."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME

    def theme(self, setting: str) -> str:
        """The theme to start with, where `[panel]` says `setting`."""
        try:
            choice = msgspec.toml.decode(self._path.read_bytes(), type=_Choice)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return setting
        return choice.theme if choice.over == setting else setting

    def choose(self, theme: str, setting: str) -> None:
        """Keep a choice for the next start; a folder that cannot be written keeps none."""
        text = "".join(
            f"{key} = {msgspec.json.encode(value).decode()}\n" for key, value in (("theme", theme), ("over", setting))
        )
        with suppress(StorageError, OSError):
            ensure(self._path.parent)
            self._path.write_text(text, "utf-8")
