"""`sidecar hub`: joins workstations and supervisors' floors, until Ctrl-C or a request to end."""

import sys

import click

from sidecar.invocation import Invocation


@click.command(short_help="Join many workstations into one floor.")
@click.pass_obj
def command(invocation: Invocation) -> None:
    """Join many workstations into one floor.

    Workstations and floors connect here with their keys; `sidecar keys` says who may. Ctrl-C ends it. Workstations go
    on coaching without it and catch up when it is back.
    """
    from sidecar import logs, running
    from sidecar.hub import handles, keyring
    from sidecar.hub.keyring import RollFile
    from sidecar.hub.records import HubSettings
    from sidecar.hub.server import HubServer
    from sidecar.hub.store import FILE_NAME, Store
    from sidecar.hub.zeromq import endpoint, open_router
    from sidecar.places import ensure
    from streams.clock import WallClock, unix_s

    logs.configure(invocation.verbose)
    handles.raise_limit()
    config, places = invocation.config.hub, invocation.places
    own = keyring.own_pair(places.keys_dir)
    roll_file = RollFile(places.keys_dir, guests=not config.authentication)
    roll = roll_file.read()
    clock = WallClock()
    origin_s = unix_s() - clock.now_ms() / 1000
    store = Store(ensure(places.data_dir) / FILE_NAME, origin_s)
    settings = HubSettings(beat_ms=config.beat_ms, unclaimed_ms=config.unclaimed_s * 1000, per_agent=config.per_agent)

    async def serve() -> None:
        async with open_router(config.host, config.port, own, authentication=config.authentication) as end:
            server = HubServer(
                end,
                end,
                store,
                roll,
                settings=settings,
                clock=clock,
                read_roll=roll_file.changed,
                frames_per_s=config.frames_per_s,
                keep_days=config.keep_days,
                origin_s=origin_s,
            )
            _say(f"listening on {endpoint(config.host, config.port)}; {len(roll.clients)} keys are let in")
            _say(f"this hub's public key, for share.hub_key and floor.hub_key: {own.public}")
            if not config.authentication:
                _say("authentication is off: anybody on this machine may look on and act")
            await server.run()

    running.serve(serve)


def _say(line: str) -> None:
    print(f"sidecar: {line}", file=sys.stderr, flush=True)
