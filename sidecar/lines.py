"""A call as lines that a person reads: events flow in, plain text flows out.

Times, who, words; nudges with their reason and what became of them; mood and heat when they change; a summary at the
end. Colour only adds to what the words say already.
"""

import textwrap
from collections.abc import Callable

from sidecar.printable import printable
from streams.events import (
    CallEnded,
    CallStarted,
    CallSummary,
    Channel,
    Event,
    Heat,
    Mood,
    Nudge,
    NudgeResolved,
    Severity,
    SpeechEnded,
    Telemetry,
    Utterance,
    WordsFrom,
)

_WHO: dict[Channel, str] = {"agent": "agent", "customer": "customer", "mixed": "both"}
_MARKS: dict[Severity, tuple[str, int]] = {
    "praise": ("* PRAISE", 32),
    "info": ("i INFO", 36),
    "warn": ("! WARN", 33),
    "critical": ("!! CRITICAL", 31),
}
_WORDS_FROM: dict[WordsFrom, str] = {
    "recogniser": "words from speech recognition",
    "reference": "words from the transcript, not from speech recognition; `sidecar models pull base.en` brings a model",
    "text": "words from the transcript: there is no sound",
    "none": "no words: voice activity and timing only",
}
_MOOD_STEP = 0.2
"""Change of the smoothed mood worth a line while its trend stays."""
_INDENT = 19
_BOLD, _DIM = 1, 2


class ReadableLines:
    """Writes a call to `write`, a line at a time.

    With `width` long lines are folded, with `colour` they are styled.
    """

    def __init__(self, write: Callable[[str], object], *, width: int | None = None, colour: bool = False) -> None:
        self._write = write
        self._width = width
        self._colour = colour
        self._mood: Mood | None = None
        self._band = "calm"
        self._titles: dict[str, str] = {}
        self._utterances: dict[Channel, int] = {}
        self._spoken_ms: dict[Channel, int] = {}
        self._resolved: dict[str, int] = {}
        self._ended: CallEnded | None = None

    def write(self, event: Event | Telemetry) -> None:
        """Write what a person wants to know of one event."""
        match event:
            case CallStarted():
                self._begin(event)
            case Utterance():
                self._say(event)
            case SpeechEnded():
                spoken_ms = event.ended_ms - event.started_ms
                self._spoken_ms[event.channel] = self._spoken_ms.get(event.channel, 0) + spoken_ms
            case Mood() if self._changed(event):
                self._mood = event
                self._line(event.at_ms, "mood", f"{event.smoothed:+.2f} {event.trend}", _DIM)
            case Heat() if event.band != self._band:
                self._band = event.band
                causes = ", ".join(dict.fromkeys(cause.cue for cause in event.because))
                reason = f"  ({causes})" if causes else ""
                self._line(event.at_ms, "heat", f"{event.value:.0f} {event.band}{reason}", _DIM)
            case Nudge():
                self._nudge(event)
            case NudgeResolved():
                self._resolved[event.outcome] = self._resolved.get(event.outcome, 0) + 1
                title = self._titles.get(event.nudge, event.rule)
                outcome = event.outcome.replace("_", " ")
                self._line(event.at_ms, "", f"{outcome}: {title}", _DIM)
            case CallEnded():
                self._ended = event
            case CallSummary() if self._ended:
                # The coach settles its open nudges between the two.
                self._end(self._ended)
            case _:
                pass

    def _begin(self, event: CallStarted) -> None:
        facts = [event.source or event.call_id, event.queue, event.agent_name]
        self._write(self._styled("  ".join(printable(fact) for fact in facts if fact), _BOLD))
        self._write(_WORDS_FROM[event.words_from])
        if "mixed" in event.channels:
            self._write("both sides on one channel: joint mood, no nudges that need to know who spoke")
        self._write("")

    def _say(self, event: Utterance) -> None:
        self._utterances[event.channel] = self._utterances.get(event.channel, 0) + 1
        if event.text:
            self._line(event.started_ms, _WHO[event.channel], event.text)

    def _changed(self, mood: Mood) -> bool:
        before = self._mood
        return before is None or mood.trend != before.trend or abs(mood.smoothed - before.smoothed) >= _MOOD_STEP

    def _nudge(self, event: Nudge) -> None:
        self._titles[event.nudge] = event.title
        mark, colour = _MARKS[event.severity]
        text = event.text if event.text.startswith(event.title) else f"{event.title}: {event.text}"
        self._line(event.at_ms, mark, text, colour, _BOLD)
        if event.say:
            self._line(None, "", f"say  {event.say}", colour)
        reasons = [f'"{quote.quote}" {_clock(quote.said_ms)}' for quote in event.evidence]
        if event.measured:
            reasons.append(f"{event.measured} (from {event.threshold})" if event.threshold else event.measured)
        self._line(None, "", f"why  {'; '.join(reasons)}  [{event.rule}]" if reasons else f"[{event.rule}]", _DIM)

    def _end(self, event: CallEnded) -> None:
        self._write("")
        sides = [
            f"{_WHO[channel]} {count} utterances, {self._spoken_ms.get(channel, 0) / 1000:.0f} s"
            for channel, count in sorted(self._utterances.items())
        ]
        given = len(self._titles)
        outcomes = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in self._resolved.items())
        nudges = f"{given} nudge{'' if given == 1 else 's'}" + (f" ({outcomes})" if outcomes else "")
        self._write("; ".join([f"{_clock(event.at_ms)} {event.reason.replace('_', ' ')}", *sides, nudges]))

    def _line(self, at_ms: int | None, label: str, text: str, *styles: int) -> None:
        head = f"{'' if at_ms is None else _clock(at_ms):<7}{label:<{_INDENT - 7}}"
        folded = [printable(text)]
        if self._width is not None:
            folded = textwrap.wrap(folded[0], max(20, self._width - _INDENT)) or [""]
        for number, part in enumerate(folded):
            self._write(self._styled((head if number == 0 else " " * _INDENT) + part, *styles))

    def _styled(self, text: str, *styles: int) -> str:
        if not self._colour or not styles:
            return text
        return f"\x1b[{';'.join(str(style) for style in styles)}m{text}\x1b[0m"


def _clock(at_ms: int) -> str:
    seconds = at_ms // 1000
    return f"{seconds // 60:02}:{seconds % 60:02}"
