"""The agent's panel: a feed's state in, a drawn screen out; the agent's keys become commands.

One timer draws at most `frames_per_s` times a second, and only rows that changed. The panel is complete without any
key: what is not answered resolves or expires by itself.
"""

from collections.abc import Callable

from textual import events
from textual.screen import Screen

from streams.errors import SidecarError
from streams.events import Answer, NoteRead
from streams.wire import Command
from tui import asking, pages
from tui.actions import ACTIONS, sign
from tui.asking import Earlier
from tui.drawing import foot, paints, top
from tui.feed import Clock, Feed, Line
from tui.lines import plain
from tui.noticed import Noticed
from tui.screens import Menu, Page, PanelScreen
from tui.settings import PanelSettings
from tui.surface import Surface
from tui.view import View

UNDO_MS = 5_000
LOW_BELOW = 21
"""Rows of the terminal from which there are rows below the card, as `-normal` in tui.screens says."""
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


class PanelApp(Surface):
    """Runs on any open line; `speed` is set for a replay (media time per local time, 0 for as fast as can be).

    `reread` gives the settings anew when the agent asks for it, `remember` is told the theme that was chosen. `earlier`
    gives the events of an agent's calls before this one, by call, the newest first; it may take its time.
    """

    CSS_PATH = "panel.tcss"
    ACTIONS = ACTIONS

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
        earlier: Earlier | None = None,
    ) -> None:
        super().__init__(settings, clock, remember)
        self._notice = notice
        self._speed = speed
        self._reread = reread
        self._earlier = earlier
        self._noticed = Noticed()
        self.feed = Feed(line, self._clock, speed=1.0 if speed is None else speed)
        self._settings = settings
        self._picked = ""
        self._undo, self._undo_until_ms = "", 0
        self._still: View | None = None
        self._announced: frozenset[str] = frozenset()

    def get_default_screen(self) -> Screen[None]:
        """The panel itself; everything else comes over it."""
        return PanelScreen(id="panel")

    def on_mount(self) -> None:
        """Follow the line from now on."""
        self.begin(self._settings, self.feed.run())

    # --- drawing ----------------------------------------------------------------------------------------------------

    def moment(self) -> object:
        """The state, the seconds on both clocks, what a key did."""
        second = (self.feed.now_ms // 1000, (self._clock.now_ms() - self.feed.link.since_ms) // 1000)
        return (self.feed.version, second, self.flash, self._picked, self._still is None)

    def draw(self) -> None:
        """Paint every region for this moment; regions redraw only rows that changed."""
        self._announce(self.view())
        view = self.view()
        self.paint("top", lambda columns, rows: top(view, columns, rows))
        self.paint("foot", lambda columns, rows: foot(view, columns, rows))
        still = self._still or view
        with self.batch_update():
            for name, paint in paints(still).items():
                self.paint(name, paint)
        arrived_ms = self.feed.drawing.take()
        if arrived_ms is not None and not self._still:
            self.call_after_refresh(self._on_screen, arrived_ms)
        self._mind_notes(view)

    def _on_screen(self, arrived_ms: int) -> None:
        """Take note that what came then is drawn now; the service, which keeps all delays, is told now and then."""
        now_ms = self._clock.now_ms()
        self.feed.drawing.drawn(arrived_ms, now_ms)
        if told := self.feed.drawing.report(now_ms):
            command = Command(action="drawn", call_id=self.feed.board.call_id, value=told)
            self.run_worker(self.feed.send(command), group="delays")

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
            flash=self.flash,
            still=self._still is not None,
            speed=self._speed,
            call=self.feed.roster.number,
            calls=len(self.feed.roster.boards),
            others=self.feed.roster.others,
            low=self.size.height < LOW_BELOW,
        )

    def _mind_notes(self, view: View) -> None:
        """Tell whoever wrote a note that it stands here, and that it was read."""
        page = self.screen
        if isinstance(page, Page):
            page.remark(f"note from {plain(view.unread[0].by)}" if view.unread else "")
        elif view.unread and view.link.state == "up" and not self._still:
            self.call_after_refresh(self._note_drawn, view.board.call_id, view.unread[0].note)
        for note in self._noticed.read(self._clock.now_ms(), [note.note for note in view.unread]):
            self._tell_read(note)

    def _note_drawn(self, call_id: str, note: str) -> None:
        if self._noticed.drawn(note, self._clock.now_ms()):
            command = Command(action="note_shown", call_id=call_id, value=note)
            self.run_worker(self.feed.send(command), group="notes")

    def _tell_read(self, note: str) -> None:
        board = self.feed.board
        self.feed.assume(NoteRead(call_id=board.call_id, at_ms=self.feed.now_ms, note=note))
        command = Command(action="note_read", call_id=board.call_id, value=note)
        self.run_worker(self.feed.send(command), group="notes")

    async def on_event(self, event: events.Event) -> None:
        """A key, a click or the terminal's focus says that the agent is here."""
        if isinstance(event, events.Key | events.MouseDown | events.AppFocus):
            self._noticed.touched(self._clock.now_ms())
        await super().on_event(event)

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
            self.terminal(f"\x1b]2;{title}\x07")
        self._announced = shown

    # --- what keys and palette do -----------------------------------------------------------------------------------

    def action_acknowledge(self) -> None:
        """Seen: the nudge on the card, or the note where there is none."""
        if self.view().chosen is None and self.view().unread:
            self.action_read_note()
        else:
            self._answer("acknowledged")

    def action_read_note(self) -> None:
        """The supervisor's note was read."""
        unread = self.view().unread
        if not unread:
            self.say("no note waits")
            return
        self._tell_read(unread[0].note)
        self.say(f"{plain(unread[0].by)} sees that you have read it")

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
            self.say("nothing to take back")
            return
        nudge, self._undo = self._undo, ""
        self._send_answer(nudge, "undone")
        self.say(SAID["undone"])

    def action_quiet(self) -> None:
        """Ask for how long."""
        self.push_screen(Menu("Quiet", "What cannot wait still shows.", QUIET), self._quiet)

    def action_volume(self) -> None:
        """Ask how much the agent wants to hear in this call."""
        self.push_screen(asking.volumes(self.feed.board), self._volume)

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
            self.say("nothing to copy yet")
            return
        self.copy_to_clipboard(plain(item.nudge.say or item.nudge.text))
        self.say("copied")

    def action_evidence(self) -> None:
        """What the nudge rests on."""
        item = self.view().subject
        if item is None:
            self.say("no hint to explain yet")
        else:
            self.push_screen(Page("Why", lambda columns: pages.evidence_page(item, columns)))

    def action_history(self) -> None:
        """All nudges of the call, and the calls before it as soon as they are found."""
        view = self.view()
        page = Page("Hints", lambda columns: pages.history_page(view, columns))
        self.push_screen(page)
        if self._earlier is not None:
            self.run_worker(asking.fill_history(page, view, self._earlier), group="pages", exclusive=True)

    def action_ask_help(self) -> None:
        """A person is wanted."""
        self._send(Command(action="ask_help", call_id=self.feed.board.call_id), "help asked for")

    def action_watched(self) -> None:
        """What is listened for and what was sent, as the service itself says it."""
        view = self.view()
        page = asking.watched(view)
        self.push_screen(page)
        self.run_worker(asking.fill_watched(page, view, self.feed), group="pages", exclusive=True)

    def action_sharing(self) -> None:
        """Show this call to supervisors no more, or again."""
        self._send(*asking.sharing(self.feed.board))

    def action_swap_sides(self) -> None:
        """The service took the agent for the customer, or does so no more."""
        self._send(Command(action="swap_sides", call_id=self.feed.board.call_id), "sides swapped")

    def action_pause_listening(self) -> None:
        """Nothing is to be heard while card data is said, or all again."""
        self._send(*asking.pause(self.feed.board))

    def action_next_call(self) -> None:
        """Another of several calls."""
        if len(self.feed.roster.boards) < 2:
            self.say("there is no other call")
            return
        self.feed.show_next()
        self._picked = ""
        self.draw()

    def action_delays(self) -> None:
        """Where the time goes between a voice and this screen."""
        view = self.view()
        self.push_screen(Page("Delays", lambda columns: pages.delays_page(view, columns)))

    def action_pause(self) -> None:
        """Hold the picture still, or let it go on."""
        self._still = None if self._still else self.view()
        self.draw()

    def action_reload(self) -> None:
        """Settings anew, here and in the service."""
        try:
            if self._reread:
                self._settings = self._reread()
                self.apply(self._settings)
        except SidecarError as error:
            self.say(str(error))
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

    # --- steps ------------------------------------------------------------------------------------------------------

    @property
    def _in_call(self) -> bool:
        return self.feed.board.phase == "live" and self.feed.link.state != "over"

    def _answer(self, answer: Answer) -> None:
        item = self.view().chosen
        if item is None or not item.open:
            self.say("no hint to answer")
            return
        self._undo, self._undo_until_ms = item.nudge.nudge, self._clock.now_ms() + UNDO_MS
        self._send_answer(item.nudge.nudge, answer)
        undo = f" ({sign(self._keys['undo'][0])} takes it back)" if self._keys["undo"] else ""
        self.say(SAID[answer] + undo)

    def _thumb(self, answer: Answer) -> None:
        item = self.view().subject
        if item is None:
            self.say("no hint to rate yet")
            return
        self._send_answer(item.nudge.nudge, answer)
        self.say(SAID[answer])

    def _send_answer(self, nudge: str, answer: Answer) -> None:
        """Shown at once; taken back if the service does not take it."""
        before = self.feed.board.item(nudge)
        self.feed.answer(nudge, answer)
        command = Command(action="answer", call_id=self.feed.board.call_id, nudge=nudge, value=answer)

        async def deliver() -> None:
            if wrong := await self.feed.send(command):
                if before is not None and before.open and answer != "undone":
                    self.feed.answer(nudge, "undone")
                self.say(wrong)

        self.run_worker(deliver(), group="answers")

    def _send(self, command: Command, said: str) -> None:
        async def deliver() -> None:
            self.say(await self.feed.send(command) or said)

        self.run_worker(deliver(), group="answers")

    def _quiet(self, minutes: str | None) -> None:
        if minutes:
            said = "hints are back" if minutes == "off" else f"quiet: {dict(QUIET)[minutes]}"
            self._send(Command(action="quiet", call_id=self.feed.board.call_id, value=minutes), said)

    def _volume(self, level: str | None) -> None:
        if level:
            self._send(*asking.volume(self.feed.board, level))

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
