"""Which call goes to which workstation: platforms' pieces and workstations' words flow in, messages flow out. Pure.

A call belongs to the workstation whose key is allowed its agent. While that one is away the call waits: its sound is
counted and dropped, what it said last of hold, pause and mute is kept, and all that is made good when the workstation
is back. Time is handed in.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from sidecar.gateway.messages import (
    GATEWAY_SCHEMA,
    GatewayBeat,
    Leaving,
    LineBegins,
    LineEnded,
    LineOver,
    LinePiece,
    LineTold,
    Ready,
    ToGateway,
    ToStation,
    Unwanted,
)
from sidecar.gateway.missed import Missed
from streams.errors import ProtocolError
from streams.taps.dialect import Began, Timed
from streams.taps.relay import Tellable, pack_piece, unpack_told

MISSED_BEATS = 10
"""A workstation that was silent for so many beats is away; one whose connection is gone is so at once."""


class Send(NamedTuple):
    """A message for one workstation; where there is no room for it, `dropped` is to be told.

    `piece` is what it holds of a call.
    """

    peer: bytes
    message: ToStation
    piece: Began | Timed | None = None


class Ended(NamedTuple):
    """A platform's connection is to be closed: in good order, or for an error that its dialect can say."""

    call: int
    error: ProtocolError | None


class Told(NamedTuple):
    """A platform is to be told something of its call."""

    call: int
    events: tuple[Tellable, ...]


class Step(NamedTuple):
    """What one word led to."""

    sends: tuple[Send, ...] = ()
    ended: tuple[Ended, ...] = ()
    told: tuple[Told, ...] = ()


class Patience(NamedTuple):
    """How long a call waits (s) for a workstation that never came (0: refused at once), and for one that went away.

    Workstations say every `beat_ms` that they are there.
    """

    park_s: float
    resume_s: float
    beat_ms: int = 1_000


class _Station(msgspec.Struct):
    name: str
    agents: frozenset[str]
    peer: bytes
    boot: str
    start: str
    heard_ms: int


class _Call(msgspec.Struct):
    """One platform's connection."""

    source: str
    tells: bool
    began: Began
    agent: str
    waits_since_ms: int
    missed: Missed
    line: int = 0  # 0: it waits
    station: str = ""
    cut_from: _Station | None = None


class Switchboard:
    """All calls and workstations of one gateway."""

    def __init__(self, name: str, patience: Patience) -> None:
        self._name = name
        self._patience = patience
        self._stations: dict[str, _Station] = {}
        self._calls: dict[int, _Call] = {}
        self._lines: dict[int, int] = {}
        self._next_line = 0

    @property
    def stations(self) -> Mapping[str, tuple[str, ...]]:
        """The workstations that are here, and their agents."""
        return {station.name: tuple(sorted(station.agents)) for station in self._stations.values()}

    @property
    def waiting(self) -> int:
        """How many calls wait for a workstation."""
        return sum(1 for call in self._calls.values() if not call.line)

    # --- platforms --------------------------------------------------------------------------------------------------

    def begin(self, call: int, source: str, began: Began, agent: str, now_ms: int, *, tells: bool = False) -> Step:
        """A connection says whose call it carries; `tells` says that its platform may be told of it.

        Raises ProtocolError when nobody may take it.
        """
        if not agent:
            raise ProtocolError("the call does not say whose it is ([taps.facts] agent)", "no_agent")
        record = _Call(source, tells, began, agent, now_ms, Missed())
        station = self._owner(agent)
        if station is None and not self._patience.park_s:
            raise ProtocolError(f"no workstation is here for agent {agent}", "no_agent")
        self._calls[call] = record
        return Step(tuple(self._open(call, record, station))) if station else Step()

    def take(self, call: int, piece: Timed) -> Step:
        """A piece of a call; of one that is over here nothing is wanted."""
        record = self._calls.get(call)
        if record is None:
            return Step()
        if not record.line:
            record.missed.keep(piece)
            return Step()
        return Step((*self._made_good(record), self._piece(record, piece)))

    def hang_up(self, call: int, *, broken: bool) -> Step:
        """A connection is gone, in good order or not; a call that never began here is not known."""
        record = self._calls.pop(call, None)
        if record is None or not record.line:
            return Step()
        del self._lines[record.line]
        return Step((Send(self._stations[record.station].peer, LineOver(record.line, broken)),))

    def dropped(self, sends: Sequence[Send]) -> None:
        """There was no room for messages: what they held of calls is made good with the next that find room."""
        lines = [getattr(send.message, "line", 0) for send in sends]
        calls = {line: self._calls[self._lines[line]] for line in lines if line in self._lines}
        for line, send in zip(lines, sends, strict=True):
            call = calls.get(line)
            if call is None:
                continue
            if send.piece is None or isinstance(send.piece, Began):
                # The workstation does not know of the line, so the call waits for its next word.
                self._lines.pop(line, None)
                call.line = 0
            else:
                call.missed.keep(send.piece)

    # --- workstations -----------------------------------------------------------------------------------------------

    def hear(self, peer: bytes, name: str, agents: Iterable[str], said: ToGateway, now_ms: int) -> Step:
        """A workstation, known by its key, says something.

        Raises ProtocolError for what it cannot have meant.
        """
        match said:
            case Ready() if said.schema != GATEWAY_SCHEMA:
                text = f"schema {said.schema} spoken, {GATEWAY_SCHEMA} understood; run the same version of both"
                return Step((Send(peer, Unwanted(text=text)),))
            case Ready():
                return self._ready(peer, name, frozenset(agents), said, now_ms)
            case Leaving():
                station = self._stations.get(name)
                return self._lose(name, now_ms) if station is not None and station.boot == said.boot else Step()
            case LineTold():
                return self._tell(name, said)
            case _:
                return self._ended(name, said)

    def revoke(self, names: Iterable[str], now_ms: int) -> Step:
        """These workstations' keys are good no longer."""
        steps = [self._lose(name, now_ms) for name in names if name in self._stations]
        return Step(tuple(send for step in steps for send in step.sends))

    def gone(self, peer: bytes, now_ms: int) -> Step:
        """There is no connection behind a peer any more."""
        steps = [self._lose(one.name, now_ms) for one in [*self._stations.values()] if one.peer == peer]
        return Step(tuple(send for step in steps for send in step.sends))

    def look(self, now_ms: int) -> Step:
        """Time went on: miss workstations that are silent, and give up calls that waited for too long."""
        sends: list[Send] = []
        for station in [*self._stations.values()]:
            if now_ms - station.heard_ms > MISSED_BEATS * self._patience.beat_ms:
                sends += self._lose(station.name, now_ms).sends
        ended = []
        for call, record in [*self._calls.items()]:
            patience_s = self._patience.resume_s if record.cut_from else self._patience.park_s
            if not record.line and now_ms - record.waits_since_ms > patience_s * 1000:
                del self._calls[call]
                ended.append(Ended(call, ProtocolError(f"no workstation came for agent {record.agent}", "no_agent")))
        return Step(tuple(sends), tuple(ended))

    # --- steps ------------------------------------------------------------------------------------------------------

    def _ready(self, peer: bytes, name: str, agents: frozenset[str], said: Ready, now_ms: int) -> Step:
        known = self._stations.get(name)
        sends: list[Send] = []
        if known is not None and known.boot != said.boot:
            sends += self._lose(name, now_ms).sends
            known = None
        if known is not None:
            known.peer, known.agents, known.heard_ms = peer, agents, now_ms
        station = known or _Station(name, agents, peer, said.boot, said.start, now_ms)
        self._stations[name] = station
        for record in self._calls.values():
            if record.line and record.station == name and record.agent not in agents:
                sends.append(self._cut(record, station, now_ms))
        sends.append(Send(peer, self._beat(station)))
        for call, record in self._calls.items():
            if not record.line and record.agent in agents:
                sends += self._open(call, record, station)
        return Step(tuple(sends))

    def _beat(self, station: _Station) -> GatewayBeat:
        return GatewayBeat(
            gateway=self._name,
            you=station.name,
            agents=tuple(sorted(station.agents)),
            every_ms=self._patience.beat_ms,
            lines=tuple(line for line, call in self._lines.items() if self._calls[call].station == station.name),
        )

    def _lose(self, name: str, now_ms: int) -> Step:
        """A workstation is away; its lines are told over in case it is not, and its calls wait."""
        station = self._stations.pop(name)
        cut = [record for record in self._calls.values() if record.line and record.station == name]
        return Step(tuple(self._cut(record, station, now_ms) for record in cut))

    def _cut(self, record: _Call, station: _Station, now_ms: int) -> Send:
        """A call is taken from its workstation, and waits."""
        over = Send(station.peer, LineOver(record.line, broken=True))
        del self._lines[record.line]
        record.line, record.waits_since_ms, record.cut_from = 0, now_ms, station
        return over

    def _tell(self, name: str, said: LineTold) -> Step:
        call = self._lines.get(said.line)
        if call is None or self._calls[call].station != name or not self._calls[call].tells:
            return Step()
        return Step(told=(Told(call, unpack_told(said.told)),))

    def _ended(self, name: str, said: LineEnded) -> Step:
        call = self._lines.get(said.line)
        if call is None or self._calls[call].station != name:
            return Step()
        del self._lines[said.line], self._calls[call]
        error = ProtocolError(said.text or "the workstation is done with the call", said.code) if said.code else None
        return Step(ended=(Ended(call, error),))

    def _open(self, call: int, record: _Call, station: _Station) -> Iterable[Send]:
        cut_from = record.cut_from
        if cut_from is not None and cut_from.start == station.start and cut_from.boot != station.boot:
            # It saw the line break, still has the call, and knows itself how long it was away.
            record.missed.forget_sound()
        self._next_line += 1
        record.line, record.station = self._next_line, station.name
        self._lines[record.line] = call
        yield Send(station.peer, LineBegins(record.line, record.source, record.tells))
        yield self._piece(record, record.began)
        yield from self._made_good(record)

    def _made_good(self, record: _Call) -> Iterable[Send]:
        for piece in record.missed.made_good():
            yield self._piece(record, piece)

    def _piece(self, record: _Call, piece: Began | Timed) -> Send:
        message = LinePiece(record.line, pack_piece(piece))
        return Send(self._stations[record.station].peer, message, piece)

    def _owner(self, agent: str) -> _Station | None:
        return next((station for station in self._stations.values() if agent in station.agents), None)
