"""Made-up calls for `sidecar floor --demo`: the number of an agent and a moment in, a call's state out.

Nothing is drawn by chance: the same moment always gives the same floor, so that pictures and tests stand still. Every
call follows one of a few stories, told as (share of the call, mood in hundredths, heat).
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from streams.events import Band, Channel, Forecast, Severity, Trend
from streams.floor import CallDetail, CallState, NudgeLine, OpenHelp, OpenNudge, Speaking

NAMES = (
    "Priya Sharma", "Tom Ricci", "Aiko Mori", "Luis Pereira", "Dana Kowalski", "Sam Okafor", "Noor Haddad",
    "Emil Larsen", "Grace Adeyemi", "Mateo Rossi", "Yuki Tanaka", "Ana Petrova", "Ben Carter", "Leila Farahani",
    "Jonas Weber", "Mei Lin", "Omar Aziz", "Clara Dubois", "Ravi Menon", "Iris Costa", "Pavel Novak", "Zoe Martin",
    "Hana Suzuki", "Femi Bello", "Nina Berg", "Kofi Mensah", "Elena Marin", "Jack Doyle", "Amira Saleh", "Otto Lind",
    "Rosa Jimenez", "Wei Zhang", "Lars Holm", "Maya Cohen", "Ivan Horvat", "Tara Singh", "Paul Meyer", "Sofia Greco",
    "Liam Walsh", "Asha Rao",
)  # fmt: skip
QUEUES = ("Billing", "Retention", "Delivery", "Support")
TEAMS = ("North", "South")
BANDS: tuple[tuple[int, Band], ...] = ((20, "watch"), (40, "warm"), (60, "hot"), (80, "critical"))
EVERY_MS = 5_000
"""A made-up mood is heard so often."""

Course = Sequence[tuple[float, int, int]]


class Story(NamedTuple):
    """One kind of call: its course, and the shares of the call at which things happen (0: they do not)."""

    course: Course
    signals: tuple[tuple[float, str], ...] = ()
    hints: tuple[tuple[float, float, str, str, Severity, str], ...] = ()
    because: tuple[str, ...] = ()
    opening: tuple[float, float] = (0, 0)
    silence: tuple[float, float] = (0, 0)
    help: tuple[float, float, str] = (0, 0, "")
    hold: tuple[float, float] = (0, 0)


EASY = Story(
    ((0, 10, 4), (0.3, 22, 6), (0.6, 38, 3), (1, 52, 2)),
    ((0.05, "greeted, name asked"), (0.4, "next step agreed"), (0.8, "thanked the agent")),
    ((0.42, 0.5, "process.next_step", "Say the next step", "info", "plan"),),
)
MENDED = Story(
    ((0, -18, 14), (0.3, -52, 48), (0.5, -30, 38), (0.8, 18, 12), (1, 34, 6)),
    ((0.1, "has called before"), (0.3, "charged twice"), (0.55, "opening answered"), (0.85, "refund agreed")),
    (
        (0.2, 0.34, "empathy.missed", "Empathy owed", "warn", "repeat_contact"),
        (0.36, 0.5, "deesc.acknowledge", "Acknowledge first", "warn", "money"),
    ),
    ("repeat_contact", "money"),
    opening=(0.22, 0.33),
)
BOILS = Story(
    ((0, -8, 12), (0.25, -40, 42), (0.45, -66, 68), (0.6, -78, 84), (0.78, -58, 64), (1, -32, 38)),
    (
        (0.1, "third call about it"),
        (0.3, "talked over, twice"),
        (0.5, "asked for a supervisor"),
        (0.7, "cancel was said"),
    ),
    (
        (0.18, 0.3, "empathy.missed", "Empathy owed", "warn", "repeat_contact"),
        (0.44, 0.62, "deesc.rising_heat", "Escalation rising", "critical", "supervisor"),
        (0.64, 0.8, "deesc.offer_person", "Offer a person", "critical", "churn"),
    ),
    ("supervisor", "repeat_contact", "churn"),
    opening=(0.2, 0.3),
)
ASKS = Story(
    ((0, 2, 8), (0.4, -24, 34), (0.7, -20, 30), (1, 12, 10)),
    ((0.15, "account found"), (0.4, "asked for a refund"), (0.6, "on the limit")),
    ((0.3, 0.4, "process.verify", "Verify identity", "info", "checklist"),),
    ("money",),
    help=(0.42, 0.66, "refund of 240 is over my limit, may I?"),
)
QUIET = Story(
    ((0, 6, 5), (0.5, -6, 18), (1, 10, 8)),
    ((0.2, "looking it up"), (0.5, "long silence")),
    ((0.52, 0.6, "silence.dead_air", "Dead air", "info", "silence"),),
    silence=(0.46, 0.62),
    hold=(0.7, 0.82),
)
STORIES = (EASY, MENDED, EASY, QUIET, EASY, BOILS, MENDED, EASY, ASKS, EASY, MENDED, QUIET)
SPOKEN: tuple[tuple[Channel, str], ...] = (
    ("customer", "this is the third time i've called about the same charge"),
    ("agent", "let me pull that up for you"),
    ("customer", "every time somebody tells me it will be taken off and it never is"),
    ("agent", "i can see the two payments here, one on the fourth and one on the sixth"),
    ("customer", "so why did nobody see that before"),
    ("agent", "you've had to call three times for this, that should not have happened"),
    ("customer", "no it shouldn't"),
    ("agent", "i'm taking the second one off now, and i stay on the line until you see it"),
    ("customer", "okay i'll look at my account then"),
    ("agent", "take your time, i'm here"),
)
SPOKEN_EVERY_MS = 6_000


class Part(NamedTuple):
    """Where an agent is: the call's number, how far into it, how long it is (ms); beyond its length the wrap-up."""

    number: int
    at_ms: int
    length_ms: int


WRAP_UP_MS = 25_000
PAUSE_MS = 9_000


def part(agent: int, at_ms: int) -> Part | None:
    """The agent's call at a moment of the floor, or none between two calls."""
    length_ms = (150 + _mixed(agent, 1) % 420) * 1000
    turn_ms = length_ms + WRAP_UP_MS + PAUSE_MS
    number, within_ms = divmod(at_ms + _mixed(agent, 2) * 1_000, turn_ms)
    return Part(number, within_ms, length_ms) if within_ms < length_ms + WRAP_UP_MS else None


def _forecast(told: Story, share: float) -> Forecast:
    """A call that boils over is seen coming."""
    if told is not BOILS or not 0.2 < share < 0.44:
        return "steady"
    return "boiling" if share > 0.34 else "rising"


def story(agent: int, number: int) -> Story:
    """Which story an agent's call follows."""
    return STORIES[(agent + number * 5) % len(STORIES)]


def call_id(agent: int, number: int) -> str:
    """The id of an agent's call."""
    return f"demo-{agent:03}-{number:03}"


def state(agent: int, at_ms: int) -> CallState | None:
    """The agent's call as its workstation would tell it."""
    now = part(agent, at_ms)
    if now is None:
        return None
    told = story(agent, now.number)
    share = min(1.0, now.at_ms / now.length_ms)
    over = now.at_ms >= now.length_ms
    moods = _moods(agent, told, now)
    heat = round(_between(told.course, share, 2) + _mixed(agent, now.at_ms // 9_000) % 5)
    hints = [hint for hint in told.hints if hint[0] <= share]
    open_hint = next((hint for hint in hints if share < hint[1]), None) if not over else None
    signal = next((signal for signal in reversed(told.signals) if signal[0] <= share), None)
    since = {name: _since(span, share, now) for name, span in (("opening", told.opening), ("silence", told.silence))}
    help_ms = -1 if over else _since(told.help[:2], share, now)
    return CallState(
        call_id=call_id(agent, now.number),
        at_ms=now.at_ms,
        agent_id=f"a{agent:03}",
        agent_name=name(agent),
        queue=QUEUES[agent % len(QUEUES)],
        phase="wrap_up" if over else "hold" if _since(told.hold, share, now) >= 0 else "live",
        speaking="nobody" if over or since["silence"] >= 0 else _speaking(agent, now.at_ms),
        mood=moods[-1] / 100 if moods else 0.0,
        trend=_trend(moods),
        spark=tuple(moods[-16:]),
        heat=heat,
        band=band(heat),
        because=told.because if heat >= BANDS[0][0] else (),
        forecast=_forecast(told, share),
        nudge=OpenNudge(open_hint[2], open_hint[3], open_hint[4], round(open_hint[0] * now.length_ms))
        if open_hint
        else None,
        nudges=len(hints),
        nudges_open=1 if open_hint else 0,
        helpful=1 if over and hints else 0,
        openings_given=1 if told is MENDED and share > 0.33 else 0,
        openings_missed=1 if told is BOILS and share > 0.3 else 0,
        opening_since_ms=since["opening"],
        silence_since_ms=since["silence"],
        signal=signal[1] if signal else "",
        signal_at_ms=round(signal[0] * now.length_ms) if signal else -1,
        lag_ms=600 + _mixed(agent, now.at_ms // 3_000) % 600,
        help=OpenHelp(f"{call_id(agent, now.number)}/help", told.help[2], help_ms) if help_ms >= 0 else None,
        shares_words=agent % len(QUEUES) != 2,
    )


def detail(agent: int, at_ms: int) -> CallDetail | None:
    """The whole course of the agent's call."""
    now = part(agent, at_ms)
    if now is None:
        return None
    told = story(agent, now.number)
    share = now.at_ms / now.length_ms
    return CallDetail(
        call_id=call_id(agent, now.number),
        nudges=tuple(
            NudgeLine(rule, title, severity, round(since * now.length_ms), "" if share < until else "done", (cause,))
            for since, until, rule, title, severity, cause in told.hints
            if since <= share
        ),
        moods=tuple(zip(_heard(now), _moods(agent, told, now), strict=True)),
        heats=tuple((ms, round(_between(told.course, ms / now.length_ms, 2))) for ms in _heard(now)),
    )


def name(agent: int) -> str:
    """The agent's made-up name."""
    again = agent // len(NAMES)
    return NAMES[agent % len(NAMES)] + (f" {again + 1}" if again else "")


def band(heat: int) -> Band:
    """The word for a heat."""
    return next((word for least, word in reversed(BANDS) if heat >= least), "calm")


def _moods(agent: int, told: Story, now: Part) -> list[int]:
    """The course with a little of what no course foresees."""
    return [
        round(_between(told.course, ms / now.length_ms, 1)) + _mixed(agent, ms // EVERY_MS) % 21 - 10
        for ms in _heard(now)
    ]


def _heard(now: Part) -> range:
    return range(0, min(now.at_ms, now.length_ms) + 1, EVERY_MS)


def _between(course: Course, share: float, what: int) -> float:
    """The course's value at a share of the call."""
    share = min(1.0, share)
    for before, after in pairwise(course):
        if before[0] <= share <= after[0]:
            way = (share - before[0]) / (after[0] - before[0])
            return before[what] + (after[what] - before[what]) * way
    return course[-1][what]


def _since(span: Sequence[float], share: float, now: Part) -> int:
    return round(span[0] * now.length_ms) if span[0] and span[0] <= share < span[1] else -1


def _trend(moods: Sequence[int]) -> Trend:
    change = moods[-1] - moods[-5] if len(moods) >= 5 else 0
    return "rising" if change >= 4 else "falling" if change <= -4 else "steady"


def _speaking(agent: int, at_ms: int) -> Speaking:
    turns: tuple[Speaking, ...] = ("customer", "agent", "agent", "customer", "nobody", "agent", "customer", "both")
    return turns[_mixed(agent, at_ms // 4_000) % len(turns)]


def _mixed(one: int, other: int) -> int:
    """A number from 0 to 996 that looks as if it were drawn."""
    return ((one + 3) * 7_919 + (other + 7) * 104_729 + one * other * 31) % 997


def spoken(agent: int, since_ms: int, at_ms: int) -> list[tuple[int, Channel, str]]:
    """What was said in a call between two of its moments: when it began, by whom, the words."""
    first, last = since_ms // SPOKEN_EVERY_MS, bisect_right(range(0, at_ms + 1, SPOKEN_EVERY_MS), at_ms) - 1
    turns = [(number, SPOKEN[(number + agent) % len(SPOKEN)]) for number in range(first + 1, last + 1)]
    return [(number * SPOKEN_EVERY_MS, channel, text) for number, (channel, text) in turns]
