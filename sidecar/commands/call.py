"""`sidecar call`: begin and end a call of this machine's softphone, pause any: a hotkey says what no ear can tell."""

import click

from sidecar import bus, keys, running
from sidecar.invocation import Invocation
from streams.busline import BusLine
from streams.errors import BusError
from streams.wire import Command, Reply


@click.group(short_help="Begin and end a call of this machine's softphone; pause any call.")
def command() -> None:
    """Begin and end a call of this machine's softphone (`[taps.local]`); pause any call while card data is said."""


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


@command.command()
@click.option("--call", "call_id", default="", help="The call, where several are going on.")
@click.pass_obj
def pause(invocation: Invocation, call_id: str) -> None:
    """Hear and keep nothing from now on."""
    _tell(invocation, Command(action="pause", call_id=call_id, value="on"))


@command.command()
@click.option("--call", "call_id", default="", help="The call, where several are going on.")
@click.pass_obj
def resume(invocation: Invocation, call_id: str) -> None:
    """Listen again."""
    _tell(invocation, Command(action="pause", call_id=call_id, value="off"))


def _tell(invocation: Invocation, said: Command) -> None:
    address = bus.address(invocation.config.bus, keys.load(invocation.places.keys_dir))

    async def tell() -> Reply:
        async with BusLine(address, client="call") as line:
            return await line.send(said)

    reply = running.run(tell)
    if not reply.ok:
        raise BusError(reply.text)
