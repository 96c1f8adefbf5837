"""The Whisper engine: a job and its samples flow in, a transcription with the figures to judge it by flows out.

Each job is one encode, one generate and one align on the shortest window of the profile that holds its sound: greedy
for partials, a small beam for finals, never a second temperature. Whether the answer is fit to be said is for
`streams.gates` to judge.

CTranslate2 computes on one core per worker; pin BLAS to one thread as well, before numpy is imported.
"""

import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from faster_whisper.transcribe import get_compression_ratio

from streams.call_memory import CallLanguages, CallMels
from streams.engine import SAMPLE_RATE_HZ, DecodeJob, JobKind, Samples, Transcription
from streams.errors import RecogniserError, WrongModelError
from streams.events import Word
from streams.features import HOP, MelCache
from streams.settings import ProfileSettings
from streams.whisper_model import LIBRARY_ERRORS, AlignedWord, Encoded, StepwiseModel, open_model
from streams.windows import token_cap, window_ms

AUTO = "auto"
"""The language setting with which a multilingual model finds the language by itself, once per call."""

_FALLBACK_LANGUAGE = "en"
_SURE_LANGUAGE_P = 0.6
_LANGUAGE_NEEDS_MS = 1_500  # shorter sound ("hm", "okay") says little about the language
_FRAME_MS = HOP * 1000 // SAMPLE_RATE_HZ
_SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
_SHORTEST_SAMPLES = 10 * HOP  # less sound holds no word and is too little to align
_LAST_SENTENCE = re.compile(r"[^.?!。？！]+[.?!。？！]*\s*$")


class WhisperSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the model is loaded and how hard it tries; names and defaults are those of `[asr]` where it has them."""

    profile: ProfileSettings = ProfileSettings()
    language: str = _FALLBACK_LANGUAGE
    compute_type: str = "int8"
    workers: int = 2
    batching: bool = False


class Effort(NamedTuple):
    """What a decode took: its window, and the compute time of its three steps, ms."""

    window_ms: int
    encode_ms: float
    decode_ms: float
    align_ms: float


class _Heard(NamedTuple):
    """A job's sound behind the encoder, with how many frames of the window are sound."""

    encoded: Encoded
    frames: int
    window_ms: int


def load(directory: Path, settings: WhisperSettings) -> "WhisperTranscriber":
    """Load the model in `directory` for as many threads as `settings.workers`; downloads nothing.

    Raises ModelError when it holds no usable model, or one that does not know the language of the settings.
    """
    model = open_model(directory, settings.compute_type, settings.workers, batching=settings.batching)
    if settings.language not in (AUTO, *model.languages):
        reason = (
            f"set asr.language to a code such as en or de, or to {AUTO}"
            if model.multilingual
            else "it hears English only; set asr.language to en, or asr.model to one of many languages"
        )
        raise WrongModelError(f"the model in {directory} cannot hear language {settings.language!r}: {reason}")
    return WhisperTranscriber(model, settings)


def last_sentence(text: str) -> str:
    """The last sentence of `text`, finished or not."""
    found = _LAST_SENTENCE.search(text)
    return found[0].strip() if found else ""


class WhisperTranscriber:
    """Implements `streams.engine.Transcriber`; thread-safe. `timer` gives seconds, for the compute times only."""

    def __init__(
        self, model: StepwiseModel, settings: WhisperSettings, timer: Callable[[], float] = time.perf_counter
    ) -> None:
        self._model = model
        self._settings = settings
        self._timer = timer
        self._mels = CallMels(model.bands)
        self._languages = CallLanguages()
        self._finds_language = model.multilingual and settings.language == AUTO
        self._language = _FALLBACK_LANGUAGE if settings.language == AUTO else settings.language

    def warm(self) -> None:
        """Run every window of the profile once, so that the first utterance does not pay for first allocations.

        The largest comes first: what it leaves behind holds the others, and less memory is taken in all.
        """
        for window_s in reversed(self._settings.profile.windows_s):
            frames = window_s * 1000 // _FRAME_MS
            features = MelCache(self._model.bands).window(0, np.zeros(frames * HOP, np.float32), frames)
            encoded = self._model.encode(features)
            tokens = self._model.force(encoded, self._language, "", 2, self._settings.profile.final_beam)
            self._model.align(encoded, self._language, tokens, frames)

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        """Decode the samples once; an empty text is a fair answer.

        Raises RecogniserError when the library fails on this job.
        """
        if len(samples) < _SHORTEST_SAMPLES:
            return Transcription(text="")
        try:
            return self._transcribe(job, samples)
        except LIBRARY_ERRORS as error:
            raise _broken(job, error) from error

    def exercise(self, job: DecodeJob, samples: Samples, tokens: int) -> Effort:
        """Do all the work of a decode that finds so many tokens, whatever the model would say.

        Raises RecogniserError when the library fails on this job.
        """
        if len(samples) < _SHORTEST_SAMPLES:
            return Effort(0, 0.0, 0.0, 0.0)
        try:
            times = [self._timer()]
            heard = self._hear(job, samples)
            times.append(self._timer())
            # The end of the text takes a step of its own.
            steps, beam = tokens + 1, self._beam(job)
            found = self._model.force(
                heard.encoded, self._language, last_sentence(job.prompt), steps, beam, speech=not job.spoken
            )
            times.append(self._timer())
            if not job.brief:
                self._model.align(heard.encoded, self._language, found, heard.frames)
            times.append(self._timer())
        except LIBRARY_ERRORS as error:
            raise _broken(job, error) from error
        return Effort(heard.window_ms, *_spans_ms(times))

    def _transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        times = [self._timer()]
        heard = self._hear(job, samples)
        times.append(self._timer())
        language = self._language_of(job, heard)
        cap = token_cap(len(samples) // _SAMPLES_PER_MS)
        said = self._model.generate(
            heard.encoded, language, last_sentence(job.prompt), cap, self._beam(job), speech=not job.spoken
        )
        times.append(self._timer())
        timed = said.text and not job.brief
        aligned = self._model.align(heard.encoded, language, said.tokens, heard.frames) if timed else ()
        times.append(self._timer())
        encode_ms, decode_ms, align_ms = _spans_ms(times)
        return Transcription(
            text=said.text,
            words=tuple(_on_media_clock(word, job) for word in aligned),
            mean_logprob=said.mean_logprob,
            no_speech=said.no_speech,
            align_p=sum(word.p for word in aligned) / len(aligned) if aligned else 1.0,
            compression=get_compression_ratio(said.text) if said.text else 1.0,
            cap_hit=said.cap_hit,
            language=language,
            window_ms=heard.window_ms,
            encode_ms=encode_ms,
            decode_ms=decode_ms,
            align_ms=align_ms,
        )

    def _hear(self, job: DecodeJob, samples: Samples) -> _Heard:
        audio_ms = len(samples) // _SAMPLES_PER_MS
        chosen_ms = window_ms(self._settings.profile, job.kind, audio_ms, job.attempt)
        features = self._mels.window(job, samples, chosen_ms // _FRAME_MS)
        return _Heard(self._model.encode(features), len(samples) // HOP, chosen_ms)

    def _language_of(self, job: DecodeJob, heard: _Heard) -> str:
        if not self._finds_language:
            return self._language
        if held := self._languages.of(job.call_id):
            return held
        language, p = self._model.language(heard.encoded)
        if heard.frames * _FRAME_MS < _LANGUAGE_NEEDS_MS:
            return language
        if p < _SURE_LANGUAGE_P:
            return self._languages.doubt(job.call_id, language, p)
        return self._languages.hold(job.call_id, language)

    def _beam(self, job: DecodeJob) -> int:
        profile = self._settings.profile
        if job.quick:
            return 1
        if job.kind.is_partial:
            return profile.partial_beam
        return profile.speculative_beam if job.kind is JobKind.SPECULATIVE else profile.final_beam


def _on_media_clock(word: AlignedWord, job: DecodeJob) -> Word:
    start_ms = min(job.started_ms + round(word.start_s * 1000), job.ended_ms)
    end_ms = min(max(job.started_ms + round(word.end_s * 1000), start_ms), job.ended_ms)
    return Word(word.text, start_ms, end_ms, round(word.p, 3))


def _spans_ms(times: list[float]) -> tuple[float, float, float]:
    encode_ms, decode_ms, align_ms = ((after - before) * 1000 for before, after in pairwise(times))
    return encode_ms, decode_ms, align_ms


def _broken(job: DecodeJob, error: Exception) -> RecogniserError:
    span = f"{job.channel} from {job.started_ms} to {job.ended_ms} ms"
    return RecogniserError(f"Whisper failed on {span} of call {job.call_id}: {' '.join(str(error).split())}")
