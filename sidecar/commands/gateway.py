"""`sidecar gateway`: takes cloud platforms' calls and hands each to its agent's workstation, until it is stopped."""

import os
import sys

import click

from sidecar.invocation import Invocation


@click.command(short_help="Hand cloud platforms' calls to workstations that they cannot reach.")
@click.option("--unit", "as_unit", is_flag=True, help="Print a systemd user unit for this program, and end.")
@click.pass_obj
def command(invocation: Invocation, *, as_unit: bool) -> None:
    """Hand cloud platforms' calls to workstations that they cannot reach.

    Runs where platforms can reach it, with the certificate of [taps.tls]. Workstations dial in ([gateway] address and
    key on their side), are known by their keys (`sidecar keys allow NAME KEY --role agent --agent ID`), and get their
    agents' calls alone. Nothing of a call is kept. Ctrl-C ends it, SIGTERM lets calls come to their end first
    (taps.drain_s).
    """
    from sidecar import logs, running, unit
    from sidecar.gateway.serving import GatewayService
    from sidecar.hub import handles
    from sidecar.places import HOME_VARIABLE

    config, places = invocation.config, invocation.places
    if as_unit:
        home = os.environ.get(HOME_VARIABLE, "")
        print(unit.unit(unit.this_program(), [str(places.keys_dir)], config.taps.drain_s, home, does="gateway"), end="")
        return
    logs.configure(invocation.verbose)
    handles.raise_limit()
    service = GatewayService(config, places)
    running.serve(lambda: service.run(_say), service.drain)


def _say(line: str) -> None:
    print(f"sidecar: {line}", file=sys.stderr, flush=True)
