import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from streams.errors import WrongModelError
from streams.features import MelCache
from streams.whisper_model import Encoded, StepwiseModel, _Ask, _clean, _shape, open_model

PROMPT = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"


@pytest.fixture(scope="module")
def model(tiny_en_dir: Path) -> StepwiseModel:
    return open_model(tiny_en_dir, "int8", 1)


@pytest.fixture(scope="module")
def encoded(model: StepwiseModel) -> Encoded:
    noise = (np.random.default_rng(5).standard_normal(48_000) * 0.1).astype(np.float32)
    return model.encode(MelCache().window(0, noise, 500))


@pytest.fixture
def asked(model: StepwiseModel, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What CTranslate2 was asked to generate."""
    calls: list[dict[str, Any]] = []
    inner = model._model.model

    class Spy:
        def generate(self, features: Any, prompts: Any, **options: Any) -> Any:
            calls.append({"prompt": prompts[0], **options})
            return inner.generate(features, prompts, **options)

    monkeypatch.setattr(model._model, "model", Spy())
    return calls


def test_the_encoder_takes_a_short_window(encoded: Encoded) -> None:
    assert list(encoded.shape) == [1, 250, 384]


@pytest.mark.parametrize("prompt", ["", PROMPT])
@pytest.mark.parametrize("cap", [1, 5, 40])
def test_new_tokens_get_all_the_room_they_were_given(
    model: StepwiseModel, encoded: Encoded, prompt: str, cap: int
) -> None:
    # With the library's halved maximum a decode would stop early and the cap would not be seen to be hit.
    assert model.generate(encoded, "en", prompt, cap, beam=1).cap_hit


def test_a_decode_is_one_pass_at_temperature_zero_without_timestamps(
    model: StepwiseModel, encoded: Encoded, asked: list[dict[str, Any]]
) -> None:
    said = model.generate(encoded, "en", "", 6, beam=3)
    (request,) = asked
    assert request["beam_size"] == 3
    # CTranslate2 samples only where asked to choose among several; its own default is the one likeliest.
    assert "sampling_topk" not in request
    tokenizer = model._tokenizer("en")
    assert request["prompt"] == [tokenizer.sot, tokenizer.no_timestamps]
    assert np.isfinite(said.mean_logprob)
    assert 0.0 <= said.no_speech <= 1.0


def test_what_was_said_before_stands_before_the_start_of_the_transcript(
    model: StepwiseModel, encoded: Encoded, asked: list[dict[str, Any]]
) -> None:
    model.generate(encoded, "en", "so it is", 4, beam=1)
    tokenizer = model._tokenizer("en")
    before = asked[0]["prompt"][: asked[0]["prompt"].index(tokenizer.sot)]
    assert before == [tokenizer.sot_prev, *tokenizer.encode(" so it is")]


def test_a_long_prompt_keeps_its_end(model: StepwiseModel, encoded: Encoded, asked: list[dict[str, Any]]) -> None:
    model.generate(encoded, "en", PROMPT * 4, 203, beam=1)
    tokenizer = model._tokenizer("en")
    assert asked[0]["prompt"][1:65] == tokenizer.encode(PROMPT * 4)[-64:]
    assert asked[0]["max_length"] <= 448


def test_the_tokens_that_faster_whisper_suppresses_never_come(
    model: StepwiseModel, encoded: Encoded, asked: list[dict[str, Any]]
) -> None:
    said = model.generate(encoded, "en", "", 30, beam=1)
    tokenizer = model._tokenizer("en")
    suppressed = set(asked[0]["suppress_tokens"])
    assert {*tokenizer.non_speech_tokens, tokenizer.sot, tokenizer.sot_prev, tokenizer.no_speech} <= suppressed
    assert tokenizer.eot not in suppressed
    assert not suppressed & set(said.tokens)


def test_forced_steps_cannot_end_early(model: StepwiseModel, encoded: Encoded, asked: list[dict[str, Any]]) -> None:
    tokens = model.force(encoded, "en", "", 12, beam=1)
    assert model._tokenizer("en").eot in asked[0]["suppress_tokens"]
    # Timestamps may be drawn by a model without training; they are no text.
    assert 8 <= len(tokens) <= 12


def test_words_are_aligned_within_the_sound(model: StepwiseModel, encoded: Encoded) -> None:
    tokens = model._tokenizer("en").encode(" well, hello there!")
    words = model.align(encoded, "en", tokens, 300)
    assert [word.text for word in words] == ["well,", "hello", "there!"]
    assert all(0.0 <= word.start_s <= word.end_s <= 3.0 for word in words)
    assert all(0.0 <= word.p <= 1.0 for word in words)


def test_nothing_to_align_is_no_words(model: StepwiseModel, encoded: Encoded) -> None:
    assert model.align(encoded, "en", [], 300) == ()


def test_a_multilingual_model_says_what_language_it_hears(tiny_dir: Path) -> None:
    model = open_model(tiny_dir, "int8", 1)
    assert model.multilingual
    language, p = model.language(model.encode(np.zeros((80, 500), np.float32)))
    assert language in model.languages
    assert 0.0 < p < 1.0


@pytest.mark.parametrize(
    ("text", "left"),
    [(" Hello. ", "Hello."), ("caf\ufffd", "caf"), ("...", ""), (" !? ", ""), ("\ufffd", ""), ("7", "7")],
)
def test_broken_characters_and_bare_punctuation_are_no_text(text: str, left: str) -> None:
    assert _clean(text) == left


def test_a_score_that_is_no_number_is_a_very_unlikely_text(
    model: StepwiseModel, encoded: Encoded, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Result:
        sequences_ids = ((100,),)
        scores = (float("nan"),)
        no_speech_prob = 0.5

    monkeypatch.setattr(model, "_run", lambda *_, speech: Result())
    assert model.generate(encoded, "en", "", 6, beam=1).mean_logprob == -100.0


def test_texts_decoded_together_are_those_decoded_alone(tiny_en_dir: Path) -> None:
    model = open_model(tiny_en_dir, "int8", 1, batching=True)
    noise = (np.random.default_rng(6).standard_normal((3, 48_000)) * 0.1).astype(np.float32)
    heard = [model.encode(MelCache().window(0, one, 500)) for one in noise]
    suppressed = model._suppressed
    asks = [_Ask(each, [50257, 50362], cap, 1, suppressed, True) for each, cap in zip(heard, (6, 9, 12), strict=True)]
    assert len({_shape(ask) for ask in asks}) == 1
    together = model._decode(asks)
    for ask, result in zip(asks, together, strict=True):
        (alone,) = model._decode([ask])
        assert result.sequences_ids[0][: ask.cap] == alone.sequences_ids[0][: ask.cap]
        assert result.no_speech_prob == pytest.approx(alone.no_speech_prob, rel=1e-3)


def test_a_model_that_batches_answers_many_threads_as_one_that_does_not(
    model: StepwiseModel, tiny_en_dir: Path
) -> None:
    batching = open_model(tiny_en_dir, "int8", 1, batching=True)
    noise = (np.random.default_rng(7).standard_normal((6, 48_000)) * 0.1).astype(np.float32)
    heard = [batching.encode(MelCache().window(0, one, 500)) for one in noise]
    with ThreadPoolExecutor(6) as threads:
        said = list(threads.map(lambda each: batching.force(each, "en", "", 8, 1), heard))
    assert said == [model.force(each, "en", "", 8, 1) for each in heard]


def test_only_texts_of_one_window_prompt_length_and_effort_go_together(encoded: Encoded) -> None:
    ask = _Ask(encoded, [1, 2], 6, 1, (3,), True)
    assert _shape(ask) == _shape(ask._replace(start=[4, 5], cap=9))
    others = (ask._replace(start=[1]), ask._replace(beam=3), ask._replace(suppressed=()), ask._replace(speech=False))
    assert _shape(ask) not in map(_shape, others)


def test_a_directory_that_is_no_model_says_which_file_is_missing(tmp_path: Path, tiny_en_dir: Path) -> None:
    for name in ("model.bin", "config.json", "vocabulary.json"):
        shutil.copy(tiny_en_dir / name, tmp_path)
    with pytest.raises(WrongModelError, match=r"not a converted Whisper model: tokenizer\.json missing"):
        open_model(tmp_path, "int8", 1)


@pytest.mark.parametrize("broken", ["model.bin", "tokenizer.json", "vocabulary.json"])
def test_a_file_that_is_broken_is_one_clear_line(tmp_path: Path, tiny_en_dir: Path, broken: str) -> None:
    for file in tiny_en_dir.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / broken).unlink()
    (tmp_path / broken).write_bytes(b"{ not a model\n")
    with pytest.raises(WrongModelError, match="cannot be loaded as a Whisper model") as caught:
        open_model(tmp_path, "int8", 1)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("other", ["tokenizer.json", "vocabulary.json"])
def test_files_of_different_models_are_one_clear_line(
    tmp_path: Path, tiny_en_dir: Path, tiny_dir: Path, other: str
) -> None:
    for file in tiny_en_dir.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / other).unlink()
    if other == "tokenizer.json":
        (tmp_path / other).symlink_to(tiny_dir / other)
    else:
        (tmp_path / other).write_text("[]")
    with pytest.raises(WrongModelError, match="files may be of different models") as caught:
        open_model(tmp_path, "int8", 1)
    assert "\n" not in str(caught.value)
