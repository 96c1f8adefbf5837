"""A rectangle of the screen that shows lines: painted by a function of its size, redrawn only where a row changed.

Its size comes from the style sheet alone, so new content never moves anything.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region as Area
from textual.strip import Strip
from textual.widget import Widget

from tui.lines import EMPTY, Line, Role, fit, width
from tui.themes import looks

Paint: TypeAlias = Callable[[int, int], Sequence[Line]]
"""Gives the lines for so many columns and rows; fewer lines leave the rest empty, more are cut."""


class Region(Widget, can_focus=False):
    """Shows what its paint function gives, one line a row."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id, classes=classes)
        self._paint: Paint = lambda _columns, _rows: ()
        self._lines: tuple[Line, ...] = ()
        self._looks: dict[Role, Style] = {}

    def show(self, paint: Paint) -> None:
        """Take a new paint function and redraw the rows that it changes."""
        self._paint = paint
        self._repaint()

    def on_resize(self) -> None:
        """Paint for the new size."""
        self._repaint()

    def notify_style_update(self) -> None:
        """Another theme: every row is drawn again."""
        super().notify_style_update()
        self._looks = {}
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row as segments; each has a style, without which colour filters fail."""
        self._looks = self._looks or looks(self.app.theme_variables, no_color=self.app.no_color)
        line = self._lines[y] if y < len(self._lines) else EMPTY
        columns = self.size.width
        segments = [Segment(span.text, self._looks[span.role]) for span in line if span.text]
        padding = columns - width(line)
        if padding > 0:
            segments.append(Segment(" " * padding, self._looks[line[-1].role if line else "text"]))
        return Strip(segments, columns)

    def _repaint(self) -> None:
        columns, rows = self.size
        if columns <= 0 or rows <= 0:
            return
        lines = tuple(fit(line, columns) for line in self._paint(columns, rows)[:rows])
        old, self._lines = self._lines, lines
        changed = [y for y in range(rows) if lines[y : y + 1] != old[y : y + 1]]
        if changed:
            self.refresh(*(Area(0, y, columns, 1) for y in changed))
