import json
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
from faster_whisper.tokenizer import Tokenizer
from tokenizers import Tokenizer as TokenizerFile

from streams.random_vocabulary import LANGUAGES, Vocabulary
from streams.random_weights import SIZES, build


def test_an_english_model_has_the_true_vocabulary(tiny_en_dir: Path) -> None:
    tokenizer = Tokenizer(TokenizerFile.from_file(str(tiny_en_dir / "tokenizer.json")), multilingual=False)
    assert tokenizer.tokenizer.get_vocab_size() == 51_864
    assert (tokenizer.eot, tokenizer.sot, tokenizer.sot_prev) == (50_256, 50_257, 50_360)
    assert (tokenizer.no_speech, tokenizer.no_timestamps) == (50_361, 50_362)
    model = ctranslate2.models.Whisper(str(tiny_en_dir), compute_type="int8")
    assert not model.is_multilingual
    assert model.n_mels == 80


def test_a_multilingual_model_has_the_true_vocabulary(tiny_dir: Path) -> None:
    tokenizer = Tokenizer(
        TokenizerFile.from_file(str(tiny_dir / "tokenizer.json")), multilingual=True, task="transcribe", language="de"
    )
    assert tokenizer.tokenizer.get_vocab_size() == 51_865
    assert (tokenizer.eot, tokenizer.sot, tokenizer.no_timestamps) == (50_257, 50_258, 50_363)
    assert len(tokenizer.sot_sequence) == 3
    model = ctranslate2.models.Whisper(str(tiny_dir), compute_type="int8")
    assert model.is_multilingual
    assert model.num_languages == 99


@pytest.mark.parametrize("text", [" hello, there", " Straße für 3 Äpfel!", " 你好", ' "quoted" -- (like this)'])
def test_text_comes_back_from_the_tokenizer_as_it_went_in(tiny_en_dir: Path, text: str) -> None:
    tokenizer = Tokenizer(TokenizerFile.from_file(str(tiny_en_dir / "tokenizer.json")), multilingual=False)
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_every_token_stands_once_and_languages_have_their_numbers() -> None:
    for multilingual, size in ((False, 51_864), (True, 51_865)):
        vocabulary = Vocabulary(multilingual=multilingual)
        tokens = vocabulary.tokens
        assert len(tokens) == len(set(tokens)) == size
        assert [tokens[number] for number in vocabulary.language_ids] == [f"<|{code}|>" for code in LANGUAGES]
        assert len(LANGUAGES) == 99


def test_the_encoder_gives_finite_figures(tiny_en_dir: Path) -> None:
    model = ctranslate2.models.Whisper(str(tiny_en_dir), compute_type="int8")
    features = np.random.default_rng(0).standard_normal((1, 80, 500), np.float32)
    output = np.array(model.encode(ctranslate2.StorageView.from_array(features)))
    assert output.shape == (1, 250, 384)
    assert np.isfinite(output).all()


def test_a_seed_makes_the_same_model_again(tiny_en_dir: Path, tmp_path: Path) -> None:
    again = build(tmp_path, "tiny.en", seed=0)
    assert (again / "model.bin").read_bytes() == (tiny_en_dir / "model.bin").read_bytes()
    assert json.loads((again / "config.json").read_text())["lang_ids"]


def test_all_sizes_that_the_benchmark_names_are_known() -> None:
    assert {"tiny.en", "tiny", "base.en", "base", "small.en"} <= set(SIZES)
