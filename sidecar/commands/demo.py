"""`sidecar demo`: a bundled call through the whole path, on the panel or as lines."""

import sys
from typing import TYPE_CHECKING

import click

from sidecar.invocation import Invocation
from streams.errors import ModelError

if TYPE_CHECKING:
    from sidecar.ears import Ears
    from sidecar.material import Material
    from streams.engine import Transcriber

SPEEDS = {"1": 1.0, "4": 4.0, "max": None}


@click.command(short_help="Play a bundled call through the whole path.")
@click.argument("name", required=False)
@click.option("--list", "list_them", is_flag=True, help="List the bundled calls.")
@click.option("--speed", type=click.Choice(list(SPEEDS)), default="1", show_default=True, help="Times real time.")
@click.option("--plain", is_flag=True, help="Lines instead of the panel, also on a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Every event as one line of JSON.")
@click.pass_obj
def command(
    invocation: Invocation, name: str | None, *, list_them: bool, speed: str, plain: bool, as_json: bool
) -> int:
    """Play the bundled call NAME: real sound, voice activity, timing, mood and nudges.

    On a terminal it is shown on the agent's panel, else as lines. Nothing is fetched: without a speech model the words
    come from the call's transcript, which is said.
    """
    from sidecar import demo
    from sidecar.commands.replay import show_on_panel
    from sidecar.material import open_path
    from sidecar.playing import Performance

    if list_them:
        _list()
        return 0
    call = demo.find(name or demo.DEFAULT)
    material = open_path(call.sound, left=None, default_left="agent", transcript=None)
    ears = _ears(invocation, material)
    pace = SPEEDS[speed]
    performance = Performance(material, ears, invocation.config, invocation.places, speed=pace, keep=False)
    if sys.stdin.isatty() and sys.stdout.isatty() and not (plain or as_json):
        return show_on_panel(invocation, performance, pace)
    performance.here(as_json=as_json)
    return 0


def _list() -> None:
    from sidecar import demo

    for call in demo.bundled():
        seconds = call.duration_ms // 1000
        print(f"{call.name:<18} {seconds // 60}:{seconds % 60:02}  {call.title}: {call.about}")


def _ears(invocation: Invocation, material: "Material") -> "Ears":
    """The recogniser where its model is on this machine, else the bundled words; nothing is ever fetched."""
    from sidecar import ears
    from sidecar.playing import say

    asr, models_dir = invocation.config.asr, invocation.places.models_dir

    def no_model() -> "Transcriber":
        raise ModelError("no speech model is on this machine; `sidecar models pull base.en` brings one")

    return ears.choose(
        "reference" if asr.engine == "reference" else "auto",
        material.known,
        named=False,
        local_model=lambda: ears.local_model(asr, models_dir, say=say),
        any_model=no_model,
    )
