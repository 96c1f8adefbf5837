"""Long numbers become dots: events in, the same events out, before anything is thought, written or sent.

Stands between the streaming loop and the coach, so that evidence, quotes and summaries are made from masked words. A
speaker's run of digits is followed from piece to piece: however a number is cut, at most five of its digits are read.
For a while after either side named a security code, a PIN or a card's expiry, it is at most two.
"""

from typing import TypeAlias

import msgspec

from sidecar.digits import LONGEST_OF_CODE, LONGEST_READABLE, mask, names_code
from streams.events import (
    Channel,
    Event,
    HelpAnswered,
    HelpAsked,
    Hypothesis,
    Note,
    SidesSwapped,
    Telemetry,
    Utterance,
)

OPEN_FINAL_FROM = 3
"""A final cannot be taken back, so so many digits at its end are masked: the next piece may go on with them."""
OPEN_PARTIAL_FROM = 2
"""In a hypothesis a run at the end is drawn as dots until it is known what it is; a single "one" is left alone."""

CODE_AWAITED_MS = 30_000
"""A code is given within so long of being named; the customer may have to look for the card."""

Passing: TypeAlias = Event | Telemetry


class _Speaker(msgspec.Struct):
    """Digits of the run open behind the last final, and behind each hypothesis that has no final yet."""

    behind_final: int = 0
    behind_partials: dict[int, int] = {}


class Redactor:
    """Masks long numbers in one call's events and remembers each speaker's open run."""

    def __init__(self) -> None:
        self._speakers: dict[Channel, _Speaker] = {"agent": _Speaker(), "customer": _Speaker(), "mixed": _Speaker()}
        self._code_until_ms = 0

    def feed(self, event: Passing) -> Passing:
        """The event with every long number masked: in its text, its words, its stable part and its tail."""
        if isinstance(event, Utterance):
            return self._final(event)
        if isinstance(event, Hypothesis):
            return self._partial(event)
        if isinstance(event, Note | HelpAsked | HelpAnswered):
            return msgspec.structs.replace(event, text=mask((event.text,)).texts[0])
        if isinstance(event, SidesSwapped):
            speakers = self._speakers
            speakers["agent"], speakers["customer"] = speakers["customer"], speakers["agent"]
        return event

    def _final(self, event: Utterance) -> Utterance:
        speaker = self._speakers[event.channel]
        carried = speaker.behind_final
        longest = self._longest_readable(event.text, event.at_ms)
        text = mask((event.text,), carried=carried, open_from=OPEN_FINAL_FROM, longest_readable=longest)
        said = [word.text for word in event.words]
        words = mask(said, carried=carried, open_from=OPEN_FINAL_FROM, longest_readable=longest)
        speaker.behind_final = text.open_digits
        for utterance in [number for number in speaker.behind_partials if number <= event.utterance]:
            del speaker.behind_partials[utterance]
        return msgspec.structs.replace(
            event,
            text=text.texts[0],
            words=tuple(
                msgspec.structs.replace(word, text=masked)
                for word, masked in zip(event.words, words.texts, strict=True)
            ),
        )

    def _partial(self, event: Hypothesis) -> Hypothesis:
        speaker = self._speakers[event.channel]
        before = [number for number in speaker.behind_partials if number < event.utterance]
        carried = speaker.behind_partials[max(before)] if before else speaker.behind_final
        longest = self._longest_readable(f"{event.stable} {event.tail}", event.at_ms)
        texts = (event.stable, event.tail)
        masked = mask(texts, carried=carried, open_from=OPEN_PARTIAL_FROM, longest_readable=longest)
        speaker.behind_partials[event.utterance] = masked.open_digits
        return msgspec.structs.replace(event, stable=masked.texts[0], tail=masked.texts[1])

    def _longest_readable(self, text: str, at_ms: int) -> int:
        """How many digits of a number may be read now."""
        if names_code(text):
            self._code_until_ms = at_ms + CODE_AWAITED_MS
        return LONGEST_OF_CODE if at_ms < self._code_until_ms else LONGEST_READABLE
