"""`sidecar gateway`: platforms call in over TLS, workstations dial in with their keys, and each call finds its agent's.

One event loop carries everything; no sound is kept, and a workstation that does not read loses sound of its own calls
alone, which is said to it.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple

from sidecar import logs
from sidecar.config_sections import TapsConfig
from sidecar.gateway.messages import from_station, pack_all
from sidecar.gateway.metrics import Figures
from sidecar.gateway.platforms import Platforms
from sidecar.gateway.switchboard import Patience, Send, Step, Switchboard
from sidecar.hub.roll import Roll
from sidecar.hub.transport import Arrival, Gate, HubEnd
from streams.background import background
from streams.clock import Clock
from streams.errors import KeyFileError, ProtocolError

PEER_QUEUE = 1_000
"""Messages that wait for one workstation that does not read, ten seconds of calls; more is announced as lost."""
GATHER_S = 0.01
"""What goes to one workstation within so long goes as one message: encryption and network cost by the message."""
LOOK_S = 0.25
_log = logs.get("gateway")


class Owner(NamedTuple):
    """A workstation by the name that the gateway knows its key by, and the agents whose calls it may have."""

    name: str
    agents: tuple[str, ...]


class Gateway:
    """Joins platforms and workstations; `end` carries what workstations say and hear."""

    def __init__(self, name: str, taps: TapsConfig, wall: Clock, patience: Patience, end: HubEnd) -> None:
        self._wall = wall
        self._end = end
        self._owners: Mapping[str, Owner] = {}
        self._switchboard = Switchboard(name, patience)
        self._here: frozenset[str] = frozenset()
        self._roll_fault = ""
        self._dropped = 0
        self._gathered: dict[bytes, list[Send]] = {}
        self.platforms = Platforms(taps, wall, self._switchboard, self._carry_out)

    @property
    def figures(self) -> Figures:
        """How things stand."""
        return Figures(
            connections=self.platforms.calls,
            waiting=self._switchboard.waiting,
            workstations=len(self._switchboard.stations),
            begun=self.platforms.begun,
            refused=self.platforms.refused,
            dropped=self._dropped,
        )

    def know(self, owners: Mapping[str, Owner], gate: Gate) -> None:
        """Whose keys (Z85) are good from now on; whoever else is connected is cut, and its calls wait."""
        now = {owner.name for owner in owners.values()}
        revoked = [owner.name for owner in self._owners.values() if owner.name not in now]
        self._owners = owners
        self._carry_out(self._switchboard.revoke(revoked, self._wall.now_ms()))
        gate.admit(owners.keys())

    async def run(self, gate: Gate, read_roll: Callable[[], Roll | None] = lambda: None) -> None:
        """Serve until cancelled; `read_roll` returns the roll when it has changed since it was last asked."""
        async with background(self._look(gate, read_roll)):
            try:
                while True:
                    for arrival in await self._end.receive():
                        self._hear(arrival)
            finally:
                for peer in [*self._gathered]:
                    self._hand_over(peer)

    def _hear(self, arrival: Arrival) -> None:
        owner = self._owners.get(arrival.key)
        if owner is None:
            return
        try:
            said = from_station(arrival.data)
            step = self._switchboard.hear(arrival.peer, owner.name, owner.agents, said, self._wall.now_ms())
        except ProtocolError as error:
            _log.warning("message passed over", station=owner.name, reason=str(error))
            return
        self._carry_out(step)

    async def _look(self, gate: Gate, read_roll: Callable[[], Roll | None]) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if (roll := read_roll()) is not None:
                    self.know(owners(roll), gate)
                self._roll_fault = ""
            except KeyFileError as error:
                # Whoever was let in before stays so: calls go on while a person mends the file.
                if str(error) != self._roll_fault:
                    self._roll_fault = str(error)
                    _log.error("keys kept as they were", reason=self._roll_fault)
            self._carry_out(self._switchboard.look(self._wall.now_ms()))
            self._report()

    def _carry_out(self, step: Step) -> None:
        for send in step.sends:
            waiting = self._gathered.get(send.peer)
            if waiting is None:
                self._gathered[send.peer] = [send]
                asyncio.get_running_loop().call_later(GATHER_S, self._hand_over, send.peer)
            else:
                waiting.append(send)
        for told in step.told:
            self.platforms.tell(told)
        for ended in step.ended:
            self.platforms.end(ended)

    def _hand_over(self, peer: bytes) -> None:
        """Send a workstation what was gathered for it."""
        sends = self._gathered.pop(peer, [])
        outcome = self._end.send(peer, pack_all([send.message for send in sends])) if sends else "sent"
        if outcome != "sent":
            self._switchboard.dropped(sends)
            self._dropped += sum(send.piece is not None for send in sends)
        if outcome == "gone":
            self._carry_out(self._switchboard.gone(peer, self._wall.now_ms()))

    def _report(self) -> None:
        here = frozenset(self._switchboard.stations)
        for name in sorted(here - self._here):
            _log.warning("workstation is here", station=name, agents=self._switchboard.stations[name])
        for name in sorted(self._here - here):
            _log.warning("workstation is away", station=name)
        self._here = here


def owners(roll: Roll) -> dict[str, Owner]:
    """The workstations of a roll by their keys; one that names no agent has that of its own name."""
    return {
        client.public: Owner(client.name, client.agents or (client.name,))
        for client in roll.clients.values()
        if client.role == "agent"
    }
