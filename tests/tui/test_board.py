"""The board: every event has its effect, no sequence of events breaks it, a snapshot is the same fold."""

import typing
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nudges.lifecycle import NudgeState
from streams import events as e
from streams.events import Event, Telemetry
from tests.tui.calls import CALL, DEAD_AIR, EMPATHY, ENDED, RISING, STARTED, nudge, of, resolved, spoken
from tui.board import ITEMS_KEPT, MOODS_KEPT, NOTES_KEPT, SAID_KEPT, fold, reduce
from tui.roster import CALLS_KEPT, Roster, restored
from tui.roster import reduce as follow
from tui.state import Board, Item, Point, Said, Signed, Step, Whispered


def after(*events: Event | Telemetry) -> Board:
    return fold(Board(), [STARTED, *events])


def test_a_call_begins_runs_and_ends() -> None:
    assert Board().phase == "idle"
    live = after()
    assert (live.phase, live.call_id, live.started) == ("live", CALL, STARTED)
    over = fold(live, [of(e.Tick, 5_000), of(e.CallEnded, 6_000, reason="transferred")])
    assert (over.phase, over.at_ms, over.ended_reason) == ("wrap_up", 6_000, "transferred")
    assert reduce(over, of(e.CallStarted, 0, call_id="next")) == Board(
        phase="live", call_id="next", started=of(e.CallStarted, 0, call_id="next")
    )


def test_joined_in_mid_call_everything_from_there_on_counts() -> None:
    board = reduce(Board(), of(e.Tick, 70_000))
    assert (board.phase, board.call_id, board.at_ms, board.started) == ("live", CALL, 70_000, None)
    assert reduce(Board(), of(e.CallEnded, 70_000)) == Board()


def test_other_calls_change_nothing() -> None:
    board = after()
    assert reduce(board, of(e.Hold, 9, call_id="other")) is board


def test_time_never_goes_back_and_stops_with_the_call() -> None:
    board = after(of(e.Tick, 900), of(e.Tick, 500))
    assert board.at_ms == 900
    assert fold(board, [of(e.CallEnded, 950), of(e.NudgeAnswered, 4_000, nudge="x", answer="helpful")]).at_ms == 950


def test_states_of_the_call() -> None:
    assert after(of(e.Hold)).on_hold
    assert not after(of(e.Hold), of(e.Resumed)).on_hold
    assert after(of(e.AudioPaused)).audio_paused
    assert not after(of(e.AudioPaused), of(e.AudioResumed)).audio_paused
    before = of(e.AudioPaused, reason="agent_before")
    assert after(before).paused_by_agent
    assert after(before).paused_from_before
    assert not after(before, of(e.AudioPaused, reason="agent")).paused_from_before
    assert not after(before, of(e.AudioResumed, reason="agent")).paused_from_before
    muted = after(of(e.Muted, channel="agent"), of(e.Muted, channel="customer"), of(e.Muted, channel="agent"))
    assert muted.muted == ("customer", "agent")
    assert reduce(muted, of(e.Unmuted, channel="agent")).muted == ("customer",)
    lost = after(
        of(e.AudioLost, 3_000, channel="agent", lost_ms=400), of(e.AudioLost, 4_000, channel="agent", lost_ms=-1)
    )
    assert (lost.lost_ms, lost.lost_at_ms) == (400, 4_000)
    assert after(of(e.CallContext), of(e.FloorAlert, rule="r", severity="warn", text="t")) == after()


def test_speech_is_counted_by_side_and_changes_place_with_the_sides() -> None:
    board = after(
        *spoken("agent", 0, 0, 3_000, "hello"), of(e.SpeechStarted, 3_100, channel="customer", started_ms=3_100)
    )
    assert board.spoken_ms == {"agent": 3_000}
    assert board.speaking == {"customer": 3_100}
    swapped = reduce(board, of(e.SidesSwapped, 4_000))
    assert swapped.spoken_ms == {"customer": 3_000}
    assert swapped.speaking == {"agent": 3_100}


def test_a_doubt_about_the_sides_is_gone_with_their_swap() -> None:
    doubtful = after(of(e.Doubt, 1, about="sides", text="greeted"), of(e.Doubt, 2, about="rate", text="twice as fast"))
    assert doubtful.doubts == {"sides": "greeted", "rate": "twice as fast"}
    assert reduce(doubtful, of(e.SidesSwapped, 3)).doubts == {"rate": "twice as fast"}


def hypothesis(number: int, stable: str, tail: str = "", started_ms: int = 0, **fields: Any) -> e.Hypothesis:
    return of(
        e.Hypothesis, channel="customer", utterance=number, started_ms=started_ms, stable=stable, tail=tail, **fields
    )


def test_words_grow_become_final_and_stay_so() -> None:
    growing = after(hypothesis(0, "i was", "charged", lag_ms=300))
    assert growing.said == (Said("customer", 0, 0, "i was", "charged"),)
    assert growing.lag_ms == 300
    final = fold(growing, spoken("customer", 0, 0, 900, "i was charged twice"))
    assert final.said == (Said("customer", 0, 0, "i was charged twice", final=True),)
    assert reduce(final, hypothesis(0, "late")).said == final.said


def test_words_stand_in_the_order_in_which_they_were_begun() -> None:
    board = after(hypothesis(1, "second", started_ms=5_000), *spoken("agent", 0, 2_000, 6_000, "first"))
    assert [said.stable for said in board.said] == ["first", "second"]


def test_an_utterance_without_words_takes_its_guess_away() -> None:
    board = after(hypothesis(0, "", "mm"), *spoken("customer", 0, 0, 900, "  "))
    assert board.said == ()


def test_what_is_remembered_is_bounded() -> None:
    board = after(
        *(event for n in range(SAID_KEPT + 5) for event in spoken("agent", n, n * 10, n * 10 + 5, f"line {n}")),
        *(of(e.Mood, n, utterance=n, score=0.0, smoothed=0.0, trend="steady") for n in range(MOODS_KEPT + 5)),
        *(nudge(f"n{n}") for n in range(ITEMS_KEPT + 5)),
        *(of(e.Note, note=str(n), by="Maria", text="hi") for n in range(NOTES_KEPT + 5)),
    )
    sizes = [len(board.said), len(board.moods), len(board.items), len(board.notes)]
    assert sizes == [SAID_KEPT, MOODS_KEPT, ITEMS_KEPT, NOTES_KEPT]
    assert board.said[-1].stable == f"line {SAID_KEPT + 4}"


def test_mood_heat_openings_and_checklist() -> None:
    heat = of(e.Heat, 5, value=41.0, band="warm")
    opening: dict[str, Any] = {"opening": "o1", "strength": "weak", "quote": "q", "said_ms": 1}
    board = after(
        of(e.Mood, 4, utterance=0, score=-1.0, smoothed=-0.4, trend="falling"),
        heat,
        of(e.Empathy, 6, state="open", **opening),
        of(e.Empathy, 7, state="given", **opening),
        of(e.Checklist, 8, item="greet", state="due", label="Greet"),
        of(e.Checklist, 8, item="recap", state="due"),
        of(e.Checklist, 9, item="greet", state="done", label="Greet"),
        of(e.CallSummary, 10, totals={"a": 1}),
    )
    assert board.moods == (Point(4, -0.4),)
    assert (board.trend, board.heat, board.openings, board.totals) == ("falling", heat, {"o1": "given"}, {"a": 1})
    assert board.checklist == (Step("greet", "Greet", "done"), Step("recap", "recap", "due"))


def answer(name: str, answer: e.Answer, at_ms: int = 20_000) -> e.NudgeAnswered:
    return of(e.NudgeAnswered, at_ms, nudge=name, answer=answer)


def test_a_nudge_lives_as_the_lifecycle_says() -> None:
    board = after(EMPATHY, RISING)
    assert board.item("n1") == Item(EMPATHY)
    assert board.item("?") is None
    seen = reduce(board, answer("n1", "acknowledged"))
    assert seen.items[0] == Item(EMPATHY, NudgeState.ACKNOWLEDGED, settled_ms=20_000)
    assert not seen.items[0].open
    assert seen.items[1].open
    assert reduce(seen, resolved("n1", "done", 30_000)).items[0] == Item(EMPATHY, NudgeState.DONE, settled_ms=30_000)
    assert reduce(seen, answer("n1", "undone")).items[0] == Item(EMPATHY)
    assert reduce(seen, answer("n1", "acknowledged", 25_000)).items[0].settled_ms == 20_000
    assert reduce(seen, answer("n1", "helpful")).items[0].thumb == "helpful"
    assert reduce(seen, answer("n1", "not_helpful")).items[0].thumb == "not_helpful"


def test_thumbs_count_after_the_call() -> None:
    board = fold(after(DEAD_AIR, EMPATHY, RISING, *ENDED), [answer("n1", "helpful", 95_000)])
    assert [item.thumb for item in board.items] == ["", "helpful", ""]


def test_the_same_nudge_again_is_shown_anew() -> None:
    board = after(EMPATHY, answer("n1", "dismissed"), EMPATHY)
    assert board.items == (Item(EMPATHY),)


def test_people() -> None:
    board = after(
        of(e.HelpAsked, 4, help="h", text="please"),
        of(e.Claimed, 5, by="Maria"),
        of(e.Watched, 5, names=("Maria", "Jo")),
        of(e.SharingChanged, 6, what="off"),
        of(e.Volume, 7, level="expert"),
        of(e.Quiet, 8, until_ms=9_000),
        of(e.Held, 8, count=2),
    )
    assert (board.help, board.help_waiting) == (Signed("", "please", 4), True)
    assert (board.claimed_by, board.watchers) == ("Maria", ("Maria", "Jo"))
    assert (board.shared, board.volume, board.held) == (False, "expert", 2)
    assert board.quiet_at(8_999)
    assert not board.quiet_at(9_000)
    later = (
        of(e.HelpAnswered, 9, help="h", by="Maria", text="coming"),
        of(e.Released, 9, by="Maria"),
        of(e.Watched, 9),
        of(e.SharingChanged, 9, what="on"),
        of(e.Held, 9, count=0),
    )
    after_it = fold(board, later)
    assert (after_it.help, after_it.help_waiting) == (Signed("Maria", "coming", 9), False)
    assert (after_it.claimed_by, after_it.watchers, after_it.shared, after_it.held) == ("", (), True, 0)


def test_a_note_comes_is_drawn_and_read_once() -> None:
    notes = [of(e.Note, 3, note=name, by="Maria", text=name) for name in ("1", "2")]
    board = after(*notes, of(e.NoteDelivered, 4, note="1"), of(e.NoteDelivered, 5, note="1"))
    assert board.notes == (Whispered("1", "Maria", "1", 3, 4), Whispered("2", "Maria", "2", 3))
    assert [note.unread for note in board.notes] == [True, True]
    read = fold(board, [of(e.NoteRead, 8, note="1"), of(e.NoteRead, 9, note="1"), of(e.NoteRead, 9, note="7")])
    assert read.notes[0] == Whispered("1", "Maria", "1", 3, 4, 8)
    assert [note.unread for note in read.notes] == [False, True]
    assert len(fold(board, [notes[0]]).notes) == 2


def test_quiet_for_the_rest_of_the_call_ends_with_it() -> None:
    board = after(of(e.Quiet, 8, until_ms=-1))
    assert board.quiet_at(10**9)
    assert not reduce(board, of(e.CallEnded, 9)).quiet_at(10)


def test_telemetry() -> None:
    board = after(
        of(e.Health, queued=3, degrade=1, words_behind_ms=4_200, text="slow"),
        of(e.StageLag, stage="words", p50_ms=910.4, p95_ms=1_500.0, count=9),
        of(e.StageLag, stage="vad", p50_ms=2.0, p95_ms=3.0, count=9),
    )
    assert (board.behind_ms, board.health, board.lag_ms) == (4_200, "slow", 910)


def test_who_hears_the_words() -> None:
    assert Board().words_from == "recogniser"
    assert after().words_from == "recogniser"
    assert reduce(Board(), of(e.CallStarted, words_from="reference")).words_from == "reference"


EVENTS: tuple[type[Any], ...] = (*typing.get_args(Event), *typing.get_args(Telemetry))
short = st.text(max_size=8)
OPEN_ENDED = (dict[str, object], dict[str, tuple[bool, ...]])
some_ms = st.integers(-5, 100_000)


def any_event() -> st.SearchStrategy[Any]:
    """Any event of any type with any contents, of few calls, utterances and nudges, that they meet."""
    names = {
        "call_id": st.sampled_from(["a", "b"]),
        "nudge": st.sampled_from(["x", "y"]),
        "utterance": st.integers(0, 2),
    }
    plain: dict[Any, st.SearchStrategy[Any]] = {str: short, int: some_ms, float: st.floats(-100, 100)}

    def built(kind: type[Any]) -> st.SearchStrategy[Any]:
        hints = typing.get_type_hints(kind)
        known = {name: plain.get(hint, st.from_type(hint)) for name, hint in hints.items() if hint not in OPEN_ENDED}
        return st.builds(kind, **{name: names.get(name, strategy) for name, strategy in known.items()})

    return st.sampled_from(EVENTS).flatmap(built)


@settings(max_examples=150, deadline=None)
@given(st.lists(any_event(), max_size=25))
def test_no_sequence_of_events_breaks_the_board(events: list[Any]) -> None:
    board = fold(Board(), events)
    assert len({item.nudge.nudge for item in board.items}) == len(board.items)
    assert len({(said.channel, said.utterance) for said in board.said}) == len(board.said)
    roster = Roster()
    for event in events:
        roster = follow(roster, event)
        assert roster.shown.call_id in {*roster.boards, ""}
    assert len(restored(roster, events).boards) <= CALLS_KEPT
