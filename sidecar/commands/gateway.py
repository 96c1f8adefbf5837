"""`sidecar gateway`: takes cloud platforms' calls and hands each to its agent's workstation, until Ctrl-C."""

import asyncio
import sys

import click

from sidecar.invocation import Invocation


@click.command(short_help="Hand cloud platforms' calls to workstations that they cannot reach.")
@click.pass_obj
def command(invocation: Invocation) -> None:
    """Hand cloud platforms' calls to workstations that they cannot reach.

    Runs where platforms can reach it, with the certificate of [taps.tls]. Workstations dial in ([gateway] address and
    key on their side), are known by their keys (`sidecar keys allow NAME KEY --role agent --agent ID`), and get their
    agents' calls alone. Nothing of a call is kept. Ctrl-C ends it.
    """
    import msgspec

    from sidecar import keys, logs, running, signatures
    from sidecar.gateway.service import PEER_QUEUE, Gateway, owners
    from sidecar.gateway.switchboard import Patience
    from sidecar.hub import handles
    from sidecar.hub.keyring import RollFile
    from sidecar.hub.zeromq import endpoint, open_router
    from sidecar.listener import listen
    from streams.background import background
    from streams.clock import WallClock

    logs.configure(invocation.verbose)
    handles.raise_limit()
    config, places = invocation.config, invocation.places
    own = keys.pair(places.keys_dir, "gateway")
    token = keys.token(places.keys_dir)
    agreed = signatures.read(places.keys_dir)
    roll_file = RollFile(places.keys_dir)
    known = owners(roll_file.read())
    taps = msgspec.structs.replace(config.taps, max_calls=config.gateway.max_calls)
    patience = Patience(config.gateway.park_s, config.gateway.resume_s)

    async def serve() -> None:
        async with open_router(
            config.gateway.host, config.gateway.port, own, peer_queue=PEER_QUEUE, section="gateway"
        ) as end:
            gateway = Gateway("gateway", taps, WallClock(), patience, end)
            gateway.know(known, end)
            async with (
                background(gateway.run(end, roll_file.changed)),
                listen(taps, token, gateway.platforms, agreed),
            ):
                scheme = "wss" if config.taps.tls.certificate else "ws"
                names = ", ".join(config.taps.dialects.over_websocket)
                _say(f"taking calls at {scheme}://{config.taps.host}:{config.taps.port}/ ({names})")
                where = endpoint(config.gateway.host, config.gateway.port)
                _say(f"workstations dial {where}; {len(known)} of them are known")
                _say(f"this gateway's public key, for gateway.key: {own.public}")
                await asyncio.Event().wait()

    running.serve(serve)


def _say(line: str) -> None:
    print(f"sidecar: {line}", file=sys.stderr, flush=True)
