"""Which engine hears a recording."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sidecar import config, ears
from sidecar.ears import Ears, EngineName, NoWords
from sidecar.material import Known
from streams.engine import DecodeJob, JobKind, Transcriber, Transcription
from streams.errors import InputError, ModelError
from streams.events import Word
from streams.reference import ReferenceTranscriber

KNOWN = Known({"agent": (Word("hi", 0, 400),)}, "x.words.json")


class Model(NoWords):
    """Stands for a loaded recogniser."""


def no_model() -> Transcriber:
    raise ModelError("no model")


def choose(
    wanted: EngineName,
    known: Known | None = None,
    *,
    named: bool = False,
    here: bool = False,
    get: Callable[[], Transcriber] = no_model,
) -> Ears:
    return ears.choose(wanted, known, named=named, local_model=lambda: Model() if here else None, any_model=get)


def test_whisper_is_the_model_however_it_is_had() -> None:
    chosen = choose("whisper", KNOWN, get=Model)
    assert isinstance(chosen.transcriber, Model)
    assert (chosen.words_from, chosen.computes) == ("recogniser", True)
    with pytest.raises(ModelError, match="no model"):
        choose("whisper", KNOWN)


def test_reference_needs_words() -> None:
    chosen = choose("reference", KNOWN, here=True)
    assert isinstance(chosen.transcriber, ReferenceTranscriber)
    assert (chosen.words_from, chosen.computes) == ("reference", False)
    assert "not from speech recognition (x.words.json)" in chosen.note
    with pytest.raises(InputError, match="--transcript FILE"):
        choose("reference")


def test_none_hears_nothing() -> None:
    chosen = choose("none", KNOWN, here=True)
    assert (chosen.words_from, chosen.computes) == ("none", False)
    job = DecodeJob(
        call_id="c", channel="agent", utterance=0, kind=JobKind.FINAL, started_ms=0, ended_ms=9, requested_ms=9
    )
    assert chosen.transcriber.transcribe(job, np.zeros(9, np.float32)) == Transcription(text="")


@pytest.mark.parametrize(
    ("known", "named", "here", "expected"),
    [
        (KNOWN, True, True, "the transcript was named"),
        (KNOWN, False, True, ""),
        (KNOWN, False, False, "no model here"),
        (None, False, True, ""),
    ],
)
def test_auto_takes_what_is_at_hand(known: Known | None, named: bool, here: bool, expected: str) -> None:
    chosen = choose("auto", known, named=named, here=here)
    assert expected in chosen.note
    assert chosen.computes == (not expected)


def test_auto_fetches_a_model_before_it_gives_up() -> None:
    assert choose("auto", get=Model).computes
    with pytest.raises(ModelError, match=r"no model; `--engine none`"):
        choose("auto")


def test_a_model_that_is_here_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asr = config.load(sets=["asr.download=false"]).asr
    loaded: list[Path] = []

    def load(_: object, directory: Path) -> Model:
        loaded.append(directory)
        return Model()

    monkeypatch.setattr("sidecar.recogniser.load", load)
    monkeypatch.setattr("sidecar.models.find", lambda name, models_dir: None)
    assert ears.local_model(asr, tmp_path) is None
    with pytest.raises(ModelError, match=r"base\.en is not on this machine"):
        ears.any_model(asr, tmp_path, say=pytest.fail)
    monkeypatch.setattr("sidecar.models.find", lambda name, models_dir: models_dir / name)
    assert isinstance(ears.local_model(asr, tmp_path), Model)
    assert isinstance(ears.any_model(asr, tmp_path, say=pytest.fail), Model)
    assert loaded == [tmp_path / "base.en"] * 2


def test_auto_goes_on_with_the_next_model_where_one_cannot_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    auto, named = (config.load(sets=[f"asr.model={name}"]).asr for name in ("auto", "base.en"))
    said: list[str] = []
    broken = {"base.en"}

    def load(_: object, directory: Path) -> Model:
        if directory.name in broken:
            raise ModelError(f"{directory.name} is damaged")
        return Model()

    def chosen(asr: object, models_dir: Path, *, say: object, without: set[str]) -> str:
        if without >= {"base.en", "tiny.en"}:
            raise ModelError("none is left")
        return "tiny.en" if "base.en" in without else "base.en"

    monkeypatch.setattr("sidecar.recogniser.load", load)
    monkeypatch.setattr("sidecar.models.find", lambda name, models_dir: models_dir / name)
    monkeypatch.setattr("sidecar.pick.name", chosen)
    for get in (ears.local_model, ears.any_model):
        assert isinstance(get(auto, tmp_path, say=said.append), Model)
        assert said.pop() == "speech model base.en is passed over: base.en is damaged"
        with pytest.raises(ModelError, match=r"base\.en is damaged"):
            get(named, tmp_path, say=pytest.fail)
    broken.add("tiny.en")
    with pytest.raises(ModelError, match="none is left"):
        ears.any_model(auto, tmp_path, say=said.append)
