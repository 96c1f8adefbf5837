"""What is left to write down when a call is over: the conversation and the ledger flow in, suggestions come out.

Everything suggested stands on words that were said; a person reads it over before it is kept.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import msgspec

from nudges.conversation import Conversation
from nudges.cues import Side
from nudges.findings import ms
from nudges.signals import Hit, Turn
from nudges.situation import Situation
from streams.errors import PackError
from streams.events import Channel

_SENTENCE = re.compile(r"[^.?!]+[.?!]*")


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line for the notes where any of these cues was heard."""

    note: str
    cues: tuple[str, ...]


class WrapUpSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes into the notes of a call.

    A cue of `promises` is a promise; it has a time where one of `timeframes` stands in the same turn or up to
    `timeframe_s` later. Quotes in the notes have up to `quote_chars` characters.
    """

    promises: tuple[str, ...] = ()
    timeframes: tuple[str, ...] = ()
    timeframe_s: float = 10.0
    quote_chars: int = 120
    marks: tuple[Mark, ...] = ()


class Disposition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a call may be filed under, and beginnings of words that speak for it; one without words is what is left."""

    name: str
    words: tuple[str, ...] = ()


def dispositions(config: dict[str, object]) -> tuple[Disposition, ...]:
    """The dispositions of a call's settings.

    Raises PackError when they are of another form.
    """
    try:
        return msgspec.convert(config.get("dispositions", ()), tuple[Disposition, ...])
    except msgspec.ValidationError as error:
        raise PackError(f"nudges.dispositions: {error}") from error


NOTES_OF_A_KIND = 5
"""Feelings, and promises, that suggested notes name one by one; the report has all of them."""


def wrap_up(
    seen: Situation, settings: WrapUpSettings, issue_words: int, known: Sequence[Disposition]
) -> dict[str, object]:
    """Pace in words a minute, what was promised, notes and a disposition, of a call that ends now.

    The customer's first turn of `issue_words` or more is the issue.
    """
    conversation = seen.conversation
    promises = _promises(conversation, settings)
    disposition, because = _disposition(conversation, known)
    return {
        "agent_wpm": _words_per_minute(seen, "A", "agent"),
        "customer_wpm": _words_per_minute(seen, "C", "customer"),
        "open_promises": len(promises),
        "promises": promises,
        "disposition": disposition,
        "disposition_because": because,
        "notes": _notes(seen, settings, issue_words, promises),
    }


def _words_per_minute(seen: Situation, side: Side, channel: Channel) -> int | None:
    spoken_ms = seen.timing.spoken_ms(channel, seen.now_ms)
    return round(seen.conversation.closed_words(side) * 60_000 / spoken_ms) if spoken_ms else None


def _promises(conversation: Conversation, settings: WrapUpSettings) -> list[dict[str, Any]]:
    """One a turn: its sentence, when it was said, and whether it had a time."""
    found: dict[int, Hit] = {}
    for hit in conversation.heard(settings.promises, -1):
        found.setdefault(hit.turn, hit)
    times = conversation.heard(settings.timeframes, -1)
    in_turns = {time.turn for time in times}
    at_ms = [time.said_ms for time in times]
    promises: dict[str, dict[str, Any]] = {}
    for turn, hit in found.items():
        until_ms = hit.ended_ms + ms(settings.timeframe_s)
        has_time = turn in in_turns or bisect_left(at_ms, hit.said_ms) < bisect_right(at_ms, until_ms)
        quote = _sentence(conversation, hit)
        promises.setdefault(quote.casefold(), {"quote": quote, "said_ms": hit.said_ms, "has_time": has_time})
    return list(promises.values())


def _sentence(conversation: Conversation, hit: Hit) -> str:
    """The sentence around a cue; where nobody set full stops, the words around it."""
    turns = conversation.closed_turns(hit.side)
    turn = turns[hit.turn] if hit.turn < len(turns) else None
    at = turn.text.find(hit.quote) if turn else -1
    if turn is None or at < 0:
        return hit.quote
    middle = at + len(hit.quote) // 2
    sentences = [(match.start(), match.group().strip()) for match in _SENTENCE.finditer(turn.text)]
    sentence = next((text for start, text in reversed(sentences) if start <= middle), hit.quote)
    return hit.quote if sentence == turn.text else sentence


class _Spoken:
    """One side's turns as one text, so that a word is looked up once and not in every turn of a long call."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        lines = [f" {turn.text.casefold()}\n" for turn in turns]
        self._text = "".join(lines)
        self._ends = list(accumulate(len(line) for line in lines))

    def turns_with(self, word: str) -> set[int]:
        """The turns in which a word begins like this."""
        found: set[int] = set()
        at = self._text.find(word)
        while at >= 0:
            turn = bisect_right(self._ends, at)
            found.add(turn)
            at = self._text.find(word, self._ends[turn])
        return found


def _disposition(conversation: Conversation, known: Sequence[Disposition]) -> tuple[str | None, list[str]]:
    """The one most turns speak for, the first of equals; and its words that were said."""
    customer, agent = _Spoken(conversation.closed_turns("C")), _Spoken(conversation.closed_turns("A"))
    best, most = next((each for each in known if not each.words), None), 0
    because: list[str] = []
    for disposition in known:
        said: list[str] = []
        by_customer: set[int] = set()
        by_agent: set[int] = set()
        for word in disposition.words:
            beginning = f" {word.casefold()}"
            theirs, ours = customer.turns_with(beginning), agent.turns_with(beginning)
            by_customer |= theirs
            by_agent |= ours
            if theirs or ours:
                said.append(word)
        # What it is about is the customer's to say: their turns count twice.
        speaking = 2 * len(by_customer) + len(by_agent)
        if speaking > most:
            best, most, because = disposition, speaking, said
    return (best.name if best else None), because


def _notes(
    seen: Situation, settings: WrapUpSettings, issue_words: int, promises: Sequence[dict[str, Any]]
) -> list[str]:
    def short(text: str) -> str:
        return text if len(text) <= settings.quote_chars else f"{text[: settings.quote_chars - 1].rstrip()}…"

    conversation = seen.conversation
    notes = []
    issue = next((turn for turn in conversation.closed_turns("C") if turn.word_count >= issue_words), None)
    if issue is not None:
        notes.append(f"Issue: “{short(issue.text)}”")
    for mark in settings.marks:
        heard = conversation.heard(mark.cues, -1)
        if heard:
            quote = short(_sentence(conversation, heard[0]))
            notes.append(f"{mark.note} ({_clock(heard[0].said_ms)}): “{quote}”")
    feelings = []
    for opening in seen.ledger.openings:
        if opening.strength == "strong" and opening.state in {"given", "bare", "missed"}:
            answer = {"given": "answered with empathy", "bare": "answered with a formula"}.get(
                opening.state, "not answered"
            )
            feelings.append(f"Feeling {answer} ({_clock(opening.said_ms)}): “{short(opening.quote)}”")
    made = []
    for promise in promises:
        time = "" if promise["has_time"] else ", without a time"
        made.append(f"Promised{time} ({_clock(promise['said_ms'])}): “{short(promise['quote'])}”")
    return [*notes, *_first(feelings, "feelings"), *_first(made, "promises")]


def _first(notes: list[str], what: str) -> list[str]:
    """The first of many notes of a kind, and how many there are besides: a note is read, a list is not."""
    left = len(notes) - NOTES_OF_A_KIND
    return [*notes[:NOTES_OF_A_KIND], f"and {left} more {what}"] if left > 1 else notes


def _clock(at_ms: int) -> str:
    return f"{at_ms // 60_000:02d}:{at_ms // 1000 % 60:02d}"
