"""`sidecar floor`: the supervisor's floor on the hub, from its first frame to its last key."""

import sys
from typing import TYPE_CHECKING

import click
import msgspec

from sidecar.amounts import Amount
from sidecar.invocation import Invocation
from streams.errors import ConfigError, InputError

if TYPE_CHECKING:
    from sidecar.remembered import Remembered
    from streams.floorlink import FloorAddress
    from tui.floor.settings import FloorSettings

FROM_PANEL = ("theme", "glyphs")
ELSEWHERE = ("hub", "hub_key")
KEY_LENGTH = 40


@click.group(short_help="Open the supervisor's floor.", invoke_without_command=True)
@click.option("--demo", is_flag=True, help="Made-up calls, to look around without a hub.")
@click.pass_context
def command(context: click.Context, *, demo: bool) -> int:
    """Open the supervisor's floor: every call of your teams, those that need a person first.

    It may be opened before the hub runs, and survives its restarts. `?` lists the keys.
    """
    if context.invoked_subcommand is not None:
        return 0
    invocation: Invocation = context.obj
    address = None if demo else hub_address(invocation)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("the floor needs a terminal; `sidecar floor export` writes the last hours as a file")
    return _show(invocation, address)


def _show(invocation: Invocation, address: "FloorAddress | None") -> int:
    """The floor on the hub, or on made-up calls where there is no address."""
    from sidecar import running
    from sidecar.remembered import Remembered
    from streams.floorline import FloorLine
    from tui.feed import LocalClock
    from tui.floor.app import FloorApp
    from tui.floor.demo import DemoLine
    from tui.floor.feed import Line

    remembered = Remembered(invocation.places.state_dir)
    theme = invocation.config.panel.theme
    clock = LocalClock()

    async def on(line: Line) -> int:
        app = FloorApp(
            line,
            settings(invocation, remembered),
            clock=clock,
            demo=address is None,
            reread=lambda: settings(invocation, remembered),
            remember=lambda chosen: remembered.choose(chosen, theme),
        )
        await app.run_async()
        return app.return_code or 0

    async def show() -> int:
        if address is None:
            return await on(DemoLine(clock))
        async with FloorLine(address) as line:
            return await on(line)

    return running.serve(show) or 0


def settings(invocation: Invocation, remembered: "Remembered") -> "FloorSettings":
    """The floor's settings as they are on disk now, with the look that the panel has."""
    from tui.floor.settings import FloorSettings

    config = invocation.load_config()
    panel, floor = msgspec.to_builtins(config.panel), msgspec.to_builtins(config.floor)
    look = {name: panel[name] for name in FROM_PANEL}
    look["theme"] = remembered.theme(config.panel.theme)
    return msgspec.convert(look | {name: floor[name] for name in floor if name not in ELSEWHERE}, FloorSettings)


def hub_address(invocation: Invocation) -> "FloorAddress":
    """Where the hub is and with which key it is asked.

    Raises ConfigError where no hub is named, or its key cannot be one.
    """
    from sidecar import keys
    from streams.floorlink import FloorAddress

    floor, share = invocation.config.floor, invocation.config.share
    hub, hub_key = floor.hub or share.hub, floor.hub_key or share.hub_key
    where = invocation.places.config_file
    if not hub:
        raise ConfigError(
            f"no hub is named: put its address and key as floor.hub and floor.hub_key into {where}; "
            "`sidecar floor --demo` shows made-up calls"
        )
    if len(hub_key) != KEY_LENGTH:
        raise ConfigError(
            f"floor.hub_key must be the hub's public key of {KEY_LENGTH} characters, as `sidecar hub` prints it; "
            f"put it into {where}"
        )
    pair = keys.load(invocation.places.keys_dir).floor
    return FloorAddress(
        hub=hub,
        server_public=hub_key.encode(),
        client_public=pair.public.encode(),
        client_secret=pair.secret.encode(),
    )


@command.command(short_help="Write the last hours of your teams.")
@click.option("--hours", type=Amount(0.1, 24 * 366), default=8.0, show_default=True, help="How far back.")
@click.option("--csv/--json", "as_csv", default=True, help="One figure a row, or one document.  [default: csv]")
@click.pass_obj
def export(invocation: Invocation, hours: float, *, as_csv: bool) -> None:
    """Write the last hours of your teams to stdout: moods, heat, claims, nudges and openings, none of it by agent."""
    from sidecar import running
    from sidecar.hub import shift
    from streams.floorline import FloorLine

    address = hub_address(invocation)

    async def ask() -> dict[str, object]:
        async with FloorLine(address, client="export") as line:
            await line.up()
            return await line.shift(hours)

    figures = running.run(ask)
    sys.stdout.write(
        shift.as_csv(figures) if as_csv else f"{msgspec.json.format(msgspec.json.encode(figures)).decode()}\n"
    )
