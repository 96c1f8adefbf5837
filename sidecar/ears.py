"""Who turns a call's sound into words: what was asked for and what is at hand flow in, an engine flows out."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from sidecar import models, pick
from sidecar.config_sections import AsrConfig
from sidecar.material import Known
from streams.engine import DecodeJob, Samples, Transcriber, Transcription
from streams.errors import InputError, ModelError
from streams.events import Channel, Word, WordsFrom
from streams.reference import ReferenceTranscriber

if TYPE_CHECKING:
    from streams.whisper import WhisperTranscriber

EngineName: TypeAlias = Literal["auto", "whisper", "reference", "none"]


class Ears(NamedTuple):
    """An engine, where its words come from, whether it computes, and a line for a person where one is needed."""

    transcriber: Transcriber
    words_from: WordsFrom
    computes: bool
    note: str = ""


class NoWords:
    """The engine that hears nothing: the timing lane runs alone."""

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:  # noqa: ARG002  (the Protocol has them)
        """No words."""
        return Transcription(text="")


def choose(
    wanted: EngineName,
    known: Known | None,
    *,
    named: bool,
    local_model: Callable[[], Transcriber | None],
    any_model: Callable[[], Transcriber],
) -> Ears:
    """The engine for a recording.

    `known` are its words where a file has them, `named` says that the user named that file. `local_model` loads the
    model if it is on this machine, `any_model` fetches it as well where that is allowed.
    Raises InputError when the reference engine has no words, and ModelError when there is neither model nor words.
    """
    if wanted == "none":
        return Ears(NoWords(), "none", computes=False)
    if wanted == "whisper":
        return Ears(any_model(), "recogniser", computes=True)
    if wanted == "reference":
        if known is None:
            raise InputError(
                "the reference engine needs the words: give --transcript FILE, or put X.words.json or X.call beside X"
            )
        return _reference(known, "asked for")
    if known is not None and named:
        return _reference(known, "the transcript was named")
    model = local_model()
    if model is not None:
        return Ears(model, "recogniser", computes=True)
    if known is not None:
        return _reference(known, "no model here; `sidecar models pull base.en` brings one")
    try:
        return Ears(any_model(), "recogniser", computes=True)
    except ModelError as error:
        raise ModelError(f"{error}; `--engine none` goes without words") from error


def local_model(
    asr: AsrConfig, models_dir: Path, *, say: Callable[[str], None] = lambda _: None
) -> "WhisperTranscriber | None":
    """The recogniser if its model is on this machine; None if it would have to be fetched.

    Raises ModelError for a model that is there and cannot be used.
    """
    return _first_usable(asr, models_dir, lambda name: models.find(name, models_dir), say)


def any_model(asr: AsrConfig, models_dir: Path, *, say: Callable[[str], None]) -> "WhisperTranscriber":
    """The recogniser, its model fetched where that is needed and allowed.

    Raises ModelError when no model can be had.
    """
    found = _first_usable(
        asr, models_dir, lambda name: models.resolve(name, models_dir, download=asr.download, say=say), say
    )
    assert found is not None
    return found


def _first_usable(
    asr: AsrConfig, models_dir: Path, find: Callable[[str], Path | None], say: Callable[[str], None]
) -> "WhisperTranscriber | None":
    """The model of the settings, loaded; of "auto" the best that can be loaded, None where it is not to be had.

    Raises ModelError when none can be used.
    """
    passed_over: set[str] = set()
    while True:
        name = pick.name(asr, models_dir, say=say, without=passed_over)
        directory = find(name)
        if directory is None:
            return None
        try:
            return _load(asr, directory)
        except ModelError as error:
            if asr.model != pick.AUTO:
                raise
            passed_over.add(name)
            say(pick.passed_over(name, str(error)))


def _load(asr: AsrConfig, directory: Path) -> "WhisperTranscriber":
    from sidecar import recogniser  # noqa: PLC0415  (loads CTranslate2, which nobody needs before)

    return recogniser.load(asr, directory)


def _reference(known: Known, why: str) -> Ears:
    words: Mapping[Channel, tuple[Word, ...]] = known.words
    note = f"words from the transcript, not from speech recognition ({known.name}): {why}"
    return Ears(ReferenceTranscriber(words), "reference", computes=False, note=note)
