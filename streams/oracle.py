"""Real compute with known words: what a benchmark needs where no trained weights are at hand.

A job flows in; a random-weight model does all the work of decoding as many tokens as the reference has words for, and
the words of the timed reference flow out as if it had heard them. So that nothing downstream is flattered, the last
word of a partial is wrong one time in four, and probabilities and log-probabilities look like those of a trained model
instead of the certainty of a transcript. Which partials err follows from the seed and the job, never from a clock.
"""

import math
import zlib
from typing import Protocol

import msgspec

from streams.engine import DecodeJob, Samples, Transcription
from streams.events import Word
from streams.reference import ReferenceTranscriber
from streams.whisper import Effort

TOKENS_PER_WORD = 1.3
"""About what Whisper's English vocabulary needs for conversation, punctuation included."""

_WRONG_TAIL_RATIO = 0.25
_MEAN_LOGPROB = -0.25  # of a trained model on clear speech
_NO_SPEECH_P = 0.02
_SILENCE_P = 0.9
_WORD_P = 0.93
_UNSURE_P = 0.55  # of the last word, whose sound may not be over
_WRONG_P = 0.35


class Exerciser(Protocol):
    """Whatever can do the work of a decode that finds so many tokens; `WhisperTranscriber` does."""

    def exercise(self, job: DecodeJob, samples: Samples, tokens: int) -> Effort:
        """Do the work and say what it took."""
        ...


class OracleTranscriber:
    """Implements `streams.engine.Transcriber`: the model's effort, the reference's words."""

    def __init__(self, model: Exerciser, reference: ReferenceTranscriber, seed: int = 0) -> None:
        self._model = model
        self._reference = reference
        self._seed = seed

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        """Work as hard as a recogniser would for the reference's words of the job's span, and give them.

        Raises RecogniserError when the model fails on this job.
        """
        known = self._reference.transcribe(job, samples)
        effort = self._model.exercise(job, samples, math.ceil(len(known.words) * TOKENS_PER_WORD))
        words = self._misheard(job, known.words)
        text = " ".join(word.text for word in words)
        if job.brief:
            words = ()
        return msgspec.structs.replace(
            known,
            text=text,
            words=words,
            mean_logprob=_MEAN_LOGPROB,
            no_speech=0.0 if job.spoken else _NO_SPEECH_P if text else _SILENCE_P,
            align_p=sum(word.p for word in words) / len(words) if words else 1.0,
            window_ms=effort.window_ms,
            encode_ms=effort.encode_ms,
            decode_ms=effort.decode_ms,
            align_ms=effort.align_ms,
        )

    def _misheard(self, job: DecodeJob, words: tuple[Word, ...]) -> tuple[Word, ...]:
        sure = [msgspec.structs.replace(word, p=_WORD_P) for word in words]
        if sure and job.kind.is_partial:
            last = sure.pop()
            if self._chance(job) < _WRONG_TAIL_RATIO:
                last = msgspec.structs.replace(last, text=wrong_word(last.text), p=_WRONG_P)
            else:
                last = msgspec.structs.replace(last, p=_UNSURE_P)
            sure.append(last)
        return tuple(sure)

    def _chance(self, job: DecodeJob) -> float:
        """A number from 0 to 1 that every run of this job with this seed gets again."""
        name = f"{self._seed}/{job.call_id}/{job.channel}/{job.utterance}/{job.started_ms}/{job.ended_ms}"
        return zlib.crc32(name.encode()) / 2**32


def wrong_word(text: str) -> str:
    """Another word than `text`: its beginning, as a recogniser hears a word that is cut off."""
    return text[: (len(text) + 1) // 2] if len(text) > 1 else text + "m"
