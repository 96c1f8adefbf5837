import pytest

from nudges.rulepack import Pack
from nudges.signals import Replied, Signal, TalkedOver
from nudges.timing import Timing
from streams.events import (
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallEnded,
    Event,
    Hold,
    Muted,
    Resumed,
    SpeechEnded,
    SpeechStarted,
)
from tests.nudges.saying import ends, starts


@pytest.fixture
def timing(pack: Pack) -> Timing:
    return Timing(pack.timing)


def run(timing: Timing, *events: Event, until_ms: int = 0) -> list[tuple[int, Signal]]:
    """What came of the events, with the moment of each; deadlines are met as the coach meets them."""
    found: list[tuple[int, Signal]] = []
    now_ms = 0

    def work_off(end_ms: int) -> None:
        nonlocal now_ms
        while (due_ms := timing.wake_ms(now_ms)) is not None and due_ms <= end_ms:
            now_ms = due_ms
            found.extend((now_ms, signal) for signal in timing.advance(now_ms))

    for event in events:
        work_off(event.at_ms)
        now_ms = event.at_ms
        timing.feed(event)
        found.extend((now_ms, signal) for signal in timing.advance(now_ms))
    work_off(until_ms)
    return found


def talk(*spans: tuple[str, int, int]) -> list[Event]:
    edges: list[SpeechStarted | SpeechEnded] = []
    for who, start_ms, end_ms in spans:
        channel = "agent" if who == "A" else "customer"
        edges += [starts(channel, start_ms), ends(channel, start_ms, end_ms)]
    return sorted(edges, key=lambda event: event.at_ms)


def test_nobody_has_spoken_so_there_is_no_silence(timing: Timing) -> None:
    assert timing.silent_since_ms is None
    assert timing.last_ended_ms == 0
    assert not timing.anyone_speaking
    assert timing.floor_since_ms(1000) is None
    assert not timing.spoke_after("agent", 0)


def test_silence_begins_with_the_last_word_of_either(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 3000), ("C", 2000, 5000)))
    assert timing.silent_since_ms == 5000

    run(timing, starts("agent", 9000))
    assert timing.silent_since_ms is None
    assert timing.silence_ms == 4000
    assert timing.longest_silence_ms == 4000
    assert timing.speaking("agent")


def test_a_late_announcement_does_not_move_the_silence(timing: Timing) -> None:
    run(timing, starts("agent", 0, heard_ms=200), ends("agent", 0, 3000, heard_ms=3300))
    assert timing.silent_since_ms == 3000


def test_hold_and_pause_suspend_silence(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 1000)), Hold(call_id="c", at_ms=2000))
    assert timing.on_hold
    assert timing.silent_since_ms is None
    run(timing, AudioPaused(call_id="c", at_ms=3000), AudioPaused(call_id="c", at_ms=3100))
    run(timing, Hold(call_id="c", at_ms=3200), Resumed(call_id="c", at_ms=9000))
    assert timing.silent_since_ms is None
    run(timing, AudioResumed(call_id="c", at_ms=9500))
    assert timing.silent_since_ms == 9500
    assert timing.hold_ms == 7000
    assert timing.silence_ms == 1000
    assert not timing.on_hold


def test_a_resume_without_hold_is_nothing(timing: Timing) -> None:
    run(timing, Resumed(call_id="c", at_ms=100), AudioResumed(call_id="c", at_ms=100), starts("agent", 200))
    run(timing, AudioPaused(call_id="c", at_ms=300), AudioResumed(call_id="c", at_ms=400))
    assert timing.hold_ms == 0
    assert timing.silent_since_ms is None


def test_lost_audio_is_no_silence(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 1000)), AudioLost(call_id="c", at_ms=9000, channel="customer", lost_ms=5000))
    assert timing.silent_since_ms == 9000
    assert timing.silence_ms == 3000


def test_lost_audio_while_somebody_speaks(timing: Timing) -> None:
    run(timing, starts("agent", 0), AudioLost(call_id="c", at_ms=900, channel="customer", lost_ms=500))
    assert timing.silent_since_ms is None


def test_the_end_of_the_call_closes_what_is_open(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 1000)), Hold(call_id="c", at_ms=2000), CallEnded(call_id="c", at_ms=5000))
    assert timing.hold_ms == 3000
    assert timing.silence_ms == 1000


def test_the_end_of_a_quiet_call(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 1000)), CallEnded(call_id="c", at_ms=5000))
    assert timing.silence_ms == 4000


def test_other_events_change_nothing(timing: Timing) -> None:
    run(timing, Muted(call_id="c", at_ms=10, channel="agent"))
    assert timing.silence_ms == 0


def test_an_end_without_a_beginning_is_ignored(timing: Timing) -> None:
    run(timing, ends("agent", 0, 1000))
    run(timing, *talk(("A", 2000, 3000)), ends("agent", 2000, 3500))
    assert timing.spoke_ms("agent", 0, 9000) == 1000


def test_talk_is_measured_within_a_window(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 1000), ("A", 2000, 4000), ("A", 9000, 9500)))
    assert timing.spoke_ms("agent", 3000, 20_000) == 1500
    assert timing.spoke_ms("agent", 0, 20_000) == 3500
    assert timing.spoke_ms("customer", 0, 20_000) == 0
    assert timing.spoke_after("agent", 9000)
    assert not timing.spoke_after("agent", 9500)


def test_overlap_is_counted_once(timing: Timing) -> None:
    run(timing, *talk(("C", 0, 5000), ("A", 3000, 4000), ("A", 4200, 7000)))
    assert timing.overlap_ms == 1000 + 800


def test_overlap_with_a_run_that_goes_on(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 1000), ("C", 500, 3000), ("A", 1300, 6000)))
    assert timing.overlap_ms == 500 + 1700


def test_a_competitive_interruption_is_told_once_it_is_longer_than_a_nod(timing: Timing) -> None:
    found = run(timing, *talk(("C", 0, 6000), ("A", 4500, 8000)))
    assert found == [(5751, TalkedOver(4500, 1001, False, True))]
    assert timing.talk_overs == [found[0][1]]


def test_a_nod_is_no_interruption(timing: Timing) -> None:
    assert run(timing, *talk(("C", 0, 9000), ("A", 4000, 4800)), until_ms=9000) == []


def test_two_nods_are_still_nods(timing: Timing) -> None:
    assert run(timing, *talk(("C", 0, 9000), ("A", 4000, 4400), ("A", 4900, 5300)), until_ms=9000) == []


def test_a_nod_that_becomes_a_speech(timing: Timing) -> None:
    found = run(timing, *talk(("C", 0, 9000), ("A", 4000, 4400), ("A", 4900, 7000)))
    at_ms, over = next((at_ms, signal) for at_ms, signal in found if isinstance(signal, TalkedOver))
    assert (at_ms, over.started_ms) == (5751, 4000)


def test_a_short_speech_is_judged_when_it_ends(timing: Timing) -> None:
    found = run(timing, *talk(("C", 0, 9000), ("A", 4000, 5100)))
    assert found == [(5100, TalkedOver(4000, 1100, False, True))]


def test_a_long_overlap_is_told_again(timing: Timing) -> None:
    found = run(timing, *talk(("C", 0, 9000), ("A", 3000, 8000)))
    assert [(at_ms, signal.long) for at_ms, signal in found if isinstance(signal, TalkedOver)] == [
        (4251, False),
        (5250, True),
    ]
    assert len(timing.talk_overs) == 1
    assert timing.talk_overs[0].long


def test_an_overlap_that_is_long_when_first_judged(timing: Timing) -> None:
    found = run(timing, starts("customer", 0), starts("agent", 3000, heard_ms=3100), until_ms=3200)
    assert found == []
    timing.feed(ends("agent", 3000, 5500))
    assert timing.advance(5500) == [TalkedOver(3000, 2500, True, True)]
    assert timing.advance(5501) == []


def test_finishing_a_word_of_the_other_is_a_reply(timing: Timing) -> None:
    assert run(timing, *talk(("C", 0, 5000), ("A", 4700, 7000))) == [(5951, Replied(4700, -300))]


def test_a_reply_in_no_time(timing: Timing) -> None:
    assert run(timing, *talk(("C", 0, 5000), ("A", 5050, 7000))) == [(6301, Replied(5050, 50))]


def test_starting_with_the_other_is_no_interruption(timing: Timing) -> None:
    assert run(timing, *talk(("C", 0, 5000), ("A", 500, 3000))) == [(1751, Replied(500, -1251))]


def test_a_reply_to_a_nod_is_no_reply(timing: Timing) -> None:
    assert run(timing, *talk(("C", 0, 400), ("A", 500, 3000))) == []


def test_the_customer_began_later_in_the_audio(timing: Timing) -> None:
    found = run(timing, starts("customer", 600, heard_ms=650), starts("agent", 500, heard_ms=700), until_ms=5000)
    assert found == []


def test_outside_the_issue_statement(timing: Timing) -> None:
    spans = [("C", 0, 5000), ("C", 40_000, 46_000), ("A", 42_000, 43_500)]
    found = run(timing, *talk(*spans))
    assert found[-1][1] == TalkedOver(42_000, 1001, False, False)


def test_no_issue_was_stated_yet(timing: Timing) -> None:
    found = run(timing, *talk(("C", 0, 2900), ("A", 1500, 2800)))
    assert found == [(2751, TalkedOver(1500, 1001, False, False))]


def test_the_floor_is_held_from_the_first_word_and_lost_by_a_long_pause(timing: Timing) -> None:
    run(timing, *talk(("A", 1000, 5000), ("A", 7000, 9000)))
    assert timing.floor_since_ms(9500) == 1000
    assert timing.floor_since_ms(13_001) is None
    run(timing, starts("agent", 14_000))
    assert timing.floor_since_ms(15_000) == 14_000


def test_a_nod_leaves_the_floor_and_a_sentence_takes_it(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 20_000), ("C", 5000, 5800), ("C", 9000, 11_000)))
    assert timing.floor_since_ms(20_000) == 11_000


def test_while_the_customer_speaks_on_the_floor_is_theirs(timing: Timing) -> None:
    run(timing, starts("agent", 0), starts("customer", 5000))
    assert timing.floor_since_ms(5500) == 0
    assert timing.floor_since_ms(6500) is None
    run(timing, ends("agent", 0, 6000), ends("customer", 5000, 7000))
    assert timing.floor_since_ms(7100) is None


def test_listening_is_broken_by_speech_and_not_by_nods(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 3000), ("C", 4000, 20_000), ("A", 9000, 9500), ("A", 21_000, 24_000)))
    assert timing.listened_ms(21_000) == 16_000
    assert timing.listened_ms(40_000) == 0
    assert timing.listened_ms(2000) == 0


def test_swapped_sides_change_places(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 3000)))
    timing.swap_sides()
    assert timing.spoke_ms("customer", 0, 5000) == 3000
    assert timing.spoke_ms("agent", 0, 5000) == 0
    assert (timing.spoken_ms("customer", 5000), timing.spoken_ms("agent", 5000)) == (3000, 0)


def test_the_speech_of_a_whole_call_is_counted_as_it_goes(timing: Timing) -> None:
    run(timing, *talk(("A", 0, 3000), ("A", 3500, 5000), ("C", 4000, 9000), ("A", 12_000, 13_000)))
    for channel in ("agent", "customer", "mixed"):
        assert timing.spoken_ms(channel, 20_000) == timing.spoke_ms(channel, 0, 20_000)
    run(timing, starts("customer", 15_000))
    assert timing.spoken_ms("customer", 20_000) == timing.spoke_ms("customer", 0, 20_000) == 10_000


def test_a_mixed_channel_has_silence(timing: Timing) -> None:
    run(timing, starts("mixed", 0), ends("mixed", 0, 2000))
    assert timing.silent_since_ms == 2000
    assert timing.overlap_ms == 0


def test_the_customer_stops_while_an_overlap_grows(timing: Timing) -> None:
    found = run(timing, *talk(("C", 0, 5000), ("A", 3500, 9000)), until_ms=9000)
    assert [type(signal) for _, signal in found] == [TalkedOver]
    assert timing.wake_ms(9000) is None
