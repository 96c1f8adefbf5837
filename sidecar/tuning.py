"""Which profile hears a user's calls as well as the full window does: utterances flow in, a choice flows out.

No reference is needed: each utterance is decoded in the full 30 s window, and again as each profile would decode it.
Words that differ are what a faster profile may cost, compute time is what it saves.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec
from rapidfuzz.distance import Levenshtein

from streams.engine import DecodeJob, JobKind, Samples, Transcription
from streams.errors import RecogniserError
from streams.events import AudioFrame, Channel, Utterance
from streams.loop import ListeningLoop, Output
from streams.settings import ProfileSettings

FULL = ProfileSettings(windows_s=(30,), partial_floor_s=30, final_floor_s=30)
"""Every decode in the window that Whisper was trained on."""

FULL_NAME = "full 30 s"

ENOUGH_WORDS = 200
"""With fewer, one word more or less wrong would decide."""


class Hears(Protocol):
    """What is asked of an engine here."""

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        """Decode a job.

        Raises RecogniserError when it cannot.
        """
        ...


class Piece(NamedTuple):
    """One utterance of a recording: its decode job and its sound."""

    job: DecodeJob
    samples: Samples

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.job.ended_ms - self.job.started_ms


class Row(msgspec.Struct, frozen=True):
    """One setting: CPU seconds per second of speech, and the share of words that differ from the full window's."""

    name: str
    cost: float
    difference: float


class Outcome(msgspec.Struct, frozen=True):
    """All settings, the full window first, and over how much they were compared."""

    rows: tuple[Row, ...]
    words: int
    utterances: int
    speech_ms: int


def pieces(frames: Iterable[AudioFrame], loop: ListeningLoop, end_ms: int) -> Iterator[Piece]:
    """The utterances of a recording, cut as in a live call of which no words are known."""
    asked: dict[tuple[Channel, int], Piece] = {}

    def step(output: Output, at_ms: int) -> Iterator[Piece]:
        for job in output.jobs:
            if not job.kind.is_partial:
                whole = msgspec.structs.replace(job, kind=JobKind.FINAL)
                asked[job.channel, job.utterance] = Piece(whole, loop.samples(job).copy())
            yield from step(loop.decoded(job, Transcription(text=""), at_ms), at_ms)
        for event in output.events:
            if isinstance(event, Utterance) and (event.channel, event.utterance) in asked:
                yield asked.pop((event.channel, event.utterance))

    for frame in frames:
        yield from step(loop.hear(frame), frame.at_ms)
    yield from step(loop.finish(end_ms), end_ms)


class Comparison:
    """Decodes every utterance in each setting; `engines` are by the settings' names, the full window's among them."""

    def __init__(self, engines: Mapping[str, Hears]) -> None:
        self._engines = engines
        self._compute_ms = dict.fromkeys(engines, 0.0)
        self._differing = dict.fromkeys(engines, 0)
        self._words = self._utterances = self._speech_ms = 0

    def take(self, piece: Piece) -> None:
        """Decode one more utterance; one that the recogniser cannot decode counts for nothing."""
        try:
            heard = {name: engine.transcribe(piece.job, piece.samples) for name, engine in self._engines.items()}
        except RecogniserError:
            return
        full = _words(heard[FULL_NAME].text)
        self._words += len(full)
        self._utterances += 1
        self._speech_ms += piece.length_ms
        for name, one in heard.items():
            self._compute_ms[name] += one.compute_ms
            self._differing[name] += int(Levenshtein.distance(_words(one.text), full))

    def outcome(self) -> Outcome:
        """What was found so far."""
        rows = tuple(
            Row(name, self._compute_ms[name] / max(1, self._speech_ms), self._differing[name] / max(1, self._words))
            for name in self._engines
        )
        return Outcome(rows, self._words, self._utterances, self._speech_ms)


def choose(rows: Sequence[Row], tolerance: float) -> Row | None:
    """The cheapest profile whose difference is within `tolerance` (a share of words); None where none is."""
    within = [row for row in rows if row.name != FULL_NAME and row.difference <= tolerance]
    return min(within, key=lambda row: row.cost, default=None)


def _words(text: str) -> list[str]:
    """What counts when words are compared: letters and digits, without case."""
    bare = ("".join(filter(str.isalnum, word.casefold())) for word in text.split())
    return [word for word in bare if word]
