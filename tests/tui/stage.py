"""A stage for the panel: a line that says what a test tells it, a clock that stands, and a look at the drawn screen."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.style import Style
from textual.app import App
from textual.pilot import Pilot

from streams.busline import LineItem, LinkChange
from streams.errors import BusError
from streams.events import Event, Telemetry
from streams.wire import SCHEMA_VERSION, Command, Envelope, Reply, Snapshot
from tui.panel import PanelApp

SCREENS = Path(__file__).parent / "screens"
UPDATE = "SIDECAR_UPDATE_SCREENS"


class ScriptedLine:
    """A line whose items come from the test; keeps what was sent, and answers as it is told to."""

    def __init__(self) -> None:
        self.sent: list[Command] = []
        self.answer: Reply | BusError = Reply(ok=True)
        self.answers: dict[str, Reply] = {}
        self._items: asyncio.Queue[LineItem | BusError | None] = asyncio.Queue()
        self._seq = 0

    def __aiter__(self) -> "ScriptedLine":
        return self

    async def __anext__(self) -> LineItem:
        item = await self._items.get()
        self._items.task_done()
        if item is None:
            raise StopAsyncIteration
        if isinstance(item, BusError):
            raise item
        return item

    async def send(self, command: Command) -> Reply:
        self.sent.append(command)
        if isinstance(self.answer, BusError):
            raise self.answer
        return self.answers.get(command.action, self.answer)

    def say(self, *items: Event | Telemetry | LinkChange | Snapshot | BusError | None) -> None:
        for item in items:
            if item is None or isinstance(item, LinkChange | Snapshot | BusError):
                self._items.put_nowait(item)
            else:
                self._seq += 1
                self._items.put_nowait(Envelope(SCHEMA_VERSION, self._seq, item))

    async def heard(self) -> None:
        """Until all that was said has been taken."""
        await self._items.join()


class StandingClock:
    """Local time that goes on only when a test says so."""

    def __init__(self) -> None:
        self.ms = 1_000

    def now_ms(self) -> int:
        return self.ms


async def settle(pilot: Pilot[None], line: ScriptedLine) -> None:
    """Until everything said has been taken, drawn and laid out."""
    await line.heard()
    await pilot.pause()
    assert isinstance(pilot.app, PanelApp)
    pilot.app.draw()
    await pilot.pause()


def screen_cells(app: App[None]) -> list[list[tuple[str, Style]]]:
    """The composited screen, a row of text and style pairs for each line; the one look at Textual's private side."""
    strips = app.screen._compositor.render_strips()
    return [[(segment.text, segment.style or Style()) for segment in strip] for strip in strips]


def screen_text(app: App[None]) -> list[str]:
    """The composited screen as plain lines."""
    return ["".join(text for text, _ in row).rstrip() for row in screen_cells(app)]


def picture(app: App[None]) -> str:
    """The composited screen: each line's text and runs of styles (letter, cells), then what the letters mean."""
    letters: dict[str, str] = {}
    drawn: list[str] = []
    for row in screen_cells(app):
        runs: list[tuple[str, int]] = []
        for piece, style in row:
            letter = letters.setdefault(_described(style), _LETTERS[len(letters) % len(_LETTERS)])
            before = runs.pop() if runs and runs[-1][0] == letter else (letter, 0)
            runs.append((letter, before[1] + cell_len(piece)))
        marks = " ".join(f"{letter}{cells}" for letter, cells in runs)
        drawn.append(f"|{''.join(text for text, _ in row)}| {marks}")
    legend = [f"{letter}  {style}" for style, letter in letters.items()]
    return "\n".join([*drawn, *legend, ""])


_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _described(style: Style) -> str:
    color = style.color.name if style.color else "default"
    back = style.bgcolor.name if style.bgcolor else "default"
    names = [name for name in ("bold", "italic", "underline", "reverse") if getattr(style, name)]
    return " ".join([color, "on", back, *names])


def compare(name: str, pictures: Sequence[tuple[str, str]]) -> None:
    """Hold titled pictures against the file of that name; SIDECAR_UPDATE_SCREENS=1 writes it anew."""
    path = SCREENS / f"{name}.txt"
    found = "\n".join(f"=== {title} ===\n{drawn}" for title, drawn in pictures)
    if os.environ.get(UPDATE):
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.exists(), f"no {path.name}; look at the screens, then write them with {UPDATE}=1"
    assert found.splitlines() == path.read_text(encoding="utf-8").splitlines()
