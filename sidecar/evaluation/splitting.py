"""Two halves of the labelled calls, one to look at and one to leave sealed: an id flows in, its half flows out."""

import hashlib
from collections.abc import Iterable
from typing import Literal, TypeAlias

from sidecar.evaluation.scoring import CaseScore

Part: TypeAlias = Literal["open", "sealed"]

PARTS: tuple[Part, ...] = ("open", "sealed")


def part_of(case_id: str) -> Part:
    """The half of a call, by the hash of its id: the same on every machine, whatever else is evaluated."""
    return "sealed" if int(hashlib.sha256(case_id.encode()).hexdigest()[:8], 16) % 2 else "open"


def parts(scores: Iterable[CaseScore], *, split: bool) -> dict[str, list[CaseScore]]:
    """All scores under `all`, and with `split` each half under its name."""
    everything = list(scores)
    found = {"all": everything}
    if split:
        found |= {part: [score for score in everything if part_of(score.id) == part] for part in PARTS}
    return found
