"""`sidecar models`: which speech models there are, fetching one, and trying one out."""

import sys
import time
from pathlib import Path

import click

from sidecar import models, pick
from sidecar.invocation import Invocation
from streams.errors import ModelError


@click.group(short_help="List, fetch and check speech models.")
def command() -> None:
    """List, fetch and check speech models."""


@command.command(name="list", short_help="List the models known by name, and where they are.")
@click.pass_obj
def list_(invocation: Invocation) -> None:
    """Print the models known by name, their download size, and where those are that this machine has."""
    folder, configured = invocation.places.models_dir, invocation.config.asr.model
    for name, offer in models.OFFERS.items():
        mark = "*" if name == configured else " "
        languages = "99 languages" if offer.multilingual else "English"
        print(f"{mark} {name:<16} {offer.megabytes:>5} MB  {languages:<12}  {_where(name, folder)}".rstrip())
    if configured not in models.OFFERS:
        print(f"* {configured}")
    print(f"\n* is asr.model; a directory with a converted model will do as well. Models are kept in {folder}")


@command.command()
@click.argument("name", required=False)
@click.pass_obj
def pull(invocation: Invocation, name: str | None) -> None:
    """Fetch the model NAME, or the configured one."""
    wanted = _named(invocation, name)
    if found := models.find(wanted, invocation.places.models_dir):
        print(f"{wanted} is here already: {found}")
        return
    print(models.fetch(wanted, invocation.places.models_dir, say=_say))


@command.command(short_help="Load a model, try it out, and time it.")
@click.argument("model", required=False)
@click.pass_obj
def check(invocation: Invocation, model: str | None) -> None:
    """Load MODEL (a name or a directory; the configured one if not given), decode a second of silence, and time it."""
    import numpy as np

    from sidecar import recogniser
    from streams.engine import SAMPLE_RATE_HZ, DecodeJob, JobKind

    asr, folder = invocation.config.asr, invocation.places.models_dir
    wanted = _named(invocation, model)
    directory = models.resolve(wanted, folder, download=False, say=_say)
    began = time.perf_counter()
    ears = recogniser.load(asr, directory)
    loaded_s = time.perf_counter() - began
    job = DecodeJob(
        call_id="check",
        channel="agent",
        utterance=0,
        kind=JobKind.FINAL,
        started_ms=0,
        ended_ms=1000,
        requested_ms=0,
    )
    heard = ears.transcribe(job, np.zeros(SAMPLE_RATE_HZ, np.float32))
    print(f"{wanted}: {directory}")
    print(f"loaded in {loaded_s:.2f} s")
    print(
        f"one second of silence in a {heard.window_ms / 1000:.0f} s window: encode {heard.encode_ms:.0f} ms, "
        f"decode {heard.decode_ms:.0f} ms, align {heard.align_ms:.0f} ms; heard {heard.text!r}"
    )
    speed = recogniser.measure(asr, directory)
    print(f"with profile {asr.profile}, both sides talking: {pick.verdict(wanted, speed, asr.workers)}")


def _named(invocation: Invocation, name: str | None) -> str:
    return name or pick.name(invocation.config.asr, invocation.places.models_dir, say=_say)


def _where(name: str, folder: Path) -> str:
    try:
        return str(models.find(name, folder) or "")
    except ModelError as error:
        return f"unusable: {error}"


def _say(line: str) -> None:
    print(line, file=sys.stderr)
