"""A hub's core on a stage: messages are said by name, and what each peer was sent is looked at. No socket, no clock."""

from collections import defaultdict
from typing import TypeVar

from sidecar.hub.hub import Hub
from sidecar.hub.records import FactKept, HubSettings, Memory, Question, Record, Step
from sidecar.hub.roll import Client, Roll
from streams.floor import (
    Act,
    Acted,
    AlertRaised,
    CallState,
    FloorHello,
    FloorMessage,
    FloorRow,
    FloorSnapshot,
    FloorUpdate,
    Role,
    StatePut,
    StationBeat,
    StationHello,
    pack,
)

BEAT_MS = 1_000
UNCLAIMED_MS = 30_000
Message = TypeVar("Message", bound=FloorMessage)
CAST: tuple[tuple[str, Role, tuple[str, ...]], ...] = (
    ("desk-1", "agent", ("billing",)),
    ("desk-2", "agent", ("billing",)),
    ("desk-9", "agent", ("retention",)),
    ("Sol", "supervisor", ("billing",)),
    ("Ana", "supervisor", ("billing",)),
    ("Max", "supervisor", ("retention",)),
    ("Kim", "observer", ("billing",)),
)


def key(name: str) -> str:
    return f"{name:x<40}"


def clients(*names: str) -> Roll:
    """The roll of the cast, or of some of it."""
    listed = [
        Client(name=name, role=role, public=key(name), teams=teams)
        for name, role, teams in CAST
        if not names or name in names
    ]
    return Roll(listed)


class Stage:
    """One hub; `now_ms` goes only when it is told to."""

    def __init__(
        self, memory: Memory | None = None, *, roll: Roll | None = None, per_agent: tuple[str, ...] = ()
    ) -> None:
        self.now_ms = 0
        self.roll = clients() if roll is None else roll
        settings = HubSettings(beat_ms=BEAT_MS, unclaimed_ms=UNCLAIMED_MS, per_agent=per_agent)
        self.hub = Hub("run", self.roll, settings, memory or Memory(), 0)
        self.sent: dict[bytes, list[FloorMessage]] = defaultdict(list)
        self.records: list[Record] = []
        self.questions: list[Question] = []
        self.rows: dict[str, dict[str, FloorRow]] = defaultdict(dict)

    def say(self, name: str, message: FloorMessage, *, peer: str = "", full: bool = False) -> list[FloorMessage]:
        """A message by somebody's key; what this peer is answered."""
        return self.say_bytes(name, pack(message), peer=peer, full=full)

    def say_bytes(self, name: str, data: bytes, *, peer: str = "", full: bool = False) -> list[FloorMessage]:
        at = (peer or name).encode()
        before = len(self.sent[at])
        self.take(self.hub.hear(at, key(name), data, self.now_ms, full=full))
        return self.sent[at][before:]

    def take(self, step: Step) -> None:
        for peer, message in step.sends:
            self.sent[peer].append(message)
            if isinstance(message, FloorSnapshot):
                self.rows[peer.decode()] = {row.state.call_id: row for row in message.rows}
            elif isinstance(message, FloorUpdate):
                self.rows[peer.decode()].update({row.state.call_id: row for row in message.rows})
                for call_id in message.gone:
                    self.rows[peer.decode()].pop(call_id, None)
        self.records += step.records
        self.questions += step.questions

    def commit(self) -> None:
        """Everything kept so far is on disk."""
        self.take(self.hub.committed([record for record in self.records if isinstance(record, FactKept)]))

    def frame(self, after_ms: int = 0) -> None:
        """Let time pass, look around and draw."""
        self.now_ms += after_ms
        self.take(self.hub.look(self.now_ms))
        self.take(self.hub.frame(self.now_ms))

    def got(self, name: str, kind: type[Message]) -> list[Message]:
        """What of one kind a peer was sent so far."""
        return [message for message in self.sent[name.encode()] if isinstance(message, kind)]

    def act(self, name: str, action: str, call_id: str = "c1", value: str = "", help: str = "") -> Acted:  # noqa: A002
        """A supervisor's action, and what became of it."""
        answers = self.say(name, Act(request=1, action=action, call_id=call_id, value=value, help=help))  # type: ignore[arg-type]
        return next(answer for answer in answers if isinstance(answer, Acted))

    def hello(self, *names: str, boot: str = "b1", kept_from: int = 1) -> None:
        """Workstations and floors come in."""
        for name in names:
            role = self.roll.clients[name].role
            self.say(
                name, StationHello(boot=boot, station=name, kept_from=kept_from) if role == "agent" else FloorHello()
            )

    def put(
        self, name: str, number: int, call_id: str = "c1", *, boot: str = "b1", **facts: object
    ) -> list[FloorMessage]:
        """A state of a call; its media time is its number of seconds."""
        state = CallState(call_id=call_id, at_ms=number * 1_000, **facts)  # type: ignore[arg-type]
        return self.say(name, StatePut(boot=boot, number=number, state=state))

    def beat(self, name: str, number: int, *calls: str, boot: str = "b1") -> list[FloorMessage]:
        return self.say(name, StationBeat(boot=boot, calls=calls, number=number))


def alert(number: int = 1, call_id: str = "c1", *, name: str = "", boot: str = "b1", **facts: object) -> AlertRaised:
    """A kept fact."""
    given = {"at_ms": 0, "rule": "supervisor", "severity": "critical", "text": "!", **facts}
    return AlertRaised(boot=boot, number=number, call_id=call_id, alert=name or f"a{number}", **given)  # type: ignore[arg-type]
