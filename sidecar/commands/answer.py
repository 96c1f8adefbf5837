"""`sidecar answer`: one answer to the nudge on screen, so that a hotkey or a foot pedal can give it."""

import click

from sidecar import bus, keys, running
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
    """Answer the nudge on screen: ack, dismiss, snooze, helpful, unhelpful or undo."""
    address = bus.address(invocation.config.bus, keys.load(invocation.places.keys_dir))

    async def tell() -> Reply:
        async with BusLine(address, client="answer") as line:
            return await line.send(Command(action="answer", call_id=call_id, nudge=nudge, value=ANSWERS[action]))

    reply = running.run(tell)
    if not reply.ok:
        raise BusError(reply.text)
