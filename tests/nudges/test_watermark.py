from nudges.watermark import Watermark
from streams.events import Hypothesis, SpeechEnded, SpeechStarted, Utterance


def started(at: int) -> SpeechStarted:
    return SpeechStarted(call_id="c", at_ms=at, channel="agent", started_ms=at)


def ended(start: int, end: int) -> SpeechEnded:
    return SpeechEnded(call_id="c", at_ms=end, channel="agent", started_ms=start, ended_ms=end)


def words(start: int, end: int, text: str = "hello") -> Utterance:
    return Utterance(call_id="c", at_ms=end, channel="agent", utterance=0, started_ms=start, ended_ms=end, text=text)


def partial(start: int, until: int, stable: str) -> Hypothesis:
    return Hypothesis(
        call_id="c",
        at_ms=until,
        channel="agent",
        utterance=0,
        started_ms=start,
        stable=stable,
        tail="",
        stable_until_ms=until,
    )


def test_silence_is_known_up_to_now() -> None:
    mark = Watermark(500)

    assert mark.known_until(7000) == 7000
    assert mark.unheard is None
    assert not mark.speaking


def test_speech_without_words_is_unknown_from_its_start() -> None:
    mark = Watermark(500)
    mark.feed(started(1000))

    assert mark.speaking
    assert mark.known_until(5000) == 1000
    assert mark.unheard == (1000, None)

    mark.feed(ended(1000, 3000))

    assert not mark.speaking
    assert mark.known_until(5000) == 1000
    assert mark.unheard == (1000, 3000)


def test_stable_words_move_the_mark_and_uncertain_ones_do_not() -> None:
    mark = Watermark(500)
    mark.feed(started(1000))
    mark.feed(partial(1000, 1800, ""))
    assert mark.known_until(5000) == 1000

    mark.feed(partial(1000, 1800, "so i"))
    assert mark.known_until(5000) == 1800


def test_final_words_cover_their_speech_also_when_there_are_none() -> None:
    mark = Watermark(500)
    mark.feed(started(1000))
    mark.feed(ended(1000, 3000))
    mark.feed(words(1000, 2600, ""))

    assert mark.known_until(5000) == 5000


def test_a_long_turn_cut_in_two_is_known_up_to_the_cut() -> None:
    mark = Watermark(500)
    mark.feed(started(0))
    mark.feed(words(0, 14_000))

    assert mark.unheard == (14_000, None)
    assert mark.known_until(16_000) == 14_000

    mark.feed(ended(0, 20_000))
    assert mark.unheard == (14_000, 20_000)


def test_an_end_without_a_beginning_counts_as_speech() -> None:
    mark = Watermark(500)
    mark.feed(ended(1000, 3000))

    assert mark.known_until(5000) == 1000


def test_other_events_of_the_words_lane_do_not_end_speech() -> None:
    mark = Watermark(0)
    mark.feed(started(1000))
    mark.feed(words(0, 900))

    assert mark.known_until(2000) == 1000
