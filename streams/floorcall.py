"""One call as supervisors may see it: its state, and the detail for who has it open. Declarations only.

What callers say is never in here. Times: `*_ms` on the call's media clock.
"""

from typing import Literal, TypeAlias

import msgspec

from streams.events import Band, Forecast, Severity, Trend

Phase: TypeAlias = Literal["live", "hold", "no_audio", "wrap_up", "ended"]
Speaking: TypeAlias = Literal["agent", "customer", "both", "nobody"]


class OpenNudge(msgspec.Struct, frozen=True, array_like=True):
    """The nudge that stands on the agent's panel: its rule, title and severity, and since when (ms)."""

    rule: str
    title: str
    severity: Severity
    since_ms: int


class OpenHelp(msgspec.Struct, frozen=True, array_like=True):
    """The agent asked for help and nobody has answered: its id, the agent's words, and since when (ms)."""

    help: str
    text: str
    since_ms: int


class CallState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call as the floor sees it.

    `spark` holds the last moods in hundredths (-100 to 100), oldest first, at most 16. `because` names the cue families
    that raised the heat; `signal` is what happened last in plain words without quotes. `opening_since_ms` and
    `silence_since_ms` are -1 where there is none.
    """

    call_id: str
    at_ms: int
    agent_id: str = ""
    agent_name: str = ""
    queue: str = ""
    started_at: str = ""
    phase: Phase = "live"
    speaking: Speaking = "nobody"
    mood: float = 0.0
    trend: Trend = "steady"
    spark: tuple[int, ...] = ()
    heat: int = 0
    band: Band = "calm"
    forecast: Forecast = "steady"
    because: tuple[str, ...] = ()
    nudge: OpenNudge | None = None
    nudges: int = 0
    nudges_open: int = 0
    helpful: int = 0
    not_helpful: int = 0
    openings_given: int = 0
    openings_bare: int = 0
    openings_missed: int = 0
    opening_since_ms: int = -1
    silence_since_ms: int = -1
    signal: str = ""
    signal_at_ms: int = -1
    lag_ms: int = 0
    help: OpenHelp | None = None
    shares_words: bool = False
    shared: bool = True
    withheld: tuple[str, ...] = ()


class NudgeLine(msgspec.Struct, frozen=True, array_like=True):
    """A nudge of the call: when it came (ms), what became of it (empty: it stands), and evidence by name, no quotes."""

    rule: str
    title: str
    severity: Severity
    at_ms: int
    outcome: str = ""
    because: tuple[str, ...] = ()


class CallDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What a floor that has the call open sees beyond its state: the newest nudges (at most 40), oldest first.

    `moods` and `heats` are (media ms, hundredths) and (media ms, heat) over the whole call, thinned to at most 120.
    """

    call_id: str
    nudges: tuple[NudgeLine, ...] = ()
    moods: tuple[tuple[int, int], ...] = ()
    heats: tuple[tuple[int, int], ...] = ()
