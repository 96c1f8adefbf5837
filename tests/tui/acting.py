"""A running panel with a person before it, for tests of what keys do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from streams.busline import LinkChange
from streams.wire import Command
from tests.tui.calls import CALL, EMPATHY, RISING, STARTED, TALK
from tests.tui.stage import ScriptedLine, StandingClock, screen_text, settle
from tui.panel import PanelApp
from tui.settings import PanelSettings


@dataclass
class Scene:
    """A running panel and everything around it."""

    app: PanelApp
    line: ScriptedLine
    clock: StandingClock
    pilot: Pilot[None]

    async def say(self, *items: Any) -> None:
        self.line.say(*items)
        await settle(self.pilot, self.line)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        for worker in [worker for worker in self.app.workers if worker.group == "answers"]:
            await worker.wait()
        await settle(self.pilot, self.line)

    async def pages(self) -> None:
        """Until a page that had to be asked for is there."""
        for worker in [worker for worker in self.app.workers if worker.group == "pages"]:
            await worker.wait()
        await settle(self.pilot, self.line)

    @property
    def text(self) -> str:
        return "\n".join(screen_text(self.app))

    @property
    def foot(self) -> str:
        return screen_text(self.app)[-1].strip()

    @property
    def sent(self) -> list[Command]:
        """What the agent's doing sent; how long drawing took is sent besides."""
        return [command for command in self.line.sent if command.action != "drawn"]


@asynccontextmanager
async def panel(
    *says: Any, size: tuple[int, int] = (40, 24), keys: dict[str, str] | None = None, **given: Any
) -> AsyncIterator[Scene]:
    line, clock = ScriptedLine(), StandingClock()
    settings = given.pop("settings", PanelSettings(glyphs="unicode", keys=keys or {}))
    app = PanelApp(line, settings, clock=clock, **given)
    async with app.run_test(size=size) as pilot:
        scene = Scene(app, line, clock, pilot)
        await scene.say(LinkChange(state="up"), *says)
        yield scene


HINTS = (STARTED, *TALK, EMPATHY, RISING)


def answer(nudge: str, value: str) -> Command:
    return Command(action="answer", call_id=CALL, nudge=nudge, value=value)
