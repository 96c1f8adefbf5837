"""Declared rates against the wall."""

import random

import pytest

from streams.taps.rate_check import RateCheck


def said(check: RateCheck, share: float, seconds: float, from_ms: int = 0, rate_hz: int = 8000) -> list[str]:
    """What is said when sound comes at `share` times its declared rate, in 20 ms slices of wall time."""
    samples = round(rate_hz * 0.02 * share)
    doubts = [check.feed(samples, rate_hz, from_ms + at) for at in range(0, int(seconds * 1000), 20)]
    return [doubt for doubt in doubts if doubt]


@pytest.mark.parametrize(("share", "guess"), [(2.0, 16_000), (0.5, 4_000), (3.0, 24_000), (1.5, 12_000)])
def test_a_wrong_rate_is_said_once_within_six_seconds(share: float, guess: int) -> None:
    [doubt] = said(RateCheck(), share, 5.2) + said(RateCheck(), 1.0, 20)
    assert doubt.startswith(f"sound comes {share:.2f} times as fast as its declared 8000 Hz; it may be {guess} Hz")
    check = RateCheck()
    assert len(said(check, share, 60)) == 1


def test_the_right_rate_is_not_doubted() -> None:
    assert said(RateCheck(), 1.0, 60) == []
    assert said(RateCheck(), 10.0, 60) == []  # whoever plays a recording faster is in no doubt about its rate


def test_a_silent_side_that_sends_nothing_is_not_doubted() -> None:
    assert said(RateCheck(sparse=True), 0.5, 60) == []
    assert len(said(RateCheck(sparse=True), 2.0, 60)) == 1


def test_stalls_and_bursts_are_no_wrong_rate() -> None:
    dice = random.Random(7)
    check = RateCheck()
    doubts = []
    now_ms = due = 0
    while now_ms < 120_000:
        now_ms += dice.choice((20, 20, 20, 20, 400, 3_000))
        doubts.append(check.feed((now_ms - due) * 8, 8000, now_ms))
        due = now_ms
    assert not any(doubts)


def test_what_was_gathered_before_the_beginning_does_not_count() -> None:
    check = RateCheck()
    assert check.feed(8000 * 5, 8000, 0) == ""
    assert said(check, 1.0, 20, from_ms=20) == []
