"""`sidecar bench floor`: a floor of made-up agents through a real hub, and what it costs.

The same command plays the parts: `--stations` and `--screen` are what the measuring process starts.
"""

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sidecar.amounts import Amount
from sidecar.invocation import Invocation

if TYPE_CHECKING:
    from sidecar.bench.floor.course import FloorBench, Settings

SCREEN = (120, 40)
_part = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command(short_help="Measure a floor of many agents on this machine.")
@click.option("--agents", type=click.IntRange(1, 5_000), default=40, show_default=True, help="How many workstations.")
@click.option("--minutes", type=Amount(0.05, 600), default=1.0, show_default=True, help="How long to count.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.option("--stations", type=_part, hidden=True)
@click.option("--screen", type=_part, hidden=True)
@click.pass_obj
def floor(
    invocation: Invocation, *, agents: int, minutes: float, as_json: bool, stations: Path | None, screen: Path | None
) -> None:
    """Play a floor of so many agents: how soon events are drawn, what hub and floor cost, whether anything is lost.

    Each agent has a key and a connection of its own and sends up to two states a second. At the end the hub is killed
    and started anew. Close other programs: they slow what is measured.
    """
    from sidecar import running
    from sidecar.hub import handles

    handles.raise_limit()
    if stations is not None:
        from sidecar.bench.floor import workstations

        addresses = _settings(stations).addresses()
        running.serve(lambda: workstations.run(addresses))
    elif screen is not None:
        _screen(invocation, _settings(screen))
    else:
        from sidecar.bench.floor import course

        report = running.run(lambda: course.measure(agents, minutes, _say))
        _print(report, as_json=as_json)


def _screen(invocation: Invocation, settings: "Settings") -> None:
    """The supervisor's floor as it is, without a terminal and with a stopwatch."""
    from sidecar import running
    from sidecar.bench.floor import talk
    from sidecar.bench.floor.viewer import WatchedLine
    from sidecar.commands import floor as floor_command
    from sidecar.remembered import Remembered
    from streams.background import background
    from streams.floorline import FloorLine
    from tui.floor.app import FloorApp

    look = floor_command.settings(invocation, Remembered(invocation.places.state_dir))

    class TimedFloor(FloorApp):
        """Says when each frame is on the screen."""

        CSS_PATH = str(Path(inspect.getfile(FloorApp)).with_name(FloorApp.CSS_PATH))
        watched: WatchedLine

        def draw(self) -> None:
            """Paint, and say so once it is done."""
            super().draw()
            self.call_after_refresh(self.watched.drawn)

    async def show() -> None:
        async with FloorLine(settings.addresses()[0]) as line:
            watched = WatchedLine(line)
            app = TimedFloor(watched, look)
            app.watched = watched
            words = {
                "begin": watched.begin,
                "stop": watched.stop,
                "end": watched.end,
                "lost": watched.lost,
                "calls": watched.calls,
            }
            async with background(talk.obey(words), watched.write_notes()):
                await app.run_async(headless=True, size=SCREEN)

    running.serve(show)


def _settings(path: Path) -> "Settings":
    import msgspec

    from sidecar.bench.floor.course import Settings

    return msgspec.json.decode(path.read_bytes(), type=Settings)


def _print(report: "FloorBench", *, as_json: bool) -> None:
    import msgspec

    if as_json:
        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
        return
    event, note = report.event_to_floor_ms, report.note_ms
    print(f"{report.agents} agents, {report.states_per_s:g} states a second for {report.minutes:g} min")
    print(f"event to floor   p50 {event.p50:g} ms   p95 {event.p95:g} ms   p99 {event.p99:g} ms")
    print(f"note to agent    p50 {note.p50:g} ms   p95 {note.p95:g} ms   p99 {note.p99:g} ms   ({report.notes} notes)")
    print(f"hub              {_share(report.hub_cpu)} of a core, {_size(report.hub_rss_mb)}")
    frames = f"{report.floor_fps:g} frames/s"
    print(f"floor            {_share(report.floor_cpu)} of a core, {_size(report.floor_rss_mb)}, {frames}")
    print(f"lost             {report.lost}")
    print(f"hub killed       all calls on the floor again {report.reconnect_s:g} s after it was back")


def _share(cpu: float | None) -> str:
    return "unknown" if cpu is None else f"{cpu:.0%}"


def _size(most_mb: float | None) -> str:
    return "memory unknown" if most_mb is None else f"{most_mb:g} MB"


def _say(line: str) -> None:
    print(f"sidecar: {line}", file=sys.stderr, flush=True)
