import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.endpoint import Heard
from streams.engine import Transcription
from streams.errors import RecogniserError
from streams.events import Word
from streams.utterances import Closed, FinalLine, PendingFinal, Span, Speaking, Speculation, utterance_event

GOOD = Transcription(text=" it broke ", words=(Word("it", 100, 200, 0.8), Word("broke", 250, 500, 0.6)))
DOUBTFUL = Transcription(text="it roke", mean_logprob=-1.2)
LOOP = Transcription(text="it it it it", compression=5.0)
SILENCE = Transcription(text="")
BROKEN = RecogniserError("broke")
FRAME = 512


def closed(number=0):
    return Closed(number, Span(1600, 16_000), Span(0, 19_200), 14_400)


def pending(number=0):
    return PendingFinal(closed(number), np.zeros(19_200, np.float32))


def test_spans_in_milliseconds():
    assert (Span(1600, 3200).started_ms, Span(1600, 3200).ended_ms) == (100, 200)


# --- while it is being said -----------------------------------------------------------------------------------------


def speak(utterance, pattern, *, start=0, db=-20.0):
    for n, voiced in enumerate(pattern):
        utterance.feed(Heard(start + n * FRAME, db if voiced == "v" else -80.0, voiced == "v"))
    return start + len(pattern) * FRAME


def test_voice_ends_with_the_last_voiced_frame():
    utterance = Speaking(0, 0, 0)
    heard_until = speak(utterance, "vvvv" + "." * 8)
    assert utterance.voice_end == 4 * FRAME
    assert utterance.voiced_samples == 4 * FRAME
    assert utterance.close(heard_until) == Closed(0, Span(0, 2048), Span(0, 2048 + 3200), 2048)


def test_a_final_never_reaches_beyond_what_was_heard():
    utterance = Speaking(0, 0, 0)
    heard_until = speak(utterance, "vvvv.")
    assert utterance.span(heard_until).end_sample == heard_until
    assert utterance.span(0).end_sample == utterance.voice_end


def test_text_is_complete_once_a_pass_reached_the_end_of_the_voice():
    utterance = Speaking(0, 0, 0)
    speak(utterance, "v" * 10)
    assert utterance.text_if_complete is None
    assert utterance.known_until_ms == 0
    utterance.tracker.feed((Word("no", 0, 300),), 0, 310)
    assert utterance.text_if_complete is None
    utterance.tracker.feed((Word("no", 0, 300),), 0, 520)
    assert utterance.text_if_complete == "no"
    assert utterance.known_until_ms == 320


def test_speculation_is_awaited_until_it_comes_or_the_voice_goes_on():
    utterance = Speaking(0, 0, 0)
    heard_until = speak(utterance, "v" * 10 + "." * 8)
    assert not utterance.awaits_speculation
    utterance.speculated = utterance.span(heard_until)
    assert utterance.awaits_speculation
    utterance.speculation = Speculation(Span(0, 5), GOOD)
    assert utterance.awaits_speculation
    utterance.speculation = Speculation(utterance.speculated, GOOD)
    assert not utterance.awaits_speculation
    utterance.speculation = None
    speak(utterance, "v", start=heard_until)
    assert not utterance.awaits_speculation


def test_a_long_utterance_is_cut_at_its_weakest_spot():
    utterance = Speaking(3, 0, 0)
    speak(utterance, "v" * 70 + "..." + "v" * 27)
    first, second = utterance.split()
    cut = 71 * FRAME + FRAME // 2
    assert first == Closed(3, Span(0, 70 * FRAME), Span(0, cut), 70 * FRAME)
    assert (second.number, second.sound_start, second.voice_start) == (4, cut, 73 * FRAME)
    assert second.voiced_samples == 27 * FRAME
    assert second.voice_end == 100 * FRAME


def test_a_cut_through_voice_leaves_nothing_out():
    utterance = Speaking(0, 0, 0)
    speak(utterance, "v" * 100)
    first, second = utterance.split()
    assert first.voice.end_sample == first.span.end_sample == second.sound_start == second.voice_start
    assert second.voice_end == 100 * FRAME
    assert first.voiced_samples + second.voiced_samples == 100 * FRAME


def test_a_cut_after_a_mere_beginning():
    utterance = Speaking(0, 0, 0)
    speak(utterance, "." * 40)
    first, second = utterance.split()
    assert first.voiced_samples == 0
    assert first.voice == Span(0, 0)
    assert second.voice_start == second.sound_start


# --- between its end and its words ----------------------------------------------------------------------------------


def test_a_good_decode_settles():
    final = pending()
    assert not final.take(0, GOOD)
    assert final.settled
    assert final.words is GOOD


def test_silence_settles_without_words():
    final = pending()
    assert not final.take(0, SILENCE)
    assert final.settled
    assert final.words is None


@pytest.mark.parametrize("failure", [DOUBTFUL, LOOP, BROKEN])
def test_a_failure_is_tried_once_more(failure):
    final = pending()
    assert final.take(0, failure)
    assert not final.settled
    assert not final.take(1, GOOD)
    assert final.words is GOOD


def test_a_second_failure_ends_with_the_likeliest_words():
    final = pending()
    final.take(0, DOUBTFUL)
    final.take(1, LOOP)
    assert final.settled
    assert final.words is DOUBTFUL


@pytest.mark.parametrize("failure", [LOOP, BROKEN])
def test_a_second_failure_without_words_ends_empty(failure):
    final = pending()
    final.take(0, failure)
    final.take(1, failure)
    assert final.settled
    assert final.words is None


def test_repeated_outcomes_change_nothing():
    final = pending()
    assert final.take(0, BROKEN)
    assert not final.take(0, BROKEN)
    assert not final.settled
    final.take(1, GOOD)
    assert not final.take(0, BROKEN)
    assert not final.take(1, LOOP)
    final.settle(None)
    assert final.words is GOOD


def test_the_sound_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        pending().samples[0] = 1.0


@given(
    st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from([GOOD, DOUBTFUL, LOOP, SILENCE, BROKEN])), max_size=8)
)
def test_every_final_is_settled_by_its_retry_at_the_latest(outcomes):
    final = pending()
    retries = sum(final.take(attempt, result) for attempt, result in outcomes)
    assert retries <= 1
    assert final.settled or not any(attempt == 1 for attempt, _ in outcomes)
    if not final.settled:
        assert bool(outcomes) == bool(retries)
        final.take(1, BROKEN)
        assert final.settled


# --- the line of finals ---------------------------------------------------------------------------------------------


def test_finals_come_out_in_the_order_in_which_they_were_said():
    line = FinalLine()
    assert line.oldest_ended_ms() is None
    first, second = pending(0), pending(1)
    line.add(first)
    line.add(second)
    assert len(line) == 2
    assert line.get(1) is second
    assert line.get(2) is None
    assert line.oldest_ended_ms() == 1000
    second.take(0, GOOD)
    assert list(line.ready()) == []
    first.take(0, SILENCE)
    assert list(line.ready()) == [first, second]
    assert list(line.ready()) == []


# --- what is said of it ---------------------------------------------------------------------------------------------


def test_an_utterance_says_when_it_was_said_and_how_late_it_is():
    final = pending(5)
    final.take(0, GOOD)
    event = utterance_event("c", "customer", final, at_ms=1400)
    assert (event.utterance, event.started_ms, event.ended_ms, event.lag_ms) == (5, 100, 1000, 400)
    assert event.text == "it broke"
    assert event.words == GOOD.words
    assert event.confidence == pytest.approx(0.7)


def test_an_utterance_without_words():
    final = pending()
    final.settle(None)
    event = utterance_event("c", "customer", final, at_ms=1400)
    assert (event.text, event.words, event.confidence) == ("", (), 0.0)


@given(st.lists(st.tuples(st.integers(-500, 3000), st.integers(-500, 3000)), max_size=8))
def test_word_times_lie_inside_the_utterance_and_in_order(times):
    final = pending()
    words = tuple(Word("w", start_ms, end_ms) for start_ms, end_ms in times)
    final.settle(Transcription(text="w " * len(words), words=words))
    event = utterance_event("c", "customer", final, at_ms=1400)
    starts = [word.start_ms for word in event.words]
    assert starts == sorted(starts)
    assert all(0 <= word.start_ms <= word.end_ms <= 1200 for word in event.words)
