from streams.lags import CaptureLag, LagMeter


def test_nothing_measured_nothing_reported():
    assert LagMeter("c").report(5000) == ()


def test_median_and_95th_percentile_by_stage():
    meter = LagMeter("c")
    for value in range(1, 101):
        meter.add("decode", float(value), 1000)
    meter.add("queue", -3.0, 1000)
    decode, queue = meter.report(5000)
    assert (decode.stage, decode.p50_ms, decode.p95_ms, decode.count) == ("decode", 50.0, 95.0, 100)
    assert (queue.stage, queue.p50_ms, queue.count, queue.at_ms, queue.call_id) == ("queue", 0.0, 1, 5000, "c")


def test_what_is_older_than_a_minute_is_forgotten():
    meter = LagMeter("c")
    meter.add("decode", 900.0, 1000)
    meter.add("decode", 100.0, 50_000)
    assert meter.report(61_001)[0].p95_ms == 100.0
    assert meter.report(200_000) == ()


def test_memory_is_bounded():
    meter = LagMeter("c")
    for _ in range(2000):
        meter.add("decode", 1.0, 0)
    assert meter.report(1)[0].count == 512


def test_a_report_is_due_every_five_seconds():
    meter = LagMeter("c")
    assert [at_ms for at_ms in range(0, 21_000, 1000) if meter.due(at_ms)] == [5000, 10_000, 15_000, 20_000]
    assert meter.due(33_000)
    assert not meter.due(34_999)
    assert meter.due(35_000)


def test_sound_is_late_against_the_soonest_of_late():
    capture = CaptureLag()
    assert [capture.feed(wall_ms, at_ms) for wall_ms, at_ms in ((1020, 20), (1045, 40), (1055, 60))] == [0, 5, 0]
    # The clocks drift apart: what was soonest minutes ago says nothing now.
    assert capture.feed(61_155, 60_060) == 100
    assert capture.feed(61_175, 60_080) == 100
    assert capture.feed(121_175, 120_080) == 0


def test_the_soonest_of_the_minute_before_still_counts():
    capture = CaptureLag()
    capture.feed(1000.0, 0)
    assert capture.feed(61_030.0, 60_000) == 30
