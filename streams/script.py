"""A call as text: who said what from when to when, and what a coach is expected to say about it.

The parsers make one of these from a file's text; `script_events` turns it into the events that a call with perfect
ears would have given.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from streams.errors import TranscriptError
from streams.events import (
    CallEnded,
    CallStarted,
    Channel,
    Outcome,
    Severity,
    SpeechEnded,
    SpeechStarted,
    Utterance,
    Word,
)

MS_PER_WORD = 400
"""150 words a minute, where a file does not say how long a turn was."""

LONGEST_MS = 24 * 3600 * 1000
"""No call is longer; a time beyond it is a slip of the pen."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What one side said in one go; times in media ms."""

    channel: Channel
    started_ms: int
    ended_ms: int
    text: str
    words: tuple[Word, ...]


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What the coach should make of the call.

    `nudge`: a nudge of `rule` (of `severity`, emitted `within` these media ms, where given). `none`: no nudge at all.
    `not_rule`: no nudge of `rule`. `not_family`: none whose rule begins with `rule`, which ends in a dot. `resolved`: a
    nudge of `rule` left with `outcome`. `line` is where the file says so.
    """

    kind: Literal["nudge", "none", "not_rule", "not_family", "resolved"]
    rule: str = ""
    severity: Severity | None = None
    within: tuple[int, int] | None = None
    outcome: Outcome | None = None
    line: int = 0


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A whole call: its facts, its turns in the order of their start, and what is expected of the coach."""

    name: str
    facts: dict[str, str] = {}
    turns: tuple[Turn, ...] = ()
    expectations: tuple[Expectation, ...] = ()


def spread_words(text: str, started_ms: int, ended_ms: int) -> tuple[Word, ...]:
    """The words of a turn, each with its share of the time in proportion to its length."""
    texts = text.split()
    # One more than the letters, for the gap behind each word.
    ends, total = [], 0
    for word in texts:
        total += len(word) + 1
        ends.append(total)
    edges = [started_ms, *(started_ms + (ended_ms - started_ms) * end // total for end in ends)]
    return tuple(Word(word, edges[i], edges[i + 1]) for i, word in enumerate(texts))


def settled(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Turns in the order of their start, with nobody talking over themselves.

    A turn ends where the same speaker's next begins; two that begin together are one.
    """
    kept: list[Turn] = []
    last: dict[Channel, int] = {}
    for turn in sorted(turns, key=lambda turn: turn.started_ms):
        place = last.get(turn.channel)
        if place is not None and kept[place].started_ms == turn.started_ms:
            before = kept[place]
            kept[place] = _turn(turn, max(before.ended_ms, turn.ended_ms), f"{before.text} {turn.text}")
            continue
        if place is not None and kept[place].ended_ms > turn.started_ms:
            kept[place] = _turn(kept[place], turn.started_ms, kept[place].text)
        last[turn.channel] = len(kept)
        kept.append(turn)
    return tuple(kept)


def _turn(turn: Turn, ended_ms: int, text: str) -> Turn:
    return Turn(
        channel=turn.channel,
        started_ms=turn.started_ms,
        ended_ms=ended_ms,
        text=text,
        words=spread_words(text, turn.started_ms, ended_ms),
    )


def with_words(script: Script, words: Mapping[Channel, Sequence[Word]]) -> Script:
    """The same call with the true times of its words; each side's words are those of its turns, in order.

    Raises TranscriptError when they are not.
    """
    left = {channel: list(reversed(side)) for channel, side in words.items()}
    turns = []
    for turn in script.turns:
        side = left.get(turn.channel, [])
        own = tuple(side.pop() for _ in turn.words if side)
        if [word.text for word in own] != [word.text for word in turn.words]:
            raise TranscriptError(f"{script.name}: the timed words do not fit the {turn.channel}'s turn '{turn.text}'")
        turns.append(
            Turn(
                channel=turn.channel,
                started_ms=min(turn.started_ms, own[0].start_ms),
                ended_ms=max(turn.ended_ms, own[-1].end_ms),
                text=turn.text,
                words=own,
            )
        )
    if any(left.values()):
        raise TranscriptError(f"{script.name}: there are more timed words than words in the turns")
    return Script(name=script.name, facts=script.facts, turns=tuple(turns), expectations=script.expectations)


def script_events(
    script: Script, call_id: str
) -> Iterator[CallStarted | SpeechStarted | SpeechEnded | Utterance | CallEnded]:
    """The events of the call in the order of time, every utterance known the moment it ends."""
    agent = script.facts.get("agent", "")
    yield CallStarted(
        call_id=call_id,
        at_ms=0,
        agent_id=agent,
        agent_name=agent,
        queue=script.facts.get("queue", ""),
        source=script.name,
        words_from="text",
    )
    # At one moment, ends come before starts, and both in the order of the file.
    edges = sorted(
        [(turn.ended_ms, 0, number) for number, turn in enumerate(script.turns)]
        + [(turn.started_ms, 1, number) for number, turn in enumerate(script.turns)]
    )
    spoken: dict[Channel, int] = {"agent": 0, "customer": 0}
    for at_ms, starts, number in edges:
        turn = script.turns[number]
        if starts:
            yield SpeechStarted(call_id=call_id, at_ms=at_ms, channel=turn.channel, started_ms=at_ms)
            continue
        yield SpeechEnded(
            call_id=call_id, at_ms=at_ms, channel=turn.channel, started_ms=turn.started_ms, ended_ms=at_ms
        )
        yield Utterance(
            call_id=call_id,
            at_ms=at_ms,
            channel=turn.channel,
            utterance=spoken[turn.channel],
            started_ms=turn.started_ms,
            ended_ms=at_ms,
            text=turn.text,
            words=turn.words,
        )
        spoken[turn.channel] += 1
    yield CallEnded(call_id=call_id, at_ms=max((turn.ended_ms for turn in script.turns), default=0))
