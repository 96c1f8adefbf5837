"""From a stretch of speech to its final words: frames and decodes flow in, utterances flow out, in order, none missing.

Two state machines. `Speaking` is an utterance while it is being said; `PendingFinal` is one whose end is known and
whose words are being decoded. Each comes to its end under every order of results, failures and silence.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.endpoint import Heard, weakest_frame
from streams.engine import Samples, Transcription
from streams.errors import RecogniserError
from streams.events import Channel, Utterance, Word
from streams.gates import Verdict, confidence, judge, salvage
from streams.hypotheses import HypothesisTracker, timed_words
from streams.segments import FRAME_SAMPLES, SAMPLES_PER_MS

TAIL_SAMPLES = 200 * SAMPLES_PER_MS
"""Sound kept behind the last voiced frame: a final consonant is not voiced."""


class Span(NamedTuple):
    """Samples of one channel, the second exclusive."""

    start_sample: int
    end_sample: int

    @property
    def started_ms(self) -> int:
        """Where it begins on the media clock."""
        return self.start_sample // SAMPLES_PER_MS

    @property
    def ended_ms(self) -> int:
        """Where it ends on the media clock."""
        return self.end_sample // SAMPLES_PER_MS


class Closed(NamedTuple):
    """An utterance that is over: its number, its voice, the sound to decode, and how much of it was voiced.

    `lead` is what the same breath said before it, where it begins at a forced cut.
    """

    number: int
    voice: Span
    span: Span
    voiced_samples: int
    lead: str = ""


class Speculation(NamedTuple):
    """A decode of the whole utterance made at a pause, worth nothing once the voice went on."""

    span: Span
    result: Transcription | RecogniserError


class Speaking:
    """One utterance while it is being said."""

    def __init__(self, number: int, voice_start: int, sound_start: int, lead: str = "") -> None:
        self.number = number
        self.lead = lead
        self.voice_start = voice_start
        self.voice_end = voice_start
        self.sound_start = sound_start
        self.voiced_samples = 0
        self.tracker = HypothesisTracker(sound_start // SAMPLES_PER_MS)
        self.speculated: Span | None = None
        """What a speculative decode was last asked for."""
        self.speculation: Speculation | None = None
        """The last speculative decode that came back."""
        # At most one frame per 32 ms of the longest utterance.
        self._frames: deque[Heard] = deque()

    def feed(self, frame: Heard) -> None:
        """Take one frame; frames come in order and without holes."""
        self._frames.append(frame)
        if frame.voiced:
            self.voiced_samples += FRAME_SAMPLES
            self.voice_end = frame.start_sample + FRAME_SAMPLES

    @property
    def text_if_complete(self) -> str | None:
        """The words, if the latest pass reached the end of the voice."""
        covered = self.tracker.heard_until_ms * SAMPLES_PER_MS >= self.voice_end
        return self.tracker.text if covered else None

    @property
    def known_until_ms(self) -> int:
        """Up to where the voice was turned into words."""
        return min(self.tracker.heard_until_ms, self.voice_end // SAMPLES_PER_MS)

    @property
    def awaits_speculation(self) -> bool:
        """Whether the decode begun at this pause is still outstanding."""
        if self.speculated is None or self.speculated.end_sample < self.voice_end:
            return False
        return self.speculation is None or self.speculation.span != self.speculated

    def span(self, heard_until: int) -> Span:
        """The sound that a final would decode, had the voice ended here."""
        return Span(self.sound_start, min(self.voice_end + TAIL_SAMPLES, max(heard_until, self.voice_end)))

    def close(self, heard_until: int) -> Closed:
        """End the utterance where its voice ended."""
        voice = Span(self.voice_start, self.voice_end)
        return Closed(self.number, voice, self.span(heard_until), self.voiced_samples, self.lead)

    def split(self) -> tuple[Closed, "Speaking"]:
        """Cut an utterance that grew too long at its weakest spot: the part before, and what goes on behind it."""
        frames = list(self._frames)
        index = weakest_frame(frames)
        cut = frames[index].start_sample + FRAME_SAMPLES // 2
        before = [frame for frame in frames[: index + 1] if frame.voiced]
        ended = min(cut, before[-1].start_sample + FRAME_SAMPLES) if before else self.voice_start
        said, sound = Span(self.voice_start, ended), Span(self.sound_start, cut)
        first = Closed(self.number, said, sound, len(before) * FRAME_SAMPLES, self.lead)
        rest = frames[index + 1 :]
        began = next((frame.start_sample for frame in rest if frame.voiced), cut)
        through_voice = frames[index].voiced
        lead = self.tracker.said_until(cut // SAMPLES_PER_MS)
        second = Speaking(self.number + 1, cut if through_voice else began, cut, lead)
        if through_voice:
            second.voice_end = frames[index].start_sample + FRAME_SAMPLES
        for frame in rest:
            second.feed(frame)
        return first, second


class PendingFinal:
    """One utterance between its end and its words.

    A decode that fails its gates, or a recogniser that breaks, is asked once more; whatever comes of that settles it.
    """

    def __init__(self, closed: Closed, samples: Samples) -> None:
        self.closed = closed
        samples.flags.writeable = False
        self.samples = samples
        """The sound itself, kept so that no backlog can overwrite it before it is decoded."""
        self.settled = False
        self.words: Transcription | None = None
        """The words once settled; None when nothing was understood."""
        self._failed: list[Transcription] = []
        self._retried = False

    def settle(self, words: Transcription | None) -> None:
        """Come to an end; what is said later changes nothing."""
        if not self.settled:
            self.settled = True
            self.words = words

    def take(self, attempt: int, result: Transcription | RecogniserError) -> bool:
        """Take the outcome of an attempt (0, or 1 for the retry); true asks for the retry."""
        if isinstance(result, Transcription):
            verdict = judge(result)
            if verdict is Verdict.KEEP:
                self.settle(result)
                return False
            if verdict is Verdict.NOTHING_SAID:
                self.settle(None)
                return False
            self._failed.append(result)
        if attempt > 0:
            self.settle(salvage(self._failed))
            return False
        again = not (self.settled or self._retried)
        self._retried = self._retried or again
        return again


class FinalLine:
    """The finals of one channel, let out in the order in which they were said.

    Bounded by what is said: it holds the sound of utterances not yet decoded, which never are dropped.
    """

    def __init__(self) -> None:
        self._line: deque[PendingFinal] = deque()

    def __len__(self) -> int:
        return len(self._line)

    def add(self, pending: PendingFinal) -> None:
        """Put the next utterance at the end of the line."""
        self._line.append(pending)

    def get(self, number: int) -> PendingFinal | None:
        """The utterance of that number, if its words are still outstanding."""
        return next((pending for pending in self._line if pending.closed.number == number), None)

    def oldest_ended_ms(self) -> int | None:
        """Where the oldest outstanding utterance ended."""
        return self._line[0].closed.voice.ended_ms if self._line else None

    def ready(self) -> Iterator[PendingFinal]:
        """Take out what is settled, up to the first that is not."""
        while self._line and self._line[0].settled:
            yield self._line.popleft()


def utterance_event(call_id: str, channel: Channel, pending: PendingFinal, at_ms: int) -> Utterance:
    """A settled utterance as what is said of it."""
    closed, said = pending.closed, pending.words
    return Utterance(
        call_id=call_id,
        at_ms=at_ms,
        channel=channel,
        utterance=closed.number,
        started_ms=closed.voice.started_ms,
        ended_ms=closed.voice.ended_ms,
        text=said.text.strip() if said else "",
        words=_within(timed_words(said, closed.voice.started_ms, closed.voice.ended_ms), closed.span) if said else (),
        confidence=confidence(said) if said else 0.0,
        lag_ms=at_ms - closed.voice.ended_ms,
    )


def _within(words: Iterable[Word], span: Span) -> tuple[Word, ...]:
    """The words with times inside their span and in order, whatever the aligner thought."""
    inside: list[Word] = []
    earliest_ms = span.started_ms
    for word in words:
        start_ms = min(max(word.start_ms, earliest_ms), span.ended_ms)
        inside.append(Word(word.text, start_ms, min(max(word.end_ms, start_ms), span.ended_ms), word.p))
        earliest_ms = start_ms
    return tuple(inside)
