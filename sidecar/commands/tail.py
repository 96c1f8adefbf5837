"""`sidecar tail`: what passes on the bus, as lines to read or as JSON."""

import sys

import click

from sidecar import bus, keys, running, stages
from sidecar.invocation import Invocation
from sidecar.outputs import JsonLines
from sidecar.playing import readable
from sidecar.printable import printable
from sidecar.runner import Sink
from streams.busline import BusLine, LinkChange
from streams.wire import Snapshot

_LINK = {
    "connecting": "waiting for the service",
    "up": "connected",
    "lost": "the service is away; waiting for it",
}


@click.command(short_help="Print what passes on the bus.")
@click.option("--json", "as_json", is_flag=True, help="Every event as one line of JSON.")
@click.pass_obj
def command(invocation: Invocation, *, as_json: bool) -> None:
    """Print what passes on the bus, until Ctrl-C.

    The state of a call that is going on comes first. How the link stands goes to stderr.
    """
    config, places = invocation.config, invocation.places
    address = bus.address(stages.in_reach(config.bus, places.state_dir), keys.load(places.keys_dir))
    sink: Sink = JsonLines(sys.stdout.buffer) if as_json else readable()

    async def follow() -> None:
        async with BusLine(address, client="tail") as line:
            async for item in line:
                if isinstance(item, LinkChange):
                    print(f"sidecar: {printable(item.text or _LINK[item.state])}", file=sys.stderr, flush=True)
                elif isinstance(item, Snapshot):
                    for event in item.events:
                        sink.write(event)
                else:
                    sink.write(item.event)

    running.run(follow)
