"""The rule runtime on packs of one rule, driven through a coach: what fires, is held back, watched, done or gone."""

from collections.abc import Callable
from typing import Any

import pytest

from nudges.coach import Coach
from streams.events import CallEnded, CallStarted, FloorAlert, Nudge, NudgeResolved
from tests.nudges.saying import ends, says, starts, tick

RULE = """
[[rule]]
id = "own.one"
family = "own"
severity = "info"
title = "One"
text = "One thing."
"""


@pytest.fixture
def with_rule(pack_text: str, make_coach: Callable[..., Coach]) -> Callable[..., Coach]:
    """A coach whose pack has one rule, given as its further lines."""
    head = pack_text[: pack_text.index("[[rule]]")]

    def make(lines: str, **config: Any) -> Coach:
        channels = config.pop("channels", ("agent", "customer"))
        coach = make_coach(pack=head + RULE + lines, **config)
        coach.feed(CallStarted(call_id="c", at_ms=0, channels=channels))
        return coach

    return make


def said(coach: Coach, *events: Any) -> list[str]:
    lines = []
    for event in events:
        for out in coach.feed(event):
            match out:
                case Nudge():
                    lines.append(f"{out.at_ms} {out.severity}")
                case NudgeResolved():
                    lines.append(f"{out.at_ms} {out.outcome}")
                case FloorAlert():
                    lines.append(f"{out.at_ms} floor {out.text}")
                case _:
                    pass
    return lines


PROMISE = says("agent", 1000, 3000, "then I will call")
WHEN = says("agent", 5000, 6000, "tomorrow morning", number=1)
WATCH = """
when = [{ on = "heard", cues = ["A.promise"], wait_s = 10, unless = [{ heard = ["A.timeframe"], within_s = 3 }] }]
done = [{ heard = ["A.timeframe"] }]
"""


def test_a_watch_fires_at_its_end(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule(WATCH)
    assert said(coach, PROMISE) == []
    assert coach.wake_ms == 3700
    assert said(coach, tick(60_000)) == ["13000 info", "25000 expired"]


def test_a_watch_ends_when_it_was_said(with_rule: Callable[..., Coach]) -> None:
    assert said(with_rule(WATCH), PROMISE, WHEN, tick(60_000)) == []


def test_a_watch_waits_for_words_not_yet_known(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule(WATCH)
    assert said(coach, PROMISE, starts("agent", 11_000), ends("agent", 11_000, 12_000), tick(14_000)) == []
    assert said(coach, says("agent", 11_000, 12_000, "tomorrow morning", number=1, known_ms=14_500)) == []
    assert said(coach, tick(60_000)) == []


def test_a_watch_waits_no_longer_than_its_bound(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule(WATCH)
    edges = (starts("agent", 11_000), ends("agent", 11_000, 12_000))
    assert said(coach, PROMISE, *edges, tick(15_999)) == []
    assert said(coach, tick(16_000)) == ["16000 info"]


def test_done_while_shown(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule(WATCH)
    late = says("agent", 15_000, 16_000, "tomorrow morning", number=1)
    assert said(coach, PROMISE, late) == ["13000 info", "16000 done"]


def test_gone_while_shown(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule('when = [{ on = "heard", cues = ["A.promise"] }]\ngone = [{ heard = ["C.accept"] }]\n')
    yes = says("customer", 5000, 6000, "yes go ahead")
    assert said(coach, PROMISE, tick(4000), yes) == ["3000 info", "6000 expired"]


def test_what_holds_it_back_counts_until_it_is_shown(with_rule: Callable[..., Coach]) -> None:
    lines = 'when = [{ on = "heard", cues = ["A.promise"] }]\nunless = [{ speaking = "C" }]\n'
    coach = with_rule(lines)
    assert said(coach, starts("customer", 2000), PROMISE, tick(20_000)) == []

    coach = with_rule(lines)
    held = (starts("agent", 1000), PROMISE, starts("customer", 3100), tick(20_000))
    assert said(coach, *held) == []

    coach = with_rule(lines)
    assert said(coach, PROMISE, starts("customer", 3500), tick(30_000)) == ["3000 info", "15000 expired"]


def test_only_if(with_rule: Callable[..., Coach]) -> None:
    lines = 'when = [{ on = "heard", cues = ["A.promise"], only_if = [{ call_s = 30 }, { on_hold = false }] }]\n'
    coach = with_rule(lines)
    again = says("agent", 30_000, 31_000, "then I will call", number=1)
    assert said(coach, PROMISE, tick(4000), again, tick(32_000)) == ["31000 info"]


def test_the_floor_hears_also_what_the_agent_does_not(with_rule: Callable[..., Coach]) -> None:
    when = 'when = [{ on = "heard", cues = ["A.promise"], floor = "listen", severity = "warn" }]\n'
    again = says("agent", 30_000, 31_000, "then I will call", number=1)
    later = says("agent", 100_000, 101_000, "then I will call", number=2)
    calls = (PROMISE, again, later)
    heard = ["3000 floor listen", "101000 floor listen"]

    assert said(with_rule(when + 'unless = [{ phase = ["resolution"] }]\n'), *calls) == heard
    assert said(with_rule(when, shadow=["own.one"]), *calls) == []
    assert said(with_rule(when + "shadow = true\n"), *calls) == []
    assert said(with_rule(when, off=["own.one"]), *calls) == []
    assert said(with_rule(when + "enabled = false\n"), *calls) == []


def test_when_a_rule_in_shadow_would_have_spoken_is_in_the_summary(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule('when = [{ on = "heard", cues = ["A.promise"] }]\nshadow = true\n')
    again = says("agent", 120_000, 121_000, "then I will call", number=1)
    assert said(coach, PROMISE, tick(10_000), again) == []
    (summary,) = coach.feed(CallEnded(call_id="c", at_ms=122_000))
    assert summary.totals["in_shadow"] == {"own.one": [3000, 121_000]}  # type: ignore[union-attr]


def test_in_a_mixed_call_only_rules_for_it_run(with_rule: Callable[..., Coach]) -> None:
    silence = 'when = [{ on = "silence", s = 10 }]\n'
    events = (starts("mixed", 0), ends("mixed", 0, 1000), tick(20_000))
    assert said(with_rule(silence + "mixed = true\n", channels=("mixed",)), *events) == ["11000 info"]
    assert said(with_rule(silence, channels=("mixed",)), *events) == []


def test_a_condition_of_time_is_met_at_its_moment(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule('when = [{ on = "heard", cues = ["A.promise"] }]\ndone = [{ spoke = "C", spoke_s = 2 }]\n')
    assert said(coach, PROMISE, tick(4000), starts("customer", 5000), tick(9000)) == ["3000 info", "7000 done"]


def test_what_is_done_already_is_never_said(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule('when = [{ on = "heard", cues = ["C.hardship"] }]\ndone = [{ heard = ["A.ack_emotion"] }]\n')
    answer = says("agent", 5000, 7000, "I'm so sorry to hear about your husband")
    late = says("customer", 1000, 4000, "my husband passed away", known_ms=7500)
    assert said(coach, answer, late, tick(20_000)) == []


def test_a_watch_knows_when_it_is_done(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule(
        'when = [{ on = "heard", cues = ["A.promise"], wait_s = 10 }]\ndone = [{ spoke = "C", spoke_s = 2 }]\n'
    )
    assert said(coach, PROMISE, starts("customer", 5000), ends("customer", 5000, 8000), tick(30_000)) == []


def test_of_several_triggers_at_one_moment_the_first_counts(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule(
        'when = [{ on = "heard", cues = ["A.promise"], severity = "warn", floor = "first" },'
        ' { on = "heard", cues = ["A.promise"], floor = "second" }]\n'
    )
    assert said(coach, PROMISE, tick(9000)) == ["3000 floor first", "3000 warn"]


def test_a_rule_may_be_put_off(with_rule: Callable[..., Coach]) -> None:
    lines = 'when = [{ on = "heard", cues = ["A.promise"] }]\ndefer = [{ heard = ["A.verify"], last_s = 8 }]\n'
    asks = says("agent", 0, 900, "can you confirm your date of birth")
    coach = with_rule(lines)
    assert said(coach, asks, PROMISE, tick(8000)) == []
    assert said(coach, tick(9000)) == ["8900 info"]

    again = says("agent", 7000, 7900, "can you confirm your date of birth", number=2)
    coach = with_rule(lines + "defer_s = 10\n")
    assert said(coach, asks, PROMISE, again, tick(12_000)) == []
    assert said(coach, tick(14_000)) == ["13000 info"]


def notes(coach: Coach, *events: Any) -> list[str]:
    found = []
    for event in events:
        coach.feed(event)
        found += coach.notes()
    return found


def test_notes_say_why_and_why_not(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule(WATCH, explained="own.one")
    assert notes(coach, says("agent", 0, 900, "good morning"), PROMISE) == [
        "trigger 1: promise: once (from once): watched until 13.0 s"
    ]
    assert notes(coach, starts("agent", 12_500), tick(13_500)) == [
        "trigger 1: promise: once (from once): watched until 13.0 s",
        "trigger 1: promise: once (from once): watched until 13.0 s",
    ]
    coach = with_rule(WATCH, explained="own.one")
    assert notes(coach, PROMISE, WHEN)[-1] == (
        "trigger 1: promise: once (from once): held back or done already: "
        'unless {"heard":["A.timeframe"],"within_s":3.0}, done {"heard":["A.timeframe"]}'
    )
    coach = with_rule(WATCH, explained="own.one")
    assert notes(coach, PROMISE, starts("customer", 5000), tick(13_100))[-1].endswith("advised as info")


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        ('unless = [{ phase = ["resolution"] }]', 'held back: unless {"phase":["resolution"]}'),
        ('defer = [{ phase = ["resolution"] }]', "put off"),
    ],
)
def test_notes_name_the_condition(with_rule: Callable[..., Coach], lines: str, note: str) -> None:
    coach = with_rule(f'when = [{{ on = "heard", cues = ["A.promise"] }}]\n{lines}\n', explained="own.one")
    assert notes(coach, PROMISE)[-1].endswith(note)


def test_notes_on_what_is_found_and_does_not_count(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule(
        'when = [{ on = "heard", cues = ["A.promise"], only_if = [{ call_s = 30 }] }]\n', explained="own.one"
    )
    assert notes(coach, PROMISE) == ["trigger 1: promise: once (from once): found, but not all of its `only_if` hold"]


def test_notes_on_what_waits(with_rule: Callable[..., Coach]) -> None:
    coach = with_rule('when = [{ on = "heard", cues = ["A.promise"] }]\n', explained="own.one")
    assert notes(coach, starts("agent", 0), PROMISE)[-1] == (
        "waits for the moment: it waits for a pause or for the customer"
    )


@pytest.mark.parametrize(("urgent", "shown"), [("urgent = true", ["900 info", "3900 info"]), ("", ["900 info"])])
def test_one_trigger_of_a_rule_may_be_urgent(with_rule: Callable[..., Coach], urgent: str, shown: list[str]) -> None:
    comma = ", " if urgent else ""
    other = RULE.replace("own.one", "own.two")
    coach = with_rule(
        f'when = [{{ on = "heard", cues = ["A.promise"]{comma}{urgent} }}]\n'
        f'{other}when = [{{ on = "heard", cues = ["C.hardship"] }}]\n'
    )
    hard = says("customer", 0, 900, "my husband passed away")
    heard = said(coach, hard, tick(1500), says("agent", 1600, 3000, "then I will call"), tick(4000))
    assert [line for line in heard if line.endswith("info")] == shown
