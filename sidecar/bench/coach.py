"""What the coach costs: bundled and pack conversations flow in, the time of each event and of a long call comes out.

Time is the processor's, of the one thread that coaches, so other programs stretch it less than a clock would show.
Long calls are generated: turns of those same conversations in an order drawn by a fixed seed, with the partial
hypotheses that a recogniser gives every few words.
"""

import gc
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain

import msgspec

from nudges.coach import Coach
from sidecar import demo
from sidecar.bench.spread import percentile
from sidecar.trial import pack_cases
from streams.events import CallContext, Channel, Event, Hypothesis, Utterance
from streams.script import MS_PER_WORD, Script, Turn, script_events, spread_words
from streams.transcript import read_transcript

HOURS = (1, 3)
GAP_MS = 600
WORDS_A_PARTIAL = 4
SEED = 1
SIDES: tuple[Channel, ...] = ("customer", "agent")
_CALL_ID = "bench"


class Times(msgspec.Struct, frozen=True):
    """Processor time of an event in milliseconds: percentiles by nearest rank, the most, and of how many events."""

    events: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


class LongCall(msgspec.Struct, frozen=True):
    """A generated call: its length, its events with partial hypotheses, and how long a replay of all of it takes."""

    hours: float
    event: Times
    replay_s: float
    replay_without_partials_s: float


class CoachBench(msgspec.Struct, frozen=True):
    """The figures of the coach; `conversations` were heard one by one."""

    conversations: int
    event: Times
    long_calls: tuple[LongCall, ...]


def measure(
    pack: str, config: dict[str, object], hours: Sequence[float] = HOURS, say: Callable[[str], None] = lambda _: None
) -> CoachBench:
    """Measure the coach by a pack (TOML text) and the [nudges] settings.

    Raises PackError for a pack that cannot be used.
    """

    def coach() -> Coach:
        return Coach(CallContext(call_id=_CALL_ID, at_ms=0, pack=pack, config=config))

    scripts = conversations(pack)
    say(f"{len(scripts)} conversations")
    # What is loaded with the first call is no part of an event.
    _timed(coach(), script_events(scripts[0], _CALL_ID))
    spoken = list(chain.from_iterable(_timed(coach(), _partials(script)) for script in scripts))
    return CoachBench(len(scripts), times(spoken), tuple(_long(scripts, length, coach, say) for length in hours))


def conversations(pack: str) -> tuple[Script, ...]:
    """The bundled calls and those that stand with the rules of a pack."""
    calls = (call.sound.with_suffix(".call") for call in demo.bundled())
    bundled = [read_transcript(path.read_text(encoding="utf-8"), path.name) for path in calls]
    return (*bundled, *(case.script for case in pack_cases(pack) if case.script.turns))


def long_call(scripts: Sequence[Script], hours: float) -> Script:
    """A call of at least `hours`, both sides in turn, 150 words a minute with short gaps."""
    drawn = random.Random(SEED)  # noqa: S311 - a call to measure by, no secret
    texts = {side: [turn.text for script in scripts for turn in script.turns if turn.channel == side] for side in SIDES}
    turns: list[Turn] = []
    at_ms = 0
    while at_ms < hours * 3_600_000:
        for side in SIDES:
            text = drawn.choice(texts[side])
            ended_ms = at_ms + len(text.split()) * MS_PER_WORD
            words = spread_words(text, at_ms, ended_ms)
            turns.append(Turn(channel=side, started_ms=at_ms, ended_ms=ended_ms, text=text, words=words))
            at_ms = ended_ms + GAP_MS
    return Script(name=f"{hours:g} h", turns=tuple(turns))


def times(spent_ms: Iterable[float]) -> Times:
    """The spread of the times of some events."""
    ordered = sorted(spent_ms)
    if not ordered:
        return Times(0, 0.0, 0.0, 0.0, 0.0)
    p50, p95, p99 = (round(percentile(ordered, percent), 3) for percent in (50, 95, 99))
    return Times(len(ordered), p50, p95, p99, round(ordered[-1], 3))


def _long(scripts: Sequence[Script], hours: float, coach: Callable[[], Coach], say: Callable[[str], None]) -> LongCall:
    say(f"a call of {hours:g} h")
    script = long_call(scripts, hours)
    with_partials = _timed(coach(), _partials(script))
    plain = _timed(coach(), script_events(script, _CALL_ID))
    return LongCall(hours, times(with_partials), round(sum(with_partials) / 1000, 2), round(sum(plain) / 1000, 2))


def _partials(script: Script) -> Iterator[Event]:
    """The events of a call, with a partial hypothesis every few words."""
    events = list(script_events(script, _CALL_ID))
    partials = (partial for event in events if isinstance(event, Utterance) for partial in _growing(event))
    return merge(events, sorted(partials, key=_at_ms), key=_at_ms)


def _growing(said: Utterance) -> Iterator[Hypothesis]:
    for count in range(WORDS_A_PARTIAL, len(said.words), WORDS_A_PARTIAL):
        stable = said.words[:count]
        yield Hypothesis(
            call_id=said.call_id,
            at_ms=stable[-1].end_ms,
            channel=said.channel,
            utterance=said.utterance,
            started_ms=said.started_ms,
            stable=" ".join(word.text for word in stable),
            tail="",
            stable_until_ms=stable[-1].end_ms,
        )


def _at_ms(event: Event) -> int:
    return event.at_ms


def _timed(coach: Coach, events: Iterable[Event]) -> list[float]:
    """Milliseconds that each event took."""
    heard = list(events)
    gc.collect()
    spent_ms = []
    for event in heard:
        begun_ns = time.thread_time_ns()
        coach.feed(event)
        spent_ms.append((time.thread_time_ns() - begun_ns) / 1e6)
    return spent_ms
