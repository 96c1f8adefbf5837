import numpy as np
import pytest

from sidecar.bench import stock
from sidecar.bench.conversation import Conversation
from sidecar.bench.engines import Subject
from sidecar.bench.watch import Stopwatch


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


class Segment:
    def __init__(self, words):
        self.words = [Spoken(*word) for word in words]
        self.end = self.words[-1].end


class Spoken:
    def __init__(self, word, start, end):
        self.word, self.start, self.end = word, start, end


class Model:
    """Hears the same two sentences, as far as the sound reaches."""

    def __init__(self):
        self.asked = []
        self.hf_tokenizer = self
        self.ids = [1, 2, 3]

    def token_to_id(self, token):
        return 50_256

    def encode(self, text):
        return self

    def transcribe(self, audio, **asked):
        self.asked.append(asked)
        sentences = [[(" One.", 0.1, 0.5)], [(" Two", 1.0, 1.4), (" three.", 1.5, 1.9)]]
        return [Segment(words) for words in sentences if words[-1][2] <= len(audio) / 16_000], None


def test_trained_weights_say_their_own_words():
    clock, model = Clock(), Model()
    listener = stock._Listener(model, "customer", np.zeros(48_000, np.float32), None)
    watch = Stopwatch(clock)
    for heard in (4_000, 16_000, 32_000, 48_000):
        clock.now_s = heard / 16_000 + 0.3
        listener.listen(heard, watch)
    assert listener.passes == 3
    finals = [(one.at_ms, one.event.text) for one in listener.stamped if hasattr(one.event, "text")]
    assert finals == [(pytest.approx(2300), "One."), (pytest.approx(3300), "Two three.")]
    assert all(asked["temperature"] == 0.0 for asked in model.asked)


def test_random_weights_say_the_oracles_words_and_do_as_many_steps(kit):
    model = Model()
    words = kit.words(("Well.", 100, 500), ("so", 600, 900), ("what", 2000, 2500))
    listener = stock._Listener(model, "customer", np.zeros(48_000, np.float32), words)
    found = listener.decode(16_000)
    assert [word.text for word in found.words][:1] == ["Well."]
    assert len(found.words) == 2
    assert found.segment_ends_ms == [500, 900]
    # Two words are three tokens, two segments four timestamps, the end takes a step; CTranslate2 grants half of all.
    assert model.asked[0]["max_new_tokens"] == 2 * 8 - 2
    assert model.asked[0]["suppress_tokens"] == [-1, 50_256]


def test_a_whole_conversation_the_usual_way(tiny_en_dir):
    talk = Conversation(1_500)
    found, scored = stock.perform(Subject("tiny.en", tiny_en_dir, trained=False), talk, "int8")
    assert found.passes >= 2
    assert found.cpu_s_per_audio_s > 0
    assert len(scored.shown_ms) == found.word_shown_ms.count
