"""`sidecar run`: the service, until Ctrl-C or a request to end."""

import asyncio
import signal
import sys

import click

from sidecar import ears, keys, logs, ports, running
from sidecar.config import Config
from sidecar.invocation import Invocation
from sidecar.service import Service
from streams.engine import Transcriber
from streams.errors import BusError, ModelError, TapError, WrongModelError


@click.command(short_help="Run the service: taps, recogniser, coach and bus.")
@click.pass_obj
def command(invocation: Invocation) -> None:
    """Run the service: taps, recogniser, coach and bus.

    Calls come in from the platforms of `[taps.dialects]`; `sidecar panel` shows them. Ctrl-C ends it, SIGHUP reads the
    settings anew.
    """
    logs.configure(invocation.verbose)
    config, places = invocation.config, invocation.places
    known = keys.load(places.keys_dir)
    token = keys.token(places.keys_dir)
    _check_ports(config)
    engine = _engine(invocation)

    async def serve() -> None:
        service = Service(invocation.load_config, places, known, token, engine)
        if sys.platform != "win32":
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, service.reload_wanted.set)
        await service.run(_say)

    running.serve(serve)


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
