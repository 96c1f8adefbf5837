"""What the panel and the floor have in common as apps: look, keys, one line of what just happened, and the palette.

Settings flow in by `apply`; glyphs, keys in force and the flashed line are there for whoever draws.
"""

import locale
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import ClassVar, Protocol

from textual.app import App, SystemCommand
from textual.screen import Screen

from streams.errors import SidecarError
from tui import terminal
from tui.actions import Action, clashes, keys_in_force, sign
from tui.feed import Clock, LocalClock
from tui.glyphs import choose
from tui.region import Paint, Region
from tui.themes import DARK, THEMES

FLASH_MS = 4_000


class Look(Protocol):
    """The settings that every screen has; `keys` maps an action's name to keys separated by commas."""

    @property
    def theme(self) -> str:
        """A theme's name."""
        ...

    @property
    def glyphs(self) -> str:
        """Unicode, ascii or auto."""
        ...

    @property
    def frames_per_s(self) -> int:
        """Most redraws a second."""
        ...

    @property
    def keys(self) -> Mapping[str, str]:
        """What the user bound anew."""
        ...


class Surface(App[None]):
    """A screen of ours; `remember` is told the theme that was chosen."""

    TITLE = "sidecar"
    AUTO_FOCUS = None
    ENABLE_COMMAND_PALETTE = True

    ACTIONS: ClassVar[Sequence[Action]] = ()
    SECTION: ClassVar[str] = "panel"
    # Textual offers pictures of the screen by default; what a customer said must not end up in one.
    REFUSED: ClassVar[str] = "pictures of the panel are off: they would hold what the customer said"

    def __init__(self, look: Look, clock: Clock | None, remember: Callable[[str], None] | None) -> None:
        super().__init__()
        self.animation_level = "none"
        self._clock = clock or LocalClock()
        self._remember = remember
        self._glyphs = choose(look.glyphs, locale.getpreferredencoding(do_setlocale=False))
        self._keys = keys_in_force(look.keys, self.ACTIONS)
        self._flash, self._flash_until_ms = "", 0
        self._drawn: object = None
        for theme in THEMES:
            self.register_theme(theme)

    def begin(self, look: Look, following: Coroutine[None, None, None]) -> None:
        """Set the look, follow the line, and draw from now on."""
        self.apply(look)
        self.terminal("\x1b[22;2t")
        self.run_worker(following, name="feed")
        self.set_interval(1 / max(1, look.frames_per_s), self._frame, name="frames")
        self.draw()

    def on_unmount(self) -> None:
        """Give the terminal its title back."""
        self.terminal("\x1b[23;2t")

    def moment(self) -> object:
        """What the picture depends on: the state, the second on the clock, what a key did; every app says."""

    def _frame(self) -> None:
        """Draw if anything changed since the last frame."""
        if (moment := self.moment()) != self._drawn:
            self._drawn = moment
            self.draw()

    def on_ready(self) -> None:
        """Leave when the terminal has gone, since nobody would see what is drawn."""
        if not self.is_headless:
            self.set_interval(terminal.GONE_LOOK_S, self._leave_if_gone)

    def _leave_if_gone(self) -> None:
        if terminal.is_gone():
            self.exit(return_code=terminal.LEFT_BY_HANGUP)

    def draw(self) -> None:
        """Paint this moment; every app says how."""

    def apply(self, look: Look) -> None:
        """Take on a look; what is wrong with it is said."""
        self._glyphs = choose(look.glyphs, locale.getpreferredencoding(do_setlocale=False))
        self._keys = keys_in_force(look.keys, self.ACTIONS)
        self.set_keymap({name: ",".join(keys) for name, keys in self._keys.items()})
        known = look.theme in self.available_themes
        self.theme = look.theme if known else DARK.name
        wrong = [] if known else [f"no theme {look.theme}: taking {DARK.name}"]
        wrong += clashes(look.keys, self.ACTIONS, self.SECTION)
        if wrong:
            self.say(wrong[0])

    def say(self, text: str) -> None:
        """Show one line at the foot for a while, from now on."""
        self.tell(text)
        self.draw()

    def tell(self, text: str) -> None:
        """Have one line shown at the foot for a while, from the next frame on."""
        self._flash, self._flash_until_ms = text, self._clock.now_ms() + FLASH_MS

    @property
    def flash(self) -> str:
        """The line that is shown at the foot now, if there is one."""
        return self._flash if self._clock.now_ms() < self._flash_until_ms else ""

    def terminal(self, sequence: str) -> None:
        """Say something to the terminal itself; Textual has no public way to set its title."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def paint(self, name: str, paint: Paint) -> None:
        """Hand a region its paint, on whatever screen it is; while the app starts or ends there may be none."""
        for screen in self.screen_stack:
            for region in screen.query(f"#{name}").results(Region):
                region.show(paint)

    def action_theme(self) -> None:
        """The next of our themes."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]
        try:
            if self._remember:
                self._remember(self.theme)
        except SidecarError as error:
            self.say(str(error))
        else:
            self.say(f"theme {self.theme}")

    def action_leave_now(self) -> None:
        """Leave without asking again."""
        self.exit(return_code=130)

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:  # noqa: ARG002
        """Refused, for the customer's privacy."""
        self.say(self.REFUSED)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002  Textual's hook
        """The palette offers every action of ours and nothing else."""
        for action in self.ACTIONS:
            key = sign(self._keys[action.name][0]) if self._keys[action.name] else "no key"
            yield SystemCommand(action.title, f"{action.tells} ({key})", self._runner(action.name))

    def _runner(self, name: str) -> Callable[[], None]:
        def run() -> None:
            self.call_later(self.run_action, name)

        return run
