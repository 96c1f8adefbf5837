"""`sidecar run`: the service, until Ctrl-C or a request to end."""

import asyncio
import os
import signal
import sys

import click

from sidecar import ears, keys, logs, ports, readiness, recipes, running, unit
from sidecar.config_sections import Config
from sidecar.hub import handles
from sidecar.invocation import Invocation
from sidecar.places import HOME_VARIABLE
from sidecar.service import Service
from streams.engine import Transcriber
from streams.errors import BusError, ModelError, TapError, WrongModelError


@click.command(short_help="Run the service: taps, recogniser, coach and bus.")
@click.option("--check", is_flag=True, help="Print what to enter at each platform that may call, and end.")
@click.option("--show-token", is_flag=True, help="With --check: the token itself instead of its place.")
@click.option("--unit", "as_unit", is_flag=True, help="Print a systemd user unit for this program, and end.")
@click.pass_obj
def command(invocation: Invocation, *, check: bool, show_token: bool, as_unit: bool) -> None:
    """Run the service: taps, recogniser, coach and bus.

    Calls come in from the platforms of `[taps.dialects]`; `sidecar panel` shows them. Ctrl-C ends it, SIGTERM lets
    calls come to their end first (taps.drain_s), SIGHUP reads the settings anew.
    """
    if check or as_unit:
        _print_unit(invocation) if as_unit else _print_recipes(invocation, show_token=show_token)
        return
    logs.configure(invocation.verbose)
    handles.raise_limit()
    config, places = invocation.config, invocation.places
    known = keys.load(places.keys_dir)
    token = keys.token(places.keys_dir)
    _check_ports(config)
    engine = _engine(invocation)

    service = Service(invocation.load_config, places, known, token, engine)

    async def serve() -> None:
        if sys.platform != "win32":
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, service.reload_wanted.set)
        await service.run(_ready)

    running.serve(serve, service.drain)


def _ready(line: str) -> None:
    readiness.keep_for_good()
    _say(line)


def _print_recipes(invocation: Invocation, *, show_token: bool) -> None:
    """What to enter where, for every source that is switched on."""
    folder = invocation.places.keys_dir
    token = keys.token(folder) if show_token else "TOKEN"
    for recipe in recipes.recipes(invocation.config.taps, token):
        print(recipes.as_text(recipe), end="\n\n")
    if not show_token:
        print(f"TOKEN is the text in {folder / keys.TOKEN_FILE}; --show-token puts it in its place.")


def _print_unit(invocation: Invocation) -> None:
    """The unit, for `~/.config/systemd/user/sidecar.service`."""
    places = invocation.places
    folders = {places.data_dir, places.state_dir, places.keys_dir, places.models_dir, places.journals_dir}
    drain_s = invocation.config.taps.drain_s
    print(unit.unit(unit.this_program(), sorted(map(str, folders)), drain_s, os.environ.get(HOME_VARIABLE, "")), end="")


def _engine(invocation: Invocation) -> Transcriber | None:
    """The recogniser that all calls share, warm; None where none can be had and none was insisted on.

    Raises ModelError when `asr.engine` insists on one, and when what `asr.model` names is none.
    """
    asr, models_dir = invocation.config.asr, invocation.places.models_dir
    if asr.engine == "reference":
        return None
    try:
        engine = ears.any_model(asr, models_dir, say=_say)
    except ModelError as error:
        if asr.engine == "whisper" or isinstance(error, WrongModelError):
            raise
        _say(str(error))
        _say("going on without: calls that bring no words of their own get timing nudges only")
        return None
    engine.warm()
    return engine


def _check_ports(config: Config) -> None:
    """Say that a port is taken before a model is loaded or fetched for nothing."""
    for port in (config.bus.port, config.bus.port + 1):
        if not ports.is_free(config.bus.host, port):
            raise BusError(_taken(port, config.bus.host, "bus"))
    for port in config.taps.ports:
        if not ports.is_free(config.taps.host, port):
            raise TapError(_taken(port, config.taps.host, "taps"))


def _taken(port: int, host: str, section: str) -> str:
    return (
        f"port {port} on {host} is in use: another `sidecar run` may be going; "
        f"stop it, or choose another with `--set {section}.port=PORT`"
    )


def _say(line: str) -> None:
    print(f"sidecar: {line}", file=sys.stderr, flush=True)
