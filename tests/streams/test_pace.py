import pytest

from streams.pace import OVERDUE_MS, Pace
from streams.settings import ProfileSettings


@pytest.fixture
def pace():
    pace = Pace(ProfileSettings(partial_every_ms=400), "customer", first_ms=250)
    pace.begin()
    return pace


def ms(value):
    return value * 16


def test_the_first_partial_needs_little_voice_and_the_next_ones_more(pace):
    assert not pace.due(ms(240), 1000)
    assert pace.due(ms(260), 1020)
    pace.came_back(None)
    assert not pace.due(ms(640), 1400)
    assert pace.due(ms(660), 1420)


def test_one_partial_is_outstanding_at_a_time(pace):
    assert pace.due(ms(260), 1000)
    assert not pace.due(ms(1000), 1800)
    pace.came_back(50.0)
    assert pace.due(ms(1000), 1800)


def test_a_partial_that_was_dropped_on_the_way_does_not_stop_the_others(pace):
    assert pace.due(ms(260), 1000)
    assert not pace.due(ms(2000), 1000 + OVERDUE_MS - 1)
    assert pace.due(ms(2000), 1000 + OVERDUE_MS)


def test_something_better_makes_way_for_the_next(pace):
    assert pace.due(ms(260), 1000)
    pace.superseded()
    assert pace.due(ms(660), 1400)


def test_a_slow_machine_is_asked_less_often(pace):
    assert pace.due(ms(260), 1000)
    pace.came_back(600.0)
    assert not pace.due(ms(1100), 1899)
    assert pace.due(ms(1100), 1900)


def test_a_new_utterance_begins_anew(pace):
    assert pace.due(ms(260), 1000)
    pace.begin()
    assert pace.due(ms(260), 1400)


def test_degrading_doubles_the_cadence(pace):
    pace.level = 1
    assert not pace.due(ms(490), 1000)
    assert pace.due(ms(500), 1000)
    pace.came_back(None)
    assert not pace.due(ms(1290), 3000)
    assert pace.due(ms(1300), 3000)


@pytest.mark.parametrize(("channel", "off_at"), [("agent", 3), ("customer", 4), ("mixed", 4)])
def test_partials_are_off_from_a_level_on(channel, off_at):
    pace = Pace(ProfileSettings(), channel, first_ms=250)
    pace.level = off_at
    assert not pace.due(ms(5000), 5000)
    pace.level = off_at - 1
    assert pace.due(ms(5000), 5000)
