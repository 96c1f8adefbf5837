"""Keeping what was said out of what leaves: a call's words flow in, texts without them flow out.

Pure. Four words in a row that somebody said are a quote, and so is whatever stands between quotation marks.
"""

import re

from streams.events import Event, Nudge, Telemetry, Utterance

RUN = 4
"""So many words in a row are a quote; three are often nothing but grammar."""
KEPT = 20_000
"""Runs that are remembered, some hours of talk; the oldest go first."""
GONE = "..."

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MARKED = re.compile("\"[^\"]*\"|“[^”]*”|«[^»]*»|(?<!\\w)['‘][^'’]*['’](?!\\w)")


class Heard:
    """Everything that was said in one call, as runs of words."""

    def __init__(self) -> None:
        # A dictionary, for its order: the oldest run goes first.
        self._runs: dict[tuple[str, ...], None] = {}

    def feed(self, event: Event | Telemetry) -> None:
        """Remember the words of an utterance, or of what a nudge rests on."""
        if isinstance(event, Utterance):
            self._remember(event.text)
        elif isinstance(event, Nudge):
            for quote in event.evidence:
                self._remember(quote.quote)

    def without_quotes(self, text: str) -> str:
        """The text with dots in place of every quote."""
        text = _MARKED.sub(GONE, text)
        found = list(_WORD.finditer(text))
        words = [match.group().casefold() for match in found]
        said = [False] * len(words)
        for at in range(len(words) - RUN + 1):
            if tuple(words[at : at + RUN]) in self._runs:
                said[at : at + RUN] = [True] * RUN
        pieces: list[str] = []
        kept_to = 0
        for number, match in enumerate(found):
            if said[number]:
                if not (number and said[number - 1]):
                    pieces += [text[kept_to : match.start()], GONE]
                kept_to = match.end()
        return "".join([*pieces, text[kept_to:]])

    def _remember(self, text: str) -> None:
        words = [match.group().casefold() for match in _WORD.finditer(text)]
        for at in range(len(words) - RUN + 1):
            run = tuple(words[at : at + RUN])
            self._runs.pop(run, None)
            self._runs[run] = None
        while len(self._runs) > KEPT:
            del self._runs[next(iter(self._runs))]
