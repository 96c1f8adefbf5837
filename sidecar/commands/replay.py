"""`sidecar replay`: a recording, a transcript or an earlier call through the whole path."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from sidecar.invocation import Invocation

if TYPE_CHECKING:
    from sidecar.config_sections import Config
    from sidecar.ears import Ears, EngineName
    from sidecar.material import Material
    from sidecar.places import Places
    from sidecar.playing import Performance
    from streams.events import Channel

SPEEDS = {"1": 1.0, "4": 4.0, "max": None}
ENGINES = ("auto", "whisper", "reference", "none")
"""`sidecar.ears.EngineName`, written out so that help needs no engine."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line, by the options' names."""

    path: Path | None
    agent: Path | None
    customer: Path | None
    left: "Channel | None"
    engine: "EngineName | None"
    model: str | None
    transcript: Path | None
    speed: str
    as_json: bool
    panel: bool
    to_service: bool
    sets: tuple[str, ...]


@click.command(short_help="Play a recording, a transcript or an earlier call.")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--agent", type=click.Path(path_type=Path), help="The agent's side as a mono file of its own.")
@click.option("--customer", type=click.Path(path_type=Path), help="The customer's side as a mono file of its own.")
@click.option("--left", type=click.Choice(["agent", "customer"]), help="Who speaks on the left (first) channel.")
@click.option(
    "--engine", type=click.Choice(ENGINES), help="Where words come from; none: voice activity and timing only."
)
@click.option("--model", help="A speech model's name, or the directory of one.")
@click.option(
    "--transcript", type=click.Path(path_type=Path), help="The recording's words (.call .srt .vtt .words.json)."
)
@click.option("--speed", type=click.Choice(list(SPEEDS)), default="1", show_default=True, help="Times real time.")
@click.option("--json", "as_json", is_flag=True, help="Every event as one line of JSON on stdout.")
@click.option("--panel", is_flag=True, help="Watch it on the agent's panel.")
@click.option("--to-service", is_flag=True, help="Send the sound to the running service.")
@click.option("--set", "sets", multiple=True, metavar="SECTION.KEY=VALUE", help="One setting for this run.")
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> int:
    """Play PATH through the whole path: voice activity, words, mood and nudges.

    PATH is a recording (two channels, or one for both sides), a timed transcript (.call .srt .vtt), or the journal of
    an earlier call. Two recordings, one a side, are given with --agent and --customer.
    """
    from sidecar.playing import Performance

    asked = Asked(**options)
    if sum((asked.as_json, asked.panel, asked.to_service)) > 1:
        raise click.UsageError("--json, --panel and --to-service exclude each other")
    invocation.sets += asked.sets
    config = invocation.config
    if asked.model is not None:
        config = msgspec.structs.replace(config, asr=msgspec.structs.replace(config.asr, model=asked.model))
    material = _material(asked, config)
    if asked.to_service:
        _send(asked, config, invocation.places, material)
        return 0
    ears = _ears(asked, config, invocation.places, material)
    speed = SPEEDS[asked.speed]
    performance = Performance(material, ears, config, invocation.places, speed=speed, keep=True)
    if asked.panel:
        return show_on_panel(invocation, performance, speed)
    performance.here(as_json=asked.as_json)
    return 0


def show_on_panel(invocation: Invocation, performance: "Performance", speed: float | None) -> int:
    """Play a call while a panel of its own shows it; returns the panel's exit code."""
    from sidecar.launch import Stage, beside_panel

    async def perform(stage: Stage) -> None:
        await performance.play(stage.sinks, follow=stage.follow)

    notice = "; ".join(performance.notes)
    return beside_panel(invocation, performance.call_id, perform, notice=notice, speed=speed or 0.0)


def _material(asked: Asked, config: "Config") -> "Material":
    from sidecar.material import open_path, open_sides

    if asked.path is not None and asked.agent is None and asked.customer is None:
        left = config.recordings.left
        return open_path(asked.path, left=asked.left, default_left=left, transcript=asked.transcript)
    if asked.path is None and asked.agent is not None and asked.customer is not None:
        return open_sides(asked.agent, asked.customer, asked.transcript)
    raise click.UsageError("give one PATH, or both --agent and --customer")


def _send(asked: Asked, config: "Config", places: "Places", material: "Material") -> None:
    from sidecar import tapclient
    from sidecar.playing import say
    from sidecar.sending import send

    if asked.engine == "none":
        raise click.UsageError("--engine none is for playing here; the service decides what it can hear")
    for note in material.notes:
        say(note)
    engine = asked.engine if asked.engine in ("whisper", "reference") else None
    where = tapclient.address(config.taps, places.keys_dir)
    send(material, engine or ("reference" if asked.transcript else None), where, SPEEDS[asked.speed])


def _ears(asked: Asked, config: "Config", places: "Places", material: "Material") -> "Ears | None":
    """The engine for a recording; what has words already needs none."""
    if material.kind != "audio":
        return None
    from sidecar import ears
    from sidecar.playing import say

    return ears.choose(
        asked.engine or ("whisper" if asked.model else config.asr.engine),
        material.known,
        named=asked.transcript is not None,
        local_model=lambda: ears.local_model(config.asr, places.models_dir, say=say),
        any_model=lambda: ears.any_model(config.asr, places.models_dir, say=say),
    )
