""""""

import msgspec
import pytest

from nudges.delivery import Advice, Air, Resolve, Show
from tests.nudges.delivering import CALM, LISTENING, SETTINGS, TALKING, advice, ended, offer, policy, shown


def test_one_is_shown_and_expires() -> None:
    desk = policy()
    (show,) = offer(desk, advice(at_ms=1000), at_ms=1000)
    assert isinstance(show, Show)
    assert (show.nudge, show.expires_ms) == ("c-n1", 21_000)
    assert desk.wake_ms(1000, CALM) == 21_000
    assert desk.settle(20_999, CALM) == []
    assert ended(desk.settle(21_000, CALM)) == [("a.one", "expired")]
    assert desk.on_screen is None
    assert desk.wake_ms(21_000, CALM) is None


def test_a_rule_may_set_its_own_life_and_end() -> None:
    desk = policy()
    (show,) = offer(desk, advice(life_s=3, ends_as="done"), at_ms=0)
    assert isinstance(show, Show)
    assert show.expires_ms == 3000
    assert ended(desk.settle(3000, CALM)) == [("a.one", "done")]
    assert shown(offer(desk, advice("b.two", at_ms=3000), at_ms=3000)) == ["b.two"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (advice("a.one", "critical"), advice("b.two", "warn", priority=99)),
        (advice("a.one", "warn"), advice("b.two", "info", priority=99)),
        (advice("a.one", "info"), advice("b.two", "praise", priority=99)),
        (advice("a.one", priority=60), advice("b.two")),
        (advice("a.one", evidence_ms=900), advice("b.two", evidence_ms=800)),
        (advice("a.one"), advice("b.two")),
    ],
)
def test_the_order_of_several(first: Advice, second: Advice) -> None:
    for both in ((first, second), (second, first)):
        assert shown(offer(policy(), *both, at_ms=1000)) == ["a.one"]


def test_the_next_waits_for_the_gap_and_goes_stale() -> None:
    desk = policy()
    offer(desk, advice(), at_ms=0)
    assert offer(desk, advice("b.two", at_ms=6000), at_ms=6000) == []
    assert desk.wake_ms(6000, CALM) == 20_000
    assert shown(desk.settle(20_000, CALM)) == ["b.two"]

    desk = policy()
    offer(desk, advice(), at_ms=0)
    offer(desk, advice("b.two", at_ms=1000), at_ms=1000)
    assert desk.settle(16_000, CALM) == []
    assert desk.stale == {"b.two": 1}
    assert desk.waiting == ()


def test_done_or_dismissed_frees_the_place_at_once_and_expired_does_not() -> None:
    for outcome, free in (("done", True), ("dismissed", True), ("expired", False), ("superseded", False)):
        desk = policy()
        offer(desk, advice(), at_ms=0)
        (resolve,) = desk.resolve("c-n1", outcome)
        assert resolve == Resolve("c-n1", "a.one", outcome)
        assert bool(offer(desk, advice("b.two", at_ms=5000), at_ms=5000)) == free


def test_an_earlier_card_frees_nothing() -> None:
    desk = policy()
    offer(desk, advice(), at_ms=0)
    desk.answer("c-n1", "acknowledged", 1000)
    offer(desk, advice("b.two", "critical", at_ms=2000), at_ms=2000)
    desk.resolve("c-n1", "done")
    desk.resolve("c-n2", "expired")
    assert offer(desk, advice("c.three", at_ms=9000), at_ms=9000) == []


def test_critical_ones_come_at_once_and_supersede() -> None:
    desk = policy()
    offer(desk, advice(), at_ms=0)
    decisions = offer(desk, advice("b.two", "critical", at_ms=1000), at_ms=1000, air=TALKING)
    assert ended(decisions) == [("a.one", "superseded")]
    assert shown(decisions) == ["b.two"]


def test_a_critical_one_gives_way_to_another_after_a_while() -> None:
    desk = policy()
    offer(desk, advice("a.one", "critical"), at_ms=0)
    assert offer(desk, advice("b.two", "critical", at_ms=1000), at_ms=1000) == []
    assert desk.wake_ms(1000, CALM) == 10_000
    assert shown(desk.settle(10_000, CALM)) == ["b.two"]


def test_the_same_rule_waits_for_its_cooldown_and_needs_new_evidence() -> None:
    desk = policy()
    offer(desk, advice(evidence_ms=500), at_ms=1000)
    desk.resolve("c-n1", "done")
    assert offer(desk, advice(at_ms=50_000, valid_s=60), at_ms=50_000) == []
    assert desk.wake_ms(50_000, CALM) == 91_000
    assert shown(desk.settle(91_000, CALM)) == ["a.one"]

    assert offer(desk, advice(at_ms=200_000, evidence_ms=50_000), at_ms=200_000, air=CALM)[1:] == []
    assert desk.waiting == ()


def test_a_rule_on_screen_is_not_shown_again() -> None:
    desk = policy()
    offer(desk, advice(life_s=200), at_ms=0)
    assert offer(desk, advice(at_ms=100_000), at_ms=100_000) == []
    assert desk.waiting == ()


def test_a_rule_may_have_a_cooldown_and_a_cap_of_its_own() -> None:
    desk = policy()
    offer(desk, advice(cooldown_s=10, max_per_call=2), at_ms=0)
    assert shown(offer(desk, advice(at_ms=30_000, cooldown_s=10, max_per_call=2), at_ms=30_000)) == ["a.one"]
    assert shown(offer(desk, advice(at_ms=60_000, cooldown_s=10, max_per_call=2), at_ms=60_000)) == []


def test_what_becomes_worse_replaces_its_own_card() -> None:
    desk = policy()
    offer(desk, advice(severity="info"), at_ms=0)
    decisions = offer(desk, advice(severity="warn", at_ms=5000, evidence_ms=0), at_ms=5000)
    assert ended(decisions) == [("a.one", "superseded")]
    assert shown(decisions) == ["a.one"]


def test_what_becomes_worse_after_its_card_went_waits_for_the_gap_only() -> None:
    desk = policy()
    offer(desk, advice(severity="info"), at_ms=0)
    desk.settle(12_000, CALM)
    offer(desk, advice(severity="warn", at_ms=15_000, evidence_ms=0), at_ms=15_000)
    assert shown(desk.settle(20_000, CALM)) == ["a.one"]


def test_an_acknowledged_card_of_the_same_rule_is_superseded_too() -> None:
    desk = policy()
    offer(desk, advice(), at_ms=0)
    desk.answer("", "acknowledged", 1000)
    decisions = offer(desk, advice(severity="critical", at_ms=2000), at_ms=2000)
    assert ended(decisions) == [("a.one", "superseded")]


def test_the_worse_of_two_of_a_rule_waits() -> None:
    desk = policy()
    offer(desk, advice("b.two"), at_ms=0)
    desk.offer(advice(severity="warn", at_ms=1))
    desk.offer(advice(severity="info", at_ms=2))
    assert [waiting.severity for waiting in desk.waiting] == ["warn"]
    desk.offer(advice(severity="critical", at_ms=3))
    assert [waiting.severity for waiting in desk.waiting] == ["critical"]
    desk.drop("a.one")
    desk.drop("a.one")
    assert desk.waiting == ()


def test_three_in_five_minutes() -> None:
    desk = policy()
    for number, at_ms in enumerate((0, 30_000, 60_000)):
        assert shown(offer(desk, advice(f"a.{number}", at_ms=at_ms), at_ms=at_ms))
    assert shown(offer(desk, advice("a.9", at_ms=290_000, valid_s=30), at_ms=290_000)) == []
    assert desk.wake_ms(290_000, CALM) == 300_000
    assert shown(desk.settle(300_000, CALM)) == ["a.9"]


def test_eight_in_a_call() -> None:
    desk = policy()
    for number in range(8):
        at_ms = number * 150_000
        assert shown(offer(desk, advice(f"a.r{number}", at_ms=at_ms), at_ms=at_ms))
    assert shown(offer(desk, advice("a.r9", at_ms=2_000_000), at_ms=2_000_000)) == []
    assert shown(offer(desk, advice("a.r9", "critical", at_ms=2_000_001), at_ms=2_000_001)) == ["a.r9"]
    desk.resolve("c-n9", "done")
    assert shown(offer(desk, advice("p.x", "praise", at_ms=2_000_002), at_ms=2_000_002)) == ["p.x"]


def test_an_upgrade_counts_once() -> None:
    desk = policy()
    for number in range(3):
        at_ms = number * 30_000
        offer(desk, advice(f"a.r{number}", "info", at_ms=at_ms), at_ms=at_ms)
        upgrade = offer(desk, advice(f"a.r{number}", "warn", at_ms=at_ms + 1000), at_ms=at_ms + 1000)
        assert shown(upgrade) == [f"a.r{number}"]
    assert shown(offer(desk, advice("b.two", at_ms=200_000), at_ms=200_000)) == []


def test_shown_while_the_customer_speaks_or_in_a_pause() -> None:
    desk = policy()
    assert offer(desk, advice(), at_ms=0, air=TALKING) == []
    pause = Air(quiet_since_ms=1000)
    assert desk.settle(1200, pause) == []
    assert desk.wake_ms(1200, pause) == 1300
    assert shown(desk.settle(1300, pause)) == ["a.one"]
    assert shown(offer(policy(), advice(), at_ms=0, air=LISTENING)) == ["a.one"]
    assert shown(offer(policy(), advice(at_once=True), at_ms=0, air=TALKING)) == ["a.one"]


def test_heat_holds_info_and_praise() -> None:
    hot, warm = Air(heat=60, quiet_since_ms=-1000), Air(heat=40, quiet_since_ms=-1000)
    assert offer(policy(), advice(severity="info"), at_ms=0, air=hot) == []
    assert shown(offer(policy(), advice(severity="info"), at_ms=0, air=warm)) == ["a.one"]
    assert shown(offer(policy(), advice(severity="warn"), at_ms=0, air=hot)) == ["a.one"]
    assert offer(policy(), advice(severity="praise"), at_ms=0, air=warm) == []


def test_praise_at_most_twice() -> None:
    desk = policy()
    for number in range(3):
        at_ms = number * 100_000
        said = shown(offer(desk, advice(f"p.r{number}", "praise", at_ms=at_ms), at_ms=at_ms))
        assert bool(said) == (number < 2)


def test_the_end_of_the_call() -> None:
    desk = policy()
    offer(desk, advice("a.one", "critical"), at_ms=0)
    desk.answer("", "acknowledged", 1)
    offer(desk, advice("b.two", "critical", at_ms=2), at_ms=2)
    assert ended(desk.finish()) == [("a.one", "call_ended"), ("b.two", "call_ended")]
    assert desk.live == ()
    assert len(desk.cards) == 2


def test_urgent_advice_waits_for_no_gap_and_takes_the_place_of_what_is_less() -> None:
    desk = policy()
    offer(desk, advice("a.one", "warn"), at_ms=0)
    assert desk.held_by(advice("b.two"), 3000, CALM) == "the card a.one"
    decisions = offer(desk, advice("c.three", urgent=True, at_ms=3000), at_ms=3000)
    assert (ended(decisions), shown(decisions)) == ([("a.one", "superseded")], ["c.three"])

    desk = policy()
    offer(desk, advice("a.one", "critical"), at_ms=0)
    assert offer(desk, advice("c.three", urgent=True, at_ms=3000), at_ms=3000) == []
    desk.resolve("c-n1", "expired")
    assert desk.held_by(advice("b.two"), 4000, CALM) == "the gap of 20 s after the last nudge"
    assert shown(desk.settle(4000, CALM)) == ["c.three"]


def test_a_card_stays_until_it_can_have_been_read() -> None:
    desk = policy()
    offer(desk, advice("a.one", "info"), at_ms=0)
    soon = advice("b.two", urgent=True, at_ms=100)
    assert offer(desk, soon, at_ms=100) == []
    assert desk.held_by(soon, 2999, CALM) == "the card a.one, which is still being read"
    assert desk.wake_ms(100, CALM) == 3000
    assert shown(desk.settle(3000, CALM)) == ["b.two"]
    assert shown(offer(desk, advice("b.two", "critical", at_ms=3100), at_ms=3100)) == ["b.two"]
    assert shown(offer(desk, advice("c.three", "critical", at_ms=13_200), at_ms=13_200)) == ["c.three"]

    desk = policy()
    offer(desk, advice("a.one", "info"), at_ms=0)
    assert shown(offer(desk, advice("c.three", "critical", at_ms=100), at_ms=100)) == ["c.three"]


def test_urgent_advice_is_not_held_by_the_caps_but_fills_them() -> None:
    desk = policy()
    for number, at_ms in enumerate((0, 30_000, 60_000)):
        offer(desk, advice(f"a.{number}", urgent=True, at_ms=at_ms), at_ms=at_ms)
    assert shown(offer(desk, advice("b.two", urgent=True, at_ms=90_000), at_ms=90_000)) == ["b.two"]
    assert shown(offer(desk, advice("c.three", at_ms=120_000), at_ms=120_000)) == []


def test_urgent_advice_leaves_what_is_worse_on_screen() -> None:
    desk = policy()
    offer(desk, advice("a.one", "warn"), at_ms=0)
    assert offer(desk, advice("b.two", "info", urgent=True, at_ms=3000, valid_s=30), at_ms=3000) == []
    desk.resolve("c-n1", "done")
    assert shown(desk.settle(4000, CALM)) == ["b.two"]


def test_some_information_is_shown_in_the_heat() -> None:
    hot = Air(heat=70, quiet_since_ms=-1000)
    desk = policy()
    assert desk.held_by(advice("a.one", "info"), 0, hot) == "heat of 60 or more"
    assert shown(offer(desk, advice("a.one", "info", in_heat=True), at_ms=0, air=hot)) == ["a.one"]


def test_some_advice_is_shown_only_while_the_customer_speaks() -> None:
    desk = policy()
    assert offer(desk, advice(while_listening=True), at_ms=0, air=CALM) == []
    assert shown(desk.settle(1000, LISTENING)) == ["a.one"]


def test_reasons_for_waiting_are_told() -> None:
    desk = policy()
    offer(desk, advice("a.one"), at_ms=0)
    desk.resolve("c-n1", "done")
    assert desk.held_by(advice("a.one"), 1000, CALM) == "its own pause of 90 s"
    assert desk.held_by(advice("a.one", max_per_call=1), 1000, CALM).startswith("shown 1 times")
    assert desk.held_by(advice("b.two"), 1000, TALKING).startswith("the moment")
    desk.quiet(-1)
    assert desk.held_by(advice("b.two"), 1000, CALM) == "quiet was asked for"
    assert desk.held_by(advice("b.two", "praise"), 1000, Air(heat=50, quiet_since_ms=-1000)) == "quiet was asked for"


def test_other_settings_from_here_on() -> None:
    desk = policy()
    offer(desk, advice("a.one"), advice("b.two"), at_ms=0)
    desk.reload(msgspec.structs.replace(SETTINGS, gap_s=1), "expert")
    assert desk.waiting == ()
    assert offer(desk, advice("c.three", at_ms=5000), at_ms=5000) == []
    assert desk.waiting == ()
