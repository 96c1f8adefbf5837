"""Our own talks and labelled lines as rows to learn moves from: a corpus folder flows in, marked turns come out.

`talks/<industry>.<style>.jsonl` are whole talks whose `marks` say what each turn does. Of the single lines beside them
only what means the same is read (`SAME`); they count half, since each was written for the sake of its labels. Every
turn comes twice: as it is written, and bare, as a recogniser without punctuation would give it. Short turns of a side
come once more in twos, as they are read where nobody spoke between.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nudges.cues import Side
from nudges.moves import WINDOW_WORDS, Setting, content_of
from nudges.spoken_words import split_words
from sidecar.training.material import Keep, bare, every
from streams.errors import InputError

_TALK = 0.5  # each of the two versions of a turn
_LINE = _TALK / 2
_JOINED = _TALK / 2
SAME: Mapping[Side, Mapping[str, str]] = {
    "C": {
        "supervisor": "supervisor_request",
        "leave": "threat_leave",
        "public": "threat_public",
        "abuse": "abuse",
        "promise_broken": "broken_promise",
        "passed_around": "transfer_fatigue",
        "not_listened": "not_listened",
        "confused": "confusion",
        "wait_please": "give_me_time",
        "called_before": "repeat_contact",
        "hardship": "hardship",
        "thanks_warm": "thanks_warm",
    },
    "A": {
        "own": "ownership",
        "alternative": "alternative",
        "refuse": "negative_phrase",
        "inflame": "inflame",
        "timeframe": "timeframe",
        "verify": "verify",
        "explore": "explore",
        "hold": "hold_ask",
        "transfer": "transfer_offer",
        "recap": "recap",
        "anything_else": "anything_else",
        "goodbye": "goodbye",
        "greet": "greet",
        "formula": "bare_sorry",
    },
}
"""Marks of turns in talks that single lines carry too: mark to the lines' name of it."""


class Row(NamedTuple):
    """One turn with what it does; `talk` is empty for a single line, `group` (the industry) is held out together.

    Two turns of a side `joined` teach that length alone is no move; they are in no figure.
    """

    side: Side
    text: str
    setting: Setting
    marks: frozenset[str]
    group: str
    importance: float
    talk: str
    joined: bool = False


def read_rows(folder: Path, keep: Keep = every) -> list[Row]:
    """Read the talks below `folder` whose id `keep` takes, and all single lines; raises InputError without talks."""
    rows = [row for path in sorted((folder / "talks").glob("*.jsonl")) for row in _talks(path, keep)]
    if not rows:
        raise InputError(f"{folder}: no marked talks here; expected talks/*.jsonl")
    for path in sorted(folder.glob("*.customer.jsonl")):
        # Lines kept for measuring noticing were promised never to be learned from.
        if ".more." not in path.name:
            rows.extend(_lines(path, "C", ("cues", "before", "text")))
    for path in sorted(folder.glob("*.agent.jsonl")):
        rows.extend(_lines(path, "A", ("moves", "customer", "agent")))
    return rows


def _talks(path: Path, keep: Keep) -> Iterator[Row]:
    group = path.name.partition(".")[0]
    for talk in _json_lines(path):
        if keep(talk["id"]):
            for strip in (False, True):
                yield from _talk(talk, group, strip=strip)


def _talk(talk: Mapping[str, Any], group: str, *, strip: bool) -> Iterator[Row]:
    last: dict[Side, str] = {"A": "", "C": ""}
    said: dict[Side, tuple[frozenset[str], ...]] = {"A": (), "C": ()}
    run: dict[Side, Row] = {}
    for number, turn in enumerate(talk["turns"]):
        side: Side = "A" if turn["who"] == "A" else "C"
        other: Side = "C" if side == "A" else "A"
        text = bare(turn["text"]) if strip else turn["text"]
        marks = frozenset(talk["marks"].get(str(number), ()))
        setting = Setting(last[other], said[side])
        yield Row(side, text, setting, marks, group, _TALK, talk["id"])
        if (earlier := run.get(side)) is not None and len(split_words(f"{earlier.text} {text}").words) <= WINDOW_WORDS:
            both = earlier.marks | marks
            yield Row(side, f"{earlier.text} {text}", earlier.setting, both, group, _JOINED, talk["id"], joined=True)
        run[side] = Row(side, text, setting, marks, group, _TALK, talk["id"])
        last[side] = text
        said[side] = (*said[side], content_of(split_words(text)))


def _lines(path: Path, side: Side, keys: tuple[str, str, str]) -> Iterator[Row]:
    labels, before, text = keys
    group = path.name.partition(".")[0]
    for line in _json_lines(path):
        if labels in line:
            marks = frozenset(mark for mark, name in SAME[side].items() if name in line[labels])
            yield Row(side, line[text], Setting(line[before]), marks, group, _LINE, "")
            yield Row(side, bare(line[text]), Setting(bare(line[before])), marks, group, _LINE, "")


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)
