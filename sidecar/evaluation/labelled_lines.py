"""Labelled calls as JSON Lines: the text of one line flows in, a `Case` flows out.

    {"id", "turns": [{"who": "C|A", "start_ms", "end_ms", "text"}], "tension": [[turn, 0-3]],
     "openings": [{"turn", "strength", "outcome"}], "expect": [{"rule", "from_ms", "to_ms"}], "forbid": [...],
     "wanted": [{"n": turn, "kind"}], "marks": {"turn": ["what it does", ...]}}

Times may be left out of all turns. Every label may be left out: what is not there was not looked at. Where `expect` or
`wanted` stands, it names all that is wanted. `marks` are there to learn from and measure nothing.
"""

import msgspec

from sidecar.evaluation.labels import Ban, Case, Opening, Span, Want, case_of, paced
from sidecar.evaluation.wants import labels_of
from streams.errors import TranscriptError
from streams.events import Channel
from streams.script import LONGEST_MS, Turn, spread_words
from streams.subtitles import ROLES


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of a line; unknown keys are slips of the pen that would cost a label."""


class _Turn(_Line, frozen=True):
    who: str
    text: str
    start_ms: int | None = None
    end_ms: int | None = None


class _Moment(_Line, frozen=True):
    n: int
    kind: str


class _Call(_Line, frozen=True):
    id: str
    turns: tuple[_Turn, ...]
    tension: tuple[tuple[int, int], ...] | None = None
    openings: tuple[Opening, ...] | None = None
    expect: tuple[Want, ...] | None = None
    forbid: tuple[Ban, ...] = ()
    wanted: tuple[_Moment, ...] | None = None
    marks: dict[int, tuple[str, ...]] = {}
    about: str = ""


def read_line(line: bytes | str, where: str) -> Case:
    """A labelled call; `where` is file and line.

    Raises TranscriptError with `where` and the reason.
    """
    try:
        call = msgspec.json.decode(line, type=_Call)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise TranscriptError(f"{where}: not a labelled call: {error}") from error
    _check_windows(call, where)
    turns = _turns(call, where)
    for turn_number in call.marks:
        if not 0 <= turn_number < len(turns):
            raise TranscriptError(f"{where}: marks: there is no turn {turn_number}; the last one is {len(turns) - 1}")
    spans = [Span(turn.channel, turn.started_ms, turn.ended_ms) for turn in turns]
    labels = labels_of(
        spans,
        where,
        tension=call.tension,
        openings=call.openings,
        moments=None if call.wanted is None else [(moment.n, moment.kind) for moment in call.wanted],
        expected=call.expect,
        bans=call.forbid,
    )
    return case_of(call.id, turns, labels, where, timed=not _untimed(call))


def _check_windows(call: _Call, where: str) -> None:
    windows: dict[str, tuple[Want | Ban, ...]] = {"expect": call.expect or (), "forbid": call.forbid}
    for key, moments in windows.items():
        for number, moment in enumerate(moments):
            if not 0 <= moment.from_ms <= moment.to_ms:
                window = f"{moment.from_ms} to {moment.to_ms} ms"
                raise TranscriptError(f"{where}: {key} {number}: from_ms must not lie after to_ms; it has {window}")


def _turns(call: _Call, where: str) -> tuple[Turn, ...]:
    said: list[tuple[Channel, str]] = []
    for number, turn in enumerate(call.turns):
        channel, text = ROLES.get(turn.who.lower()), " ".join(turn.text.split())
        if channel is None:
            raise TranscriptError(f"{where}: turn {number}: who '{turn.who}' is neither side; write A or C")
        if not text:
            raise TranscriptError(f"{where}: turn {number}: there are no words in it")
        said.append((channel, text))
    if not said:
        raise TranscriptError(f"{where}: there is no turn in it")
    if _untimed(call):
        return paced(said)
    timed: list[Turn] = []
    for number, (turn, (channel, text)) in enumerate(zip(call.turns, said, strict=True)):
        start_ms, end_ms = turn.start_ms, turn.end_ms
        if start_ms is None or end_ms is None:
            raise TranscriptError(f"{where}: turn {number}: has no start_ms and end_ms; give them to all turns or none")
        if not 0 <= start_ms < end_ms <= LONGEST_MS:
            raise TranscriptError(f"{where}: turn {number}: must end after its start; it has {start_ms} to {end_ms} ms")
        if timed and start_ms < timed[-1].started_ms:
            before = f"turn {number} starts at {start_ms} ms, before turn {number - 1}"
            raise TranscriptError(f"{where}: {before} ({timed[-1].started_ms} ms); order turns by their start")
        words = spread_words(text, start_ms, end_ms)
        timed.append(Turn(channel=channel, started_ms=start_ms, ended_ms=end_ms, text=text, words=words))
    return tuple(timed)


def _untimed(call: _Call) -> bool:
    return all(turn.start_ms is None and turn.end_ms is None for turn in call.turns)
