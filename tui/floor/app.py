"""The supervisor's floor: a line's state in, a drawn screen out; the supervisor's keys become actions.

One timer draws at most `frames_per_s` times a second, however fast messages come, and only rows that changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from textual.screen import Screen

from streams.errors import SidecarError
from streams.floor import Action
from tui.feed import Clock
from tui.floor import pages, shift
from tui.floor.actions import ACTIONS
from tui.floor.announce import Announcer
from tui.floor.chooser import Choice, Chooser
from tui.floor.drawing import paints
from tui.floor.feed import FloorFeed, Line
from tui.floor.need import ORDERS, hottest
from tui.floor.rows import name_of
from tui.floor.screens import Ask, CallScreen, FloorScreen, Grid, Sheet
from tui.floor.settings import FloorSettings
from tui.floor.state import Seat
from tui.floor.view import FloorView, totals
from tui.lines import plain
from tui.screens import Menu, Page
from tui.surface import Surface

__all__ = ["FloorApp", "FloorSettings"]

CHOOSE_FIRST = "no call is chosen: arrows choose one, or the key for the hottest"
LOOKS_ON = "your key may look on only; acting takes a supervisor's"
ALL_TEAMS = "all teams"


class FloorApp(Surface):
    """Runs on any open line; `demo` says on the screen that nothing of it is real.

    `reread` gives the settings anew when they are asked for, `remember` is told the theme that was chosen.
    """

    CSS_PATH = "floor.tcss"
    ACTIONS = ACTIONS
    SECTION = "floor"
    REFUSED = "pictures of the floor are off: they would hold what customers said"

    def __init__(
        self,
        line: Line,
        settings: FloorSettings,
        *,
        clock: Clock | None = None,
        demo: bool = False,
        reread: Callable[[], FloorSettings] | None = None,
        remember: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(settings, clock, remember)
        self._settings = settings
        self._demo = demo
        self._reread = reread
        self.feed = FloorFeed(line, self._clock)
        self.chooser = Chooser(settings.order, settings.hold_s * 1000)
        self._announcer = Announcer()
        self._still: FloorView | None = None
        self._snapshots = 0

    def get_default_screen(self) -> Screen[None]:
        """The rows; everything else comes over them."""
        return FloorScreen(id="floor")

    def on_mount(self) -> None:
        """Follow the line from now on."""
        self.begin(self._settings, self.feed.run())

    def on_resize(self) -> None:
        """Another size: the window holds another number of rows."""
        self.call_after_refresh(self.draw)

    # --- drawing ----------------------------------------------------------------------------------------------------

    def moment(self) -> object:
        """The state, the second on the clock, what a key did."""
        local_ms = self._clock.now_ms()
        return (self.feed.version, local_ms // 1000, self.flash, self.chooser.sight, self._still is None)

    def draw(self) -> None:
        """Paint every region for this moment; regions redraw only rows that changed."""
        self._reopen()
        self._announce()
        for grid in self.screen_stack[0].query(Grid):
            self.chooser.rows = max(1, grid.size.height)
        if self._still is None:
            self.chooser.follow(self.feed.floor, self._clock.now_ms())
        view = self.view()
        with self.batch_update():
            for name, paint in paints(view, call=isinstance(self._lowest(), CallScreen)).items():
                self.paint(name, paint)

    def view(self) -> FloorView:
        """This moment's frame, or the one that is held."""
        local_ms = self._clock.now_ms() // 1000 * 1000
        choice, floor = self.chooser.choice, self.feed.floor
        seats = [seat for seat in floor.seats.values() if not choice.team or seat.row.team == choice.team]
        now = FloorView(
            floor=floor,
            link=self.feed.link,
            local_ms=local_ms,
            sight=self.chooser.sight,
            rows=self.chooser.rows,
            moved=self.chooser.moved,
            by=choice.by,
            text=choice.text,
            hot_only=choice.hot_only,
            team=choice.team,
            totals=totals(seats, local_ms),
            episodes=self._announcer.alarms.episodes,
            glyphs=self._glyphs,
            keys=self._keys,
            flash=self.flash,
            still=self._still is not None,
            demo=self._demo,
        )
        return now if self._still is None else now.held(self._still)

    def _lowest(self) -> Screen[Any]:
        """The uppermost screen that is no page, menu or question."""
        return next(screen for screen in reversed(self.screen_stack) if isinstance(screen, FloorScreen | CallScreen))

    def _reopen(self) -> None:
        """A hub that began anew does not know which call is open here."""
        if self.feed.snapshots != self._snapshots:
            self._snapshots = self.feed.snapshots
            if self.feed.floor.opened is not None:
                self._act("open", self.feed.floor.opened.call_id, "")

    def _announce(self) -> None:
        """What is new calls for the supervisor, each thing once."""
        news = self._announcer.feed(self.feed.floor, title=self._settings.title, desktop=self._settings.desktop)
        if news.bell and self._settings.bell:
            self.bell()
        for sequence in news.sequences:
            self.terminal(sequence)
        if news.said:
            self.tell(news.said)

    # --- the rows ---------------------------------------------------------------------------------------------------

    def action_down(self) -> None:
        """The next row."""
        self._step(1)

    def action_up(self) -> None:
        """The row before."""
        self._step(-1)

    def action_page_down(self) -> None:
        """A window further down."""
        self._step(max(1, self.chooser.rows - 1))

    def action_page_up(self) -> None:
        """A window further up."""
        self._step(-max(1, self.chooser.rows - 1))

    def action_first(self) -> None:
        """The first row."""
        self.chooser.put(0, self._clock.now_ms())
        self.draw()

    def action_last(self) -> None:
        """The last row."""
        self.chooser.put(len(self.chooser.sight.ids), self._clock.now_ms())
        self.draw()

    def action_jump(self) -> None:
        """The call that needs a person most and that nobody has; else the one that needs one most."""
        local_ms, floor = self._clock.now_ms(), self.feed.floor
        call_id = hottest(floor, local_ms)
        if not call_id:
            self.say("no calls now")
        elif not self.chooser.go(call_id, local_ms):
            self.chooser.choose(floor, local_ms, Choice(by=self.chooser.choice.by))
            self.chooser.go(call_id, local_ms)
            self.say("all rows are shown again: the hottest was not among them")
        self.draw()

    def action_let_go(self) -> None:
        """Leave the call, else choose no row."""
        if isinstance(self._lowest(), CallScreen):
            self.pop_screen()
            self.run_worker(self.feed.close(), group="acts")
        else:
            self.chooser.let_go()
        self.draw()

    def action_sort(self) -> None:
        """The rows in their order now."""
        self.chooser.sort(self.feed.floor, self._clock.now_ms())
        self.draw()

    def action_order(self) -> None:
        """Ask by what."""
        self.push_screen(Menu("Order by", "Equal ones stand by the agent's name.", tuple(ORDERS.items())), self._order)

    def action_hot_only(self) -> None:
        """Only what needs a person, or all again."""
        self._choose(replace(self.chooser.choice, hot_only=not self.chooser.choice.hot_only))

    def action_filter(self) -> None:
        """Ask for words."""
        text = "Agent, queue, team, workstation, who has it, last signal: every word must be in one of them."
        ask = Ask("Filter", text, value=self.chooser.choice.text, may_be_empty=True)
        self.push_screen(ask, self._filter)

    def action_team(self) -> None:
        """Ask which."""
        teams = sorted({seat.row.team for seat in self.feed.floor.seats.values()} | set(self.feed.floor.teams))
        answers = (("*", ALL_TEAMS), *((team, plain(team) or "no team") for team in teams[:8]))
        self.push_screen(Menu("Team", "Whose calls are shown.", answers), self._team)

    def action_freeze(self) -> None:
        """Hold the picture still, or let it go on."""
        self._still = None if self._still else self.view()
        self.draw()

    def on_grid_clicked(self, message: Grid.Clicked) -> None:
        """A row was clicked; a second click opens it."""
        place = self.chooser.sight.top + message.line
        if place < len(self.chooser.sight.ids):
            self.chooser.put(place, self._clock.now_ms())
            self.draw()
            if message.times > 1:
                self.action_open()

    def on_grid_wheeled(self, message: Grid.Wheeled) -> None:
        """The window moves, the chosen row does not."""
        self.chooser.scroll(message.steps)
        self.draw()

    # --- one call ---------------------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """The whole call; the hub is told, and through it the agent where that is shown."""
        seat = self._chosen()
        if seat is not None:
            self.push_screen(CallScreen(id="call"))
            self.run_worker(self._open(seat.state.call_id), group="acts")

    def action_claim(self) -> None:
        """Take the call, or give it back."""
        seat = self._acted_on()
        if seat is None:
            return
        mine = bool(seat.row.claimed_by) and seat.row.claimed_by == self.feed.floor.you
        said = f"{name_of(seat)}: {'given back' if mine else 'you have it'}"
        self._act("release" if mine else "claim", seat.state.call_id, said)

    def action_note(self) -> None:
        """Write to the agent."""
        seat = self._acted_on()
        if seat is not None:
            text = (
                f"It stands on the agent's panel, signed {plain(self.feed.floor.you)}. The customer hears none of it."
            )
            ask = Ask(f"Note to {name_of(seat)}", text, self._settings.notes)
            self.push_screen(ask, lambda answer: self._note(seat, answer))

    def action_answer(self) -> None:
        """Answer a call for help."""
        seat = self._acted_on()
        if seat is None:
            return
        if seat.state.help is None:
            self.say(f"{name_of(seat)} does not ask for help")
            return
        help_ = seat.state.help
        ask = Ask(f"Answer {name_of(seat)}", f"asked: {help_.text or 'help'}", self._settings.answers)
        self.push_screen(ask, lambda answer: self._answer(seat, help_.help, answer))

    # --- pages ------------------------------------------------------------------------------------------------------

    def action_alerts(self) -> None:
        """What has called for a person."""
        view = self.view()
        self.push_screen(Sheet("Alerts since you came", lambda columns: pages.alerts_page(view, columns)))

    def action_shift(self) -> None:
        """The last hours."""
        self.run_worker(self._shift(), group="shift", exclusive=True)

    def action_help(self) -> None:
        """Keys in force."""
        view = self.view()
        self.push_screen(Page("Keys", lambda columns: pages.help_page(view, columns)))

    def action_reload(self) -> None:
        """Settings anew."""
        try:
            if self._reread:
                self._settings = self._reread()
                self.apply(self._settings)
        except SidecarError as error:
            self.say(str(error))
        else:
            self.say("settings read again")

    async def action_quit(self) -> None:
        """Leave; calls and claims stay as they are."""
        await self.feed.close()
        self.exit()

    def action_help_quit(self) -> None:
        """Ctrl-C leaves as such."""
        self.action_leave_now()

    # --- steps ------------------------------------------------------------------------------------------------------

    def _step(self, steps: int) -> None:
        self.chooser.step(steps, self._clock.now_ms())
        self.draw()

    def _choose(self, choice: Choice) -> None:
        self.chooser.choose(self.feed.floor, self._clock.now_ms(), choice)
        self.draw()

    def _order(self, name: str | None) -> None:
        for by in ORDERS:
            if by == name:
                self._choose(replace(self.chooser.choice, by=by))

    def _filter(self, text: str | None) -> None:
        if text is not None:
            self._choose(replace(self.chooser.choice, text=text))

    def _team(self, name: str | None) -> None:
        if name:
            self._choose(replace(self.chooser.choice, team="" if name == "*" else name))

    def _chosen(self) -> Seat | None:
        """The call that keys speak of: the open one, else the one under the cursor."""
        floor = self.feed.floor
        self.chooser.touch(self._clock.now_ms())
        if floor.opened is not None:
            seat = floor.seats.get(floor.opened.call_id)
        else:
            seat = floor.seats.get(self.chooser.sight.cursor)
        if seat is None:
            self.say("this call is over" if floor.opened or self.chooser.sight.cursor else CHOOSE_FIRST)
        return seat

    def _acted_on(self) -> Seat | None:
        """The call that keys speak of, for somebody who may act on it."""
        if self.feed.floor.role == "observer" and self.feed.floor.whole:
            self.say(LOOKS_ON)
            return None
        return self._chosen()

    async def _open(self, call_id: str) -> None:
        acted = await self.feed.open(call_id)
        if not acted.ok:
            self.say(acted.text)
        self.draw()

    def _act(self, action: Action, call_id: str, said: str, value: str = "", help: str = "") -> None:  # noqa: A002
        async def carry() -> None:
            acted = await self.feed.act(action, call_id, value, help)
            if said or not acted.ok:
                self.say(acted.text or said)

        self.run_worker(carry(), group="acts")

    def _note(self, seat: Seat, text: str | None) -> None:
        if text:
            self._act("note", seat.state.call_id, f"note sent to {name_of(seat)}", text)

    def _answer(self, seat: Seat, help_: str, text: str | None) -> None:
        if text:
            self._act("answer_help", seat.state.call_id, f"{name_of(seat)} is answered", text, help_)

    async def _shift(self) -> None:
        report = await self.feed.shift(self._settings.shift_hours)
        if isinstance(report, str):
            self.say(report)
            return
        numbers: Mapping[str, Any] = report
        glyphs = self._glyphs
        self.push_screen(Sheet("The shift", lambda columns: shift.shift_page(numbers, glyphs, columns)))
