import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.engine import DecodeJob, JobKind, Samples
from streams.errors import RecogniserError
from streams.events import Word
from streams.oracle import OracleTranscriber, wrong_word
from streams.reference import ReferenceTranscriber
from streams.whisper import Effort

SILENCE: Samples = np.zeros(0, np.float32)
SPOKEN = [Word(f"word{number}", number * 300, number * 300 + 250) for number in range(400)]


class Treadmill:
    """Does no work, and remembers how much was asked for."""

    def __init__(self, failure: RecogniserError | None = None) -> None:
        self.tokens: list[int] = []
        self._failure = failure

    def exercise(self, job: DecodeJob, samples: Samples, tokens: int) -> Effort:
        if self._failure:
            raise self._failure
        self.tokens.append(tokens)
        return Effort(10_000, 30.0, 50.0, 10.0)


def job(ended_ms: int, kind: JobKind = JobKind.FINAL, utterance: int = 0, started_ms: int = 0) -> DecodeJob:
    return DecodeJob(
        call_id="c1",
        channel="agent",
        utterance=utterance,
        kind=kind,
        started_ms=started_ms,
        ended_ms=ended_ms,
        requested_ms=ended_ms,
    )


def oracle(treadmill: Treadmill, seed: int = 0) -> OracleTranscriber:
    return OracleTranscriber(treadmill, ReferenceTranscriber({"agent": SPOKEN}), seed)


def test_a_final_has_the_true_words_and_the_models_effort() -> None:
    treadmill = Treadmill()
    heard = oracle(treadmill).transcribe(job(3_000), SILENCE)
    assert heard.text == " ".join(word.text for word in SPOKEN[:10])
    assert (heard.window_ms, heard.encode_ms, heard.decode_ms, heard.align_ms) == (10_000, 30.0, 50.0, 10.0)
    assert treadmill.tokens == [13]


def test_a_brief_decode_has_the_words_alone() -> None:
    brief = msgspec.structs.replace(job(3_000, JobKind.AGENT_PARTIAL), brief=True, spoken=True)
    whole = msgspec.structs.replace(brief, brief=False, spoken=False)
    heard = oracle(Treadmill()).transcribe(brief, SILENCE)
    assert heard.text == oracle(Treadmill()).transcribe(whole, SILENCE).text
    assert (heard.words, heard.no_speech, heard.align_p) == ((), 0.0, 1.0)


def test_the_figures_are_those_of_a_trained_model() -> None:
    heard = oracle(Treadmill()).transcribe(job(3_000), SILENCE)
    assert -1.0 < heard.mean_logprob < 0.0
    assert heard.no_speech < 0.5
    assert 0.6 < heard.align_p < 1.0
    assert all(word.p < 1.0 for word in heard.words)


def test_where_nothing_was_said_nothing_is_heard() -> None:
    treadmill = Treadmill()
    heard = OracleTranscriber(treadmill, ReferenceTranscriber({}), 0).transcribe(job(3_000), SILENCE)
    assert (heard.text, heard.words) == ("", ())
    assert heard.no_speech > 0.6
    assert treadmill.tokens == [0]


def partials(seed: int) -> list[tuple[Word, ...]]:
    ears = oracle(Treadmill(), seed)
    ends = range(300, 120_000, 300)
    return [ears.transcribe(job(end_ms, JobKind.AGENT_PARTIAL), SILENCE).words for end_ms in ends]


def test_the_last_word_of_one_partial_in_four_is_wrong_and_unlikely() -> None:
    heard = partials(seed=1)
    for words in heard:
        assert [word.text for word in words[:-1]] == [word.text for word in SPOKEN[: len(words) - 1]]
    wrong = [words[-1] for words in heard if words[-1].text != SPOKEN[len(words) - 1].text]
    assert 0.2 < len(wrong) / len(heard) < 0.3
    assert all(word.p < 0.5 for word in wrong)


def test_a_seed_repeats_its_errors_and_another_makes_others() -> None:
    assert partials(seed=1) == partials(seed=1)
    assert partials(seed=1) != partials(seed=2)


def test_a_failing_model_fails_the_job() -> None:
    with pytest.raises(RecogniserError):
        oracle(Treadmill(RecogniserError("no"))).transcribe(job(3_000), SILENCE)


@given(st.text(min_size=1, max_size=12))
def test_a_wrong_word_is_another_word(text: str) -> None:
    assert wrong_word(text) != text
    assert wrong_word(text)


def test_words_without_times_are_still_speech() -> None:
    brief = msgspec.structs.replace(job(3_000, JobKind.AGENT_PARTIAL), brief=True)
    assert 0.0 < oracle(Treadmill()).transcribe(brief, SILENCE).no_speech < 0.5
