"""One side of a call, driven through the loop that owns it."""

import itertools

import numpy as np
import pytest

from streams.engine import JobKind, Transcription
from streams.errors import RecogniserError
from streams.events import Hypothesis, SpeechEnded, SpeechStarted, Utterance, Word
from streams.settings import EndpointSettings, LoopSettings

FINAL, SPECULATIVE, PARTIAL = JobKind.FINAL, JobKind.SPECULATIVE, JobKind.CUSTOMER_PARTIAL
ONE = [(1000, 3000)]


def listen(kit, spans, total_ms, engine=None, *, lag_ms=150, settings=None, finish=True):
    driver = kit.Driver(kit.loop(settings=settings), engine or kit.reader(kit.spoken(spans)), lag_ms)
    driver.play(kit.frames(kit.sound(spans, total_ms)))
    if finish:
        driver.finish(total_ms)
    return driver


def kinds(driver):
    return [job.kind for job in driver.jobs]


def says(text):
    """An engine that says the same of everything, its words at the beginning of the span."""

    def decode(job, samples):
        words = tuple(Word(word, job.started_ms, job.started_ms + 100, 0.9) for word in text.split())
        return Transcription(text=text, words=words)

    return decode


# --- the timing lane ------------------------------------------------------------------------------------------------


def test_speech_is_known_within_150_ms_and_needs_no_words(kit):
    driver = listen(kit, ONE, 4000, lambda job, samples: RecogniserError("no words today"))
    (began,), (ended,) = driver.of(SpeechStarted), driver.of(SpeechEnded)
    assert (began.started_ms, ended.started_ms, ended.ended_ms) == (992, 992, 3008)
    assert began.at_ms - 1000 <= 150
    assert ended.at_ms - 3000 <= 300


def test_a_pause_within_an_utterance_has_its_edges_all_the_same(kit):
    driver = listen(kit, [(1000, 2000), (2400, 3000)], 4000)
    assert len(driver.of(SpeechStarted)) == len(driver.of(SpeechEnded)) == 2
    assert len(driver.finals()) == 1


# --- finals ---------------------------------------------------------------------------------------------------------


def test_a_speculative_final_is_published_at_the_endpoint(kit):
    driver = listen(kit, ONE, 5000)
    assert [kind for kind in kinds(driver) if not kind.is_partial] == [SPECULATIVE]
    (final,) = driver.finals()
    assert (final.started_ms, final.ended_ms, final.utterance) == (992, 3008, 0)
    assert final.text == " ".join(word.text for word in kit.spoken(ONE))
    assert final.lag_ms == final.at_ms - 3008
    assert 480 <= final.lag_ms <= 520


def test_a_final_covers_pre_roll_and_tail(kit):
    driver = listen(kit, ONE, 5000)
    (job,) = [job for job in driver.jobs if job.kind is SPECULATIVE]
    assert (job.started_ms, job.ended_ms, job.attempt) == (992 - 240, 3008 + 200, 0)
    assert len(driver.loop.samples(job)) == (job.ended_ms - job.started_ms) * 16


def test_voice_that_goes_on_makes_the_speculation_void(kit):
    spans = [(1000, 2000), (2400, 3000)]
    driver = listen(kit, spans, 5000)
    whole = [job for job in driver.jobs if not job.kind.is_partial]
    assert [(job.started_ms, job.ended_ms) for job in whole] == [(752, 2216), (752, 3208)]
    (final,) = driver.finals()
    assert len(final.words) == len(kit.spoken(spans))


def test_a_sentence_that_is_over_ends_sooner_and_a_clause_that_is_not_ends_later(kit):
    lags = {}
    for text in ("it broke.", "it broke", "it broke and"):
        (final,) = listen(kit, ONE, 5000, says(text), lag_ms=10).finals()
        lags[text] = round(final.lag_ms, -2)
    assert lags == {"it broke.": 300, "it broke": 500, "it broke and": 900}


def test_the_endpoint_waits_for_words_that_are_on_their_way_but_not_for_ever(kit):
    (final,) = listen(kit, ONE, 5000, lag_ms=450).finals()
    assert 660 <= final.lag_ms <= 710
    driver = listen(kit, ONE, 6000, lag_ms=1500)
    assert kinds(driver)[-1] is FINAL
    assert driver.jobs[-1].requested_ms - 3008 <= 940
    assert len(driver.finals()) == 1


def test_short_noises_are_utterances_without_words_and_without_decodes(kit):
    driver = listen(kit, [(1000, 1200)], 3000)
    assert driver.jobs == []
    (final,) = driver.finals()
    assert (final.text, final.words, final.confidence) == ("", (), 0.0)


def test_the_end_of_the_call_closes_what_is_being_said(kit):
    driver = listen(kit, [(1000, 3000)], 3000)
    assert kinds(driver)[-1] is FINAL
    (ended,) = driver.of(SpeechEnded)
    assert ended.at_ms == 3000
    assert driver.finals()[0].text.endswith(kit.spoken(ONE)[-1].text)


def test_long_speech_is_cut_and_no_word_is_lost_or_doubled(kit):
    spans = [(1000, 33_000)]
    words = kit.spoken(spans)
    driver = listen(kit, spans, 34_500)
    finals = driver.finals()
    assert len(finals) >= 3
    assert [final.utterance for final in finals] == list(range(len(finals)))
    assert [word for final in finals for word in final.text.split()] == [word.text for word in words]
    assert all(final.ended_ms - final.started_ms <= 14_000 for final in finals)
    assert len(driver.of(SpeechStarted)) == len(driver.of(SpeechEnded)) == 1


def test_in_a_long_utterance_any_pause_will_do(kit):
    settings = LoopSettings(endpoint=EndpointSettings(longest_s=4, pause_ms=2000, hesitation_pause_ms=2000))
    driver = listen(kit, [(500, 3500)], 6500, settings=settings)
    assert driver.finals()[0].at_ms < 4000


def test_a_failed_gate_is_tried_once_more_and_then_given_up(kit):
    driver = listen(kit, ONE, 5000, lambda job, samples: Transcription(text="it it it", compression=9.0))
    whole = [job for job in driver.jobs if not job.kind.is_partial]
    assert [(job.kind, job.attempt) for job in whole] == [(SPECULATIVE, 0), (FINAL, 1)]
    assert [final.text for final in driver.finals()] == [""]
    assert driver.of(Hypothesis) == []


def test_a_recogniser_that_breaks_costs_one_retry(kit):
    words = kit.reader(kit.spoken(ONE))
    driver = listen(kit, ONE, 5000, lambda job, s: words(job, s) if job.attempt else RecogniserError("broke"))
    assert driver.finals()[0].text
    # The same where the final was asked for without speculation.
    driver = kit.Driver(kit.loop(), lambda job, s: words(job, s) if job.attempt else RecogniserError("broke"))
    driver.loop.degrade(3, 9, 0)
    driver.play(kit.frames(kit.sound(ONE, 5000)))
    driver.finish(5000)
    assert [(job.kind, job.attempt) for job in driver.jobs if not job.kind.is_partial] == [(FINAL, 0), (FINAL, 1)]
    assert driver.finals()[0].text


def test_late_and_repeated_outcomes_change_nothing(kit):
    driver = listen(kit, ONE, 5000)
    before = len(driver.events)
    for job in driver.jobs:
        driver.take(driver.loop.decoded(job, Transcription(text="again"), 6000))
    assert [event for event in driver.events[before:] if isinstance(event, Utterance | Hypothesis)] == []


def test_the_outcome_of_the_speculation_serves_after_the_endpoint(kit):
    driver = kit.Driver(kit.loop(), kit.reader(kit.spoken(ONE)), lag_ms=10_000)
    driver.play(kit.frames(kit.sound(ONE, 5000)))
    speculative, final = [job for job in driver.jobs if not job.kind.is_partial]
    assert (speculative.started_ms, speculative.ended_ms) == (final.started_ms, final.ended_ms)
    partial = driver.jobs[0]
    assert driver.loop.decoded(partial, Transcription(text="wa"), 5010).events == ()
    stale = Transcription(text="wrong span")
    assert driver.loop.decoded(_moved(speculative), stale, 5020).events == ()
    (said,) = driver.loop.decoded(speculative, Transcription(text="it broke"), 5050).events
    assert said.text == "it broke"
    assert driver.loop.decoded(final, Transcription(text="late"), 5100).events == ()


def _moved(job):
    return type(job)(**{name: getattr(job, name) for name in job.__struct_fields__} | {"ended_ms": job.ended_ms - 32})


def test_finals_come_in_order_whatever_the_order_of_their_decodes(kit):
    spans = [(1000, 2000), (4000, 5000)]
    driver = kit.Driver(kit.loop(), kit.reader(kit.spoken(spans)), lag_ms=100_000)
    driver.play(kit.frames(kit.sound(spans, 6500)))
    first, second = [job for job in driver.jobs if job.kind is FINAL]
    assert driver.loop.decoded(second, Transcription(text="two"), 6600).events == ()
    said = driver.loop.decoded(first, Transcription(text="one"), 6700).events
    assert [(event.utterance, event.text) for event in said] == [(0, "one"), (1, "two")]


def test_the_sound_of_an_outstanding_final_outlives_the_ring(kit):
    driver = kit.Driver(kit.loop(), kit.reader(()), lag_ms=1_000_000)
    driver.play(kit.frames(kit.sound([(500, 1500)], 70_000), sizes=[16_000]))
    (job,) = [job for job in driver.jobs if job.kind is FINAL]
    assert np.abs(driver.loop.samples(job)).max() > 0.2
    with pytest.raises(LookupError):
        driver.loop.samples(driver.jobs[0])


# --- hypotheses -----------------------------------------------------------------------------------------------------


def test_partials_follow_the_voice_and_settle_word_by_word(kit):
    driver = listen(kit, ONE, 5000)
    shown = driver.of(Hypothesis)
    assert len(shown) >= 4
    for before, after in itertools.pairwise(shown):
        assert after.stable.startswith(before.stable)
    assert all(event.lag_ms >= 150 for event in shown)
    assert shown[0].at_ms < 1600
    partials = [job for job in driver.jobs if job.kind is PARTIAL]
    assert all(after.ended_ms - before.ended_ms >= 350 for before, after in itertools.pairwise(partials))


def test_nothing_new_to_show_is_no_event(kit):
    driver = listen(kit, ONE, 5000, lambda job, samples: Transcription(text="", decode_ms=1.0))
    assert driver.of(Hypothesis) == []
    assert driver.finals()[0].text == ""


def test_a_failed_partial_is_no_event(kit):
    words = kit.reader(kit.spoken(ONE))
    driver = listen(kit, ONE, 5000, lambda job, s: RecogniserError("x") if job.kind.is_partial else words(job, s))
    assert len(driver.of(Hypothesis)) <= 1
    assert len([job for job in driver.jobs if job.kind.is_partial]) >= 4


def test_the_span_of_a_partial_stays_bounded_in_a_monologue(kit):
    driver = listen(kit, [(1000, 61_000)], 62_500)
    partials = [job for job in driver.jobs if job.kind is PARTIAL]
    assert max(job.ended_ms - job.started_ms for job in partials) <= 10_000 - 1_300
    assert any(job.brief for job in partials)
    # That there is speech at all is asked until words were heard, and not again.
    first = [job for job in partials if job.utterance == 0]
    assert [job.spoken for job in first] == sorted(job.spoken for job in first)
    assert not first[0].spoken
    assert first[-1].spoken
    assert not any(job.prompt for job in partials)
    # Behind a forced cut the final knows what the same breath said before it.
    finals = [job for job in driver.jobs if job.kind is FINAL]
    assert not finals[0].prompt
    assert all(job.prompt for job in finals[1:])
    # Between two cuts the stable words never retract.
    for number in {event.utterance for event in driver.of(Hypothesis)}:
        shown = [event for event in driver.of(Hypothesis) if event.utterance == number]
        for before, after in itertools.pairwise(shown):
            assert after.stable.startswith(before.stable)


def test_there_is_no_speculation_when_far_behind(kit):
    driver = kit.Driver(kit.loop(), kit.reader(kit.spoken(ONE)))
    driver.loop.degrade(4, 9, 0)
    driver.play(kit.frames(kit.sound(ONE, 5000)))
    driver.finish(5000)
    assert kinds(driver) == [FINAL]
    assert driver.finals()[0].text


# --- sources that fall silent ---------------------------------------------------------------------------------------


def stalled(kit, spans=((1000, 1500),), until_ms=1500):
    driver = listen(kit, spans, until_ms, finish=False)
    for at_ms in range(until_ms, until_ms + 3000, 100):
        driver.until(at_ms)
        driver.take(driver.loop.advance(at_ms))
    return driver


def test_a_source_that_sends_nothing_comes_to_its_endpoint(kit):
    driver = stalled(kit)
    (ended,), (final,) = driver.of(SpeechEnded), driver.finals()
    assert ended.ended_ms == 1472
    assert final.at_ms <= 2500
    assert driver.loop.idle


def test_a_source_that_stops_at_a_mere_stirring(kit):
    driver = stalled(kit, [(1000, 1400), (1472, 1500)])
    assert len(driver.finals()) == 1
    driver = stalled(kit, [(1472, 1500)])
    assert driver.events == []


def test_sound_that_comes_late_is_heard_all_the_same(kit):
    spans = [(1000, 1500), (1500, 2500)]
    pcm = kit.sound(spans, 4000)
    driver = kit.Driver(kit.loop(), kit.reader(kit.spoken(spans)))
    packets = list(kit.frames(pcm))
    driver.play(packets[:75])
    driver.take(driver.loop.advance(3500))
    driver.play(packets[75:])
    driver.finish(4500)
    finals = driver.finals()
    assert len(finals) == 2
    assert finals[1].started_ms <= 1536
    assert [w for final in finals for w in final.text.split()] == [word.text for word in kit.spoken(spans)]


def test_lost_sound_parts_what_was_said_before_from_what_comes_after(kit):
    pcm = kit.sound([(0, 2000)], 2000)
    driver = kit.Driver(kit.loop(), kit.reader(kit.spoken([(0, 2000), (5000, 7000)])))
    driver.play(kit.frames(pcm))
    driver.take(driver.loop.lost("customer", 3000, 5000))
    assert len(driver.of(SpeechEnded)) == 1
    driver.play(kit.frames(pcm, started_ms=5000))
    driver.finish(7000)
    assert [(f.started_ms, f.ended_ms) for f in driver.finals()] == [(0, 1984), (4992, 7008)]


def test_a_short_loss_parts_nothing(kit):
    driver = listen(kit, [(0, 2000)], 2000, finish=False)
    assert driver.loop.lost("customer", 60, 2000).events == ()


def test_a_reset_closes_what_is_being_said(kit):
    driver = listen(kit, [(1000, 2000)], 2000, finish=False)
    driver.take(driver.loop.reset("customer"))
    assert kinds(driver)[-1] is FINAL
    driver.take(driver.loop.reset("customer"))
    driver.until(10_000)
    assert driver.loop.idle
    assert len(driver.finals()) == 1


def test_the_side_that_speaks_hurries_the_one_that_paused(kit):
    driver = kit.Driver(kit.loop(("agent", "customer")), kit.reader(kit.spoken(ONE)), lag_ms=1000)
    driver.play(
        kit.frames(kit.sound([(2900, 4500)], 5000), channel="agent"),
        kit.frames(kit.sound(ONE, 5000), channel="customer"),
    )
    final = next(job for job in driver.jobs if job.kind is FINAL)
    assert 3300 <= final.requested_ms <= 3360
