"""Hints and openings as others may know of them."""

from sidecar.uplink.hints import LINES, Hints
from streams.events import Event, NudgeAnswered, NudgeResolved
from streams.floor import NudgeLine, OpenNudge
from tests.sidecar.uplink.floor_call import STARTED, empathy, nudge, of


def followed(*events: Event) -> Hints:
    hints = Hints()
    for event in events:
        hints.feed(event)
    return hints


def answered(name: str, answer: str) -> NudgeAnswered:
    return of(NudgeAnswered, 9_000, nudge=name, answer=answer)


def resolved(name: str, outcome: str, rule: str = "empathy.missed") -> NudgeResolved:
    return of(NudgeResolved, 9_000, nudge=name, rule=rule, outcome=outcome)


def test_what_stands_on_the_panel() -> None:
    hints = followed(STARTED, nudge("n1"), nudge("n2", "silence.dead_air", 6_000, severity="info", title="Dead air"))
    assert hints.on_screen == OpenNudge("silence.dead_air", "Dead air", "info", 6_000)
    assert (hints.count, hints.open) == (2, 2)
    hints.feed(answered("n2", "acknowledged"))
    assert hints.on_screen == OpenNudge("empathy.missed", "Empathy owed", "warn", 5_000)
    assert (hints.count, hints.open) == (2, 2)
    hints.feed(resolved("n1", "done"))
    assert hints.on_screen is None
    assert hints.open == 1
    assert hints.of("n1") is not None


def test_hints_for_the_agents_own_sake_are_not_there() -> None:
    own = nudge("s1", "stress.breathe", title="Breathe")
    hints = followed(own, answered("s1", "helpful"), resolved("s1", "done", "stress.breathe"))
    assert (hints.on_screen, hints.count, hints.open, hints.thumbs("helpful")) == (None, 0, 0, 0)
    assert (hints.rules(), hints.lines(), hints.of("s1")) == ({}, (), None)


def test_sums_by_rule() -> None:
    hints = followed(
        nudge("n1"),
        resolved("n1", "done"),
        answered("n1", "not_helpful"),
        answered("n1", "helpful"),
        nudge("n2"),
        answered("n2", "dismissed"),
        nudge("n3"),
        answered("n3", "snoozed"),
        nudge("n4"),
        resolved("n4", "expired"),
        nudge("n5", "silence.dead_air"),
        resolved("n5", "superseded"),
    )
    assert hints.rules() == {
        "empathy.missed": {"shown": 4, "done": 1, "helpful": 1, "dismissed": 2, "expired": 1},
        "silence.dead_air": {"shown": 1},
    }
    assert (hints.thumbs("helpful"), hints.thumbs("not_helpful")) == (1, 0)


def test_a_hint_that_comes_back_is_the_same_one() -> None:
    hints = followed(nudge("n1"), answered("n1", "helpful"), answered("n1", "dismissed"), nudge("n1"))
    assert (hints.count, hints.open, hints.thumbs("helpful")) == (1, 1, 1)


def test_openings_by_what_became_of_them() -> None:
    hints = followed(empathy("o1", "open", 4_500), empathy("o2", "open", 8_000, said_ms=7_000))
    assert hints.opening_since_ms == 4_000
    hints.feed(empathy("o1", "given", 9_000, said_ms=8_800))
    assert (hints.opening_since_ms, hints.openings("given"), hints.openings("open")) == (7_000, 1, 1)
    hints.feed(empathy("o2", "missed", 20_000))
    assert (hints.opening_since_ms, hints.openings("missed")) == (-1, 1)


def test_lines_for_who_has_the_call_open_hold_no_quotes_and_are_bounded() -> None:
    hints = followed(nudge("n1"), resolved("n1", "done"), nudge("n2", measured=""))
    assert hints.lines() == (
        NudgeLine("empathy.missed", "Empathy owed", "warn", 5_000, "done", ("22 s",)),
        NudgeLine("empathy.missed", "Empathy owed", "warn", 5_000),
    )
    many = followed(*(nudge(f"n{number}", at_ms=number) for number in range(LINES + 5)))
    assert [line.at_ms for line in many.lines()] == list(range(5, LINES + 5))
