"""What people ask of the delivery policy: volume, quiet, answers and thumbs."""

from typing import Any

import pytest

from nudges.delivery import Show
from nudges.lifecycle import NudgeState
from streams.events import Severity
from tests.nudges.delivering import CALM, advice, ended, offer, policy, shown


@pytest.mark.parametrize(
    ("level", "severity", "rule", "times"),
    [
        ("novice", "info", "a.one", 2),
        ("novice", "praise", "praise.x", 2),
        ("standard", "info", "a.one", 1),
        ("standard", "warn", "a.one", 2),
        ("expert", "info", "process.x", 2),
        ("expert", "warn", "a.one", 0),
        ("expert", "critical", "a.one", 2),
        ("expert", "praise", "praise.x", 2),
    ],
)
def test_volume(level: Any, severity: Severity, rule: str, times: int) -> None:
    desk = policy(level)
    count = 0
    for at_ms in (0, 200_000):
        count += len(shown(offer(desk, advice(rule, severity, at_ms=at_ms), at_ms=at_ms)))
        desk.settle(at_ms + 100_000, CALM)
    assert count == times


def test_turning_the_volume_down_drops_what_waits() -> None:
    desk = policy()
    offer(desk, advice("b.two"), at_ms=0)
    desk.offer(advice(at_ms=1))
    desk.volume("expert")
    assert desk.waiting == ()


def test_quiet_lets_critical_ones_through() -> None:
    desk = policy()
    desk.quiet(60_000)
    assert offer(desk, advice(at_ms=50_000), at_ms=50_000) == []
    assert desk.wake_ms(50_000, CALM) == 60_000
    assert shown(offer(desk, advice("b.two", "critical", at_ms=51_000), at_ms=51_000)) == ["b.two"]
    desk.resolve("c-n1", "done")
    assert shown(desk.settle(60_000, CALM)) == ["a.one"]


def test_quiet_for_the_rest_of_the_call_and_its_end() -> None:
    desk = policy()
    desk.quiet(-1)
    assert offer(desk, advice(), at_ms=0) == []
    desk.quiet(0)
    assert shown(desk.settle(1000, CALM)) == ["a.one"]


def test_what_quiet_holds_back_is_counted() -> None:
    desk = policy()
    desk.offer(advice(at_ms=0))
    assert desk.held_back(0) == 0
    desk.quiet(60_000)
    desk.offer(advice("b.two", "critical", at_ms=0))
    assert [desk.held_back(at_ms) for at_ms in (0, 59_999, 60_000)] == [1, 1, 0]


def test_acknowledged_ones_leave_the_screen_and_may_yet_be_done() -> None:
    desk = policy()
    offer(desk, advice("a.one", "critical"), at_ms=0)
    assert desk.answer("c-n1", "acknowledged", 1000) == []
    assert desk.answer("c-n1", "acknowledged", 1001) == []
    assert desk.on_screen is None
    assert [card.state for card in desk.live] == [NudgeState.ACKNOWLEDGED]
    assert ended(desk.resolve("c-n1", "done")) == [("a.one", "done")]
    assert desk.resolve("c-n1", "done") == []
    assert desk.outcomes == {"c-n1": "done"}


def test_an_acknowledged_one_expires() -> None:
    desk = policy()
    offer(desk, advice("a.one", "critical"), at_ms=0)
    desk.answer("", "acknowledged", 1000)
    assert ended(desk.settle(45_000, CALM)) == [("a.one", "expired")]


def test_dismissed_and_snoozed() -> None:
    desk = policy()
    offer(desk, advice(), at_ms=0)
    assert ended(desk.answer("c-n1", "dismissed", 1000)) == [("a.one", "dismissed")]
    assert shown(offer(desk, advice(at_ms=100_000), at_ms=100_000)) == ["a.one"]
    desk.offer(advice(severity="critical", at_ms=100_001))
    assert ended(desk.answer("", "snoozed", 101_000)) == [("a.one", "dismissed")]
    assert desk.waiting == ()
    assert offer(desk, advice(at_ms=300_000), at_ms=300_000) == []


def test_answers_to_nothing() -> None:
    desk = policy()
    assert desk.answer("", "dismissed", 0) == []
    assert desk.answer("c-n7", "helpful", 0) == []
    assert desk.resolve("c-n7", "done") == []


def test_undone_in_time() -> None:
    desk = policy()
    offer(desk, advice(), at_ms=0)
    desk.answer("", "snoozed", 1000)
    (show,) = desk.answer("c-n1", "undone", 6000)
    assert isinstance(show, Show)
    assert (show.nudge, show.expires_ms) == ("c-n1", 20_000)
    assert desk.outcomes == {}
    assert desk.on_screen is not None
    assert offer(desk, advice("b.two", at_ms=7000), at_ms=7000) == []

    desk.answer("", "acknowledged", 8000)
    assert desk.answer("c-n1", "undone", 9000) == []
    assert desk.on_screen is not None
    assert desk.answer("c-n1", "undone", 9500) == []


def test_undone_too_late_or_without_room() -> None:
    desk = policy()
    offer(desk, advice(), at_ms=0)
    assert desk.answer("c-n1", "undone", 100) == []
    desk.answer("", "snoozed", 1000)
    assert desk.answer("c-n1", "undone", 6001) == []

    desk = policy()
    offer(desk, advice(), at_ms=0)
    desk.answer("", "snoozed", 1000)
    offer(desk, advice("b.two", at_ms=2000), at_ms=2000)
    assert desk.answer("c-n1", "undone", 3000) == []
    desk.resolve("c-n2", "done")
    assert shown(offer(desk, advice(at_ms=200_000), at_ms=200_000)) == ["a.one"]


def test_nothing_to_undo_about_a_done_one() -> None:
    desk = policy()
    offer(desk, advice(), at_ms=0)
    desk.answer("", "acknowledged", 1000)
    desk.resolve("c-n1", "done")
    assert desk.answer("c-n1", "undone", 2000) == []


def test_two_thumbs_down_and_a_rule_is_only_logged() -> None:
    desk = policy(a_one=(True, False, *[True] * 8))
    offer(desk, advice(), at_ms=0)
    desk.answer("c-n1", "not_helpful", 1000)
    desk.settle(90_000, CALM)
    assert offer(desk, advice(at_ms=100_000), at_ms=100_000) == []
    assert desk.shadowed == [("a.one", 100_000)]


def test_thumbs_of_long_ago_no_longer_count() -> None:
    desk = policy(a_one=(False, *[True] * 9))
    offer(desk, advice(), at_ms=0)
    desk.answer("c-n1", "not_helpful", 1000)
    assert shown(offer(desk, advice(at_ms=100_000), at_ms=100_000)) == ["a.one"]


def test_a_nudge_has_one_thumb_and_the_last_one_holds() -> None:
    desk = policy(a_one=(False,))
    offer(desk, advice(), at_ms=0)
    desk.answer("c-n1", "not_helpful", 1000)
    desk.answer("c-n1", "helpful", 1000)
    assert shown(offer(desk, advice(at_ms=100_000), at_ms=100_000)) == ["a.one"]

    desk = policy()
    offer(desk, advice(), at_ms=0)
    for _ in range(3):
        desk.answer("c-n1", "not_helpful", 1000)
    assert shown(offer(desk, advice(at_ms=100_000), at_ms=100_000)) == ["a.one"]


def test_no_thumb_silences_what_is_critical() -> None:
    desk = policy(a_one=(False, False))
    assert offer(desk, advice(), at_ms=0) == []
    assert shown(offer(desk, advice(severity="critical", at_ms=1000), at_ms=1000)) == ["a.one"]


def test_a_shadow_rule_is_logged_at_most_once_a_cooldown() -> None:
    desk = policy()
    for at_ms in (0, 1000, 90_000):
        assert offer(desk, advice(shadow=True, at_ms=at_ms), at_ms=at_ms) == []
    assert desk.shadowed == [("a.one", 0), ("a.one", 90_000)]
