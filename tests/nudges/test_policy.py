from itertools import pairwise
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudges.delivery import Advice, Air, Decision, DeliverySettings, Resolve, Show
from nudges.findings import Finding
from nudges.lifecycle import NudgeState
from nudges.policy import Policy
from streams.events import Answer, Severity

SETTINGS = DeliverySettings(
    gap_s=20,
    cooldown_s=90,
    cap=3,
    cap_window_s=300,
    cap_per_call=8,
    life_s={"info": 12, "warn": 20, "critical": 45, "praise": 6},
    pause_ms=300,
    critical_yield_s=10,
    praise_per_call=2,
    praise_heat_below=40,
    info_heat_below=60,
    thumbs_down=2,
    thumbs_window=10,
    undo_s=5,
)
CALM = Air(quiet_since_ms=-1000)
LISTENING = Air(customer_speaking=True, anyone_speaking=True)
TALKING = Air(anyone_speaking=True)


def advice(rule: str = "a.one", severity: Severity = "warn", at_ms: int = 0, **changes: Any) -> Advice:
    evidence_ms = changes.pop("evidence_ms", at_ms)
    valid_s = changes.pop("valid_s", 15)
    finding = Finding(from_ms=evidence_ms, until_ms=evidence_ms, measured="", threshold="")
    return Advice(
        **{
            "rule": rule,
            "family": rule.split(".", maxsplit=1)[0],
            "severity": severity,
            "priority": 50,
            "true_ms": at_ms,
            "valid_until_ms": at_ms + valid_s * 1000,
            "finding": finding,
            **changes,
        }
    )


def policy(level: Any = "novice", **history: tuple[bool, ...]) -> Policy:
    return Policy("c", SETTINGS, level, {rule.replace("_", "."): thumbs for rule, thumbs in history.items()})


def offer(desk: Policy, *advices: Advice, at_ms: int, air: Air = CALM) -> list[Decision]:
    for one in advices:
        desk.offer(one)
    return desk.settle(at_ms, air)


def shown(decisions: list[Decision]) -> list[str]:
    return [decision.advice.rule for decision in decisions if isinstance(decision, Show)]


def ended(decisions: list[Decision]) -> list[tuple[str, str]]:
    return [(decision.rule, decision.outcome) for decision in decisions if isinstance(decision, Resolve)]


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
    assert desk.wake_ms(6000, CALM) == 10_000
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
    desk = policy(a_one=(False, *[True] * 9))
    offer(desk, advice(), at_ms=0)
    desk.answer("c-n1", "not_helpful", 1000)
    desk.answer("c-n1", "helpful", 1000)
    assert desk.thumbs["a.one"] == (*[True] * 8, False, True)
    assert shown(offer(desk, advice(at_ms=100_000), at_ms=100_000)) == ["a.one"]
    desk.answer("c-n2", "not_helpful", 101_000)
    desk.settle(150_000, CALM)
    assert offer(desk, advice(at_ms=300_000), at_ms=300_000) == []
    assert desk.shadowed == [("a.one", 300_000)]


def test_a_shadow_rule_is_logged_at_most_once_a_cooldown() -> None:
    desk = policy()
    for at_ms in (0, 1000, 90_000):
        assert offer(desk, advice(shadow=True, at_ms=at_ms), at_ms=at_ms) == []
    assert desk.shadowed == [("a.one", 0), ("a.one", 90_000)]


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


# --- whatever happens -------------------------------------------------------------------------------------------------

RULES = ("a.one", "b.two", "process.three", "praise.four")
STEPS = st.lists(
    st.tuples(
        st.integers(0, 40_000),
        st.one_of(
            st.tuples(st.just("offer"), st.sampled_from(RULES), st.sampled_from(get_args(Severity))),
            st.tuples(st.just("answer"), st.sampled_from(get_args(Answer)), st.none()),
            st.tuples(st.just("done"), st.none(), st.none()),
            st.tuples(st.just("drop"), st.sampled_from(RULES), st.none()),
            st.tuples(st.just("quiet"), st.sampled_from((-1, 0, 60_000)), st.none()),
            st.tuples(st.just("volume"), st.sampled_from(("novice", "standard", "expert")), st.none()),
            st.tuples(
                st.just("air"),
                st.sampled_from((CALM, LISTENING, TALKING, Air(heat=70, quiet_since_ms=-1000))),
                st.none(),
            ),
        ),
    ),
    max_size=60,
)


@settings(max_examples=80, deadline=None)
@given(steps=STEPS)
def test_delivery_keeps_its_promises(steps: list[tuple[int, tuple[str, Any, Any]]]) -> None:
    desk = policy("novice")
    now_ms = 0
    air = CALM
    log: list[tuple[int, Decision]] = []

    def settle(at_ms: int) -> None:
        log.extend((at_ms, decision) for decision in desk.settle(at_ms, air))
        assert sum(card.state.on_screen for card in desk.cards) <= 1

    for pause_ms, (kind, first, second) in steps:
        end_ms = now_ms + pause_ms
        while (due_ms := desk.wake_ms(now_ms, air)) is not None and due_ms <= end_ms:
            assert due_ms > now_ms
            now_ms = due_ms
            settle(now_ms)
        now_ms = end_ms
        match kind:
            case "offer":
                desk.offer(advice(first, second, at_ms=now_ms))
            case "answer":
                log.extend((now_ms, decision) for decision in desk.answer("", first, now_ms))
            case "done":
                log.extend((now_ms, decision) for card in desk.live for decision in desk.resolve(card.nudge, "done"))
            case "drop":
                desk.drop(first)
            case "quiet":
                desk.quiet(first if first <= 0 else now_ms + first)
            case "volume":
                desk.volume(first)
            case "air":
                air = first
        settle(now_ms)
    log.extend((now_ms, decision) for decision in desk.finish())

    shows = [(at_ms, one) for at_ms, one in log if isinstance(one, Show)]
    ends = {one.nudge: (at_ms, one.outcome) for at_ms, one in log if isinstance(one, Resolve)}
    assert {one.nudge for _, one in shows} == set(ends)
    for (before_ms, before), (at_ms, one) in pairwise(shows):
        severity = one.advice.severity
        freed = ends[before.nudge][1] in {"done", "dismissed"} and ends[before.nudge][0] <= at_ms
        upgraded = before.advice.rule == one.advice.rule
        assert severity == "critical" or freed or upgraded or at_ms - before_ms >= 20_000
    for at_ms, one in shows:
        assert at_ms < one.advice.valid_until_ms
        assert ends[one.nudge][0] <= one.expires_ms
    for index, (at_ms, one) in enumerate(shows):
        earlier = [(ms, other) for ms, other in shows[:index] if other.advice.rule == one.advice.rule]
        if earlier:
            last_ms, last = earlier[-1]
            order = ("critical", "warn", "info", "praise")
            worse = order.index(one.advice.severity) < order.index(last.advice.severity)
            assert worse or at_ms - last_ms >= 90_000
    counted = [
        at_ms
        for index, (at_ms, one) in enumerate(shows)
        if one.advice.severity in {"info", "warn"}
        and not (
            index + 1 < len(shows)
            and shows[index + 1][1].advice.rule == one.advice.rule
            and ends[one.nudge][1] == "superseded"
        )
    ]
    assert len(counted) <= 8
    assert all(later - first >= 300_000 for first, later in zip(counted, counted[3:], strict=False))
    assert sum(one.advice.severity == "praise" for _, one in shows) <= 2


@settings(max_examples=40, deadline=None)
@given(steps=STEPS, extra=st.lists(st.integers(0, 600_000), max_size=20))
def test_looking_more_often_changes_nothing(steps: list[tuple[int, tuple[str, Any, Any]]], extra: list[int]) -> None:
    def play(times: list[int]) -> list[tuple[int, Decision]]:
        desk = policy("novice")
        log: list[tuple[int, Decision]] = []
        now_ms = 0
        pending = sorted(times)
        for pause_ms, (kind, first, second) in steps:
            end_ms = now_ms + pause_ms
            while True:
                due = [at for at in (desk.wake_ms(now_ms, CALM), *(pending[:1])) if at is not None and at <= end_ms]
                if not due:
                    break
                now_ms = max(now_ms, min(due))
                pending = [at for at in pending if at > now_ms]
                log.extend((now_ms, decision) for decision in desk.settle(now_ms, CALM))
            now_ms = end_ms
            if kind == "offer":
                desk.offer(advice(first, second, at_ms=now_ms))
            log.extend((now_ms, decision) for decision in desk.settle(now_ms, CALM))
        return log

    assert play([]) == play(extra)
