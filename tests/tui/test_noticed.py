"""When a note counts as delivered and as read."""

from tui.noticed import READ_AFTER_MS, Noticed


def test_delivered_is_said_once() -> None:
    noticed = Noticed()
    assert noticed.drawn("a", 1_000)
    assert not noticed.drawn("a", 1_100)
    assert noticed.drawn("b", 1_200)


def test_standing_on_a_screen_that_nobody_touches_is_not_reading() -> None:
    noticed = Noticed()
    noticed.touched(500)
    noticed.drawn("a", 1_000)
    assert noticed.read(60_000, ["a"]) == []


def test_three_seconds_and_a_sign_of_the_agent_are() -> None:
    noticed = Noticed()
    noticed.drawn("a", 1_000)
    noticed.touched(1_500)
    assert noticed.read(1_000 + READ_AFTER_MS - 1, ["a"]) == []
    assert noticed.read(1_000 + READ_AFTER_MS, ["a"]) == ["a"]
    assert noticed.read(9_000, ["a"]) == []


def test_only_notes_that_wait_count_and_one_that_comes_again_counts_anew() -> None:
    noticed = Noticed()
    noticed.drawn("a", 1_000)
    noticed.touched(1_000)
    assert noticed.read(9_000, []) == []
    assert noticed.drawn("a", 9_000)
    noticed.touched(9_100)
    assert noticed.read(13_000, ["a"]) == ["a"]
