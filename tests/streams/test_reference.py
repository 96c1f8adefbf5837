from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.engine import DecodeJob, JobKind, Samples
from streams.events import Channel, Word
from streams.reference import ReferenceTranscriber

SILENCE: Samples = np.zeros(0, np.float32)


def job(
    utterance: int,
    started_ms: int,
    ended_ms: int,
    kind: JobKind = JobKind.FINAL,
    channel: Channel = "agent",
    call_id: str = "c1",
) -> DecodeJob:
    return DecodeJob(
        call_id=call_id,
        channel=channel,
        utterance=utterance,
        kind=kind,
        started_ms=started_ms,
        ended_ms=ended_ms,
        requested_ms=ended_ms,
    )


def words(*spans: tuple[str, int, int]) -> list[Word]:
    return [Word(*span) for span in spans]


GREETING = words(("Good", 0, 200), ("morning,", 250, 600), ("this", 700, 850), ("is", 900, 1000), ("Ann.", 1100, 1500))


def engine() -> ReferenceTranscriber:
    return ReferenceTranscriber({"agent": GREETING, "customer": words(("Hello", 800, 1200))})


def test_a_partial_holds_the_words_wholly_said() -> None:
    heard = engine().transcribe(job(0, 0, 600, JobKind.AGENT_PARTIAL), SILENCE)
    assert heard.text == "Good morning,"
    assert heard.words == tuple(GREETING[:2])


def test_a_partial_that_begins_within_its_utterance_holds_only_its_own_span() -> None:
    heard = engine().transcribe(job(0, 650, 1010, JobKind.AGENT_PARTIAL), SILENCE)
    assert heard.text == "this is"


def test_a_final_takes_a_word_that_was_mostly_said_and_leaves_one_that_was_not() -> None:
    assert engine().transcribe(job(0, 0, 430), SILENCE).text == "Good morning,"
    assert engine().transcribe(job(0, 0, 420), SILENCE).text == "Good"


def test_the_sound_before_the_voice_does_not_repeat_the_words_of_the_utterance_before() -> None:
    ears = engine()
    assert ears.transcribe(job(0, 0, 620), SILENCE).text == "Good morning,"
    assert ears.transcribe(job(1, 300, 1010, JobKind.AGENT_PARTIAL), SILENCE).text == "this is"
    assert ears.transcribe(job(1, 300, 1600), SILENCE).text == "this is Ann."


def test_words_said_where_no_voice_was_found_come_with_the_next_utterance() -> None:
    ears = engine()
    assert ears.transcribe(job(0, 0, 210), SILENCE).text == "Good"
    assert ears.transcribe(job(1, 880, 1600), SILENCE).text == "morning, this is Ann."


def test_a_retry_and_a_speculative_final_give_the_same_words_again() -> None:
    ears = engine()
    for kind in (JobKind.SPECULATIVE, JobKind.FINAL, JobKind.FINAL):
        assert ears.transcribe(job(0, 0, 620, kind), SILENCE).text == "Good morning,"
    ears.transcribe(job(1, 700, 1600), SILENCE)
    assert ears.transcribe(job(0, 0, 620), SILENCE).text == "Good morning,"


def test_a_cut_before_the_end_of_a_speculative_final_gives_the_rest_to_the_next_utterance() -> None:
    ears = engine()
    assert ears.transcribe(job(0, 0, 1010, JobKind.SPECULATIVE), SILENCE).text == "Good morning, this is"
    assert ears.transcribe(job(0, 0, 650), SILENCE).text == "Good morning,"
    # The speculative one, late from a slow worker, takes nothing back.
    assert ears.transcribe(job(0, 0, 1010, JobKind.SPECULATIVE), SILENCE).text == "Good morning,"
    assert ears.transcribe(job(1, 650, 1600), SILENCE).text == "this is Ann."


def test_finals_that_overtake_each_other_still_share_the_words_out_once() -> None:
    ears = engine()
    later = ears.transcribe(job(1, 650, 1600), SILENCE).words
    earlier = ears.transcribe(job(0, 0, 620), SILENCE).words
    assert sorted(word.start_ms for word in earlier + later) == [word.start_ms for word in GREETING]


def test_sides_and_calls_do_not_share_words() -> None:
    ears = engine()
    ears.transcribe(job(0, 0, 2000), SILENCE)
    assert ears.transcribe(job(0, 0, 2000, channel="customer"), SILENCE).text == "Hello"
    assert ears.transcribe(job(0, 0, 2000, call_id="c2"), SILENCE).text == "Good morning, this is Ann."


def test_mixed_sound_has_the_words_of_both_sides() -> None:
    heard = engine().transcribe(job(0, 0, 2000, channel="mixed"), SILENCE)
    assert heard.text == "Good morning, this is Hello Ann."


def test_a_side_without_words_says_nothing() -> None:
    assert ReferenceTranscriber({"agent": GREETING}).transcribe(job(0, 0, 900, channel="customer"), SILENCE).text == ""


def test_a_long_call_keeps_only_the_last_utterances_in_mind() -> None:
    spoken = [Word(str(number), number * 100, number * 100 + 80) for number in range(60)]
    ears = ReferenceTranscriber({"agent": spoken})
    said = [ears.transcribe(job(n, n * 100, n * 100 + 90), SILENCE).text for n in range(60)]
    assert said == [word.text for word in spoken]
    # One so old that it is settled has nothing left to give, and takes nothing from the others.
    assert ears.transcribe(job(0, 0, 6000), SILENCE).text == ""
    assert ears.transcribe(job(59, 5900, 5990), SILENCE).text == "59"


@st.composite
def timed_words(draw: st.DrawFn) -> list[Word]:
    starts = draw(st.lists(st.integers(0, 20_000), max_size=40))
    return [
        Word(f"w{number}", start_ms, start_ms + draw(st.integers(0, 1_500))) for number, start_ms in enumerate(starts)
    ]


@given(timed_words(), st.lists(st.integers(0, 22_000), min_size=1, max_size=12), st.data())
def test_no_cut_loses_or_repeats_a_word(spoken: list[Word], edges: list[int], data: st.DataObject) -> None:
    ears = ReferenceTranscriber({"agent": spoken})
    ends = sorted(edges)
    said: list[Word] = []
    for utterance, (before_ms, ended_ms) in enumerate(pairwise([0, *ends])):
        # An utterance begins before, at or after the end of the one before it: pre-roll, forced cut, pause.
        started_ms = data.draw(st.integers(max(0, before_ms - 300), ended_ms))
        shown: tuple[Word, ...] = ()
        for at_ms in sorted(data.draw(st.lists(st.integers(started_ms, ended_ms), max_size=4))):
            grown = ears.transcribe(job(utterance, started_ms, at_ms, JobKind.AGENT_PARTIAL), SILENCE).words
            assert grown[: len(shown)] == shown
            shown = grown
        if data.draw(st.booleans()):
            early_ms = data.draw(st.integers(started_ms, ended_ms))
            ears.transcribe(job(utterance, started_ms, early_ms, JobKind.SPECULATIVE), SILENCE)
        final = ears.transcribe(job(utterance, started_ms, ended_ms), SILENCE).words
        assert set(shown) <= set(final)
        said.extend(final)
    due = [word for word in spoken if word.start_ms + word.end_ms <= 2 * ends[-1]]
    assert sorted(word.text for word in said) == sorted(word.text for word in due)


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_may_call_it_together(workers: int) -> None:
    spoken = [Word(str(number), number * 100, number * 100 + 80) for number in range(16)]
    ears = ReferenceTranscriber({"agent": spoken})
    with ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(lambda n: ears.transcribe(job(n, n * 100, n * 100 + 90), SILENCE).words, range(16)))
    assert sorted(word.start_ms for said in done for word in said) == [word.start_ms for word in spoken]
