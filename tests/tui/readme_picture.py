"""Draws the README's picture: the real panel, fed with the events of a bundled call up to a moment.

`sidecar replay sidecar/calls/missed-empathy.flac --engine reference --speed max --json > events.jsonl`, then
`python -m tests.tui.readme_picture events.jsonl 43000 .github/panel.svg`.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from streams.busline import LinkChange
from streams.events import Event, Telemetry
from streams.wire import from_json
from tests.tui.stage import ScriptedLine, StandingClock, settle
from tui.panel import PanelApp
from tui.settings import PanelSettings

SIZE = (80, 24)


async def draw(events: Sequence[Event | Telemetry], until_ms: int) -> str:
    """The panel as SVG after these events, `until_ms` into the call."""
    line = ScriptedLine()
    clock = StandingClock()
    app = PanelApp(line, PanelSettings(glyphs="unicode"), clock=clock, speed=1.0)
    async with app.run_test(size=SIZE) as pilot:
        line.say(LinkChange(state="up"), *events)
        await settle(pilot, line)
        clock.ms += until_ms - events[-1].at_ms
        await settle(pilot, line)
        return app.export_screenshot(title="sidecar panel")


def main(journal: Path, until_ms: int, picture: Path) -> None:
    """Draw a journal's state at `until_ms` into a file."""
    every = map(from_json, journal.read_bytes().splitlines())
    events = [event for event in every if event.at_ms <= until_ms]
    picture.write_text(asyncio.run(draw(events, until_ms)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
