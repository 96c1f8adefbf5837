"""`sidecar gateway` as a service: settings and keys flow in; listeners, a router and what watches them are opened.

Told to end, it takes no new calls and lets those that go on come to their end for a while.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec

from sidecar import keys, monitor, signatures
from sidecar.config_sections import Config
from sidecar.gateway.metrics import GatewayMetrics
from sidecar.gateway.service import PEER_QUEUE, Gateway, owners
from sidecar.gateway.switchboard import Patience
from sidecar.hub.keyring import RollFile
from sidecar.hub.zeromq import endpoint, open_router
from sidecar.listener import listen
from sidecar.places import Places
from streams.background import background
from streams.clock import WallClock

BEAT_S = 1.0
LAST_WORDS_S = 0.3


class GatewayService:
    """The gateway of this machine.

    Raises KeyFileError for keys and lists of keys that cannot be used.
    """

    def __init__(self, config: Config, places: Places) -> None:
        self._config = config
        self._own = keys.pair(places.keys_dir, "gateway")
        self._token = keys.token(places.keys_dir)
        self._agreed = signatures.read(places.keys_dir)
        self._roll_file = RollFile(places.keys_dir)
        self._known = owners(self._roll_file.read())
        self._taps = msgspec.structs.replace(config.taps, max_calls=config.gateway.max_calls)
        self._pulse = monitor.Pulse(WallClock())
        self._metrics = GatewayMetrics()
        self._gateway: Gateway | None = None

    async def run(self, ready: Callable[[str], None]) -> None:
        """Serve until cancelled; `ready` gets the lines for whoever started it.

        Raises BusError or TapError when a port cannot be had, ConfigError for a certificate that cannot be used.
        """
        config, taps = self._config.gateway, self._taps
        patience = Patience(config.park_s, config.resume_s)
        async with open_router(config.host, config.port, self._own, peer_queue=PEER_QUEUE, section="gateway") as end:
            gateway = self._gateway = Gateway("gateway", taps, WallClock(), patience, end)
            gateway.know(self._known, end)
            async with (
                background(gateway.run(end, self._roll_file.changed), self._beat(gateway)),
                listen(taps, self._token, gateway.platforms, self._agreed),
            ):
                with monitor.monitored(self._config.monitor, self._metrics.registry, self._pulse):
                    scheme, names = "wss" if taps.tls.certificate else "ws", ", ".join(taps.dialects.over_websocket)
                    ready(f"taking calls at {scheme}://{taps.host}:{taps.port}/ ({names})")
                    where = endpoint(config.host, config.port)
                    ready(f"workstations dial {where}; keys known: {len(self._known)}")
                    ready(f"this gateway's public key, for gateway.key: {self._own.public}")
                    monitor.notify("READY=1")
                    await asyncio.Event().wait()

    async def drain(self) -> None:
        """Let calls that go on come to their end, for a while, and take no new ones."""
        monitor.notify("STOPPING=1")
        self._pulse.drain()
        if self._gateway is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._taps.drain_s):
                await self._gateway.platforms.drained()
                # The last calls' ends are still on their way to their workstations.
                await asyncio.sleep(LAST_WORDS_S)

    async def _beat(self, gateway: Gateway) -> None:
        """Say once a second that the event loop comes round, and how things stand."""
        while True:
            figures = gateway.figures
            self._metrics.look(figures)
            self._pulse.alive(calls=figures.connections, waiting=figures.waiting, workstations=figures.workstations)
            await asyncio.sleep(BEAT_S)
