"""Commands as events."""

import pytest

from sidecar.actions import LONGEST_TEXT, Actions
from streams.errors import InputError
from streams.events import HelpAsked, Nudge, NudgeAnswered, NudgeResolved, Quiet, SidesSwapped, Tick, Volume
from streams.wire import Command


def nudge(name: str) -> Nudge:
    return Nudge(call_id="c", at_ms=0, nudge=name, rule="r.x", family="r", severity="info", title="T", text="t")


def resolved(name: str) -> NudgeResolved:
    return NudgeResolved(call_id="c", at_ms=0, nudge=name, rule="r.x", outcome="expired")


def answer(value: str, nudge: str = "") -> Command:
    return Command(action="answer", value=value, nudge=nudge)


def test_an_unnamed_answer_is_for_the_nudge_on_screen() -> None:
    actions = Actions("c")
    for event in (nudge("n1"), nudge("n2"), Tick(call_id="c", at_ms=0)):
        actions.feed(event)
    said = actions.event(answer("acknowledged"), "pedal", 70)
    assert said == NudgeAnswered(call_id="c", at_ms=70, nudge="n2", answer="acknowledged", by="pedal")
    actions.feed(resolved("n2"))
    assert actions.event(answer("dismissed"), "", 70) == NudgeAnswered(
        call_id="c", at_ms=70, nudge="n1", answer="dismissed"
    )


def test_thumbs_may_come_late_and_other_answers_may_not() -> None:
    actions = Actions("c")
    for event in (nudge("n1"), resolved("n1"), resolved("n0")):
        actions.feed(event)
    for value in ("helpful", "not_helpful", "undone"):
        said = actions.event(answer(value), "", 0)
        assert isinstance(said, NudgeAnswered)
        assert said.nudge == "n1"
    with pytest.raises(InputError, match="no nudge is on the screen"):
        actions.event(answer("acknowledged"), "", 0)


def test_without_any_nudge_there_is_nothing_to_answer() -> None:
    with pytest.raises(InputError, match="no nudge is on the screen"):
        Actions("c").event(answer("helpful"), "", 0)


def test_a_named_answer_is_for_a_nudge_of_this_call() -> None:
    actions = Actions("c")
    with pytest.raises(InputError, match="no nudge n7 was given in this call"):
        actions.event(answer("snoozed", "n7"), "panel", 5)
    for event in (nudge("n7"), resolved("n7")):
        actions.feed(event)
    said = actions.event(answer("snoozed", "n7"), "panel", 5)
    assert said == NudgeAnswered(call_id="c", at_ms=5, nudge="n7", answer="snoozed", by="panel")


@pytest.mark.parametrize(
    ("value", "until_ms"), [("off", 0), ("call", -1), ("2", 121_000), ("0.5", 31_000), ("1440", 86_401_000)]
)
def test_quiet(value: str, until_ms: int) -> None:
    said = Actions("c").event(Command(action="quiet", value=value), "", 1000)
    assert said == Quiet(call_id="c", at_ms=1000, until_ms=until_ms)


@pytest.mark.parametrize("value", ["", "0", "-1", "1441", "nan", "inf", "soon"])
def test_quiet_for_no_time_is_refused(value: str) -> None:
    with pytest.raises(InputError, match="give minutes, `call` or `off`"):
        Actions("c").event(Command(action="quiet", value=value), "", 0)


def test_volume() -> None:
    assert Actions("c").event(Command(action="volume", value="expert"), "", 3) == Volume(
        call_id="c", at_ms=3, level="expert"
    )
    with pytest.raises(InputError, match="no volume 'loud'; there are novice, standard, expert"):
        Actions("c").event(Command(action="volume", value="loud"), "", 3)


def test_help_is_numbered_and_bounded() -> None:
    actions = Actions("c")
    first = actions.event(Command(action="ask_help", value="x" * 900), "", 3)
    assert first == HelpAsked(call_id="c", at_ms=3, help="c/help-1", text="x" * LONGEST_TEXT)
    second = actions.event(Command(action="ask_help"), "", 4)
    assert second == HelpAsked(call_id="c", at_ms=4, help="c/help-2")


def test_sides_are_swapped() -> None:
    assert Actions("c").event(Command(action="swap_sides"), "", 3) == SidesSwapped(call_id="c", at_ms=3)


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="no action 'dance'"):
        Actions("c").event(Command(action="dance"), "", 0)
    with pytest.raises(InputError, match="no answer 'maybe'; there are acknowledged"):
        Actions("c").event(answer("maybe", "n1"), "", 0)
