"""`sidecar answer`: one answer to the nudge on screen, so that a hotkey or a foot pedal can give it."""

import click

from sidecar import bus, keys, running, stages
from sidecar.invocation import Invocation
from streams.busline import BusLine
from streams.errors import BusError
from streams.wire import Command, Reply

ANSWERS = {
    "ack": "acknowledged",
    "dismiss": "dismissed",
    "snooze": "snoozed",
    "helpful": "helpful",
    "unhelpful": "not_helpful",
    "undo": "undone",
}


@click.command(short_help="Answer the nudge on screen, for a hotkey or a foot pedal.")
@click.argument("action", type=click.Choice(list(ANSWERS)))
@click.option("--call", "call_id", default="", help="The call, where several are going on.")
@click.option("--nudge", default="", help="The nudge's id; without it, the one on screen.")
@click.pass_obj
def command(invocation: Invocation, action: str, call_id: str, nudge: str) -> None:
    """Answer the nudge on screen: ack, dismiss, snooze, helpful, unhelpful or undo.

    Where no service is going, a call that `sidecar demo` or `sidecar replay` plays is meant. With no nudge on the
    screen, `ack` says that the supervisor's note was read.
    """
    config, places = invocation.config, invocation.places
    address = bus.address(stages.in_reach(config.bus, places.state_dir), keys.load(places.keys_dir))

    async def tell() -> Reply:
        async with BusLine(address, client="answer") as line:
            return await line.send(Command(action="answer", call_id=call_id, nudge=nudge, value=ANSWERS[action]))

    reply = running.run(tell)
    if not reply.ok:
        raise BusError(reply.text)
