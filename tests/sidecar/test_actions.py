"""Commands as events."""

import pytest

from sidecar.actions import LONGEST_TEXT, Actions
from streams.errors import InputError
from streams.events import (
    AudioPaused,
    AudioResumed,
    HelpAsked,
    Note,
    NoteDelivered,
    NoteRead,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    Quiet,
    SharingChanged,
    SidesSwapped,
    Tick,
    Volume,
)
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


def test_listening_is_paused_and_goes_on() -> None:
    actions = Actions("c")
    for value, kind in (("on", AudioPaused), ("off", AudioResumed)):
        assert actions.event(Command(action="pause", value=value), "", 3) == kind(call_id="c", at_ms=3, reason="agent")
    with pytest.raises(InputError, match="give `on` or `off`"):
        actions.event(Command(action="pause"), "", 3)


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="no action 'dance'"):
        Actions("c").event(Command(action="dance"), "", 0)
    with pytest.raises(InputError, match="no answer 'maybe'; there are acknowledged"):
        Actions("c").event(answer("maybe", "n1"), "", 0)


def note(name: str) -> Note:
    return Note(call_id="c", at_ms=0, note=name, by="Maria", text="offer a refund")


def shown(name: str) -> Command:
    return Command(action="note_shown", value=name)


def read(name: str) -> Command:
    return Command(action="note_read", value=name)


def test_a_note_is_delivered_and_read_once() -> None:
    actions = Actions("c")
    assert not actions.knows("k1")
    actions.feed(note("k1"))
    assert actions.knows("k1")
    delivered = actions.event(shown("k1"), "", 5)
    assert delivered == NoteDelivered(call_id="c", at_ms=5, note="k1")
    actions.feed(delivered)
    actions.feed(note("k1"))
    assert actions.event(shown("k1"), "", 6) is None
    seen = actions.event(read("k1"), "", 7)
    assert seen == NoteRead(call_id="c", at_ms=7, note="k1")
    actions.feed(seen)
    actions.feed(delivered)
    assert actions.event(read("k1"), "", 8) is None
    assert actions.event(shown("k1"), "", 8) is None


def test_a_note_may_be_read_before_it_was_said_to_be_delivered() -> None:
    actions = Actions("c")
    actions.feed(note("k1"))
    assert actions.event(read("k1"), "", 7) == NoteRead(call_id="c", at_ms=7, note="k1")


def test_a_note_that_never_came_is_refused() -> None:
    actions = Actions("c")
    actions.feed(NoteRead(call_id="c", at_ms=1, note="k9"))
    for command in (shown("k9"), read("k9")):
        with pytest.raises(InputError, match="no such note"):
            actions.event(command, "", 0)


def test_a_foot_pedal_reads_the_note_where_no_nudge_stands() -> None:
    actions = Actions("c")
    for event in (note("k1"), NoteDelivered(call_id="c", at_ms=1, note="k1"), nudge("n1")):
        actions.feed(event)
    assert isinstance(actions.event(answer("acknowledged"), "pedal", 5), NudgeAnswered)
    actions.feed(resolved("n1"))
    assert actions.event(answer("acknowledged"), "pedal", 6) == NoteRead(call_id="c", at_ms=6, note="k1")
    with pytest.raises(InputError, match="no nudge is on the screen"):
        actions.event(answer("dismissed"), "pedal", 6)


@pytest.mark.parametrize("what", ["on", "off"])
def test_sharing_is_switched_where_that_may_be(what: str) -> None:
    command = Command(action="share", value=what)
    assert Actions("c").event(command, "", 4) == SharingChanged(call_id="c", at_ms=4, what=what)
    with pytest.raises(InputError, match="because of this"):
        Actions("c", keeps_sharing="because of this").event(command, "", 4)
    with pytest.raises(InputError, match="give `on` or `off`"):
        Actions("c").event(Command(action="share", value="half"), "", 4)
