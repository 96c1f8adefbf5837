"""One converted Whisper model, step by step: features flow in, tokens, words and probabilities flow out.

faster-whisper brings model and tokenizer, but its `transcribe` always encodes 30 s and climbs a ladder of
temperatures. Here `encode`, `generate` and `align` are called by themselves, so that each runs once on the shortest
window that holds the sound, at temperature 0 and without timestamps. Threads may call it as many at once as it has
workers; every worker computes on one core. With batching, decodes that would have to wait for a worker are done
together: a step for several texts costs little more than one for one.
"""

import math
from collections.abc import Hashable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_ctranslate2_storage, get_suppressed_tokens, merge_punctuations

from streams import model_files
from streams.errors import WrongModelError
from streams.features import Features
from streams.together import Together
from streams.windows import total_length

Encoded: TypeAlias = Any
"""An encoder's output, CTranslate2's own."""

LIBRARY_ERRORS = (RuntimeError, ValueError, IndexError)
"""What CTranslate2 and faster-whisper raise when they cannot go on with a job."""

_PROMPT_TOKENS = 64  # about one sentence; with the largest token cap it stays within Whisper's 448 positions
_LEADING_PUNCTUATION = "\"'“¿([{-"
_TRAILING_PUNCTUATION = "\"'.。,，!！?？:：”)]}、"
_TRIAL_FRAMES = 100  # one second: enough to see that encoder, decoder and vocabulary fit each other
_MOST_TOGETHER = 4  # texts in one decode; their encoder outputs are copied into one
_UNLIKELY = -100.0  # stands where a log-probability is no number


class Generated(NamedTuple):
    """A decoder's answer: text tokens, text, log-probability per token, and whether the cap cut it."""

    tokens: tuple[int, ...]
    text: str
    mean_logprob: float
    no_speech: float
    cap_hit: bool


class AlignedWord(NamedTuple):
    """A word with its time from the beginning of the window, s, and its probability."""

    text: str
    start_s: float
    end_s: float
    p: float


class _Ask(NamedTuple):
    """One text to decode: its sound behind the encoder, the tokens it starts from, and how."""

    encoded: Encoded
    start: list[int]
    cap: int
    beam: int
    suppressed: tuple[int, ...]
    speech: bool


class StepwiseModel:
    """A loaded model; `language` arguments are codes of `languages`.

    With `batching` as many decodes as the model has `workers` run at once, and those that come meanwhile go together.
    """

    def __init__(self, model: WhisperModel, *, workers: int = 1, batching: bool = False) -> None:
        # What faster-whisper's methods are annotated with is not what they take and give.
        self._model: Any = model
        self.bands: int = model.model.n_mels
        self.multilingual: bool = model.model.is_multilingual
        self.languages: tuple[str, ...] = tuple(model.supported_languages)
        self._tokenizer = cache(self._make_tokenizer)
        self._suppressed = tuple(get_suppressed_tokens(self._tokenizer("en"), (-1,)) or ())
        self._together: Together[_Ask, Any] | None = None
        if batching:
            self._together = Together(self._decode, _shape, running=workers, most=_MOST_TOGETHER)

    def encode(self, features: Features) -> Encoded:
        """Run the encoder over one window."""
        return self._model.encode(features)

    def language(self, encoded: Encoded) -> tuple[str, float]:
        """The likeliest language of the sound, and its probability; only for multilingual models."""
        token, p = self._model.model.detect_language(encoded)[0][0]
        return token.strip("<|>"), p

    def generate(
        self, encoded: Encoded, language: str, prompt: str, cap: int, beam: int, *, speech: bool = True
    ) -> Generated:
        """Decode at temperature 0 until the text ends, `cap` tokens at most; `prompt` is what was said before.

        Without `speech` nobody asks whether there is any, and `no_speech` is 0.
        """
        tokenizer = self._tokenizer(language)
        result = self._run(encoded, _start(tokenizer, prompt), cap, beam, self._suppressed, speech=speech)
        drawn = result.sequences_ids[0]
        # The score is the mean over the drawn tokens; the end of the text, which ends the sum, is not among them.
        mean_logprob = result.scores[0] * len(drawn) / (len(drawn) + 1)
        tokens = tuple(token for token in drawn if token < tokenizer.eot)
        return Generated(
            tokens=tokens,
            text=_clean(tokenizer.decode(list(tokens))),
            mean_logprob=mean_logprob if math.isfinite(mean_logprob) else _UNLIKELY,
            no_speech=result.no_speech_prob if speech else 0.0,
            cap_hit=len(drawn) >= cap,
        )

    def force(
        self, encoded: Encoded, language: str, prompt: str, steps: int, beam: int, *, speech: bool = True
    ) -> tuple[int, ...]:
        """Decode exactly so many steps, since the text is not allowed to end before; returns the text tokens."""
        tokenizer = self._tokenizer(language)
        suppressed = (*self._suppressed, tokenizer.eot)
        result = self._run(encoded, _start(tokenizer, prompt), steps, beam, suppressed, speech=speech)
        return tuple(token for token in result.sequences_ids[0][:steps] if token < tokenizer.eot)

    def align(self, encoded: Encoded, language: str, tokens: Sequence[int], frames: int) -> tuple[AlignedWord, ...]:
        """Say when each word of `tokens` was said and how likely it is, by the `frames` of sound in the window."""
        if not tokens:
            return ()
        (found,) = self._model.find_alignment(self._tokenizer(language), [list(tokens)], encoded, frames)
        merge_punctuations(found, _LEADING_PUNCTUATION, _TRAILING_PUNCTUATION)
        return tuple(
            AlignedWord(text, float(word["start"]), float(word["end"]), float(word["probability"]))
            for word in found
            if (text := _clean(word["word"]))
        )

    def _run(
        self, encoded: Encoded, start: list[int], cap: int, beam: int, suppressed: tuple[int, ...], *, speech: bool
    ) -> Any:
        ask = _Ask(encoded, start, cap, beam, suppressed, speech)
        return self._decode([ask])[0] if self._together is None else self._together.do(ask)

    def _decode(self, asks: Sequence[_Ask]) -> Any:
        """Decode texts of one shape; each may get as long as the one with the most room."""
        first, cap = asks[0], max(ask.cap for ask in asks)
        return self._model.model.generate(
            first.encoded if len(asks) == 1 else _joined([ask.encoded for ask in asks]),
            [ask.start for ask in asks],
            beam_size=first.beam,
            max_length=total_length(len(first.start), cap),
            return_scores=True,
            return_no_speech_prob=first.speech,
            suppress_tokens=list(first.suppressed),
        )

    def _make_tokenizer(self, language: str) -> Tokenizer:
        return Tokenizer(self._model.hf_tokenizer, self.multilingual, task="transcribe", language=language)


def _shape(ask: _Ask) -> Hashable:
    """What must be equal in texts that are decoded together; CTranslate2 wants prompts of one length."""
    return tuple(ask.encoded.shape), len(ask.start), ask.beam, ask.suppressed, ask.speech


def _joined(encoded: Sequence[Encoded]) -> Encoded:
    """Several encoder outputs as one."""
    return get_ctranslate2_storage(np.concatenate([np.asarray(one) for one in encoded]))


def _start(tokenizer: Tokenizer, prompt: str) -> list[int]:
    """The tokens a decode starts from; what was said before goes before the start of the transcript."""
    before = tokenizer.encode(" " + prompt)[-_PROMPT_TOKENS:] if prompt else []
    return [*([tokenizer.sot_prev] if before else []), *before, *tokenizer.sot_sequence, tokenizer.no_timestamps]


def _clean(text: str) -> str:
    """The text without broken characters; nothing where only punctuation is left."""
    text = text.replace("\ufffd", "").strip()
    return text if any(character.isalnum() for character in text) else ""


def open_model(directory: Path, compute_type: str, workers: int, *, batching: bool = False) -> StepwiseModel:
    """Load the model in `directory`; nothing is ever downloaded here.

    Raises WrongModelError when the directory holds no usable model.
    """
    if absent := model_files.missing(directory):
        raise WrongModelError(f"{directory} is not a converted Whisper model: {', '.join(absent)} missing")
    try:
        model = StepwiseModel(
            WhisperModel(str(directory), device="cpu", compute_type=compute_type, cpu_threads=1, num_workers=workers),
            workers=workers,
            batching=batching,
        )
    except Exception as error:  # a broken tokenizer.json is raised as a bare Exception
        raise WrongModelError(
            f"{directory} cannot be loaded as a Whisper model: {' '.join(str(error).split())}"
        ) from error
    try:
        model.force(model.encode(np.zeros((model.bands, _TRIAL_FRAMES), np.float32)), "en", "", 1, 1)
    except LIBRARY_ERRORS as error:
        raise WrongModelError(
            f"{directory} does not work as a Whisper model, its files may be of different models: "
            f"{' '.join(str(error).split())}"
        ) from error
    return model
