"""The three themes, and how each role of `tui.lines` looks under any theme: a theme's variables in, styles out.

Text keeps a contrast of 4.5:1 (WCAG 2.2, 1.4.3) against what is behind it, also in themes that are not ours: a colour
that does not reach it gives way to the theme's foreground. Without colour, weight and underline carry what colour did.
"""

from collections.abc import Mapping

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme

from tui.lines import Role

LEAST_CONTRAST = 4.5

DARK = Theme(
    name="sidecar-dark",
    primary="#7cc4ff",
    secondary="#b9a7ff",
    accent="#7cc4ff",
    warning="#ffc861",
    error="#ff8a80",
    success="#7fdca0",
    foreground="#e6e9ee",
    background="#10151c",
    surface="#161d26",
    panel="#233042",
    dark=True,
    variables={"sidecar-soft": "#a8b3c1", "footer-key-foreground": "#7cc4ff"},
)
LIGHT = Theme(
    name="sidecar-light",
    primary="#0b5cad",
    secondary="#6441a5",
    accent="#0b5cad",
    warning="#7d4a00",
    error="#b3261e",
    success="#186236",
    foreground="#1c2127",
    background="#fbfbf8",
    surface="#f1f2ee",
    panel="#dbe3ec",
    dark=False,
    variables={"sidecar-soft": "#4d5762", "footer-key-foreground": "#0b5cad"},
)
CONTRAST = Theme(
    name="sidecar-contrast",
    primary="#8fd3ff",
    secondary="#d9c8ff",
    accent="#ffe14d",
    warning="#ffe14d",
    error="#ffa8a0",
    success="#8dffb0",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#2b2b2b",
    dark=True,
    variables={"sidecar-soft": "#e2e2e2", "footer-key-foreground": "#ffe14d"},
)
THEMES = (DARK, LIGHT, CONTRAST)


def luminance(color: Color) -> float:
    """Relative luminance of an opaque colour, 0 to 1 (WCAG 2.2)."""
    parts = [part / 255 for part in color.rgb]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """Contrast of two opaque colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def looks(variables: Mapping[str, str], *, no_color: bool = False) -> dict[Role, Style]:
    """The style of every role under a theme's variables; every style has a foreground and a background."""
    behind = _color(variables, "background", "#000000")
    front = _color(variables, "foreground", "#ffffff")
    panel = _color(variables, "panel", behind.hex)

    def style(name: str, attributes: str = "", back: Color = behind) -> Style:
        color = front if no_color else readable(_color(variables, name, front.hex), back, front)
        return Style(color=color.rich_color, bgcolor=back.rich_color) + Style.parse(attributes)

    bar = behind if no_color else panel
    alarm = _color(variables, "warning", front.hex)
    alarm_text = readable(behind, alarm, front)
    bar_attributes = "reverse" if no_color else ""
    return {
        "text": style("foreground"),
        "soft": style("sidecar-soft"),
        "strong": style("foreground", "bold"),
        "title": style("foreground", "bold"),
        "critical": style("error", "bold underline" if no_color else "bold"),
        "warn": style("warning", "bold"),
        "info": style("primary"),
        "praise": style("success"),
        "good": style("success"),
        "bad": style("error", "bold" if no_color else ""),
        "tail": style("sidecar-soft", "italic"),
        "key": style("primary", "bold"),
        "rule": style("sidecar-soft"),
        "bar": style("foreground", bar_attributes, bar),
        "bar_strong": style("foreground", f"bold {bar_attributes}", bar),
        "bar_alarm": style("foreground", "bold underline reverse")
        if no_color
        else Style(color=alarm_text.rich_color, bgcolor=alarm.rich_color, bold=True),
        "picked": style("foreground", "bold reverse"),
    }


def readable(color: Color, back: Color, otherwise: Color) -> Color:
    """The colour where it can be read on that background, else another; a terminal's own colours cannot be measured."""
    if color.ansi is not None or back.ansi is not None:
        return color
    if contrast(color, back) >= LEAST_CONTRAST:
        return color
    return otherwise if contrast(otherwise, back) >= LEAST_CONTRAST else back.get_contrast_text(1.0)


def _color(variables: Mapping[str, str], name: str, otherwise: str) -> Color:
    """A theme's colour without transparency."""
    try:
        color = Color.parse(variables.get(name, otherwise))
    except ColorParseError:
        color = Color.parse(otherwise)
    return color if color.ansi is not None else color.with_alpha(1.0)
