"""What detectors hand to the rules, and what they share in making it: facts flow in, findings for people flow out."""

import msgspec

from nudges.signals import Hit, Opening
from streams.events import Quote

QUOTES = 3
"""How many quotes a nudge shows at most."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A trigger's find: the evidence stretches from `from_ms` to `until_ms`; measured and threshold are for people.

    `opening` is the empathy opening it is about, `items` the lines of the checklist that are still to be said, `names`
    what people call them, `text` the words it is about.
    """

    from_ms: int
    until_ms: int
    measured: str
    threshold: str
    evidence: tuple[Quote, ...] = ()
    opening: str = ""
    items: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    text: str = ""


class Memory:
    """What a detector remembers: the moment it told of last, what it watches since when, a count, recent replies."""

    def __init__(self) -> None:
        self.told_ms = -1
        self.since_ms = -1
        self.count = 0
        self.text = ""
        self.watched: Opening | None = None
        self.gaps_ms: list[int] = []


def quotes(hits: list[Hit]) -> tuple[Quote, ...]:
    """What was said in these hits, the newest few."""
    said = [Quote(hit.quote, hit.said_ms, "agent" if hit.side == "A" else "customer") for hit in hits]
    return tuple(reversed(distinct(list(reversed(said)))))


def distinct(said: list[Quote]) -> tuple[Quote, ...]:
    """The first few quotes that do not mostly repeat one before them."""
    kept: list[Quote] = []
    for quote in said:
        words = quote.quote.split()
        if all(2 * sum(word in other.quote.split() for word in words) <= len(words) for other in kept):
            kept.append(quote)
    return tuple(kept[:QUOTES])


def plain(cue: str) -> str:
    """A cue family's name for people."""
    return cue[2:].replace("_", " ")


def window(count: int, noun: str, within_s: float) -> str:
    """A count within a time, for people."""
    counted = f"{count} {noun}".strip()
    return f"{counted} in {within_s:g} s" if within_s else counted


def ms(seconds: float) -> int:
    """Seconds of a pack as milliseconds."""
    return round(seconds * 1000)
