"""The `.call` format: a scripted call with what the coach is expected to say, one line each. Text in, `Script` out.

    # a comment
    @ queue: deliveries
    00:01.000-00:03.500 agent     good morning, you are through to Hannah
    00:04 customer  oh hi
    => empathy.missed warn within 00:20-00:45

Times are `MM:SS.mmm` or `SS.mmm`, the fraction optional. Turns stand in the order of their start; both sides may speak
at once. A turn without an end lasts as long as its words at 150 a minute, and no turn outlasts the same speaker's next.
"""

import re
from typing import NamedTuple, NoReturn, cast, get_args

from streams.errors import TranscriptError
from streams.events import Channel, Outcome, Severity
from streams.script import LONGEST_MS, MS_PER_WORD, Expectation, Script, Turn, spread_words

_CLOCK = r"(?:\d+:)?\d+(?:\.\d+)?"
_FACT = re.compile(r"@\s*([A-Za-z_][\w-]*)\s*:\s*(.*)")
_TURN = re.compile(r"([\d:.]+)(?:-([\d:.]+))?\s+(\S+)(?:\s+(.*))?")
_RULE = re.compile(r"[a-z_]+\.[a-z_]+")
_FAMILY = re.compile(r"[a-z_]+\.")
_SEVERITIES: tuple[str, ...] = get_args(Severity)
_OUTCOMES: tuple[str, ...] = get_args(Outcome)
_SPOKEN = ("agent", "customer")


class _Line(NamedTuple):
    """A turn as written: its end is None where it is to be estimated."""

    number: int
    channel: Channel
    started_ms: int
    ended_ms: int | None
    text: str


def read_call(text: str, name: str) -> Script:
    """The call in `text`; `name` is what messages call the file.

    Raises TranscriptError with file, line and reason.
    """
    facts: dict[str, str] = {}
    lines: list[_Line] = []
    expectations: list[Expectation] = []
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = raw.strip()
        where = f"{name}:{number}"
        if not line or line.startswith("#"):
            continue
        if line.startswith("@"):
            key, value = _fact(line, where)
            if key in facts:
                _refuse(where, f"'{key}' is given twice")
            facts[key] = value
        elif line.startswith("=>"):
            expectations.append(_expectation(line[2:].split(), number, where))
        else:
            lines.append(_turn(line, number, where))
            if len(lines) > 1 and lines[-1].started_ms < lines[-2].started_ms:
                _refuse(
                    where, f"this turn starts before the one in line {lines[-2].number}; order turns by their start"
                )
    if not lines:
        raise TranscriptError(f"{name}: there is no turn in it; write for example '00:01.000 agent  good morning'")
    turns = _with_ends(lines, name)
    return Script(name=name, facts=facts, turns=turns, expectations=tuple(expectations))


def _fact(line: str, where: str) -> tuple[str, str]:
    found = _FACT.fullmatch(line)
    if not found:
        _refuse(where, "a fact is written '@ key: value'")
    key, value = found[1], found[2].strip()
    if key == "left" and value not in _SPOKEN:
        _refuse(where, f"'left' is agent or customer, not '{value}'")
    return key, value


def _turn(line: str, number: int, where: str) -> _Line:
    found = _TURN.fullmatch(line)
    if not found:
        _refuse(
            where, "not a turn ('START[-END] agent|customer  words'), fact ('@'), expectation ('=>') or comment ('#')"
        )
    start, end, who, text = found.groups()
    if who not in _SPOKEN:
        _refuse(where, f"'{who}' cannot speak; write agent or customer after the time")
    words = (text or "").split()
    if not words:
        _refuse(where, f"the {who} says nothing; put words after '{who}'")
    started_ms = _clock_ms(start, where)
    ended_ms = _clock_ms(end, where) if end else None
    if ended_ms is not None and ended_ms <= started_ms:
        _refuse(where, f"the turn ends at {end}, which is not after its start {start}")
    return _Line(number, cast("Channel", who), started_ms, ended_ms, " ".join(words))


def _with_ends(lines: list[_Line], name: str) -> tuple[Turn, ...]:
    next_start: dict[str, int] = {}
    turns = []
    for line in reversed(lines):
        ended_ms = line.ended_ms
        if ended_ms is None:
            ended_ms = line.started_ms + MS_PER_WORD * len(line.text.split())
        ended_ms = min(ended_ms, next_start.get(line.channel, ended_ms))
        if ended_ms == line.started_ms:
            _refuse(f"{name}:{line.number}", f"the {line.channel} starts two turns at this time")
        next_start[line.channel] = line.started_ms
        turns.append(
            Turn(
                channel=line.channel,
                started_ms=line.started_ms,
                ended_ms=ended_ms,
                text=line.text,
                words=spread_words(line.text, line.started_ms, ended_ms),
            )
        )
    return tuple(reversed(turns))


def _expectation(parts: list[str], number: int, where: str) -> Expectation:
    match parts:
        case ["none"]:
            return Expectation(kind="none", line=number)
        case ["not", what] if _RULE.fullmatch(what):
            return Expectation(kind="not_rule", rule=what, line=number)
        case ["not", what] if _FAMILY.fullmatch(what):
            return Expectation(kind="not_family", rule=what, line=number)
        case ["resolved", rule, outcome] if _RULE.fullmatch(rule):
            if outcome not in _OUTCOMES:
                _refuse(where, f"'{outcome}' is no outcome; there are {', '.join(_OUTCOMES)}")
            return Expectation(kind="resolved", rule=rule, outcome=cast("Outcome", outcome), line=number)
        case [rule, *rest] if _RULE.fullmatch(rule):
            severity = None
            if rest and rest[0] != "within":
                if rest[0] not in _SEVERITIES:
                    _refuse(where, f"'{rest[0]}' is no severity; there are {', '.join(_SEVERITIES)}")
                severity = cast("Severity", rest[0])
                rest = rest[1:]
            return Expectation(
                kind="nudge", rule=rule, severity=severity, within=_within(rest, where) if rest else None, line=number
            )
        case _:
            raise TranscriptError(
                f"{where}: an expectation is '=> rule.id [severity] [within START-END]', '=> none', '=> not rule.id', "
                "'=> not family.' or '=> resolved rule.id outcome'"
            )


def _within(parts: list[str], where: str) -> tuple[int, int]:
    start, dash, end = parts[1].partition("-") if len(parts) == 2 else ("", "", "")
    if parts[0] != "within" or not dash:
        _refuse(where, "after the rule comes at most a severity and 'within START-END'")
    span = _clock_ms(start, where), _clock_ms(end, where)
    if span[1] < span[0]:
        _refuse(where, f"the span ends at {end}, before its start {start}")
    return span


def _clock_ms(clock: str, where: str) -> int:
    if not re.fullmatch(_CLOCK, clock, re.ASCII):
        _refuse(where, f"'{clock}' is no time; write MM:SS.mmm or SS.mmm")
    minutes, _, seconds = clock.rpartition(":")
    whole, _, fraction = seconds.partition(".")
    if len(fraction) > 3:
        _refuse(where, f"'{clock}' is finer than a millisecond")
    if minutes and int(whole) >= 60:
        _refuse(where, f"'{clock}' has {whole} seconds in a minute")
    # The first digits decide: int() refuses numbers of thousands of digits with an error of its own.
    if max(len(minutes), len(whole)) > 8 or int(minutes or 0) * 60_000 + int(whole) * 1000 > LONGEST_MS:
        _refuse(where, f"'{clock[:20]}' is more than a day into the call")
    return int(minutes or 0) * 60_000 + int(whole) * 1000 + int(fraction.ljust(3, "0"))


def _refuse(where: str, reason: str) -> NoReturn:
    raise TranscriptError(f"{where}: {reason}")
