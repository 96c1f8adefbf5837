"""Which of several calls is shown, and what is remembered of the others."""

from streams.events import CallEnded, CallStarted, Event, Hold, Mood, SpeechStarted
from tests.tui.calls import CALL, EMPATHY, RISING, STARTED, TALK, of
from tui.board import fold
from tui.roster import CALLS_KEPT, Roster, reduce, restored
from tui.state import Board


def after(*events: Event) -> Roster:
    roster = Roster()
    for event in events:
        roster = reduce(roster, event)
    return roster


def began(call_id: str) -> CallStarted:
    return of(CallStarted, call_id=call_id)


def ended(call_id: str) -> CallEnded:
    return of(CallEnded, 5, call_id=call_id)


def test_the_newest_live_call_is_shown() -> None:
    assert Roster().shown == Board()
    assert (Roster().others, Roster().number) == ((), 1)
    both = after(began("a"), began("b"))
    assert (both.shown.call_id, both.number, [other.call_id for other in both.others]) == ("b", 2, ["a"])
    assert reduce(both, ended("b")).shown.call_id == "a"


def test_a_picked_call_stays_until_it_ends_or_another_begins() -> None:
    picked = after(began("a"), began("b")).next()
    assert (picked.shown.call_id, picked.number) == ("a", 1)
    assert reduce(picked, of(Hold, 1, call_id="b")).shown.call_id == "a"
    assert reduce(picked, ended("b")).shown.call_id == "a"
    assert reduce(picked, ended("a")).shown.call_id == "b"
    assert reduce(picked, began("c")).shown.call_id == "c"
    assert picked.next().shown.call_id == "b"
    assert Roster().next() == Roster()


def test_a_wrap_up_stays_in_sight_when_no_call_is_live() -> None:
    first = after(began("a"), began("b"), ended("b"), ended("a"))
    assert first.shown.call_id == "a"
    assert first.next().shown.call_id == "b"
    assert reduce(first, began("c")).shown.call_id == "c"


def test_events_count_for_their_own_call() -> None:
    roster = after(began("a"), began("b"), of(Hold, 3, call_id="a"))
    assert (roster.boards["a"].on_hold, roster.boards["b"].on_hold) == (True, False)


def test_a_call_whose_beginning_was_missed_counts_only_where_none_is_known() -> None:
    assert after(of(Hold, 3)).shown.on_hold
    assert after(ended("x")) == Roster()
    known = after(began("a"))
    assert reduce(known, of(Hold, 3, call_id="x")) is known


def test_the_same_id_again_is_a_new_call() -> None:
    again = after(began("a"), of(Hold, 3, call_id="a"), began("b"), began("a"))
    assert (again.shown.call_id, again.shown.on_hold, list(again.boards)) == ("a", False, ["b", "a"])


def test_calls_are_bounded_and_ended_ones_go_first() -> None:
    many = [began(f"c{number}") for number in range(CALLS_KEPT)]
    live = after(*many, ended("c2"), began("new"))
    assert "c2" not in live.boards
    assert len(live.boards) == CALLS_KEPT
    assert "c0" not in after(*many, began("new")).boards


def test_a_snapshot_is_the_same_fold() -> None:
    events = [STARTED, *TALK, EMPATHY, RISING]
    assert restored(after(STARTED, of(Hold)), events).shown == fold(Board(), events)


def test_a_snapshot_of_several_calls_shows_the_newest_live_one_else_the_last() -> None:
    old = [began("old"), ended("old")]
    assert restored(Roster(), [STARTED, *old]).shown.call_id == CALL
    assert restored(Roster(), old).shown.phase == "wrap_up"
    picked = after(began("a"), began("b")).next()
    assert restored(picked, [began("a"), began("b")]).shown.call_id == "a"
    assert restored(picked, [began("b")]).picked == ""


def test_a_snapshot_without_the_call_leaves_it_for_review() -> None:
    assert restored(Roster(), []) == Roster()
    live = after(STARTED, EMPATHY, of(SpeechStarted, channel="agent", started_ms=0))
    gone = restored(live, []).shown
    assert (gone.phase, gone.ended_reason, gone.speaking, len(gone.items)) == ("wrap_up", "service restarted", {}, 1)
    assert restored(after(STARTED, of(CallEnded, 5)), []).shown.ended_reason == "hung_up"


def test_an_end_without_a_call_in_a_snapshot_is_passed_over() -> None:
    mood = of(Mood, 3, utterance=0, score=0.0, smoothed=0.0, trend="steady")
    assert restored(Roster(), [ended("x"), mood]).shown.call_id == CALL
