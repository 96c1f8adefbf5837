"""Public dialogues that lie on this machine: the text of their tables and of our labels flows in, cases flow out.

MAIA: chats between customers and agents, one row a message, with labels of ours beside them. MultiDoGO: customers'
turns of neutral conversations, in which no feeling should be found. They measure; nothing of them is part of this
project.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from sidecar.evaluation.labels import Ban, Case, LabelledOutcome, Labels, Opening, Span, case_of, paced
from sidecar.evaluation.wants import labels_of
from streams.errors import TranscriptError
from streams.events import Channel, Strength

NEUTRAL_GAP_MS = 8000
"""Between two turns of a customer whose agent is not on record: room for an answer, too short for dead air."""
NEUTRAL_BANS = (Ban(rule="deesc."), Ban(rule="empathy."))
"""What nobody should hear in a neutral conversation."""


class _Opening(msgspec.Struct, frozen=True):
    n: int
    strength: Strength
    outcome: LabelledOutcome


class _Moment(msgspec.Struct, frozen=True):
    n: int
    kind: str


class _Labels(msgspec.Struct, frozen=True):
    id: str
    tension: tuple[tuple[int, int], ...]
    openings: tuple[_Opening, ...]
    wanted: tuple[_Moment, ...]


def maia_talks(table: str, name: str) -> dict[str, list[tuple[Channel, str]]]:
    """What was said in each dialogue: consecutive rows of one side are one turn, empty rows none.

    Raises TranscriptError when the table has other columns.
    """
    talks: dict[str, list[tuple[Channel, str]]] = {}
    for row in _rows(table, ",", name, ("doc_id", "source_segment", "pe_segment", "translation_direction")):
        side: Channel = "customer" if row["translation_direction"] == "customer" else "agent"
        text = " ".join(row["pe_segment" if side == "customer" else "source_segment"].split())
        talk = talks.setdefault(row["doc_id"], [])
        if text and talk and talk[-1][0] == side:
            talk[-1] = (side, f"{talk[-1][1]} {text}")
        elif text:
            talk.append((side, text))
    return talks


def maia_case(line: bytes | str, talks: Mapping[str, list[tuple[Channel, str]]], where: str) -> Case:
    """One line of labels with the dialogue it is about; `where` is file and line.

    Raises TranscriptError with `where` and the reason.
    """
    try:
        labels = msgspec.json.decode(line, type=_Labels)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise TranscriptError(f"{where}: not labels of a dialogue: {error}") from error
    if labels.id not in talks:
        raise TranscriptError(f"{where}: the table has no dialogue {labels.id}")
    turns = paced(talks[labels.id])
    found = labels_of(
        [Span(turn.channel, turn.started_ms, turn.ended_ms) for turn in turns],
        where,
        tension=labels.tension,
        openings=tuple(Opening(opening.n, opening.strength, opening.outcome) for opening in labels.openings),
        moments=[(moment.n, moment.kind) for moment in labels.wanted],
    )
    return case_of(labels.id, turns, found, where, timed=False)


def neutral_cases(table: str, name: str) -> Iterator[Case]:
    """The conversations of a MultiDoGO table: calm customers, of whose agents nothing is known.

    Raises TranscriptError when the table has other columns.
    """
    talks: dict[str, list[tuple[Channel, str]]] = {}
    for row in _rows(table, "\t", name, ("conversationId", "utterance")):
        text = " ".join((row["utterance"] or "").split())
        talk = talks.setdefault(row["conversationId"], [])
        if text:
            talk.append(("customer", text))
    for talk_id, talk in talks.items():
        if talk:
            turns = paced(talk, NEUTRAL_GAP_MS)
            calm = tuple((number, 0) for number in range(len(turns)))
            yield case_of(talk_id, turns, Labels(tension=calm, bans=NEUTRAL_BANS), name, timed=False)


def _rows(table: str, delimiter: str, name: str, wanted_columns: Iterable[str]) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(table, newline=""), delimiter=delimiter, restval="")
    missing = [column for column in wanted_columns if column not in (reader.fieldnames or ())]
    if missing:
        raise TranscriptError(f"{name}:1: the table has no column {', '.join(missing)}")
    try:
        yield from reader
    except csv.Error as error:
        raise TranscriptError(f"{name}:{reader.line_num}: not a table: {error}") from error
