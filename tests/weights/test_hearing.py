"""The measuring itself, with engines that hear all, nothing, or something else."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from sidecar import demo
from streams.audio import pcm_to_float, ulaw_to_pcm
from streams.engine import DecodeJob, Samples, Transcriber, Transcription
from streams.errors import RecogniserError
from streams.events import Word
from streams.recording import open_recording
from streams.reference import ReferenceTranscriber
from streams.settings import LoopSettings
from tests.weights.hearing import (
    FULL,
    LIMITS,
    Clip,
    Heard,
    Way,
    clips,
    hear_all,
    plain,
    telephone,
    to_ulaw,
    too_far,
    too_wrong,
)

SETTINGS = LoopSettings()


@pytest.fixture(scope="module")
def said() -> tuple[Clip, tuple[Word, ...]]:
    """One side of a bundled call as a clip, with its words."""
    call = next(call for call in demo.bundled() if call.sound.suffix != ".call")
    known = json.loads(call.sound.with_suffix(".words.json").read_text("utf-8"))
    words = tuple(Word(*word) for word in known["customer"])
    frames = [frame for frame in open_recording(call.sound).frames("c") if frame.channel == "customer"]
    sound = np.concatenate([pcm_to_float(frame.pcm) for frame in frames])
    return Clip("said", sound, frames[0].rate_hz, " ".join(word.text for word in words)), words


class Says:
    """Always the same; or an error."""

    def __init__(self, result: Transcription | RecogniserError) -> None:
        self._result = result

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        if isinstance(self._result, RecogniserError):
            raise self._result
        return self._result


def knows(words: Sequence[Word]) -> Transcriber:
    return ReferenceTranscriber({"mixed": words})


@pytest.mark.parametrize("way", ["clean", "telephone"])
def test_an_engine_that_knows_the_words_has_none_wrong(said: tuple[Clip, tuple[Word, ...]], way: Way) -> None:
    clip, words = said
    heard = hear_all(knows(words), [telephone(clip) if way == "telephone" else clip], SETTINGS)
    assert (heard.wrong, heard.words) == (0.0, len(words))
    assert not too_wrong(heard, way)


@pytest.mark.parametrize(
    "engine",
    [
        Says(Transcription(text="")),
        Says(Transcription(text="thank you " * 40, compression=9.0, cap_hit=True)),
        Says(RecogniserError("broken")),
    ],
    ids=["nothing", "loops", "errors"],
)
def test_an_engine_that_hears_nothing_has_all_wrong(said: tuple[Clip, tuple[Word, ...]], engine: Says) -> None:
    heard = hear_all(engine, [said[0]], SETTINGS)
    assert heard.wrong == 1.0
    assert heard.texts == ("",)
    assert "100.0% of" in too_wrong(heard, "clean")


def test_a_wrong_word_counts_once(said: tuple[Clip, tuple[Word, ...]]) -> None:
    clip, words = said
    heard = hear_all(knows(words), [clip._replace(text=f"{clip.text} indeed")], SETTINGS)
    assert heard.wrong == pytest.approx(1 / (len(words) + 1))


def test_only_a_gap_beyond_the_profiles_own_is_too_far() -> None:
    full = Heard((), 0.06, 100)
    assert not too_far("safe", Heard((), 0.08, 100), full)
    assert too_far("safe", Heard((), 0.09, 100), full).startswith("safe hears 3.0% of the words worse")
    assert not too_far("fast", Heard((), 0.09, 100), full)
    assert too_far("my own", Heard((), 0.12, 100), full)
    assert not too_far("safe", Heard((), 0.02, 100), full)


def test_case_marks_and_hyphens_are_no_words() -> None:
    assert plain("Don’t — 'quote' the WELL-known, 3rd one...") == "don't quote the well known 3rd one"


def test_a_telephone_takes_what_lies_outside_its_band() -> None:
    time_s = np.arange(16_000) / 16_000
    tones = {hz: np.sin(2 * np.pi * hz * time_s) * 0.2 for hz in (100, 1_000, 5_000)}
    clip = Clip("tones", sum(tones.values()).astype(np.float32), 16_000, "")
    sent = telephone(clip)
    assert sent.rate_hz == 8_000
    spectrum = np.abs(np.fft.rfft(sent.samples))
    assert spectrum[1_000] > 50 * max(spectrum[100], spectrum[3_000])


def test_the_nearest_code_is_taken() -> None:
    codes = bytes(range(256))
    back = to_ulaw(pcm_to_float(ulaw_to_pcm(codes)))
    assert ulaw_to_pcm(back) == ulaw_to_pcm(codes)
    loud = np.linspace(-1.0, 1.0, 5_001, dtype=np.float32)
    error = np.abs(pcm_to_float(ulaw_to_pcm(to_ulaw(loud))) - loud)
    assert float((error / np.maximum(np.abs(loud), 0.01)).max()) < 0.04


def test_real_clips_are_heard_whole_by_an_engine_that_knows_them(spoken: list[Clip]) -> None:
    """Every clip in one or more utterances: their words spread evenly over the sound find their place in them."""
    assert len(spoken) >= 5
    for clip in spoken:
        words = clip.text.split()
        step_ms = len(clip.samples) * 1000 // clip.rate_hz / len(words)
        known = [Word(text, round(n * step_ms), round((n + 1) * step_ms)) for n, text in enumerate(words)]
        for sent, way in ((clip, "clean"), (telephone(clip), "telephone")):
            heard = hear_all(knows(known), [sent], LoopSettings(profile=FULL))
            assert heard.wrong <= LIMITS[way], f"{clip.name} {way}: {heard.texts}"


def test_only_sound_with_its_words_is_a_clip(tmp_path) -> None:
    (tmp_path / "alone.wav").write_bytes(b"")
    (tmp_path / "words.txt").write_text("words without sound")
    assert clips(tmp_path) == []
