from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from streams.engine import DecodeJob, JobKind, Samples
from streams.errors import RecogniserError, WrongModelError
from streams.features import Features
from streams.settings import ProfileSettings
from streams.whisper import WhisperSettings, WhisperTranscriber, last_sentence, load
from streams.whisper_model import AlignedWord, Generated

FAST = ProfileSettings(windows_s=(5, 8, 10), partial_floor_s=5, final_floor_s=5)
NOISE: Samples = (np.random.default_rng(9).standard_normal(31 * 16_000) * 0.1).astype(np.float32)

HELLO = Generated((7, 8), "Hello there.", -0.3, 0.1, cap_hit=False)
# The last word ends behind the sound, as alignments of unsure models do.
HELLO_WORDS = (AlignedWord("Hello", 0.1, 0.5, 0.9), AlignedWord("there.", 0.5, 9.0, 0.7))


def job(
    audio_ms: int,
    kind: JobKind = JobKind.FINAL,
    started_ms: int = 2_000,
    prompt: str = "",
    attempt: int = 0,
    call_id: str = "c1",
) -> DecodeJob:
    return DecodeJob(
        call_id=call_id,
        channel="customer",
        utterance=0,
        kind=kind,
        started_ms=started_ms,
        ended_ms=started_ms + audio_ms,
        requested_ms=started_ms + audio_ms,
        prompt=prompt,
        attempt=attempt,
    )


def sound(audio_ms: int) -> Samples:
    return NOISE[: audio_ms * 16]


class ScriptedModel:
    """Stands for a loaded model: says what it is told to, and remembers what it was asked."""

    def __init__(
        self,
        said: Generated = HELLO,
        languages: Sequence[tuple[str, float]] = (),
        failure: Exception | None = None,
    ) -> None:
        self.bands = 80
        self.multilingual = bool(languages)
        self.languages = ("en", "de", "fr") if languages else ("en",)
        self.asked: list[dict[str, Any]] = []
        self.frames: list[int] = []
        self.heard_languages = list(languages)
        self._said, self._failure = said, failure

    def encode(self, features: Features) -> object:
        if self._failure:
            raise self._failure
        self.frames.append(features.shape[1])
        return features

    def language(self, encoded: object) -> tuple[str, float]:
        return self.heard_languages.pop(0)

    def generate(self, encoded: object, language: str, prompt: str, cap: int, beam: int, *, speech: bool) -> Generated:
        self.asked.append({"language": language, "prompt": prompt, "cap": cap, "beam": beam, "speech": speech})
        return self._said

    def force(
        self, encoded: object, language: str, prompt: str, steps: int, beam: int, *, speech: bool = True
    ) -> tuple[int, ...]:
        self.asked.append({"language": language, "prompt": prompt, "steps": steps, "beam": beam, "speech": speech})
        return (7,) * steps

    def align(self, encoded: object, language: str, tokens: Sequence[int], frames: int) -> tuple[AlignedWord, ...]:
        self.asked.append({"aligned": len(tokens), "frames": frames})
        return HELLO_WORDS


def ears(model: ScriptedModel, language: str = "en") -> WhisperTranscriber:
    ticks = count()
    settings = WhisperSettings(profile=FAST, language=language)
    return WhisperTranscriber(model, settings, lambda: next(ticks) / 100)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def tiny_en(tiny_en_dir: Path) -> WhisperTranscriber:
    return load(tiny_en_dir, WhisperSettings(profile=FAST))


def test_a_final_is_a_beam_with_a_cap_by_its_length() -> None:
    model = ScriptedModel()
    heard = ears(model).transcribe(job(2_000), sound(2_000))
    assert heard.text == "Hello there."
    assert model.frames == [500]
    assert model.asked == [
        {"language": "en", "prompt": "", "cap": 21, "beam": 3, "speech": True},
        {"aligned": 2, "frames": 200},
    ]
    assert (heard.mean_logprob, heard.no_speech, heard.cap_hit) == (-0.3, 0.1, False)
    assert heard.language == "en"
    assert heard.window_ms == 5_000
    assert (heard.encode_ms, heard.decode_ms, heard.align_ms) == pytest.approx((10, 10, 10))


def test_a_partial_is_greedy_and_a_retry_gets_the_next_window() -> None:
    model = ScriptedModel()
    ears(model).transcribe(job(2_000, JobKind.CUSTOMER_PARTIAL), sound(2_000))
    assert model.asked[0]["beam"] == 1
    assert ears(model).transcribe(job(2_000, attempt=1), sound(2_000)).window_ms == 8_000
    assert model.frames == [500, 800]


@pytest.mark.parametrize(
    ("kind", "beam"),
    [(JobKind.AGENT_PARTIAL, 2), (JobKind.CUSTOMER_PARTIAL, 2), (JobKind.SPECULATIVE, 4), (JobKind.FINAL, 5)],
)
def test_the_profile_says_how_hard_each_kind_of_decode_tries(kind: JobKind, beam: int) -> None:
    model = ScriptedModel()
    profile = msgspec.structs.replace(FAST, partial_beam=2, speculative_beam=4, final_beam=5)
    WhisperTranscriber(model, WhisperSettings(profile=profile)).transcribe(job(2_000, kind), sound(2_000))
    assert model.asked[0]["beam"] == beam


@pytest.mark.parametrize("spoken", [False, True])
@pytest.mark.parametrize("brief", [False, True])
def test_a_partial_is_asked_for_nothing_that_nobody_needs(*, brief: bool, spoken: bool) -> None:
    model = ScriptedModel()
    partial = msgspec.structs.replace(job(2_000, JobKind.CUSTOMER_PARTIAL), brief=brief, spoken=spoken)
    heard = ears(model).transcribe(partial, sound(2_000))
    assert heard.text == "Hello there."
    assert (heard.words == ()) is brief
    ears(model).exercise(partial, sound(2_000), 3)
    assert [one["speech"] for one in model.asked if "speech" in one] == [not spoken] * 2
    assert sum("aligned" in one for one in model.asked) == (0 if brief else 2)


def test_a_final_in_a_hurry_is_greedy() -> None:
    model = ScriptedModel()
    ears(model).transcribe(msgspec.structs.replace(job(2_000), quick=True), sound(2_000))
    assert model.asked[0]["beam"] == 1


def test_word_times_are_on_the_media_clock_and_within_the_job() -> None:
    heard = ears(ScriptedModel()).transcribe(job(2_000, started_ms=60_000), sound(2_000))
    assert [(word.text, word.start_ms, word.end_ms, word.p) for word in heard.words] == [
        ("Hello", 60_100, 60_500, 0.9),
        ("there.", 60_500, 62_000, 0.7),
    ]
    assert heard.align_p == pytest.approx(0.8)


def test_an_empty_answer_is_clean() -> None:
    model = ScriptedModel(said=Generated((), "", -2.0, 0.9, cap_hit=False))
    heard = ears(model).transcribe(job(2_000), sound(2_000))
    assert (heard.text, heard.words, heard.align_p, heard.compression) == ("", (), 1.0, 1.0)
    assert heard.no_speech == 0.9
    assert not any("aligned" in request for request in model.asked)


def test_a_loop_shows_in_the_compression_and_the_cap() -> None:
    model = ScriptedModel(said=Generated((7,) * 40, "thank you " * 20, -0.1, 0.1, cap_hit=True))
    heard = ears(model).transcribe(job(2_000), sound(2_000))
    assert heard.compression > 2.4
    assert heard.cap_hit


@pytest.mark.parametrize("audio_ms", [0, 5, 99])
def test_sound_too_short_for_a_word_never_reaches_the_model(audio_ms: int) -> None:
    model = ScriptedModel()
    assert ears(model).transcribe(job(audio_ms), sound(audio_ms)).text == ""
    assert ears(model).exercise(job(audio_ms), sound(audio_ms), 3).encode_ms == 0.0
    assert model.frames == []


@pytest.mark.parametrize("failure", [RuntimeError("out of\nmemory"), ValueError("no"), IndexError("no")])
def test_a_library_error_is_one_clear_line_about_the_job(failure: Exception) -> None:
    transcriber = ears(ScriptedModel(failure=failure))
    with pytest.raises(RecogniserError, match=r"customer from 2000 to 4000 ms of call c1: (out of memory|no)$"):
        transcriber.transcribe(job(2_000), sound(2_000))
    with pytest.raises(RecogniserError, match="Whisper failed"):
        transcriber.exercise(job(2_000), sound(2_000), 3)


def test_sound_longer_than_the_longest_window_is_refused() -> None:
    with pytest.raises(RecogniserError, match="30500 ms of sound are more than"):
        ears(ScriptedModel()).transcribe(job(30_500), sound(30_500))


def test_one_sentence_at_most_goes_before_the_decode() -> None:
    model = ScriptedModel()
    ears(model).transcribe(job(2_000, prompt="I see. Let me look into"), sound(2_000))
    assert model.asked[0]["prompt"] == "Let me look into"


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("", ""),
        ("just words", "just words"),
        ("One. Two? Three!", "Three!"),
        ("One. Two", "Two"),
        ("Wait...", "Wait..."),
        ("...", ""),
        ("好的。我明白", "我明白"),
    ],
)
def test_the_last_sentence(text: str, last: str) -> None:
    assert last_sentence(text) == last


def test_an_effort_takes_a_step_for_every_token_and_one_for_the_end() -> None:
    model = ScriptedModel()
    effort = ears(model).exercise(job(2_000), sound(2_000), 9)
    assert model.asked == [
        {"language": "en", "prompt": "", "steps": 10, "beam": 3, "speech": True},
        {"aligned": 10, "frames": 200},
    ]
    assert effort == pytest.approx((5_000, 10, 10, 10))


def test_a_language_found_with_confidence_is_held_for_its_call() -> None:
    model = ScriptedModel(languages=[("de", 0.9), ("fr", 0.9)])
    transcriber = ears(model, "auto")
    assert transcriber.transcribe(job(2_000), sound(2_000)).language == "de"
    assert transcriber.transcribe(job(2_000), sound(2_000)).language == "de"
    assert transcriber.transcribe(job(2_000, call_id="c2"), sound(2_000)).language == "fr"
    assert not model.heard_languages


def test_a_doubtful_or_short_finding_is_used_but_not_held() -> None:
    model = ScriptedModel(languages=[("de", 0.5), ("fr", 0.9), ("de", 0.9)])
    transcriber = ears(model, "auto")
    assert transcriber.transcribe(job(2_000), sound(2_000)).language == "de"
    assert transcriber.transcribe(job(1_000), sound(1_000)).language == "fr"
    assert transcriber.transcribe(job(2_000), sound(2_000)).language == "de"


def test_both_sides_of_a_call_have_one_language() -> None:
    model = ScriptedModel(languages=[("de", 0.9), ("fr", 0.9)])
    transcriber = ears(model, "auto")
    customer = job(2_000)
    agent = msgspec.structs.replace(customer, channel="agent", kind=JobKind.AGENT_PARTIAL)
    assert [transcriber.transcribe(each, sound(2_000)).language for each in (customer, agent, customer)] == ["de"] * 3
    assert len(model.heard_languages) == 1


def test_a_call_that_stays_doubtful_is_not_looked_at_for_ever() -> None:
    model = ScriptedModel(languages=[("de", 0.4)] * 20)
    transcriber = ears(model, "auto")
    for _ in range(15):
        assert transcriber.transcribe(job(2_000), sound(2_000)).language == "de"
    assert len(model.heard_languages) == 20 - 8


def test_a_language_that_was_set_is_not_looked_for() -> None:
    model = ScriptedModel(languages=[("de", 0.9)])
    assert ears(model, "fr").transcribe(job(2_000), sound(2_000)).language == "fr"
    assert len(model.heard_languages) == 1


def test_an_english_model_with_the_language_left_open_hears_english() -> None:
    assert ears(ScriptedModel(), "auto").transcribe(job(2_000), sound(2_000)).language == "en"


@pytest.mark.parametrize(
    ("model", "reason"),
    [("tiny_en_dir", "it hears English only"), ("tiny_dir", "set asr.language to a code such as en or de, or to auto")],
)
def test_a_language_that_the_model_does_not_know_is_refused(
    model: str, reason: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(WrongModelError, match=f"cannot hear language 'xx': {reason}"):
        load(request.getfixturevalue(model), WhisperSettings(language="xx"))


def test_every_window_is_warmed_the_largest_first() -> None:
    model = ScriptedModel()
    ears(model).warm()
    assert model.frames == [1_000, 800, 500]
    assert sum("aligned" in request for request in model.asked) == 3


def test_noise_through_a_real_model_is_a_whole_transcription(tiny_en: WhisperTranscriber) -> None:
    heard = tiny_en.transcribe(job(1_500, prompt="Well then."), sound(1_500))
    assert heard.window_ms == 5_000
    assert np.isfinite([heard.mean_logprob, heard.no_speech, heard.align_p, heard.compression]).all()
    # A model without training never ends its text: the cap does, and that is said.
    assert heard.cap_hit
    assert heard.words
    assert all(2_000 <= word.start_ms <= word.end_ms <= 3_500 for word in heard.words)
    assert min(heard.encode_ms, heard.decode_ms, heard.align_ms) > 0


def test_silence_through_a_real_model_breaks_nothing(tiny_en: WhisperTranscriber) -> None:
    silence: Samples = np.zeros(16_000, np.float32)
    assert np.isfinite(tiny_en.transcribe(job(1_000), silence).mean_logprob)


def test_two_workers_hear_what_one_hears(tiny_en: WhisperTranscriber) -> None:
    jobs = [job(audio_ms, JobKind.AGENT_PARTIAL) for audio_ms in (600, 900, 1_200, 1_500)]
    alone = [tiny_en.transcribe(each, sound(each.ended_ms - each.started_ms)).text for each in jobs]
    with ThreadPoolExecutor(2) as pool:
        together = pool.map(lambda each: tiny_en.transcribe(each, sound(each.ended_ms - each.started_ms)).text, jobs)
    assert list(together) == alone


def test_a_real_model_can_be_exercised(tiny_en: WhisperTranscriber) -> None:
    effort = tiny_en.exercise(job(1_500), sound(1_500), 4)
    assert effort.window_ms == 5_000
    assert min(effort.encode_ms, effort.decode_ms, effort.align_ms) > 0
