"""The frozen state that a panel draws: one call, its nudges and words, as `tui.board` has put them together."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from nudges.lifecycle import NudgeState
from streams.events import CallStarted, Channel, ChecklistState, Heat, Nudge, OpeningState, StageLag, WordsFrom

Phase: TypeAlias = Literal["idle", "live", "wrap_up"]
Thumb: TypeAlias = Literal["", "helpful", "not_helpful"]


@dataclass(frozen=True, slots=True)
class Item:
    """One nudge, where it stands and since when it no longer asks for anything (media ms)."""

    nudge: Nudge
    state: NudgeState = NudgeState.SHOWN
    settled_ms: int = 0
    thumb: Thumb = ""

    @property
    def open(self) -> bool:
        """Whether it still asks for something."""
        return self.state.on_screen


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance as far as it is known: `tail` may still change, `final` says that nothing will."""

    channel: Channel
    utterance: int
    started_ms: int
    stable: str
    tail: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One value of the customer's smoothed mood, -1 to 1, and when it was known (media ms)."""

    at_ms: int
    value: float


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist."""

    item: str
    label: str
    state: ChecklistState


@dataclass(frozen=True, slots=True)
class Signed:
    """A line that a person wrote, and who."""

    by: str
    text: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Whispered:
    """A supervisor's note and how far it has come: -1 while it has not been drawn, or not been read (media ms)."""

    note: str
    by: str
    text: str
    at_ms: int
    delivered_ms: int = -1
    read_ms: int = -1

    @property
    def unread(self) -> bool:
        """Whether it still waits to be read."""
        return self.read_ms < 0


@dataclass(frozen=True, slots=True)
class Board:
    """Everything a panel shows of one call; times are media ms, `at_ms` that of the newest event."""

    phase: Phase = "idle"
    started: CallStarted | None = None
    call_id: str = ""
    at_ms: int = 0
    ended_reason: str = ""
    items: tuple[Item, ...] = ()
    said: tuple[Said, ...] = ()
    speaking: dict[Channel, int] = field(default_factory=dict)
    spoken_ms: dict[Channel, int] = field(default_factory=dict)
    moods: tuple[Point, ...] = ()
    trend: str = ""
    heat: Heat | None = None
    openings: dict[str, OpeningState] = field(default_factory=dict)
    checklist: tuple[Step, ...] = ()
    on_hold: bool = False
    audio_paused: bool = False
    paused_by_agent: bool = False
    paused_from_before: bool = False
    muted: tuple[Channel, ...] = ()
    lost_ms: int = 0
    lost_at_ms: int = 0
    doubts: dict[str, str] = field(default_factory=dict)
    quiet_until_ms: int = 0
    volume: str = ""
    behind_ms: int = 0
    health: str = ""
    lag_ms: int | None = None
    delays: dict[str, StageLag] = field(default_factory=dict)
    notes: tuple[Whispered, ...] = ()
    help: Signed | None = None
    help_waiting: bool = False
    claimed_by: str = ""
    watchers: tuple[str, ...] = ()
    shared: bool = True
    held: int = 0
    totals: dict[str, object] = field(default_factory=dict)

    def quiet_at(self, now_ms: int) -> bool:
        """Whether the agent has asked for silence at this moment; -1 lasts for the rest of the call."""
        return self.phase == "live" and (self.quiet_until_ms == -1 or self.quiet_until_ms > now_ms)

    @property
    def draw_ms(self) -> int:
        """How long the screen itself takes, half of the time (ms)."""
        return round(self.delays["draw"].p50_ms) if "draw" in self.delays else 0

    @property
    def seen_lag_ms(self) -> int | None:
        """From the sound of words until they are seen (ms); None while there were none."""
        return None if self.lag_ms is None else self.lag_ms + self.draw_ms

    @property
    def late_ms(self) -> int:
        """How long ago the oldest words were said that are not seen yet (ms)."""
        return (0 if self.words_from == "none" else self.behind_ms) + self.draw_ms

    @property
    def words_from(self) -> WordsFrom:
        """Who hears the words."""
        return "recogniser" if self.started is None else self.started.words_from

    def item(self, nudge: str) -> Item | None:
        """The nudge of that id, if it is known."""
        return next((item for item in self.items if item.nudge.nudge == nudge), None)


@dataclass(frozen=True, slots=True)
class Link:
    """How the connection stands and since when (local ms); "over" means that nothing more will come.

    While it is lost, `retry_ms` is how long it waits between two attempts, 0 where that is not known.
    """

    state: Literal["connecting", "up", "lost", "over"] = "connecting"
    since_ms: int = 0
    text: str = ""
    retry_ms: int = 0
