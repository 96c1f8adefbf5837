"""The agent's panel: a feed's state in, a drawn screen out; the agent's keys become commands.

One timer draws at most `frames_per_s` times a second, however fast events come, and only rows that changed. The panel
is complete without any key: what is not answered resolves or expires by itself.
"""

import locale
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.screen import Screen

from streams.errors import SidecarError
from streams.events import Answer
from streams.wire import Command
from tui import pages
from tui.actions import ACTIONS, clashes, keys_in_force, sign
from tui.drawing import foot, paints, top
from tui.feed import Clock, Feed, Line, LocalClock
from tui.glyphs import choose
from tui.lines import plain
from tui.region import Paint, Region
from tui.screens import Menu, Page, PanelScreen
from tui.settings import PanelSettings
from tui.themes import DARK, THEMES
from tui.view import View

__all__ = ["PanelApp", "PanelSettings"]

UNDO_MS = 5_000
FLASH_MS = 4_000
SAID: dict[Answer, str] = {
    "acknowledged": "acknowledged",
    "dismissed": "dismissed",
    "snoozed": "off this call",
    "helpful": "thumbs up, thank you",
    "not_helpful": "thumbs down, thank you",
    "undone": "taken back",
}
QUIET = (("2", "2 minutes"), ("15", "15 minutes"), ("call", "rest of the call"), ("off", "end the quiet"))
LEAVE = (("stay", "stay"), ("leave", "leave the panel"))


class PanelApp(App[None]):
    """Runs on any open line; `speed` is set for a replay (media time per local time, 0 for as fast as can be).

    `reread` gives the settings anew when the agent asks for it, `remember` is told the theme that was chosen.
    """

    TITLE = "sidecar"
    CSS_PATH = "panel.tcss"
    AUTO_FOCUS = None
    ENABLE_COMMAND_PALETTE = True

    # Textual offers pictures of the screen by default; what a customer said must not end up in one.
    _REFUSED: ClassVar[str] = "pictures of the panel are off: they would hold what the customer said"

    def __init__(
        self,
        line: Line,
        settings: PanelSettings,
        *,
        clock: Clock | None = None,
        notice: str = "",
        speed: float | None = None,
        reread: Callable[[], PanelSettings] | None = None,
        remember: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self._clock = clock or LocalClock()
        self._notice = notice
        self._speed = speed
        self._reread = reread
        self._remember = remember
        self.feed = Feed(line, self._clock, speed=1.0 if speed is None else speed)
        self._settings = settings
        self._glyphs = choose(settings.glyphs, locale.getpreferredencoding(do_setlocale=False))
        self._keys = keys_in_force(settings.keys)
        self._picked = ""
        self._flash, self._flash_until_ms = "", 0
        self._undo, self._undo_until_ms = "", 0
        self._still: View | None = None
        self._drawn: object = None
        self._announced: frozenset[str] = frozenset()
        for theme in THEMES:
            self.register_theme(theme)

    def get_default_screen(self) -> Screen[None]:
        """The panel itself; everything else comes over it."""
        return PanelScreen(id="panel")

    def on_mount(self) -> None:
        """Set the look, follow the line, and draw from now on."""
        self._apply(self._settings)
        self._terminal("\x1b[22;2t")
        self.run_worker(self.feed.run(), name="feed")
        self.set_interval(1 / max(1, self._settings.frames_per_s), self._frame, name="frames")
        self.draw()

    def on_unmount(self) -> None:
        """Give the terminal its title back."""
        self._terminal("\x1b[23;2t")

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _frame(self) -> None:
        """Draw if anything changed since the last frame: the state, the second on the clock, what a key did."""
        second = (self.feed.now_ms // 1000, (self._clock.now_ms() - self.feed.link.since_ms) // 1000)
        flashing = bool(self._flash) and self._clock.now_ms() < self._flash_until_ms
        state = (self.feed.version, second, flashing, self._picked, self._still is None)
        if state != self._drawn:
            self._drawn = state
            self.draw()

    def draw(self) -> None:
        """Paint every region for this moment; regions redraw only rows that changed."""
        self._announce(self.view())
        view = self.view()
        self._paint("top", lambda columns, rows: top(view, columns, rows))
        self._paint("foot", lambda columns, rows: foot(view, columns, rows))
        still = self._still or view
        with self.batch_update():
            for name, paint in paints(still).items():
                self._paint(name, paint)

    def view(self) -> View:
        """This moment's frame."""
        local_ms = self._clock.now_ms()
        return View(
            board=self.feed.board,
            now_ms=self.feed.now_ms,
            glyphs=self._glyphs,
            keys=self._keys,
            link=self.feed.link,
            link_age_ms=local_ms - self.feed.link.since_ms,
            picked=self._picked,
            notice=self._notice,
            flash=self._flash if local_ms < self._flash_until_ms else "",
            still=self._still is not None,
            speed=self._speed,
        )

    def _paint(self, name: str, paint: Paint) -> None:
        """Hand a region its paint; while the app starts or ends there may be none."""
        for region in self.screen_stack[0].query(f"#{name}").results(Region):
            region.show(paint)

    def _announce(self, view: View) -> None:
        """A new nudge takes the card back from wherever keys had moved to; bell and title if they are wanted."""
        shown = frozenset(item.nudge.nudge for item in view.waiting)
        new = [item for item in view.waiting if item.nudge.nudge not in self._announced]
        if new and self._announced != shown:
            self._picked = ""
            if self._settings.bell and any(item.nudge.severity == "critical" for item in new):
                self.bell()
        if self._settings.title_flash and shown != self._announced:
            title = f"! {plain(view.waiting[0].nudge.title)}" if view.waiting else self.TITLE
            self._terminal(f"\x1b]2;{title}\x07")
        self._announced = shown

    def _terminal(self, sequence: str) -> None:
        """Say something to the terminal itself; Textual has no public way to set its title."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def _say(self, text: str) -> None:
        """Show one line at the foot for a while."""
        self._flash, self._flash_until_ms = text, self._clock.now_ms() + FLASH_MS
        self.draw()

    # --- what keys and palette do -----------------------------------------------------------------------------------

    def action_acknowledge(self) -> None:
        """Seen."""
        self._answer("acknowledged")

    def action_dismiss(self) -> None:
        """It does not fit."""
        self._answer("dismissed")

    def action_snooze(self) -> None:
        """No more of this rule in this call."""
        self._answer("snoozed")

    def action_helpful(self) -> None:
        """Thumbs up."""
        self._thumb("helpful")

    def action_unhelpful(self) -> None:
        """Thumbs down."""
        self._thumb("not_helpful")

    def action_undo(self) -> None:
        """Take the last answer back while that is possible."""
        if not self._undo or self._clock.now_ms() > self._undo_until_ms:
            self._say("nothing to take back")
            return
        nudge, self._undo = self._undo, ""
        self._send_answer(nudge, "undone")
        self._say(SAID["undone"])

    def action_quiet(self) -> None:
        """Ask for how long."""
        self.push_screen(Menu("Quiet", "What cannot wait still shows.", QUIET), self._quiet)

    def action_next(self) -> None:
        """Move down."""
        self._move(1)

    def action_previous(self) -> None:
        """Move up."""
        self._move(-1)

    def action_copy(self) -> None:
        """The line to say goes to the clipboard by the terminal's own escape (OSC 52)."""
        item = self.view().subject
        if item is None:
            self._say("nothing to copy yet")
            return
        self.copy_to_clipboard(plain(item.nudge.say or item.nudge.text))
        self._say("copied")

    def action_evidence(self) -> None:
        """What the nudge rests on."""
        item = self.view().subject
        if item is None:
            self._say("no hint to explain yet")
        else:
            self.push_screen(Page("Why", lambda columns: pages.evidence_page(item, columns)))

    def action_history(self) -> None:
        """All nudges of the call."""
        view = self.view()
        self.push_screen(Page("Hints of this call", lambda columns: pages.history_page(view, columns)))

    def action_ask_help(self) -> None:
        """A person is wanted."""
        self._send(Command(action="ask_help", call_id=self.feed.board.call_id), "help asked for")

    def action_watched(self) -> None:
        """What is listened for and what was sent."""
        view = self.view()
        self.push_screen(Page("Watched and sent", lambda columns: pages.watched_page(view, columns)))

    def action_pause(self) -> None:
        """Hold the picture still, or let it go on."""
        self._still = None if self._still else self.view()
        self.draw()

    def action_theme(self) -> None:
        """The next of our themes."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]
        try:
            if self._remember:
                self._remember(self.theme)
        except SidecarError as error:
            self._say(str(error))
        else:
            self._say(f"theme {self.theme}")

    def action_reload(self) -> None:
        """Settings anew, here and in the service."""
        try:
            if self._reread:
                self._apply(self._reread())
        except SidecarError as error:
            self._say(str(error))
        else:
            self._send(Command(action="reload"), "settings read again")

    def action_help(self) -> None:
        """Keys in force."""
        view = self.view()
        self.push_screen(Page("Keys", lambda columns: pages.help_page(view, columns)))

    async def action_quit(self) -> None:
        """Leave, but not without asking during a call."""
        if self._in_call:
            text = "A call is on. It goes on without the panel."
            self.push_screen(Menu("Leave?", text, LEAVE), self._leave)
        else:
            self.exit()

    def action_help_quit(self) -> None:
        """Ctrl-C asks during a call as `quit` does; once more leaves."""
        if self._in_call:
            self.call_later(self.action_quit)
        else:
            self.action_leave_now()

    def action_leave_now(self) -> None:
        """Leave without asking again."""
        self.exit(return_code=130)

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:  # noqa: ARG002
        """Refused, for the customer's privacy."""
        self._say(self._REFUSED)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002  Textual's hook
        """The palette offers every action of ours and nothing else."""
        for action in ACTIONS:
            key = sign(self._keys[action.name][0]) if self._keys[action.name] else "no key"
            yield SystemCommand(action.title, f"{action.tells} ({key})", self._runner(action.name))

    # --- steps ------------------------------------------------------------------------------------------------------

    @property
    def _in_call(self) -> bool:
        return self.feed.board.phase == "live" and self.feed.link.state != "over"

    def _runner(self, name: str) -> Callable[[], None]:
        def run() -> None:
            self.call_later(self.run_action, name)

        return run

    def _apply(self, settings: PanelSettings) -> None:
        self._settings = settings
        self._glyphs = choose(settings.glyphs, locale.getpreferredencoding(do_setlocale=False))
        self._keys = keys_in_force(settings.keys)
        self.set_keymap({name: ",".join(keys) for name, keys in self._keys.items()})
        known = settings.theme in self.available_themes
        self.theme = settings.theme if known else DARK.name
        wrong = [] if known else [f"no theme {settings.theme}: taking {DARK.name}"]
        wrong += clashes(settings.keys)
        if wrong:
            self._say(wrong[0])

    def _answer(self, answer: Answer) -> None:
        item = self.view().chosen
        if item is None or not item.open:
            self._say("no hint to answer")
            return
        self._undo, self._undo_until_ms = item.nudge.nudge, self._clock.now_ms() + UNDO_MS
        self._send_answer(item.nudge.nudge, answer)
        undo = f" ({sign(self._keys['undo'][0])} takes it back)" if self._keys["undo"] else ""
        self._say(SAID[answer] + undo)

    def _thumb(self, answer: Answer) -> None:
        item = self.view().subject
        if item is None:
            self._say("no hint to rate yet")
            return
        self._send_answer(item.nudge.nudge, answer)
        self._say(SAID[answer])

    def _send_answer(self, nudge: str, answer: Answer) -> None:
        """Shown at once; taken back if the service does not take it."""
        before = self.feed.board.item(nudge)
        self.feed.assume(nudge, answer)
        command = Command(action="answer", call_id=self.feed.board.call_id, nudge=nudge, value=answer)

        async def deliver() -> None:
            if wrong := await self.feed.send(command):
                if before is not None and before.open and answer != "undone":
                    self.feed.assume(nudge, "undone")
                self._say(wrong)

        self.run_worker(deliver(), group="answers")

    def _send(self, command: Command, said: str) -> None:
        async def deliver() -> None:
            self._say(await self.feed.send(command) or said)

        self.run_worker(deliver(), group="answers")

    def _quiet(self, minutes: str | None) -> None:
        if minutes:
            said = "hints are back" if minutes == "off" else f"quiet: {dict(QUIET)[minutes]}"
            self._send(Command(action="quiet", call_id=self.feed.board.call_id, value=minutes), said)

    def _leave(self, answer: str | None) -> None:
        if answer == "leave":
            self.exit()

    def _move(self, steps: int) -> None:
        view = self.view()
        items = view.selectable
        if not items:
            return
        at = next((number for number, item in enumerate(items) if item is view.chosen), 0)
        self._picked = items[(at + steps) % len(items)].nudge.nudge
        self.draw()
