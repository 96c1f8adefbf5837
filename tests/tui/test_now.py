"""Media time between events."""

from tui.now import SLACK_MS, MediaTime


def test_time_goes_on_at_the_calls_pace() -> None:
    for speed, passed in [(1.0, 500), (4.0, 2_000), (0.0, 0)]:
        time = MediaTime(speed)
        time.observe(10_000, local_ms=7_000)
        assert time.now_ms(7_500) == 10_000 + passed
        assert time.now_ms(6_000) == 10_000


def test_a_late_event_does_not_set_time_back_a_stall_does() -> None:
    time = MediaTime()
    time.observe(10_000, local_ms=0)
    time.observe(10_100, local_ms=600)
    assert time.now_ms(600) == 10_600
    time.observe(10_200, local_ms=201 + SLACK_MS)
    assert time.now_ms(201 + SLACK_MS) == 10_200


def test_an_early_event_sets_time_on() -> None:
    time = MediaTime()
    time.observe(10_000, local_ms=0)
    time.observe(20_000, local_ms=100)
    assert time.now_ms(100) == 20_000
