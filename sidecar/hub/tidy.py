"""What workstations and people write, made fit to be shown: any message flows in, a bounded and clean one flows out.

Texts come from strangers through machines that may be broken or hostile. Each is put on one line without control
characters and cut; markup stays as it is written, since no screen of ours reads any. Ids are never mended: a message
with one that cannot be is refused. Pure.
"""

from typing import TypeVar

import msgspec

from sidecar.printable import printable
from streams.errors import ProtocolError
from streams.floor import (
    AlertRaised,
    CallDetail,
    CallDone,
    CallState,
    DetailPut,
    FloorMessage,
    NudgeLine,
    OpenHelp,
    OpenNudge,
    StatePut,
    StationBeat,
    WordsPut,
)

ID_LIMIT = 200
NAME_LIMIT = 80
TEXT_LIMIT = 500
CALLS_LIMIT = 1_000
"""Calls of one workstation; a message that names more is refused."""
SPARK_LIMIT = 16
BECAUSE_LIMIT = 8
NUDGES_LIMIT = 40
POINTS_LIMIT = 120
SUMS_LIMIT = 500
"""Rules of which an ended call tells what became of them, and kinds of openings."""
MOODS_LIMIT = 5_000
COUNT_LIMIT = 1_000_000
HEAT_MOST = 100
NUMBER_MOST = 2**53
DAY_MS = 86_400_000

_LIMITS: dict[type, dict[str, int]] = {
    CallState: {
        "agent_id": NAME_LIMIT,
        "agent_name": NAME_LIMIT,
        "queue": NAME_LIMIT,
        "started_at": NAME_LIMIT,
        "signal": TEXT_LIMIT,
    },
    OpenNudge: {"rule": NAME_LIMIT, "title": TEXT_LIMIT},
    OpenHelp: {"help": ID_LIMIT, "text": TEXT_LIMIT},
    AlertRaised: {"alert": ID_LIMIT, "rule": NAME_LIMIT, "text": TEXT_LIMIT},
    WordsPut: {"text": TEXT_LIMIT},
    NudgeLine: {"rule": NAME_LIMIT, "title": TEXT_LIMIT, "outcome": NAME_LIMIT},
    CallDone: {"agent_id": NAME_LIMIT, "agent_name": NAME_LIMIT, "queue": NAME_LIMIT, "started_at": NAME_LIMIT},
}
_Message = TypeVar("_Message", bound=msgspec.Struct)


def text(raw: str, limit: int = TEXT_LIMIT) -> str:
    """A text on one line, without control characters, cut at `limit`."""
    if len(raw) <= limit and raw.isprintable():
        return raw
    line = printable(raw[:limit]).strip()
    return line if len(raw) <= limit else line[: limit - 3] + "..."


def tidy(message: FloorMessage) -> FloorMessage:
    """A message with all its texts bounded and clean.

    Raises ProtocolError for an id that cannot be, or more calls than a workstation can have.
    """
    for name in ("call_id", "boot"):
        given = getattr(message, name, None)
        if given is not None:
            _check_id(given)
    for name in ("number", "kept_from", "waited_ms", "duration_ms"):
        if not 0 <= getattr(message, name, 0) <= NUMBER_MOST:
            raise ProtocolError(f"{name} is from 0 to {NUMBER_MOST}")
    match message:
        case StatePut(state=state):
            tidied = _state(state)
            return message if tidied is state else msgspec.structs.replace(message, state=tidied)
        case StationBeat(calls=calls):
            if len(calls) > CALLS_LIMIT:
                raise ProtocolError(f"{len(calls)} calls at once, at most {CALLS_LIMIT} are taken")
            return message
        case DetailPut(detail=detail):
            return msgspec.structs.replace(message, detail=_detail(detail))
        case CallDone():
            return _done(_texts(message))
        case AlertRaised() | WordsPut():
            return _texts(message)
        case _:
            return message


def _state(state: CallState) -> CallState:
    _check_id(state.call_id)
    state = _texts(state)
    changes: dict[str, object] = {}
    # Written so that what is no number at all does not pass either.
    if not -1.0 <= state.mood <= 1.0:
        changes["mood"] = 0.0
    if not 0 <= state.heat <= HEAT_MOST:
        changes["heat"] = min(max(state.heat, 0), HEAT_MOST)
    if len(state.spark) > SPARK_LIMIT:
        changes["spark"] = state.spark[-SPARK_LIMIT:]
    for name, most in (("because", BECAUSE_LIMIT), ("withheld", NUDGES_LIMIT)):
        words: tuple[str, ...] = getattr(state, name)
        if words and not all(len(word) <= NAME_LIMIT and word.isprintable() for word in words[:most]):
            changes[name] = tuple(text(word, NAME_LIMIT) for word in words[:most])
        elif len(words) > most:
            changes[name] = words[:most]
    for name, part in (("nudge", state.nudge), ("help", state.help)):
        if part is not None:
            tidied = _texts(part)
            if tidied is not part:
                changes[name] = tidied
    return msgspec.structs.replace(state, **changes) if changes else state


def _detail(detail: CallDetail) -> CallDetail:
    _check_id(detail.call_id)
    lines = []
    for line in detail.nudges[-NUDGES_LIMIT:]:
        because = tuple(text(word, NAME_LIMIT) for word in line.because[:BECAUSE_LIMIT])
        lines.append(msgspec.structs.replace(_texts(line), because=because))
    return CallDetail(
        call_id=detail.call_id,
        nudges=tuple(lines),
        moods=detail.moods[-POINTS_LIMIT:],
        heats=detail.heats[-POINTS_LIMIT:],
    )


def _done(done: CallDone) -> CallDone:
    duration_ms = min(done.duration_ms, DAY_MS)
    return msgspec.structs.replace(
        done,
        duration_ms=duration_ms,
        moods=tuple(
            (at_ms, mood)
            for at_ms, mood in done.moods[:MOODS_LIMIT]
            if 0 <= at_ms <= duration_ms and -100 <= mood <= 100
        ),
        hot=tuple(
            (from_ms, to_ms, min(max(peak, 0), HEAT_MOST))
            for from_ms, to_ms, peak in done.hot[:SUMS_LIMIT]
            if 0 <= from_ms <= to_ms <= DAY_MS
        ),
        openings=_counts(done.openings),
        rules={
            text(rule, NAME_LIMIT): _counts(counts) for rule, counts in list(done.rules.items())[:SUMS_LIMIT] if counts
        },
    )


def _counts(counts: dict[str, int]) -> dict[str, int]:
    few = list(counts.items())[:SUMS_LIMIT]
    return {text(name, NAME_LIMIT): min(max(number, 0), COUNT_LIMIT) for name, number in few}


def _texts(message: _Message) -> _Message:
    """The same message where nothing is to be done, which is nearly always: it costs a look at each text."""
    changes: dict[str, object] = {}
    for name, limit in _LIMITS[type(message)].items():
        raw: str = getattr(message, name)
        if len(raw) > limit or not raw.isprintable():
            changes[name] = text(raw, limit)
    return msgspec.structs.replace(message, **changes) if changes else message


def _check_id(call_id: str) -> None:
    if not 0 < len(call_id) <= ID_LIMIT or not call_id.isprintable():
        raise ProtocolError(f"an id has 1 to {ID_LIMIT} characters that can be shown")
