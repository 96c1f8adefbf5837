import numpy as np
import pytest

from sidecar.bench.conversation import Conversation
from sidecar.bench.engines import Engine, Subject, subject
from streams.engine import Transcription
from streams.errors import ModelError
from streams.whisper import Effort


class Model:
    def exercise(self, job, samples, tokens):
        return Effort(10_000, 1.0, 2.0, 3.0)

    def transcribe(self, job, samples):
        return Transcription(text="its own words")


def test_a_model_that_is_here_is_real(tiny_en_dir, tmp_path):
    with subject(str(tiny_en_dir), tmp_path) as found:
        assert found.trained
        assert found.about.startswith("real weights of")


def test_a_model_that_is_not_here_gets_random_weights_for_a_while(tmp_path):
    with subject("tiny.en", tmp_path) as made:
        assert not made.trained
        assert (made.directory / "model.bin").is_file()
        assert made.about.startswith("random weights of tiny.en's dimensions")
    assert not made.directory.exists()


def test_what_has_neither_weights_nor_size_is_refused(tmp_path):
    with (
        pytest.raises(ModelError, match=r"large-v3-turbo is not on this machine; .* tiny\.en"),
        subject("large-v3-turbo", tmp_path),
    ):
        pass


@pytest.mark.parametrize(("trained", "text"), [(True, "its own words"), (False, None)])
def test_random_weights_say_the_words_of_their_call(kit, tmp_path, trained, text):
    talk = Conversation(30_000)
    engine = Engine(Model(), Subject("tiny.en", tmp_path, trained))
    engine.expect({"c": talk})
    heard = engine.transcribe(kit.job(requested_ms=30_000), np.zeros(16, np.float32))
    assert heard.text == (text or " ".join(word.text for word in talk.words["customer"]))
