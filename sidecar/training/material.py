"""Our own labelled lines: a folder of JSON Lines flows in, examples with their context come out.

`*.customer.jsonl` are single turns with the agent's words before, `conversations.jsonl` and `talks/*.jsonl` whole talks
whose context is kept by the same `NoticingState` as in a live call, `*.agent.jsonl` replies to openings, of which the
talks hold more. Every line comes twice: as it is written, and bare, as a recogniser without punctuation would give it.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from nudges.lexicon import COUNTS
from nudges.moves import MoveBook, Setting
from nudges.noticing_features import TurnFacts
from nudges.noticing_state import NoticingState
from nudges.phrases import Phrases
from streams.errors import InputError

_HARD = 0.7  # lines made to fool a detector are far rarer in calls than in the corpus
_OWN_KINDS = 2.0  # lines written after the notes on real talk stand nearer to it
_TALKS = 0.5  # turns of the labelled talks are many, and those of one talk are alike
_ANSWERING_TURNS = 2  # of the agent's, by which an opening's outcome is judged
_LATER = 3  # where in a call a single line stands that is no first turn
_MARKS = re.compile(r"[^\w\s'\u2019€£$%]")


Keep: TypeAlias = Callable[[str], bool]
"""Whether the talk of this id is learned from."""
Books: TypeAlias = Callable[[str], MoveBook | None]
"""The moves that were learned without this group."""


class Turn(NamedTuple):
    """One labelled customer turn, a single one or of a `whole` talk.

    `group` is held out together; one written `later` is never learned from; turns of one `talk` follow one another.
    """

    facts: TurnFacts
    opening: str
    tension: int
    group: str
    spoken: bool
    importance: float
    later: bool = False
    whole: bool = False
    talk: str = ""


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


def spells_numbers(term: str) -> bool:
    """Whether a term is part of a number that somebody reads out: it tells nothing, and could be somebody's."""
    return sum(word in COUNTS or word[0].isdigit() for word in term.split()) > 1


def every(_: str) -> bool:
    """Keep every talk."""
    return True


def no_moves(_: str) -> None:
    """Know no moves."""


def read_turns(folder: Path, phrases: Phrases, keep: Keep = every, books: Books = no_moves) -> list[Turn]:
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
                facts = _line_facts(text, before, place, books(group))
                spoken = line["style"] == "spoken"
                turns.append(Turn(facts, line["opening"], line["tension"], group, spoken, weight, later))
    for number, talk in enumerate(_lines(folder / "conversations.jsonl")):
        for strip in (False, True):
            spoken = talk["style"] == "spoken"
            group = f"conversations-{number % 2}"
            state = NoticingState(phrases, books(group))
            turns.extend(
                _talk(talk["turns"], f"{group}.{number}", group, state, _OWN_KINDS / 2, spoken=spoken, strip=strip)
            )
    for name, whole, industry, spoken in _talks(folder, keep):
        for strip in (False, True):
            state = NoticingState(phrases, books(industry))
            turns.extend(_talk(whole, name, industry, state, _TALKS / 2, spoken=spoken, strip=strip))
    if not turns:
        raise InputError(f"{folder}: no labelled turns here; expected *.customer.jsonl")
    return turns


def _line_facts(text: str, before: str, turn: int, book: MoveBook | None) -> TurnFacts:
    if book is None:
        return TurnFacts(text=text, before=before, turn=turn)
    does, answers = book.find("C", text, Setting(before)), book.find("A", before, Setting())
    return TurnFacts(text=text, before=before, turn=turn, does=does, answers=answers)


def _talk(
    talk: list[dict[str, Any]], name: str, group: str, state: NoticingState, weight: float, *, spoken: bool, strip: bool
) -> Iterator[Turn]:
    name = f"{name} bare" if strip else name
    for turn in talk:
        text = bare(turn["text"]) if strip else turn["text"]
        facts = state.feed("agent" if turn["who"] == "A" else "customer", text)
        if facts is not None:
            yield Turn(facts, turn["opening"], turn["tension"], group, spoken, weight, whole=True, talk=name)


def _talks(folder: Path, keep: Keep) -> Iterator[tuple[str, list[dict[str, Any]], str, bool]]:
    """The labelled talks by name, each label beside its turn; with their industry, and whether they are spoken."""
    for path in sorted(folder.glob("talks/*.jsonl")):
        industry, style, _ = path.name.split(".")
        for line in _lines(path):
            if not keep(line["id"]):
                continue
            tension = dict(line["tension"])
            openings = {opening["turn"]: opening for opening in line["openings"]}
            turns = [
                {
                    **turn,
                    "tension": tension.get(number, 0),
                    "opening": openings[number]["strength"] if number in openings else "none",
                    "outcome": openings[number]["outcome"] if number in openings else "",
                }
                for number, turn in enumerate(line["turns"])
            ]
            yield line["id"], turns, industry, style == "spoken"


def read_replies(folder: Path, keep: Keep = every) -> list[Reply]:
    """Read all agents' replies below `folder`."""
    replies: list[Reply] = []
    for path in sorted(folder.glob("*.agent.jsonl")):
        group = path.name.partition(".")[0]
        for line in _lines(path):
            weight = (_OWN_KINDS if group == "kinds" else 1.0) / 2
            replies.extend(_replies(line["customer"], [line["agent"]], line["outcome"], group, weight))
    for _, talk, industry, _ in _talks(folder, keep):
        for number, turn in enumerate(talk):
            if turn["outcome"] in {"given", "bare", "missed"}:
                said = [later["text"] for later in talk[number + 1 :] if later["who"] == "A"][:_ANSWERING_TURNS]
                # The outcome is the better of two answers: where it is none, neither was one; else it was mostly the
                # first.
                said = said if turn["outcome"] == "missed" else said[:1]
                replies.extend(_replies(turn["text"], said, turn["outcome"], industry, 0.5))
    return replies


def _replies(customer: str, said: list[str], outcome: str, group: str, weight: float) -> Iterator[Reply]:
    for agent in said:
        yield Reply(customer, agent, outcome, group, weight)
        yield Reply(bare(customer), bare(agent), outcome, group, weight)


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
