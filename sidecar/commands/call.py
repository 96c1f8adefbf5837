"""`sidecar call`: begin and end a call of this machine's softphone, so that a hotkey can say what no ear can tell."""

import click

from sidecar import bus, keys, running
from sidecar.invocation import Invocation
from streams.busline import BusLine
from streams.errors import BusError
from streams.wire import Command, Reply


@click.group(short_help="Begin and end a call of this machine's softphone.")
def command() -> None:
    """Begin and end a call of this machine's softphone (`[taps.local]`)."""


@command.command()
@click.option("--id", "call_id", default="", help="The call's name, as your CRM has it.")
@click.pass_obj
def start(invocation: Invocation, call_id: str) -> None:
    """A call begins now."""
    _tell(invocation, Command(action="call_start", value=call_id))


@command.command()
@click.pass_obj
def end(invocation: Invocation) -> None:
    """The call is over."""
    _tell(invocation, Command(action="call_end"))


def _tell(invocation: Invocation, said: Command) -> None:
    address = bus.address(invocation.config.bus, keys.load(invocation.places.keys_dir))

    async def tell() -> Reply:
        async with BusLine(address, client="call") as line:
            return await line.send(said)

    reply = running.run(tell)
    if not reply.ok:
        raise BusError(reply.text)
