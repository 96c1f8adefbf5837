"""Our own labelled lines: a folder of JSON Lines flows in, examples with their context come out.

`*.customer.jsonl` are single turns with the agent's words before, `conversations.jsonl` whole talks whose context is
kept by the same `NoticingState` as in a live call, `*.agent.jsonl` replies to openings. Every line comes twice: as it
is written, and bare, as a recogniser without punctuation would give it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from nudges.noticing_features import TurnFacts
from nudges.noticing_state import NoticingState
from nudges.phrases import Phrases
from streams.errors import InputError

_HARD = 0.7  # lines made to fool a detector are far rarer in calls than in the corpus
_OWN_KINDS = 2.0  # lines written after the notes on real talk stand nearer to it
_LATER = 3  # where in a call a single line stands that is no first turn
_MARKS = re.compile(r"[^\w\s'\u2019€£$%]")


class Turn(NamedTuple):
    """One labelled customer turn; `group` is held out together; one written `later` is never learned from."""

    facts: TurnFacts
    opening: str
    tension: int
    group: str
    spoken: bool
    importance: float
    later: bool = False


class Reply(NamedTuple):
    """One labelled reply of an agent."""

    customer: str
    agent: str
    outcome: str
    group: str
    importance: float


def bare(text: str) -> str:
    """Return `text` as a recogniser without punctuation and capitals would give it."""
    return " ".join(_MARKS.sub(" ", text.lower()).split())


def read_turns(folder: Path, phrases: Phrases) -> list[Turn]:
    """Read all customer turns below `folder`; raises InputError for a folder without any."""
    turns: list[Turn] = []
    for path in sorted(folder.glob("*.customer.jsonl")):
        group = path.name.partition(".")[0]
        for line in _lines(path):
            own, later = group == "kinds", ".more." in path.name
            weight = (_HARD if line.get("hard") else 1.0) * (_OWN_KINDS if own else 1.0) / 2
            # They measure how far the numbers go on lines that nobody had read before the phrases were written.
            weight = 0.0 if later else weight
            place = -1 if not own else 0 if line["first"] else _LATER
            for text, before in ((line["text"], line["before"]), (bare(line["text"]), bare(line["before"]))):
                facts = TurnFacts(text=text, before=before, turn=place)
                spoken = line["style"] == "spoken"
                turns.append(Turn(facts, line["opening"], line["tension"], group, spoken, weight, later))
    for number, talk in enumerate(_lines(folder / "conversations.jsonl")):
        for strip in (False, True):
            turns.extend(_talk(talk, f"conversations-{number % 2}", phrases, strip=strip))
    if not turns:
        raise InputError(f"{folder}: no labelled turns here; expected *.customer.jsonl")
    return turns


def _talk(talk: dict[str, Any], group: str, phrases: Phrases, *, strip: bool) -> Iterator[Turn]:
    state = NoticingState(phrases)
    for turn in talk["turns"]:
        text = bare(turn["text"]) if strip else turn["text"]
        facts = state.feed("agent" if turn["who"] == "A" else "customer", text)
        if facts is not None:
            spoken = talk["style"] == "spoken"
            yield Turn(facts, turn["opening"], turn["tension"], group, spoken, _OWN_KINDS / 2)


def read_replies(folder: Path) -> list[Reply]:
    """Read all agents' replies below `folder`."""
    replies: list[Reply] = []
    for path in sorted(folder.glob("*.agent.jsonl")):
        group = path.name.partition(".")[0]
        for line in _lines(path):
            weight = (_OWN_KINDS if group == "kinds" else 1.0) / 2
            replies.append(Reply(line["customer"], line["agent"], line["outcome"], group, weight))
            replies.append(Reply(bare(line["customer"]), bare(line["agent"]), line["outcome"], group, weight))
    return replies


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
