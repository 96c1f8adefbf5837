"""Themes: every text can be read, in ours and in others, with colour and without."""

import pytest
from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color
from textual.filter import monochrome_style
from textual.theme import BUILTIN_THEMES

from streams.busline import LinkChange
from streams.events import AudioPaused, AudioResumed, CallStarted, Claimed, HelpAsked, Note, SharingChanged, Watched
from tests.tui.calls import DEAD_AIR, EMPATHY, ENDED, GROWING, RISING, STARTED, TALK, of, resolved
from tests.tui.stage import ScriptedLine, StandingClock, screen_cells, settle
from tui.panel import PanelApp
from tui.screens import Page
from tui.settings import PanelSettings
from tui.themes import THEMES, contrast, looks, readable

OURS = [theme.name for theme in THEMES]
DRAWN = frozenset("█▌│┊▁▂▃▄▅▆▇░─╭╮╰╯▔▎▊▍▏╸╺ ")
"""Lines, bars and fills: shapes beside words that say the same, held to no contrast."""


def ratio(style: Style) -> float:
    """Contrast of a drawn style, reckoned from the WCAG formula by itself."""

    def luminance(color: RichColor | None, otherwise: str) -> float:
        red, green, blue = (color or RichColor.parse(otherwise)).get_truecolor()
        parts = [part / 255 for part in (red, green, blue)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = luminance(style.color, "#ffffff"), luminance(style.bgcolor, "#000000")
    return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)


@pytest.mark.parametrize("no_color", [False, True], ids=["color", "nocolor"])
@pytest.mark.parametrize("theme", OURS)
async def test_every_text_on_screen_has_contrast(theme: str, no_color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    line = ScriptedLine()
    app = PanelApp(line, PanelSettings(theme=theme, glyphs="unicode"), clock=StandingClock())
    poor: dict[str, float] = {}

    async with app.run_test(size=(80, 24)) as pilot:

        async def look() -> None:
            await settle(pilot, line)
            for row in screen_cells(app):
                if isinstance(app.screen, Page) and "".join(text for text, _ in row)[:1] not in "╭│╰":
                    # What lies behind a page is dimmed on purpose.
                    continue
                for text, style in row:
                    if set(text) - DRAWN and ratio(style) < 4.5:
                        poor[f"{text.strip()} {style}"] = ratio(style)

        line.say(LinkChange(state="up"), STARTED, *TALK, DEAD_AIR, resolved("n0", "done", 12_000), EMPATHY, RISING)
        line.say(*GROWING)
        await look()
        line.say(of(AudioPaused, 21_000))
        await look()
        line.say(of(AudioResumed, 22_000), of(Watched, 22_000, names=("Jo",)), of(HelpAsked, 22_000, help="h"))
        line.say(of(Note, 22_000, note="k1", by="Maria", text="offer a refund"), of(Claimed, 22_000, by="Maria"))
        await look()
        line.say(of(CallStarted, 0, call_id="other"), of(SharingChanged, 23_000, what="off"))
        await look()
        for key in ("w", "h"):
            await pilot.press(key)
            await look()
            await pilot.press("escape")
        await pilot.press("c")
        line.say(LinkChange(state="lost"), *ENDED)
        await look()
    assert poor == {}


@pytest.mark.parametrize("name", [*OURS, *(name for name, theme in BUILTIN_THEMES.items() if not theme.ansi)])
def test_roles_can_be_read_in_every_theme(name: str) -> None:
    themes = {theme.name: theme for theme in THEMES} | BUILTIN_THEMES
    variables = themes[name].to_color_system().generate()
    for no_color in (False, True):
        for role, style in looks(variables, no_color=no_color).items():
            assert style.color is not None
            assert style.bgcolor is not None
            assert ratio(monochrome_style(style) if no_color else style) >= 4.5, (role, style)


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
def test_the_terminals_own_colours_are_taken_as_they_are(name: str) -> None:
    styles = looks(BUILTIN_THEMES[name].to_color_system().generate())
    assert all(style.color is not None for style in styles.values())


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21.0)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


def test_what_cannot_be_read_gives_way() -> None:
    black, grey, white = Color.parse("#000"), Color.parse("#333"), Color.parse("#fff")
    assert readable(white, black, grey) == white
    assert readable(grey, black, white) == white
    assert contrast(readable(grey, black, grey), black) >= 4.5


def test_a_broken_variable_is_not_followed() -> None:
    assert looks({"background": "nonsense", "foreground": "auto 90%"})["text"].bgcolor is not None
