"""The draw meter: from arrival to the frame that shows it, told every few seconds."""

from tui.drawn import REPORT_EVERY_MS, DrawMeter


def test_a_frame_counts_from_the_oldest_event_that_it_shows() -> None:
    meter = DrawMeter()
    assert meter.take() is None
    meter.arrived(1_000)
    meter.arrived(1_080)
    assert meter.take() == 1_000
    assert meter.take() is None


def test_lags_are_told_every_few_seconds_and_once() -> None:
    meter = DrawMeter()
    assert meter.report(1_000) == ""
    meter.drawn(1_000, 1_070)
    meter.drawn(2_000, 2_125)
    assert meter.report(1_000 + REPORT_EVERY_MS - 1) == ""
    assert meter.report(1_000 + REPORT_EVERY_MS) == "70 125"
    assert meter.report(1_000 + 3 * REPORT_EVERY_MS) == ""


def test_a_clock_that_is_set_back_and_a_flood_of_frames_do_no_harm() -> None:
    meter = DrawMeter()
    meter.report(0)
    meter.drawn(500, 400)
    assert meter.report(REPORT_EVERY_MS) == "0"
    for number in range(1_000):
        meter.drawn(0, number)
    assert meter.report(2 * REPORT_EVERY_MS).split() == [str(number) for number in range(936, 1_000)]
