"""Draws the README's picture: the real floor on its made-up calls, at a moment when some need a person.

`python -m tests.tui.floor.readme_picture .github/floor.svg`.
"""

import asyncio
import sys
from pathlib import Path

from tests.tui.stage import StandingClock
from tui.floor.app import FloorApp, FloorSettings
from tui.floor.demo import DemoLine

SIZE = (120, 30)
BEGUN_MS = 1_974_000
"""A moment of the made-up day at which calls are hot, one agent asks for help, and one alert is still nobody's."""


async def draw() -> str:
    """The floor as SVG."""
    clock = StandingClock()
    line = DemoLine(clock, begun_ms=BEGUN_MS)
    app = FloorApp(line, FloorSettings(glyphs="unicode"), clock=clock, demo=True)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.2)
        await pilot.press("g")
        app.draw()
        await pilot.pause()
        return app.export_screenshot(title="sidecar floor")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(asyncio.run(draw()), encoding="utf-8")
