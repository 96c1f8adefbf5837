"""The TCP listener of Asterisk's AudioSocket: connections flow in, each is received as one channel of a call.

The protocol knows no secret, so this is opened only where nobody else uses the machine, and beyond its own addresses
only to those of `taps.allow`. A call's two channels may come to two ports, one for each side, under the same UUID.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from sidecar import logs
from sidecar.config_sections import TapsConfig
from sidecar.edge import Door
from sidecar.listener import UNREAD_CONNECTIONS, Receiver, not_listening
from sidecar.seldom import Seldom
from sidecar.wires import TcpWire
from streams.taps.audiosocket import AudioSocket

SOURCE = "audiosocket"
_log = logs.get("audiosocket")
_refusals = Seldom(_log)


@asynccontextmanager
async def listen_tcp(config: TapsConfig, reception: Receiver) -> AsyncIterator[None]:
    """Listen for channels of calls at every port of `taps.tcp_ports` for as long as the block runs.

    Raises TapError when a port cannot be had.
    """
    door = Door(config.allow, config.per_address, config.max_calls * 2 + UNREAD_CONNECTIONS)
    apart = len(config.tcp_ports) > 1
    async with AsyncExitStack() as stack:
        for port in config.tcp_ports:
            facts = {"side": "agent" if port == config.audiosocket_agent_port else "customer"} if apart else {}
            await stack.enter_async_context(_listen_at(port, facts, config, reception, door))
        yield


@asynccontextmanager
async def _listen_at(
    port: int, facts: dict[str, str], config: TapsConfig, reception: Receiver, door: Door
) -> AsyncIterator[None]:
    visits: set[asyncio.Task[None]] = set()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = TcpWire(reader, writer)
        peer = writer.get_extra_info("peername")
        host = peer[0] if peer else ""
        if refused := door.why_not(host):
            _refusals.say("connection cut off", kind=refused, address=host, reason=refused, peer=host)
            writer.close()
            return
        door.enter(host)
        visit = asyncio.current_task()
        assert visit is not None
        visits.add(visit)
        try:
            if reception.full():
                reason = "too many connections"
                _refusals.say("connection refused", kind=reason, address=host, reason=reason, peer=wire.peer)
            else:
                await reception.receive(wire, AudioSocket(config.tapped.audiosocket, facts=facts), SOURCE)
        except asyncio.CancelledError:
            # A stop below is the visit's ordinary end; asyncio, which made the task, would take it for a mistake.
            pass
        except Exception as error:  # noqa: BLE001 - one bad connection never takes down the service
            _log.exception("connection broke", error=type(error).__name__)
        finally:
            door.leave(host)
            visits.discard(visit)
            writer.close()

    key = "audiosocket_port" if port == config.audiosocket_port else "audiosocket_agent_port"
    try:
        server = await asyncio.start_server(receive, config.host, port)
    except OSError as error:
        raise not_listening(config.host, port, key, error) from error
    try:
        yield
    finally:
        server.close()
        going = [*visits]
        for visit in going:
            visit.cancel()
        if going:
            await asyncio.wait(going)
