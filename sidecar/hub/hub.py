"""The hub's core: what peers send flows in with the key they sent it by, what each is to be sent flows out. Pure.

No socket, no clock and no file: a transport carries the messages, the time is handed in (ms, monotonic), and what must
be kept is handed out as records, whose storing is reported back before any workstation is told that it is kept.
"""

from collections.abc import Iterable
from typing import get_args

from sidecar.edge import Bucket
from sidecar.hub.desk import Desk
from sidecar.hub.floors import Floors
from sidecar.hub.records import FactKept, HubSettings, Memory, Outcome, Question, Record, Standing, Step
from sidecar.hub.roll import Client, Roll
from sidecar.hub.room import Room
from sidecar.hub.stations import Stations
from sidecar.hub.tidy import tidy
from streams.errors import ProtocolError
from streams.floor import (
    FLOOR_SCHEMA,
    FloorHello,
    FloorMessage,
    FromFloor,
    FromStation,
    Refused,
    ShiftRequest,
    StationHello,
    unpack,
)

MESSAGES_PER_S = 100
"""Messages of one key, with ten seconds' worth at once after a silence; more are passed over.

An honest workstation sends two states a second for each call.
"""
KEYS_REMEMBERED = 10_000
_FROM_STATION = get_args(FromStation)
_FROM_FLOOR = get_args(FromFloor)


class Hub:
    """One run of the hub; `run` names it, so that floors and workstations see that it started anew."""

    def __init__(self, run: str, roll: Roll, settings: HubSettings, memory: Memory, now_ms: int) -> None:
        self._roll = roll
        self._room = Room(run, settings)
        self._stations = Stations(self._room)
        self._floors = Floors(self._room, now_ms)
        self._buckets: dict[str, Bucket] = {}
        self._room.committed.update(memory.taken)
        for standing in memory.standing:
            self._restore(standing, now_ms)

    def hear(self, peer: bytes, key: str, data: bytes, now_ms: int, *, full: bool = False) -> Step:
        """A message that a peer sent by a key; while the store is `full`, facts are not taken."""
        try:
            self._take(peer, key, data, now_ms, full=full)
        except ProtocolError as error:
            self._room.send(peer, Refused(text=str(error)))
        return self._room.step()

    def frame(self, now_ms: int) -> Step:
        """What floors are to be sent now; asked for as often as floors are to be sent something."""
        self._floors.frame(now_ms)
        return self._room.step()

    def look(self, now_ms: int) -> Step:
        """What has come about by mere time: silent workstations, alerts that nobody claims."""
        self._stations.look(now_ms)
        self._floors.look(now_ms)
        return self._room.step()

    def committed(self, records: Iterable[Record]) -> Step:
        """These records are stored."""
        newest: dict[tuple[str, str], FactKept] = {}
        for record in records:
            if isinstance(record, FactKept):
                newest[record.station, record.boot] = record
        for fact in newest.values():
            self._stations.committed(fact)
        return self._room.step()

    def undelivered(self, peer: bytes, outcome: Outcome, now_ms: int) -> Step:
        """A message could not be sent: the peer does not read, or is gone."""
        seat = self._room.seats.get(peer)
        if seat is not None and outcome == "full":
            seat.fall_behind(now_ms)
        elif seat is not None:
            self._room.close(seat, now_ms)
        return self._room.step()

    def admit(self, roll: Roll, now_ms: int) -> Step:
        """The roll changed: whoever is not on it any more is forgotten, the others see what they may see now."""
        self._roll = roll
        for name, desk in tuple(self._room.desks.items()):
            client = roll.find(desk.client.public, "agent")
            if client is None or client.role != "agent" or client.name != name:
                for call in self._room.calls.of(name):
                    self._room.drop(call)
                del self._room.desks[name]
            else:
                desk.client = client
        for seat in tuple(self._room.seats.values()):
            client = roll.find(seat.client.public, "supervisor")
            if client is None or client.role == "agent":
                self._room.close(seat, now_ms)
            else:
                seat.client = client
                self._room.close_unseen(seat)
                seat.restart()
        for call in self._room.calls:
            if call.claimed_by and not self._may_have(call.claimed_by, call.desk):
                self._room.claim(call, "")
        return self._room.step()

    def stations_here(self) -> int:
        """How many workstations are there, for the log."""
        return sum(desk.presence == "here" for desk in self._room.desks.values())

    # --- doors ------------------------------------------------------------------------------------------------------

    def _take(self, peer: bytes, key: str, data: bytes, now_ms: int, *, full: bool) -> None:
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= KEYS_REMEMBERED:
                self._buckets.clear()
            bucket = self._buckets[key] = Bucket(MESSAGES_PER_S, now_ms)
        if not bucket.take(1, now_ms):
            return
        message = unpack(data)
        client = self._roll.find(key, "agent" if isinstance(message, _FROM_STATION) else "supervisor")
        if client is None:
            raise ProtocolError("the hub does not know this key any more")
        message = tidy(message)
        if isinstance(message, StationHello | FloorHello) and message.schema != FLOOR_SCHEMA:
            raise ProtocolError(
                f"the hub speaks version {FLOOR_SCHEMA} of the floor's messages, you speak {message.schema}; "
                "run the same version of hub, workstations and floors"
            )
        if client.role == "agent":
            self._from_agent(client, peer, message, now_ms, full=full)
        elif isinstance(message, _FROM_FLOOR):
            self._floors.hear(client, peer, message, now_ms)
        else:
            raise ProtocolError(f"{client.name}'s key is a {client.role}'s: it cannot be a workstation")

    def _from_agent(self, client: Client, peer: bytes, message: FloorMessage, now_ms: int, *, full: bool) -> None:
        if isinstance(message, ShiftRequest):
            # An agent may ask for the own figures, and for those alone.
            question = Question(peer, message.request, message.hours, client.teams, client.name, agents=False)
            self._room.ask(question)
        elif isinstance(message, _FROM_STATION):
            self._stations.hear(client, peer, message, now_ms, full=full)
        else:
            raise ProtocolError(f"{client.name}'s key is a workstation's: it takes a supervisor's to do that")

    # --- a new start ------------------------------------------------------------------------------------------------

    def _restore(self, standing: Standing, now_ms: int) -> None:
        client = self._roll.clients.get(standing.station)
        if client is None or client.role != "agent":
            return
        desk = self._room.desks.setdefault(client.name, Desk(client))
        desk.heard_ms = now_ms
        call = self._room.calls.get(desk, standing.call_id)
        if standing.alert is not None:
            call.raise_alert(standing.alert, min(standing.at_ms, now_ms))
        if standing.note is not None:
            call.notes[standing.note.note] = standing.note
        if standing.claim and self._may_have(standing.claim, desk):
            call.claimed_by = standing.claim
            call.answer_alerts()

    def _may_have(self, name: str, desk: Desk) -> bool:
        """Whether somebody of this name, who may not be here now, may have calls of a workstation in hand."""
        client = self._roll.clients.get(name)
        if client is None:
            return self._roll.guests
        return client.role == "supervisor" and self._room.sees(client, desk)
