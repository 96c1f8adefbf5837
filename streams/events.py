"""The one vocabulary: every fact that travels between taps, recogniser, coach, journal, bus and screens.

Data flows from the bottom of this list to the top of the screen: taps make call and audio events, the streaming loop
makes speech and words, the coach makes mood, heat, empathy and nudges, people answer.

Every event carries `call_id` and `at_ms`: the call's media clock, whole milliseconds since the call began, at the
moment the event was emitted. It never goes back within a call. Where in the audio something was said stands in fields
of its own (`started_ms`, `ended_ms`, `said_ms`).
"""

from typing import Literal, TypeAlias

import msgspec

Channel: TypeAlias = Literal["agent", "customer", "mixed"]
Severity: TypeAlias = Literal["praise", "info", "warn", "critical"]
Band: TypeAlias = Literal["calm", "watch", "warm", "hot", "critical"]
Forecast: TypeAlias = Literal["steady", "rising", "boiling"]
Trend: TypeAlias = Literal["rising", "steady", "falling"]
Outcome: TypeAlias = Literal["done", "dismissed", "expired", "superseded", "call_ended"]
Answer: TypeAlias = Literal["acknowledged", "dismissed", "snoozed", "helpful", "not_helpful", "undone"]
OpeningState: TypeAlias = Literal["open", "given", "bare", "missed", "not_needed"]
Strength: TypeAlias = Literal["weak", "strong"]
WordsFrom: TypeAlias = Literal["recogniser", "reference", "text", "none"]
ChecklistState: TypeAlias = Literal["due", "done", "overdue"]


class Word(msgspec.Struct, frozen=True, array_like=True):
    """One recognised word: text, start and end on the media clock (ms), probability 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    p: float = 1.0


class Cause(msgspec.Struct, frozen=True):
    """One reason the heat rose: cue family, weight in points, the words that matched, when they were said (ms)."""

    cue: str
    weight: float
    quote: str
    said_ms: int


class Quote(msgspec.Struct, frozen=True):
    """Words somebody said, and when (ms)."""

    quote: str
    said_ms: int
    channel: Channel = "customer"


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    call_id: str
    at_ms: int


# --- the call itself ------------------------------------------------------------------------------------------------


class CallStarted(_Event, frozen=True, kw_only=True, tag=True):
    """A call began; `started_at` (ISO 8601, UTC) is data only; `words_from` "none" leaves voice activity and timing."""

    agent_id: str = ""
    agent_name: str = ""
    queue: str = ""
    source: str = ""
    started_at: str = ""
    channels: tuple[Channel, ...] = ("agent", "customer")
    words_from: WordsFrom = "recogniser"


class CallContext(_Event, frozen=True, kw_only=True, tag=True):
    """Everything besides the events that the coach decides on, so that a replay needs nothing else.

    `config` holds the effective `[nudges]` settings, `pack` the whole rule pack as TOML text, `history` and `peaks`
    what this agent's machine remembers (rule id to the last ten thumbs, true for helpful; the highest heat of each of
    the last calls, oldest first).
    """

    config: dict[str, object] = {}
    pack: str = ""
    history: dict[str, tuple[bool, ...]] = {}
    peaks: tuple[float, ...] = ()


class CallEnded(_Event, frozen=True, kw_only=True, tag=True):
    """The call is over."""

    reason: str = "hung_up"


class AudioFrame(_Event, frozen=True, kw_only=True, tag=True):
    """A slice of one side's sound, signed 16-bit little-endian mono; stays in the process, never stored or sent."""

    channel: Channel
    pcm: bytes
    rate_hz: int
    started_ms: int
    duration_ms: int


class AudioLost(_Event, frozen=True, kw_only=True, tag=True):
    """Sound that should have come did not."""

    channel: Channel
    lost_ms: int
    reason: str = ""


class AudioPaused(_Event, frozen=True, kw_only=True, tag=True):
    """From here on nothing is heard on purpose: the source sends nothing, or its agent wants it so (card data)."""

    reason: str = ""


class AudioResumed(_Event, frozen=True, kw_only=True, tag=True):
    """The source sends, and is heard, again."""

    reason: str = ""


class Muted(_Event, frozen=True, kw_only=True, tag=True):
    """One side muted itself."""

    channel: Channel


class Unmuted(_Event, frozen=True, kw_only=True, tag=True):
    """One side took its mute off."""

    channel: Channel


class Hold(_Event, frozen=True, kw_only=True, tag=True):
    """The agent put the customer on hold."""


class Resumed(_Event, frozen=True, kw_only=True, tag=True):
    """The hold is over."""


class SidesSwapped(_Event, frozen=True, kw_only=True, tag=True):
    """From here on agent and customer channels change places."""


class Doubt(_Event, frozen=True, kw_only=True, tag=True):
    """Something about the source looks wrong and a person can put it right: who is who, or the declared rate."""

    about: Literal["sides", "rate"]
    text: str


class Tick(_Event, frozen=True, kw_only=True, tag=True):
    """Media time went on; sent every 250 ms and at each deadline a rule asked for; made again on replay, not stored."""


# --- speech and words -----------------------------------------------------------------------------------------------


class SpeechStarted(_Event, frozen=True, kw_only=True, tag=True):
    """One side began to speak at `started_ms`."""

    channel: Channel
    started_ms: int


class SpeechEnded(_Event, frozen=True, kw_only=True, tag=True):
    """One side fell silent at `ended_ms`."""

    channel: Channel
    started_ms: int
    ended_ms: int


class Hypothesis(_Event, frozen=True, kw_only=True, tag=True):
    """What is heard so far of an utterance: `stable` will not change before the final, `tail` may."""

    channel: Channel
    utterance: int
    started_ms: int
    stable: str
    tail: str
    stable_until_ms: int = 0
    lag_ms: int = 0


class Utterance(_Event, frozen=True, kw_only=True, tag=True):
    """The final words of one stretch of speech; an empty text means that nothing was understood, and still moves time.

    `utterance` counts per channel from 0. `lag_ms` is emission minus `ended_ms`.
    """

    channel: Channel
    utterance: int
    started_ms: int
    ended_ms: int
    text: str
    words: tuple[Word, ...] = ()
    confidence: float = 1.0
    lag_ms: int = 0


# --- the coach ------------------------------------------------------------------------------------------------------


class Mood(_Event, frozen=True, kw_only=True, tag=True):
    """The customer's sentiment after one utterance: its score, the smoothed value (both -1 to 1) and the trend."""

    utterance: int
    score: float
    smoothed: float
    trend: Trend


class Heat(_Event, frozen=True, kw_only=True, tag=True):
    """How close the call is to boiling over, 0 to 100, and what raised it.

    `forecast` says where it may be going; it colours screens, and nothing is decided by it.
    """

    value: float
    band: Band
    because: tuple[Cause, ...] = ()
    forecast: Forecast = "steady"


class Empathy(_Event, frozen=True, kw_only=True, tag=True):
    """An opening for empathy, and what became of it."""

    opening: str
    state: OpeningState
    strength: Strength
    quote: str
    said_ms: int


class Checklist(_Event, frozen=True, kw_only=True, tag=True):
    """One line of the call's checklist changed."""

    item: str
    state: ChecklistState
    label: str = ""


class Nudge(_Event, frozen=True, kw_only=True, tag=True):
    """A short whisper to the agent: what to do, why, and until when it is worth showing (media ms)."""

    nudge: str
    rule: str
    family: str
    severity: Severity
    title: str
    text: str
    say: str = ""
    evidence: tuple[Quote, ...] = ()
    measured: str = ""
    threshold: str = ""
    expires_ms: int = 0


class NudgeResolved(_Event, frozen=True, kw_only=True, tag=True):
    """A nudge left the screen, and why."""

    nudge: str
    rule: str
    outcome: Outcome


class FloorAlert(_Event, frozen=True, kw_only=True, tag=True):
    """The call may need a person beside the agent: said to supervisors only."""

    rule: str
    severity: Severity
    text: str


class Held(_Event, frozen=True, kw_only=True, tag=True):
    """So many nudges wait because the agent asked for quiet; said when the number changes."""

    count: int


class CallSummary(_Event, frozen=True, kw_only=True, tag=True):
    """What the call amounted to: plain numbers and lists under stable names."""

    totals: dict[str, object]


# --- people ---------------------------------------------------------------------------------------------------------


class NudgeAnswered(_Event, frozen=True, kw_only=True, tag=True):
    """Somebody answered a nudge."""

    nudge: str
    answer: Answer
    by: str = ""


class Quiet(_Event, frozen=True, kw_only=True, tag=True):
    """No nudges until `until_ms` (critical ones excepted); 0 ends the quiet, -1 lasts for the rest of the call."""

    until_ms: int


class Volume(_Event, frozen=True, kw_only=True, tag=True):
    """How much coaching the agent wants."""

    level: Literal["novice", "standard", "expert"]


class SharingChanged(_Event, frozen=True, kw_only=True, tag=True):
    """The agent switched sharing of this call "off", or "on" again as the settings have it."""

    what: str


class Note(_Event, frozen=True, kw_only=True, tag=True):
    """A whispered line from a supervisor."""

    note: str
    by: str
    text: str


class NoteDelivered(_Event, frozen=True, kw_only=True, tag=True):
    """The note stands on the agent's panel."""

    note: str


class NoteRead(_Event, frozen=True, kw_only=True, tag=True):
    """The agent has seen the note."""

    note: str


class HelpAsked(_Event, frozen=True, kw_only=True, tag=True):
    """The agent asked for help."""

    help: str
    text: str = ""


class HelpAnswered(_Event, frozen=True, kw_only=True, tag=True):
    """Somebody answered the call for help."""

    help: str
    by: str
    text: str = ""


class Claimed(_Event, frozen=True, kw_only=True, tag=True):
    """A supervisor took charge of this call."""

    by: str


class Released(_Event, frozen=True, kw_only=True, tag=True):
    """A supervisor let go of this call."""

    by: str


class Watched(_Event, frozen=True, kw_only=True, tag=True):
    """Who has this call open now, by name; empty: nobody."""

    names: tuple[str, ...] = ()


SourceEvent: TypeAlias = (
    CallStarted | CallContext | CallEnded | AudioLost | AudioPaused | AudioResumed | Muted | Unmuted | Hold | Resumed
    | SidesSwapped | Doubt
)  # fmt: skip
SpeechEvent: TypeAlias = SpeechStarted | SpeechEnded | Hypothesis | Utterance
CoachEvent: TypeAlias = Mood | Heat | Empathy | Checklist | Nudge | NudgeResolved | FloorAlert | Held | CallSummary
HumanEvent: TypeAlias = (
    NudgeAnswered | Quiet | Volume | SharingChanged | Note | NoteDelivered | NoteRead | HelpAsked | HelpAnswered
    | Claimed | Released | Watched
)  # fmt: skip
Event: TypeAlias = SourceEvent | SpeechEvent | CoachEvent | HumanEvent | Tick
"""Everything that may be stored or sent; `AudioFrame` is left out on purpose."""


# --- the machine's own health: rules never see these, golden tests never compare them -------------------------------


class StageLag(_Event, frozen=True, kw_only=True, tag=True):
    """Latency of one stage between voice and screen over the last minute (ms); `words` and `finals` are whole ways."""

    stage: Literal["capture", "vad", "queue", "encode", "decode", "align", "publish", "draw", "words", "finals"]
    p50_ms: float
    p95_ms: float
    count: int


class Health(_Event, frozen=True, kw_only=True, tag=True):
    """Whether the loop keeps up: jobs waiting, degrade level (0 is none), how far words are behind (ms)."""

    queued: int
    degrade: int
    words_behind_ms: int
    text: str = ""


Telemetry: TypeAlias = StageLag | Health
