"""`sidecar tap-test`: play a call at a server as a platform would, or wait for a platform and show what it says."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from sidecar.amounts import Amount
from sidecar.invocation import Invocation
from sidecar.taptest.names import NAMES
from streams.errors import InputError

if TYPE_CHECKING:
    import ssl

    from sidecar.config_sections import TapsConfig
    from sidecar.taptest.client import Asked, Client
    from sidecar.taptest.playing import Carried, Leg


@click.command(
    short_help="Play a call at a server as a platform would, or watch a platform.",
    epilog=f"DIALECT is one of {', '.join(NAMES)}.",
)
@click.argument("dialect", type=click.Choice(NAMES), metavar="DIALECT")
@click.argument("url", required=False)
@click.option("--serve", is_flag=True, help="Wait for the platform itself and show what it says, without its sound.")
@click.option("--recording", type=click.Path(path_type=Path), help="What to play.  [default: a bundled call]")
@click.option("--speed", type=Amount(0.1, 1000), default=1.0, show_default=True, help="Times its own pace.")
@click.option("--seconds", type=Amount(0.1), help="Cut or repeat the recording to this length.")
@click.option("--token", envvar="SIDECAR_TAP_TOKEN", help="Of a service that is not your own.")
@click.pass_obj
def command(
    invocation: Invocation,
    *,
    dialect: str,
    url: str | None,
    serve: bool,
    recording: Path | None,
    speed: float,
    seconds: float | None,
    token: str | None,
) -> None:
    """Play a call at the server at URL (your own service without one) as DIALECT's platform would.

    The exit code is 0 when the call was carried to its end. With --serve nothing is played: it listens where
    `sidecar run` would, under the same rules, and shows what the platform says and what the service makes of it.
    """
    if serve:
        if url or recording:
            raise click.UsageError("--serve takes neither a URL nor a recording")
        _serve(invocation, dialect)
        return
    from sidecar import demo, running
    from sidecar.taptest import dialects, playing, sound

    taps = invocation.config.taps
    asked = _asked(invocation, url, token)
    apart = not url and bool(taps.audiosocket_agent_port)
    legs = [playing.Leg(one, _url(one, url, taps)) for one in dialects.clients(dialect, asked, apart=apart)]
    played = sound.read(recording or demo.find(demo.DEFAULT).sound, seconds)
    trust = _trust(invocation) if urlsplit(legs[0].url).scheme == "wss" else None
    print(f"{dialect} plays {played.samples / played.rate_hz:.1f} s at {_place(legs[0].url)} as call {asked.call_id}")
    carried = running.run(lambda: playing.play(legs, played, speed, trust))
    _tell(legs, carried)


def _asked(invocation: Invocation, url: str | None, token: str | None) -> "Asked":
    """The call's name and what the user's own service wants to be shown; it is shown to nobody else.

    Raises InputError where a token is needed and none was given.
    """
    from sidecar import keys, signatures
    from sidecar.edge import is_loopback
    from sidecar.taptest.client import Asked, unique

    taps, folder = invocation.config.taps, invocation.places.keys_dir
    there = urlsplit(url or "")
    ours = {taps.host, urlsplit(taps.public_url).hostname}
    if url and not there.scheme:
        raise InputError(f"{url!r} is no URL; write it as `sidecar run --check` does, such as ws://127.0.0.1:8765")
    if there.hostname in ours or not url or is_loopback(there.hostname or ""):
        agreed = signatures.read(folder)
        return Asked(
            call_id=unique("tap-test"),
            token=token or keys.token(folder),
            audiohook_secret=agreed.audiohook,
            twilio_secret=agreed.twilio,
        )
    if token is None and there.scheme != "tcp":
        raise InputError(f"your own token is not shown to {there.hostname}; give its own with --token")
    return Asked(call_id=unique("tap-test"), token=token or "")


def _url(client: "Client", url: str | None, taps: "TapsConfig") -> str:
    """Where a client connects: a URL without a path is that of a service, and the platform's path is put to it."""
    if url:
        return url if urlsplit(url).path.strip("/") else url.rstrip("/") + client.path
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(taps.host, taps.host)  # noqa: S104 - where it is reached
    host = f"[{host}]" if ":" in host else host
    if not client.path:
        port = taps.audiosocket_agent_port if "agent" in client.sides else taps.audiosocket_port
        return f"tcp://{host}:{port}"
    return f"{'wss' if taps.tls.certificate else 'ws'}://{host}:{taps.port}{client.path}"


def _trust(invocation: Invocation) -> "ssl.SSLContext":
    import ssl

    from sidecar.tapclient import trusting

    return trusting(invocation.config.taps.tls.certificate) or ssl.create_default_context()


def _place(url: str) -> str:
    """A URL without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/{parts.path.strip('/').partition('/')[0]}"


def _tell(legs: Sequence["Leg"], carried: Sequence["Carried"]) -> None:
    for leg, one in zip(legs, carried, strict=True):
        for side, samples in one.samples.items():
            print(f"  {side:<9} {samples} samples at {one.rate_hz} Hz, {samples / one.rate_hz:.2f} s")
        answers = ", ".join(f"{count} {kind}" for kind, count in one.answers.items()) or "nothing"
        who = "we hung up, as the platform does" if leg.client.hangs_up else "the server closed"
        print(f"  sent {one.messages} messages; answered {answers}; {who}{one.closed}")
    print("ok: the call was carried to its end")


def _serve(invocation: Invocation, dialect: str) -> None:
    from sidecar import keys, logs, running, signatures
    from sidecar.taptest.watching import watch

    logs.configure(invocation.verbose)
    folder = invocation.places.keys_dir
    taps, token, agreed = invocation.config.taps, keys.token(folder), signatures.read(folder)
    running.serve(lambda: watch(dialect, taps, token, agreed, _print))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
