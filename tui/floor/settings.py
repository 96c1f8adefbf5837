"""What the user may set about the floor: the `[floor]` section with the panel's theme and glyphs, handed in here."""

from typing import Literal

import msgspec

from tui.floor.need import OrderName


class FloorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Look from `[panel]`, the rest from `[floor]`; `keys` maps an action's name to keys separated by commas."""

    theme: str = "sidecar-dark"
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    frames_per_s: int = 8
    order: OrderName = "need"
    hold_s: int = 20
    title: bool = True
    bell: bool = False
    desktop: Literal["off", "osc9", "osc777"] = "off"
    shift_hours: float = 8.0
    notes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    keys: dict[str, str] = {}
