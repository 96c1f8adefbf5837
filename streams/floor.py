"""What travels between workstations, the hub and supervisors' floors: messages to bytes and back.

A workstation sends the newest `CallState` of each call (a later one takes the place of an earlier), and facts that must
not be lost (`AlertRaised`, `CallDone`, receipts), numbered and kept until the hub has them. The hub sends floors one
`FloorSnapshot` and then `FloorUpdate`s whose `seq` shows a gap, and carries people's actions back to the workstation.
Quotes and words are empty unless the workstation shares them; sound never travels.

Times: `*_ms` on a call's media clock unless a field says otherwise. Wall clocks of two machines are never compared: the
hub measures how old a state is by when it came.
"""

from typing import Literal, TypeAlias

import msgspec

from streams.errors import ProtocolError
from streams.events import Channel, Severity
from streams.floorcall import CallDetail, CallState, NudgeLine, OpenHelp, OpenNudge, Phase, Speaking

__all__ = ["CallDetail", "CallState", "NudgeLine", "OpenHelp", "OpenNudge", "Phase", "Speaking"]

FLOOR_SCHEMA = 1
"""Raised when an older reader would misread; fields with defaults may be added without raising it."""

Role: TypeAlias = Literal["agent", "supervisor", "observer"]
Action: TypeAlias = Literal["claim", "release", "note", "answer_help", "open", "close"]
HELP_RULE = "help"
"""The rule of an alert that an agent's call for help raises; over once that is answered."""
HEAT_RULE = "heat"
"""The rule of an alert that the heat itself raises; over once the call is no more than watched."""
Presence: TypeAlias = Literal["here", "stale", "gone"]
"""Whether the workstation was heard lately: stale after three missed beats, gone after ten."""


# --- workstation to hub -----------------------------------------------------------------------------------------------


class StationHello(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A workstation begins to talk; `boot` differs after each start of its service, numbers count anew with it.

    `kept_from` is the number of the oldest fact that it still keeps: what came before is not to be had any more.
    """

    schema: int = FLOOR_SCHEMA
    boot: str
    station: str
    version: str = ""
    kept_from: int = 1


class StationBeat(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The workstation is there; `calls` are the ids of all its calls: the hub drops what is not among them.

    `number` counts on with those of the states, so that an older list drops nothing.
    """

    boot: str
    calls: tuple[str, ...]
    number: int = 0


class StatePut(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The newest state of a call; `number` grows with every state and beat of this boot: an older one is passed over.

    `made_ns` is the sender's monotonic clock when the event behind it was made, for measurement on one machine.
    """

    boot: str
    number: int
    state: CallState
    made_ns: int = 0


class AlertRaised(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A call may need a person; kept by the workstation until acknowledged.

    `alert` is unique in its call; one per episode. Kept facts of a boot are numbered 1, 2, 3 and taken in this order;
    `waited_ms` is how long the workstation held one before it was sent.
    """

    boot: str
    number: int
    call_id: str
    at_ms: int
    alert: str
    rule: str
    severity: Severity
    text: str
    waited_ms: int = 0


class WordsPut(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A final utterance, masked; sent only where the workstation shares words, and only while somebody has it open."""

    boot: str
    number: int
    call_id: str
    channel: Channel
    started_ms: int
    text: str


class DetailPut(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The detail of a call, anew after each change; sent only while somebody has it open."""

    boot: str
    number: int
    detail: CallDetail


class CallDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What an ended call adds to the shift: numbers only; kept by the workstation until acknowledged.

    `rules` counts per rule what became of its nudges (shown, done, dismissed, expired, helpful, not_helpful);
    `moods` are (media ms, hundredths); `hot` are (from ms, to ms, peak) of each heat episode.
    """

    boot: str
    number: int
    call_id: str
    agent_id: str
    agent_name: str
    queue: str
    started_at: str
    duration_ms: int
    moods: tuple[tuple[int, int], ...] = ()
    hot: tuple[tuple[int, int, int], ...] = ()
    openings: dict[str, int] = {}
    rules: dict[str, dict[str, int]] = {}
    waited_ms: int = 0


class Receipt(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A note stands on the agent's panel, or was seen; kept by the workstation until acknowledged."""

    boot: str
    number: int
    call_id: str
    note: str
    state: Literal["delivered", "read"]
    waited_ms: int = 0


# --- hub to workstation -----------------------------------------------------------------------------------------------


class Welcome(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The hub has the workstation on its floor under `name` and wants a beat every so often.

    `hub` differs after each start of the hub; facts up to `taken` are kept already.
    """

    hub: str
    boot: str
    name: str
    taken: int
    every_ms: int = 2_000


class HelloAsked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The hub does not know this boot, or misses something of it: hello and the newest of all calls, please."""

    boot: str


class Taken(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The hub has kept everything up to this number of this boot."""

    boot: str
    number: int


class Whisper(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A supervisor's note for the agent, signed by the name that the hub knows the key by."""

    call_id: str
    note: str
    by: str
    text: str


class ClaimChanged(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Who has the call in hand now; empty: nobody."""

    call_id: str
    by: str


class HelpReply(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Somebody answers the agent's call for help."""

    call_id: str
    help: str
    by: str
    text: str


class Watching(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Who has this call open now, by name; empty: nobody."""

    call_id: str
    names: tuple[str, ...]


# --- floor to hub -----------------------------------------------------------------------------------------------------


class FloorHello(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A floor asks for a snapshot and for what follows; sent again after a gap."""

    schema: int = FLOOR_SCHEMA
    client: str = ""


class Act(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A supervisor's action. `value` holds the note's or answer's text, and the help's id stands in `help`."""

    request: int
    action: Action
    call_id: str
    value: str = ""
    help: str = ""


class ShiftRequest(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A floor asks for the last hours of its teams."""

    request: int
    hours: float = 8.0


# --- hub to floor -----------------------------------------------------------------------------------------------------


class RowAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as the floor shows it; `age_ms` since the hub has it, `unclaimed` after 30 s without anybody."""

    alert: str
    call_id: str
    rule: str
    severity: Severity
    text: str
    age_ms: int
    unclaimed: bool = False


class FloorRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call on the floor: its state, whose it is, who has it, and how old the state is (ms since it came)."""

    state: CallState
    station: str
    team: str
    presence: Presence = "here"
    claimed_by: str = ""
    watched_by: tuple[str, ...] = ()
    alert: RowAlert | None = None
    age_ms: int = 0
    made_ns: int = 0


class NoteState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a note has come, for the supervisor who wrote it."""

    note: str
    call_id: str
    by: str
    text: str
    state: Literal["sent", "delivered", "read"]


class SpokenLine(msgspec.Struct, frozen=True, kw_only=True):
    """A final utterance of a call that this floor has open."""

    call_id: str
    channel: Channel
    started_ms: int
    text: str


class FloorSnapshot(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """All that this floor may see, in place of everything before; `you` and `teams` are what the key gives.

    `notes` are those that this person wrote for calls still there; `every_ms` is how often the hub says something.
    """

    hub: str
    seq: int
    you: str
    role: Role
    teams: tuple[str, ...]
    rows: tuple[FloorRow, ...]
    stations: dict[str, Presence] = {}
    notes: tuple[NoteState, ...] = ()
    every_ms: int = 1000


class FloorUpdate(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What changed since the message before; `seq` is one more than that one's, also for an empty one (a beat)."""

    hub: str
    seq: int
    rows: tuple[FloorRow, ...] = ()
    gone: tuple[str, ...] = ()
    stations: dict[str, Presence] = {}
    notes: tuple[NoteState, ...] = ()
    lines: tuple[SpokenLine, ...] = ()
    details: tuple[CallDetail, ...] = ()


class Acted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What became of an `Act`: done or one line of why not; `note` is the id of a note that was sent."""

    request: int
    ok: bool
    text: str = ""
    note: str = ""


class ShiftReport(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The last hours, as plain numbers under stable names."""

    request: int
    report: dict[str, object]


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The hub does not take this: another schema, a role that may not, a message that cannot be read."""

    text: str


KeptFact: TypeAlias = AlertRaised | CallDone | Receipt
FromStation: TypeAlias = StationHello | StationBeat | StatePut | WordsPut | DetailPut | KeptFact
ToStation: TypeAlias = Welcome | HelloAsked | Taken | Whisper | ClaimChanged | HelpReply | Watching | Refused
FromFloor: TypeAlias = FloorHello | Act | ShiftRequest
ToFloor: TypeAlias = FloorSnapshot | FloorUpdate | Acted | ShiftReport | Refused
FloorMessage: TypeAlias = FromStation | ToStation | FromFloor | ToFloor

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[FloorMessage] = msgspec.msgpack.Decoder(FloorMessage)


def pack(message: FloorMessage) -> bytes:
    """A message as msgpack."""
    return _encoder.encode(message)


def unpack(data: bytes) -> FloorMessage:
    """Msgpack as a message.

    Raises ProtocolError when it is none of ours.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"not a message of the floor: {error}") from error
