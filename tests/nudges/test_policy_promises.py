"""What the delivery policy keeps to whatever happens."""

from itertools import pairwise
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from nudges.delivery import Air, Decision, Resolve, Show
from streams.events import Answer, Severity
from tests.nudges.delivering import CALM, LISTENING, TALKING, advice, policy

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
