"""Messages of the hub make the floor's state: whole after a snapshot, bounded whatever comes."""

from msgspec.structs import replace

from streams.floor import CallDetail, FloorUpdate, NoteState, SpokenLine
from tests.tui.floor.stage import CALLS, alert, later, row, snapshot
from tui.floor.board import LEFT_KEPT, LINES_KEPT, SLACK_MS, close_call, open_call, reduce
from tui.floor.state import Floor

WHOLE = reduce(Floor(), snapshot(*CALLS), 100_000)


def update(*rows: object, **fields: object) -> FloorUpdate:
    return FloorUpdate(hub="h", seq=1, rows=rows, **fields)  # type: ignore[arg-type]


def note(state: str, name: str = "n1") -> NoteState:
    return NoteState(note=name, call_id="c1", by="Kim", text="well done", state=state)  # type: ignore[arg-type]


def said(started_ms: int, call: str = "c1") -> SpokenLine:
    return SpokenLine(call_id=call, channel="customer", started_ms=started_ms, text="well")


def test_a_snapshot_is_everything() -> None:
    assert WHOLE.whole
    assert (WHOLE.you, WHOLE.role, WHOLE.teams) == ("Kim", "supervisor", ("North", "South"))
    assert list(WHOLE.seats) == ["c1", "c2", "c3", "c4", "c5"]
    again = reduce(WHOLE, snapshot(CALLS[0]), 101_000)
    assert list(again.seats) == ["c1"]
    assert list(again.left) == ["c2", "c3", "c4", "c5"]
    assert again.seat("c2") is WHOLE.seats["c2"]


def test_an_update_changes_what_it_names() -> None:
    after = reduce(WHOLE, update(later(CALLS[2], heat=50), gone=("c4", "c9")), 100_500)
    assert after.seats["c3"].state.heat == 50
    assert after.seats["c1"] is WHOLE.seats["c1"]
    assert list(after.left) == ["c4"]
    assert after.seat("c9") is None
    back = reduce(after, update(CALLS[3]), 101_000)
    assert "c4" in back.seats
    assert not back.left


def test_stations_that_fall_silent_take_their_rows_along() -> None:
    after = reduce(WHOLE, update(stations={"desk-c1": "gone", "desk-c3": "here"}), 100_000)
    assert after.seats["c1"].row.presence == "gone"
    assert not after.seats["c1"].running
    assert after.seats["c3"] is WHOLE.seats["c3"]


def test_a_calls_clock_goes_on_steadily() -> None:
    """A state that was a while on its way does not set it back; one that is far off sets it anew."""
    first = WHOLE.seats["c3"]
    assert first.media_ms(105_000) == 65_000
    late = reduce(WHOLE, update(row("c3", at_ms=60_500)), 100_500 + SLACK_MS).seats["c3"]
    assert late.zero_ms == first.zero_ms
    jumped = reduce(WHOLE, update(row("c3", at_ms=90_000)), 100_500).seats["c3"]
    assert jumped.media_ms(100_500) == 90_000


def test_what_is_over_or_silent_stands_still() -> None:
    assert WHOLE.seats["c4"].media_ms(200_000) == 60_000
    stale = WHOLE.seats["c5"]
    assert stale.media_ms(200_000) == 60_000
    assert stale.silent_ms(100_000) == 6_000
    assert stale.silent_ms(103_000) == 9_000


def test_an_alert_keeps_its_beginning() -> None:
    assert WHOLE.seats["c1"].alert_ms == 96_000
    same = reduce(WHOLE, update(replace(CALLS[0], alert=alert(age_ms=4_900))), 100_500).seats["c1"]
    assert same.alert_ms == 96_000
    other = reduce(WHOLE, update(replace(CALLS[0], alert=alert(alert="a2", age_ms=0))), 100_500).seats["c1"]
    assert other.alert_ms == 100_500


def test_notes_come_as_far_as_they_have_come() -> None:
    sent = reduce(WHOLE, update(notes=(note("sent"), note("sent", "n2"))), 100_000)
    read = reduce(sent, update(notes=(note("read"),)), 100_000)
    assert [(each.note, each.state) for each in read.notes_of("c1")] == [("n1", "read"), ("n2", "sent")]
    assert read.notes_of("c2") == ()


def test_an_open_call_gathers_its_words_and_course() -> None:
    floor = open_call(WHOLE, "c1")
    floor = reduce(floor, update(lines=(said(9_000), said(3_000), said(5_000, "c2"))), 100_000)
    floor = reduce(floor, update(later(CALLS[0], at_ms=61_000, heat=90), lines=(said(3_000),)), 101_000)
    assert floor.opened is not None
    assert [line.started_ms for line in floor.opened.lines] == [3_000, 9_000]
    assert floor.opened.heats == ((60_000, 82), (61_000, 90))
    assert floor.opened.detail is None
    floor = reduce(floor, update(CALLS[1]), 101_000)
    assert floor.opened is not None
    assert len(floor.opened.heats) == 2
    told = CallDetail(call_id="c1", moods=((0, 10),))
    floor = reduce(floor, update(details=(CallDetail(call_id="c2"), told)), 101_000)
    assert floor.opened is not None
    assert floor.opened.detail == told
    assert close_call(floor).opened is None
    assert open_call(WHOLE, "nobody").opened is not None


def test_an_open_call_stays_open_over_a_restart_of_the_hub() -> None:
    floor = reduce(open_call(WHOLE, "c1"), snapshot(CALLS[0]), 110_000)
    assert floor.opened is not None


def test_nothing_grows_without_a_bound() -> None:
    floor = reduce(Floor(), snapshot(*(row(f"c{number}") for number in range(LEFT_KEPT + 50))), 0)
    gone = reduce(floor, update(gone=tuple(floor.seats)), 0)
    assert len(gone.left) == LEFT_KEPT
    assert "c0" not in gone.left
    talked = open_call(WHOLE, "c1")
    for start in range(0, LINES_KEPT + 100, 100):
        talked = reduce(talked, update(lines=tuple(said(start + number) for number in range(100))), 0)
    assert talked.opened is not None
    assert len(talked.opened.lines) == LINES_KEPT


def test_another_call_of_the_same_id_brings_nothing_of_the_one_before() -> None:
    first = row("c1", started_at="2026-11-22T09:00:00Z")
    floor = open_call(reduce(Floor(), snapshot(first, row("c2")), 100_000), "c1")
    floor = reduce(floor, update(notes=(note("read"),), lines=(said(1_000),)), 100_100)
    same = reduce(floor, update(later(first, heat=9)), 100_200)
    assert same.notes_of("c1")
    assert same.opened is not None
    assert same.opened.lines
    anew = reduce(floor, update(row("c1", 500, started_at="2026-11-22T09:05:00Z")), 100_200)
    assert not anew.notes
    assert anew.opened is not None
    assert (anew.opened.lines, len(anew.opened.moods)) == ((), 1)
    other = reduce(close_call(floor), update(row("c1", 500, started_at="2026-11-22T09:05:00Z")), 100_200)
    assert (other.opened, dict(other.notes)) == (None, {})
