"""What the user may set about the panel: the `[panel]` section, decoded by the composition root and handed in here."""

from typing import Literal

import msgspec


class PanelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[panel]` section of config.toml; `keys` maps an action's name to keys separated by commas."""

    theme: str = "sidecar-dark"
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    bell: bool = False
    title_flash: bool = False
    frames_per_s: int = 8
    keys: dict[str, str] = {}
