"""Subtitles as calls: the text of an `.srt` or `.vtt` file in, a `Script` out.

Who speaks stands before the words: `[CSR] hello`, `agent: hello`, in VTT also `<v Agent>hello`. A cue without a speaker
goes on with the one before; a cue with several is shared out among them in proportion to their words.
"""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from streams.errors import TranscriptError
from streams.events import Channel
from streams.script import LONGEST_MS, Script, Turn, settled, spread_words

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{3})"
_TIMING = re.compile(rf"\s*{_CLOCK}\s+-->\s+{_CLOCK}(?:\s.*)?", re.ASCII)
_BRACKETED = re.compile(r"-?\s*\[([^\]]{1,40})\]\s*:?\s*(.*)")
_PREFIXED = re.compile(r"-?\s*([A-Za-z][A-Za-z .'_-]{0,39}?)\s*(\d*)\s*:\s+(.*)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>(.*)")
_TAG = re.compile(r"</?[A-Za-z][^>]*>|<[\d:.]+>")

ROLES: dict[str, Channel] = {
    **dict.fromkeys(
        (
            "a",
            "advisor",
            "adviser",
            "agent",
            "clerk",
            "consultant",
            "csr",
            "operator",
            "rep",
            "representative",
            "specialist",
            "support",
        ),
        "agent",
    ),
    **dict.fromkeys(("c", "caller", "client", "cust", "customer", "member", "user"), "customer"),
}
"""What transcripts call the two sides, in lower case."""


class _Cue(NamedTuple):
    line: int
    started_ms: int
    ended_ms: int
    text: tuple[tuple[int, str], ...]


class _Said(NamedTuple):
    channel: Channel
    text: str


def read_subtitles(text: str, name: str) -> Script:
    """The call in `text`, SRT or WebVTT; `name` is what messages call the file.

    Raises TranscriptError with file, line and reason.
    """
    turns: list[Turn] = []
    speaker: Channel | None = None
    for cue in sorted(_cues(text, name), key=lambda cue: cue.started_ms):
        said, speaker = _said(cue, speaker, name)
        edge, total, done = cue.started_ms, sum(len(part.text) for part in said), 0
        for part in said:
            done += len(part.text)
            start, edge = edge, cue.started_ms + (cue.ended_ms - cue.started_ms) * done // total
            if edge <= start:
                _refuse(name, cue.line, "the cue is too short for its words")
            turns.append(
                Turn(
                    channel=part.channel,
                    started_ms=start,
                    ended_ms=edge,
                    text=part.text,
                    words=spread_words(part.text, start, edge),
                )
            )
    if not turns:
        raise TranscriptError(f"{name}: there is no cue with words in it; is it an .srt or .vtt file?")
    return Script(name=name, turns=settled(turns))


def _cues(text: str, name: str) -> Iterator[_Cue]:
    """The cues with words; everything else of the file (numbers, headers, notes, styles) is passed over."""
    lines = [*text.removeprefix("\ufeff").splitlines(), ""]
    at = 0
    while at < len(lines):
        timing = _TIMING.fullmatch(lines[at])
        if not timing:
            if "-->" in lines[at]:
                _refuse(name, at + 1, "not a cue's times; write 00:00:01,000 --> 00:00:02,500")
            at += 1
            continue
        first = at
        at += 1
        words = []
        while lines[at].strip() and "-->" not in lines[at]:
            words.append((at + 1, lines[at]))
            at += 1
        started_ms, ended_ms = (_clock_ms(timing.groups()[i : i + 4], name, first + 1) for i in (0, 4))
        if ended_ms <= started_ms:
            _refuse(name, first + 1, "the cue ends no later than it starts")
        if any(_plain(line) for _, line in words):
            yield _Cue(first + 1, started_ms, ended_ms, tuple(words))


def _said(cue: _Cue, speaker: Channel | None, name: str) -> tuple[list[_Said], Channel | None]:
    """What each speaker says in a cue, neighbours of one speaker joined, and who spoke or was named last."""
    parts: list[_Said] = []
    for number, line in cue.text:
        who, rest = _speaker(line)
        if who is not None:
            role = ROLES.get(who.strip().lower())
            if role is None:
                _refuse(name, number, f"'{who.strip()}' is neither side; name speakers agent or customer")
            speaker = role
        words = _plain(rest)
        if not words:
            continue
        if speaker is None:
            _refuse(name, number, "who says this? begin the cue with [agent] or [customer]")
        if parts and parts[-1].channel == speaker:
            parts[-1] = _Said(speaker, f"{parts[-1].text} {words}")
        else:
            parts.append(_Said(speaker, words))
    return parts, speaker


def _speaker(line: str) -> tuple[str | None, str]:
    """The speaker a line names, if it does, and the rest of the line."""
    if found := _VOICE.search(line):
        return found[1], found[2]
    line = _TAG.sub("", line).strip()
    if found := _BRACKETED.fullmatch(line):
        return found[1], found[2]
    found = _PREFIXED.fullmatch(line)
    # A colon may also be part of what is said ("one thing: ..."): only a role, or what is written like a name, counts.
    if found and (found[1].lower() in ROLES or (found[1].istitle() and found[1].count(" ") < 3) or found[2]):
        return found[1] + (f" {found[2]}" if found[2] else ""), found[3]
    return None, line


def _plain(line: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", line)).split())


def _clock_ms(parts: tuple[str | None, ...], name: str, line: int) -> int:
    hours, minutes, seconds, fraction = (int(part or 0) for part in parts)
    ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction
    if max(minutes, seconds) >= 60 or ms > LONGEST_MS:
        _refuse(name, line, "not a time within a day; write hours:minutes:seconds,milliseconds")
    return ms


def _refuse(name: str, line: int, reason: str) -> NoReturn:
    raise TranscriptError(f"{name}:{line}: {reason}")
