"""What the hub's core hands to its edge: messages to send, facts to keep, questions to the store. Declarations only."""

from typing import Literal, NamedTuple, TypeAlias

import msgspec

from streams.floor import AlertRaised, FloorMessage, KeptFact, NoteState


class Send(NamedTuple):
    """A message for one peer."""

    peer: bytes
    message: FloorMessage


class FactKept(NamedTuple):
    """A fact of a workstation that must be stored before the workstation is told so.

    `at_ms` is when it happened, on the hub's clock; `queue` is that of the call's state.
    """

    station: str
    team: str
    boot: str
    number: int
    at_ms: int
    queue: str
    fact: KeptFact


class AlertAnswered(NamedTuple):
    """Somebody took the call of an alert in hand, so long after it came."""

    station: str
    call_id: str
    alert: str
    by: str
    after_ms: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a call that must outlive the hub: who has it, a note on its way, an alert."""

    station: str
    call_id: str
    claim: str | None = None
    note: NoteState | None = None
    alert: AlertRaised | None = None
    at_ms: int = 0


class CallGone(NamedTuple):
    """A call is over: what stood about it need not outlive the hub any more."""

    station: str
    call_id: str


class Question(NamedTuple):
    """Somebody asks for the last hours; `station` names whose own figures may be shown, `agents` allows everybody's."""

    peer: bytes
    request: int
    hours: float
    teams: tuple[str, ...]
    station: str
    agents: bool


Record: TypeAlias = FactKept | AlertAnswered | Standing | CallGone
Outcome: TypeAlias = Literal["sent", "full", "gone"]


class Step(NamedTuple):
    """What one call of the core led to."""

    sends: tuple[Send, ...] = ()
    records: tuple[Record, ...] = ()
    questions: tuple[Question, ...] = ()


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier run of the hub left: the last number taken of each (workstation, boot), and what stood."""

    taken: dict[tuple[str, str], int] = {}
    standing: tuple[Standing, ...] = ()


class HubSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the core is tuned by; `per_agent` names who may see figures of single agents."""

    beat_ms: int = 2_000
    unclaimed_ms: int = 30_000
    per_agent: tuple[str, ...] = ()
