"""`sidecar devices`: which sound devices there are, how loud they are, and which of them the local tap listens to."""

import asyncio
import shutil
import sys
from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

import click
import msgspec

from sidecar import running
from sidecar.invocation import Invocation
from sidecar.local.devices import DEFAULT, KIND_OF, Device, Kind, choose
from streams.errors import TapError

if TYPE_CHECKING:
    from streams.taps.local_wire import Side

SHOW_S = 0.1
PRINT_S = 1.0
BESIDE_BAR = 32
"""Columns of the name, the brackets, the number and `clipped`."""
_HEADINGS: dict[Kind, str] = {
    "microphone": "microphones (the agent)",
    "loopback": "loopbacks (the customer: what a loudspeaker plays)",
}


@click.command(short_help="List and choose the sound devices of this machine.")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
@click.option("--meter", is_flag=True, help="Show how loud the two chosen devices are, until Ctrl-C.")
@click.option("--pick", is_flag=True, help="Choose both devices and write them to your settings.")
@click.pass_obj
def command(invocation: Invocation, *, as_json: bool, meter: bool, pick: bool) -> None:
    """List microphones and loopbacks; `*` marks the system's default, `>` what `[taps.local]` listens to."""
    from sidecar.local.systems import open_system

    if meter:
        running.run(lambda: _meters(invocation))
        return
    devices = open_system(invocation.config.taps.local.library).devices()
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(devices), indent=2).decode())
    elif pick:
        _pick(invocation, devices)
    else:
        _list(invocation, devices)


def _list(invocation: Invocation, devices: Sequence[Device]) -> None:
    for kind, heading in _HEADINGS.items():
        print(heading)
        chosen = _chosen(invocation, devices, kind)
        ours = [device for device in devices if device.kind == kind]
        if chosen is not None and chosen not in ours:
            ours.append(chosen)
        for device in ours:
            print(f" {'>' if device == chosen else ' '}{'*' if device.default else ' '} {device.name}")
            print(f"     {device.id}")
        if not ours:
            print("   none")
    if not invocation.config.taps.local.enabled:
        print("the local tap is off; `sidecar devices --pick` chooses two and switches it on")


def _chosen(invocation: Invocation, devices: Sequence[Device], kind: Kind) -> Device | None:
    try:
        return choose(devices, kind, getattr(invocation.config.taps.local, kind))
    except TapError as error:
        print(f"sidecar: {error}", file=sys.stderr)
        return None


def _pick(invocation: Invocation, devices: Sequence[Device]) -> None:
    """Ask for both devices, and write what was answered.

    Raises TapError when there is nothing to choose from.
    """
    from sidecar import config_edit

    if not devices:
        raise TapError("this system has no sound device that can be recorded")
    where = invocation.places.config_file
    picked: dict[Kind, str] = {}
    for kind, heading in _HEADINGS.items():
        # Another kind's devices come last: the microphone of a virtual cable may be what the customer is heard on.
        offered = sorted(devices, key=lambda device, kind=kind: device.kind != kind)  # type: ignore[misc]
        print(heading)
        print("  0  the system's default, whichever that is at the time")
        for number, device in enumerate(offered, 1):
            print(f" {number:>2}  {device.name}{' (default)' if device.default else ''}  {device.id}")
        answer = click.prompt(f"{kind}", type=click.IntRange(0, len(offered)), default=0)
        picked[kind] = offered[answer - 1].id if answer else DEFAULT
    for kind, device_id in picked.items():
        config_edit.put(where, ("taps", "local"), kind, device_id)
    config_edit.put(where, ("taps", "local"), "enabled", True)
    print(f"written to {where}; `sidecar devices --meter` shows whether they hear anything")


async def _meters(invocation: Invocation) -> None:
    """Draw both levels for ever: in place on a terminal, a line a second elsewhere."""
    from sidecar.local.listening import Listening
    from sidecar.local.meter import WIDTH, Meter
    from sidecar.local.tap import devices_of
    from streams.clock import monotonic_us
    from streams.taps.local_wire import Captured, Closed

    meters: dict[Side, Meter] = {side: Meter() for side in KIND_OF}
    gone: dict[Side, str] = {}

    async def follow(side: "Side") -> None:
        opened = devices_of(invocation.config.taps.local)[side]
        async with aclosing(Listening(opened, sleep=asyncio.sleep).messages()) as said:
            async for message in said:
                if isinstance(message, Closed):
                    gone[side] = message.reason
                else:
                    gone.pop(side, None)
                if isinstance(message, Captured):
                    meters[side].feed(message.stamp_us, message.pcm)

    async with asyncio.TaskGroup() as group:
        for side in KIND_OF:
            group.create_task(follow(side))
        in_place = sys.stdout.isatty()
        drawn = 0
        while True:
            await asyncio.sleep(SHOW_S if in_place else PRINT_S)
            now_us = monotonic_us()
            columns = shutil.get_terminal_size().columns
            width = max(1, min(WIDTH, columns - BESIDE_BAR))
            # A line that wraps could not be drawn over.
            lines = [
                f"{KIND_OF[side]:<10} {gone.get(side) or meter.bar(now_us, width)}"[: columns if in_place else None]
                for side, meter in meters.items()
            ]
            _draw(lines, drawn if in_place else 0)
            drawn = len(lines)


def _draw(lines: Sequence[str], above: int) -> None:
    """Print lines, over the ones `above` where there are some."""
    up = f"\x1b[{above}A" if above else ""
    erase = "\x1b[2K" if sys.stdout.isatty() else ""
    print(up + "\n".join(f"{erase}{line}" for line in lines), flush=True)
