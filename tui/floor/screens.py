"""The floor's screens: the rows, one call whole, and the line in which a note is written."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.floor.actions import ACTIONS
from tui.lines import Span, plain, wrap
from tui.region import Region
from tui.screens import Page

NOTE_LONGEST = 280
"""Characters of a note: what an agent can read at a glance in mid-call."""
ON_A_CALL = frozenset(
    {"open", "down", "up", "first", "last", "page_down", "page_up", "filter", "hot_only", "team", "sort", "order"}
)
"""What the screen of one call leaves to the rows."""


def _bindings(*, without: frozenset[str] = frozenset()) -> list[BindingType]:
    return [
        Binding(action.keys, f"app.{action.name}", action.title, id=action.name, tooltip=action.tells, show=False)
        for action in ACTIONS
        if action.name not in without
    ]


class Grid(Region):
    """The rows; a click chooses one, a second opens it, the wheel moves the window."""

    class Clicked(Message):
        """A line of the window was clicked, so many times."""

        def __init__(self, line: int, times: int) -> None:
            super().__init__()
            self.line = line
            self.times = times

    class Wheeled(Message):
        """The window is to move so many rows."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    def on_click(self, event: Click) -> None:
        """Choose the row under the mouse."""
        self.post_message(self.Clicked(event.y, event.chain))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Further down."""
        event.stop()
        self.post_message(self.Wheeled(3))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Further up."""
        event.stop()
        self.post_message(self.Wheeled(-3))


class FloorScreen(Screen[None], inherit_bindings=False):
    """The rows between totals and keys."""

    BINDINGS: ClassVar[list[BindingType]] = _bindings()
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]  # noqa: RUF012  as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (10, "-short"), (20, "-normal"), (36, "-tall")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        """Regions by id: the app paints them, the style sheet sizes them."""
        yield Region(id="top")
        yield Region(id="titles")
        yield Grid(id="grid")
        yield Region(id="status")
        yield Region(id="below")
        yield Region(id="foot")


class CallScreen(Screen[None], inherit_bindings=False):
    """One call: words at the left, what is known of it at the right; under one another where it is narrow."""

    BINDINGS: ClassVar[list[BindingType]] = _bindings(without=ON_A_CALL)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]  # noqa: RUF012  as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (10, "-short"), (20, "-normal"), (36, "-tall")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        """Regions by id: the app paints them, the style sheet sizes them."""
        yield Region(id="call-top")
        with Horizontal(id="call-middle"):
            yield Region(id="call-words")
            yield Region(id="call-divider")
            yield Region(id="call-facts")
        yield Region(id="call-foot")


class Sheet(Page):
    """A page for tables, wider than one for text."""

    WIDEST = 160


class Ask(ModalScreen[str]):
    """One line to write, with lines to take instead; gives the text, or nothing.

    Empty text is given back only where that means something, as for a filter.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("down", "lines", "Lines to take", show=False),
        Binding("ctrl+c", "app.leave_now", "Leave", priority=True),
    ]

    def __init__(
        self, title: str, text: str, lines: Sequence[str] = (), *, value: str = "", may_be_empty: bool = False
    ) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._lines = lines
        self._value = value
        self._may_be_empty = may_be_empty

    def compose(self) -> ComposeResult:
        """What it is about, the line, and lines to take."""
        with Vertical() as frame:
            frame.border_title = plain(self._title)
            frame.border_subtitle = "enter sends   esc leaves" if not self._may_be_empty else "enter takes   esc leaves"
            if self._text:
                yield Region(id="asked")
            yield Input(value=self._value, max_length=NOTE_LONGEST, compact=True, select_on_focus=False)
            if self._lines:
                yield OptionList(*[Option(plain(line)) for line in self._lines], markup=False, compact=True)

    def on_mount(self) -> None:
        """Keys go to the line."""
        for region in self.query("#asked").results(Region):
            region.show(
                lambda columns, rows: [(Span(text, "soft"),) for text in wrap(plain(self._text), columns, rows)]
            )
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        text = event.value.strip()
        if text or self._may_be_empty:
            self.dismiss(text)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A line is taken into the input, to be changed or sent."""
        line = self.query_one(Input)
        line.value = self._lines[event.option_index]
        line.cursor_position = len(line.value)
        line.focus()

    def action_lines(self) -> None:
        """Down from the line: to the lines that can be taken."""
        if self._lines:
            self.query_one(OptionList).focus()

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
