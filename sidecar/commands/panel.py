"""`sidecar panel`: the agent's panel on the bus, from its first frame to its last key."""

import sys

import click
import msgspec

from sidecar import bus, keys, running
from sidecar.earlier import earlier_calls
from sidecar.invocation import Invocation
from sidecar.library import Library
from sidecar.remembered import Remembered
from streams.busline import BusLine
from streams.clock import utc_now
from streams.errors import InputError
from tui.panel import PanelApp
from tui.settings import PanelSettings


@click.command(short_help="Open the agent's panel beside the service.")
@click.option("--notice", default="", hidden=True, help="One line to show above the call.")
@click.option("--speed", type=float, hidden=True, help="Media time per second of a replay; 0: as fast as can be.")
@click.pass_obj
def command(invocation: Invocation, notice: str, speed: float | None) -> int:
    """Open the agent's panel beside the service.

    It may be opened before the service runs, and survives its restarts. `?` lists the keys.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("the panel needs a terminal; `sidecar tail` prints the same as lines")
    config, places = invocation.config, invocation.places
    remembered = Remembered(places.state_dir)
    address = bus.address(config.bus, keys.load(places.keys_dir))

    def settings() -> PanelSettings:
        panel = msgspec.to_builtins(invocation.load_config().panel)
        return msgspec.convert({**panel, "theme": remembered.theme(panel["theme"])}, PanelSettings)

    async def show() -> int:
        async with BusLine(address) as line:
            app = PanelApp(
                line,
                settings(),
                notice=notice,
                speed=speed,
                reread=settings,
                remember=lambda theme: remembered.choose(theme, config.panel.theme),
                earlier=lambda agent: earlier_calls(Library(places.journals_dir), agent, utc_now()),
            )
            await app.run_async()
            return app.return_code or 0

    return running.serve(show) or 0
