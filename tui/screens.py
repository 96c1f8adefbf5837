"""Screens over the panel: pages of lines to read, and menus that give back the name of what was chosen."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Resize
from textual.screen import ModalScreen, Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.actions import ACTIONS
from tui.lines import Line, Span, wrap
from tui.region import Region

CLOSES = "esc closes"


class PanelScreen(Screen[None], inherit_bindings=False):
    """The panel's regions, from top to bottom; the style sheet places them by the terminal's size."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(action.keys, f"app.{action.name}", action.title, id=action.name, tooltip=action.tells, show=False)
        for action in ACTIONS
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]  # noqa: RUF012  as Textual declares it
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012  as Textual declares it
        (0, "-tiny"),
        (12, "-short"),
        (21, "-normal"),
        (32, "-tall"),
    ]

    def compose(self) -> ComposeResult:
        """Regions by id: the app paints them, the style sheet sizes them."""
        yield Region(id="top")
        with Vertical(id="middle"):
            with Vertical(id="side"):
                yield Region(id="rows-rule", classes="rule")
                yield Region(id="rows")
                yield Region(id="meters-rule", classes="rule")
                yield Region(id="meters")
            yield Region(id="divider")
            yield Region(id="card")
        yield Region(id="words-rule", classes="rule")
        yield Region(id="words")
        yield Region(id="foot")


class Page(ModalScreen[None]):
    """Lines to read and to scroll, made for the width there is; `WIDEST` is what the style sheet says too."""

    WIDEST: ClassVar[int] = 90
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Close"),
        Binding("j,down", "scroll(1)", "Down"),
        Binding("k,up", "scroll(-1)", "Up"),
        Binding("space,pagedown", "scroll(10)", "Further"),
        Binding("pageup", "scroll(-10)", "Back"),
    ]

    def __init__(self, title: str, lines: Callable[[int], Sequence[Line]]) -> None:
        super().__init__()
        self._title = title
        self._make = lines
        self._closes = CLOSES

    def compose(self) -> ComposeResult:
        """A frame with one region in it that is as high as its lines."""
        with VerticalScroll(can_focus=False) as frame:
            frame.border_title = self._title
            frame.border_subtitle = self._closes
            yield Region(id="page")

    def on_mount(self) -> None:
        """Its size may have come before there was anything to draw in."""
        if self.size.width:
            self._draw(self.size.width)

    def on_resize(self, event: Resize) -> None:
        """Make the lines for the new width."""
        self._draw(event.size.width)

    def turn_to(self, lines: Callable[[int], Sequence[Line]]) -> None:
        """Other lines in place of those before."""
        self._make = lines
        if self.is_mounted:
            self._draw(self.size.width)

    def remark(self, text: str) -> None:
        """Say something at the lower edge, beside how to close the page; it may be pushed and not composed yet."""
        self._closes = f"{text}, {CLOSES}" if text else CLOSES
        for frame in self.query(VerticalScroll):
            frame.border_subtitle = self._closes

    def _draw(self, width: int) -> None:
        # Frame, padding and scroll bar take six columns, and the frame is never wider than its style says.
        lines = self._make(max(1, min(width, self.WIDEST) - 6))
        for region in self.query("#page").results(Region):
            region.styles.height = max(1, len(lines))
            region.show(lambda _columns, _rows: lines)

    def action_scroll(self, rows: int) -> None:
        """Move by rows."""
        for frame in self.query(VerticalScroll):
            frame.scroll_relative(y=rows, animate=False)


class Menu(ModalScreen[str]):
    """A question with a few answers, each with its digit; gives the name of the answer, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "choose('')", "Close"),
        Binding("ctrl+c", "app.leave_now", "Leave", priority=True),
        *[Binding(str(number), f"pick({number - 1})", show=False) for number in range(1, 10)],
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(self, title: str, text: str, answers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._answers = answers

    def compose(self) -> ComposeResult:
        """The question above its answers."""
        with Vertical() as frame:
            frame.border_title = self._title
            yield Region(id="question")
            yield OptionList(
                *[Option(f"{number}  {text}", id=name) for number, (name, text) in enumerate(self._answers, 1)],
                markup=False,
            )

    def on_mount(self) -> None:
        """Keys go to the answers."""
        self.query_one("#question", Region).show(
            lambda columns, rows: [(Span(text, "soft"),) for text in wrap(self._text, columns, rows)]
        )
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on an answer."""
        self.action_choose(event.option_id or "")

    def action_pick(self, number: int) -> None:
        """A digit names an answer."""
        if number < len(self._answers):
            self.action_choose(self._answers[number][0])

    def action_move(self, steps: int) -> None:
        """Move the mark among the answers."""
        options = self.query_one(OptionList)
        options.highlighted = ((options.highlighted or 0) + steps) % len(self._answers)

    def action_choose(self, name: str) -> None:
        """Close with this answer."""
        self.dismiss(name)
