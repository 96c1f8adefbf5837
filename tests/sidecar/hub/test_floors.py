"""Supervisors as the hub hears them: who may do what, first come first served, alerts marked, floors bounded."""

import pytest

from sidecar.hub.calls import ALERT_STANDS_MS, NOTES_LIMIT
from sidecar.hub.floors import AWAY_MS
from sidecar.hub.records import AlertAnswered, CallGone
from sidecar.hub.room import SEATS_PER_CLIENT
from streams.floor import (
    CallDetail,
    ClaimChanged,
    DetailPut,
    FloorHello,
    FloorSnapshot,
    FloorUpdate,
    OpenHelp,
    ShiftRequest,
    Watching,
    Whisper,
    WordsPut,
)
from tests.sidecar.hub.stage import BEAT_MS, UNCLAIMED_MS, Stage, alert


@pytest.fixture
def stage() -> Stage:
    """A floor with one call that asks for help, and everybody there."""
    made = Stage()
    made.hello("desk-1", "desk-9", "Sol", "Ana", "Max", "Kim")
    made.put("desk-1", 1, help=OpenHelp("h1", "refund", 0))
    made.frame()
    return made


def test_a_floor_sees_its_own_teams_and_nothing_else(stage: Stage) -> None:
    stage.put("desk-9", 1, "c9")
    stage.frame()
    assert (set(stage.rows["Sol"]), set(stage.rows["Max"])) == ({"c1"}, {"c9"})
    (snapshot,) = stage.got("Max", FloorSnapshot)
    assert (snapshot.you, snapshot.role, snapshot.teams) == ("Max", "supervisor", ("retention",))
    assert set(snapshot.stations) == {"desk-9"}


@pytest.mark.parametrize("action", ["claim", "release", "note", "answer_help", "open", "close"])
def test_a_supervisor_of_another_team_is_told_no_more_than_that_there_is_no_such_call(
    stage: Stage, action: str
) -> None:
    there = stage.act("Max", action, "c1", "hello", "h1")
    nowhere = stage.act("Max", action, "c7", "hello", "h1")
    assert (
        (there.ok, there.text) == (nowhere.ok, nowhere.text) == (False, "no such call in your teams; it may have ended")
    )


@pytest.mark.parametrize("action", ["claim", "release", "note", "answer_help"])
def test_an_observer_does_nothing(stage: Stage, action: str) -> None:
    assert "may look on only" in stage.act("Kim", action, "c1", "hello", "h1").text
    assert stage.act("Kim", "open").ok


def test_of_two_claims_the_first_has_it(stage: Stage) -> None:
    assert stage.act("Sol", "claim").ok
    assert stage.act("Sol", "claim").ok
    assert stage.act("Ana", "claim").text == "Sol has it already"
    assert stage.act("Ana", "release").text == "Sol has it, so it is not yours to release"
    assert stage.act("Sol", "release").ok
    assert stage.act("Sol", "release").text == "nobody has it, so it is not yours to release"
    assert stage.act("Ana", "claim").ok
    stage.frame()
    assert stage.rows["Sol"]["c1"].claimed_by == "Ana"


def test_a_call_may_be_taken_over_from_somebody_who_has_left(stage: Stage) -> None:
    stage.act("Sol", "claim")
    stage.take(stage.hub.undelivered(b"Sol", "gone", stage.now_ms))
    assert not stage.act("Ana", "claim").ok
    stage.now_ms += AWAY_MS
    assert stage.act("Ana", "claim").ok


def test_notes_are_bounded_clean_and_signed(stage: Stage) -> None:
    for text, length in ((" \n ", 0), ("x" * 501, 501)):
        assert stage.act("Sol", "note", value=text).text.endswith(f"this one has {length}")
    note = stage.act("Sol", "note", value="[b]well\x07 done").note
    assert stage.got("desk-1", Whisper) == [Whisper(call_id="c1", note=note, by="Sol", text="[b]well  done")]
    stage.now_ms += 11 * BEAT_MS
    stage.frame()
    assert stage.act("Sol", "note", value="and again").text == "desk-1 is away and gets it when it is back"
    for _ in range(NOTES_LIMIT):
        last = stage.act("Sol", "note", value="x")
    assert not last.ok


def test_help_is_answered_once(stage: Stage) -> None:
    assert stage.act("Sol", "answer_help", value="yes", help="h7").text == "this call for help is over"
    assert stage.act("Sol", "answer_help", value="yes", help="h1").ok
    assert stage.act("Ana", "answer_help", value="no", help="h1").text == "Sol has answered already"
    stage.put("desk-1", 2, help=OpenHelp("h2", "again", 0))
    assert stage.act("Ana", "answer_help", value="no", help="h2").ok


def test_who_has_a_call_open_is_told_by_name_once(stage: Stage) -> None:
    stage.say("Sol", FloorHello(), peer="Sol's other screen")
    for action in ("open", "open"):
        stage.act("Sol", action)
    stage.act("Kim", "open")
    stage.act("Kim", "close")
    stage.act("Sol", "close")
    names = [watching.names for watching in stage.got("desk-1", Watching)]
    assert names == [("Sol",), ("Kim", "Sol"), ("Sol",), ()]


def test_an_alert_that_nobody_claims_is_marked_once(stage: Stage) -> None:
    stage.say("desk-1", alert(1))
    stage.frame(UNCLAIMED_MS - 1)
    row = stage.rows["Sol"]["c1"].alert
    assert row is not None
    assert not row.unclaimed
    stage.beat("desk-1", 2, "c1")
    stage.frame(1)
    row = stage.rows["Sol"]["c1"].alert
    assert row is not None
    assert (row.alert, row.unclaimed, row.age_ms) == ("a1", True, UNCLAIMED_MS)
    updates = len([update for update in stage.got("Sol", FloorUpdate) if update.rows])
    stage.frame(10)
    assert len([update for update in stage.got("Sol", FloorUpdate) if update.rows]) == updates
    stage.act("Sol", "claim")
    stage.frame()
    row = stage.rows["Sol"]["c1"].alert
    assert row is not None
    assert not row.unclaimed


def test_an_alert_of_a_call_that_somebody_has_is_not_unclaimed(stage: Stage) -> None:
    stage.act("Sol", "claim")
    stage.say("desk-1", alert(1))
    assert stage.records[-1] == AlertAnswered("desk-1", "c1", "a1", "Sol", 0)
    stage.frame(UNCLAIMED_MS * 2)
    row = stage.rows["Sol"]["c1"].alert
    assert row is not None
    assert not row.unclaimed


def test_the_worst_alert_is_the_one_on_the_row(stage: Stage) -> None:
    for number, severity in enumerate(("warn", "critical", "info"), 1):
        stage.say("desk-1", alert(number, severity=severity))
    stage.say("desk-1", alert(4, name="a2"))
    stage.frame()
    row = stage.rows["Sol"]["c1"].alert
    assert row is not None
    assert row.alert == "a2"


def test_the_hub_says_something_at_least_every_beat(stage: Stage) -> None:
    seqs = [update.seq for update in stage.got("Sol", FloorUpdate)]
    stage.frame(BEAT_MS - 1)
    stage.frame(1)
    assert [update.seq for update in stage.got("Sol", FloorUpdate)] == [*seqs, (seqs or [1])[-1] + 1]


def test_floors_of_one_person_are_bounded(stage: Stage) -> None:
    for number in range(SEATS_PER_CLIENT + 3):
        stage.say("Ana", FloorHello(), peer=f"Ana {number}")
    stage.frame()
    assert not stage.got("Ana 0", FloorSnapshot)
    assert stage.got("Ana 34", FloorSnapshot)


def test_hours_that_are_none_ask_for_nothing(stage: Stage) -> None:
    for hours in (float("nan"), -1.0, 1e12):
        stage.say("Sol", ShiftRequest(request=1, hours=hours))
    assert [question.hours for question in stage.questions] == [0.0, 0.0, 24.0 * 366]


def shown_alert(stage: Stage) -> str:
    """The rule of the alert on the row."""
    row = stage.rows["Sol"]["c1"].alert
    return row.rule if row else ""


def test_an_alert_for_help_is_over_when_the_help_is_answered(stage: Stage) -> None:
    stage.put("desk-1", 2, help=OpenHelp("h1", "", 0))
    stage.say("desk-1", alert(1, rule="help"))
    stage.frame()
    assert shown_alert(stage) == "help"
    stage.put("desk-1", 3)
    stage.frame(UNCLAIMED_MS)
    assert shown_alert(stage) == ""
    # What comes later is another call for help: the one before does not come back with it.
    stage.put("desk-1", 4, help=OpenHelp("h2", "", 0))
    stage.say("desk-1", alert(2, rule="help"))
    stage.frame()
    row = stage.rows["Sol"]["c1"].alert
    assert row is not None
    assert (row.alert, row.unclaimed) == ("a2", False)


def test_an_alert_of_heat_is_over_when_the_call_has_cooled(stage: Stage) -> None:
    stage.put("desk-1", 2, band="hot", heat=70)
    stage.say("desk-1", alert(1, rule="heat"))
    stage.put("desk-1", 3, band="warm", heat=50)
    stage.frame()
    assert shown_alert(stage) == "heat"
    stage.put("desk-1", 4, band="watch", heat=30)
    stage.frame()
    assert shown_alert(stage) == ""


def test_an_alert_of_a_rule_fades_unless_its_call_is_warm(stage: Stage) -> None:
    stage.say("desk-1", alert(1))
    stage.put("desk-1", 2, band="warm", heat=50)
    stage.frame(ALERT_STANDS_MS)
    assert shown_alert(stage) == "supervisor"
    stage.put("desk-1", 3)
    stage.frame()
    assert shown_alert(stage) == ""
    stage.say("desk-1", alert(2))
    stage.frame()
    assert shown_alert(stage) == "supervisor"
    # Time alone ends it too: nothing needs to come from its workstation.
    stage.frame(ALERT_STANDS_MS)
    assert shown_alert(stage) == ""
    stage.act("Sol", "claim")
    assert [record for record in stage.records if isinstance(record, AlertAnswered)] == []


def test_no_alert_outlives_its_call_or_its_sharing(stage: Stage) -> None:
    stage.say("desk-1", alert(1))
    stage.put("desk-1", 2, shared=False)
    stage.frame()
    assert shown_alert(stage) == ""
    stage.put("desk-1", 3, help=OpenHelp("h1", "", 0))
    stage.say("desk-1", alert(2, rule="help"))
    stage.put("desk-1", 4, phase="wrap_up", help=OpenHelp("h1", "", 0))
    stage.frame()
    assert shown_alert(stage) == ""


def test_a_call_that_is_over_takes_no_note(stage: Stage) -> None:
    stage.put("desk-1", 2, phase="wrap_up")
    refused = stage.act("Sol", "note", value="well done")
    assert (refused.ok, refused.text) == (False, "the call is over: a note would not reach its agent")
    assert stage.got("desk-1", Whisper) == []


def test_what_was_shown_before_sharing_was_switched_off_is_not_shown_to_who_comes_later(stage: Stage) -> None:
    stage.act("Sol", "open")
    stage.say("desk-1", WordsPut(boot="b1", number=2, call_id="c1", channel="customer", started_ms=0, text="hm"))
    stage.say("desk-1", DetailPut(boot="b1", number=3, detail=CallDetail(call_id="c1")))
    stage.put("desk-1", 4, shared=False)
    stage.act("Ana", "open")
    stage.frame()
    assert not any(update.lines or update.details for update in stage.got("Ana", FloorUpdate))


def test_another_call_of_the_same_id_has_nothing_of_the_one_before(stage: Stage) -> None:
    stage.put("desk-1", 2, started_at="09:00")
    stage.act("Sol", "claim")
    stage.act("Sol", "open")
    stage.act("Sol", "note", value="well done")
    stage.say("desk-1", alert(1))
    before = len(stage.sent[b"desk-1"])
    stage.put("desk-1", 3, started_at="09:05")
    stage.frame()
    row = stage.rows["Sol"]["c1"]
    assert (row.claimed_by, row.alert, row.watched_by) == ("", None, ("Sol",))
    assert stage.sent[b"desk-1"][before:] == [
        ClaimChanged(call_id="c1", by=""),
        Watching(call_id="c1", names=()),
        Watching(call_id="c1", names=("Sol",)),
    ]
    assert stage.records[-1] == CallGone("desk-1", "c1")
    stage.say("desk-1", alert(2, name="a1"))
    stage.frame()
    assert shown_alert(stage) == "supervisor"
    # A late state of the call before changes nothing.
    stage.put("desk-1", 2, started_at="09:00")
    stage.frame()
    assert shown_alert(stage) == "supervisor"


def test_who_answers_a_call_for_help_has_answered_its_alert_and_no_other(stage: Stage) -> None:
    stage.say("desk-1", alert(1))
    stage.say("desk-1", alert(2, rule="help"))
    stage.frame(5_000)
    stage.act("Sol", "answer_help", value="coming", help="h1")
    answered = [record for record in stage.records if isinstance(record, AlertAnswered)]
    assert answered == [AlertAnswered("desk-1", "c1", "a2", "Sol", 5_000)]
    stage.act("Ana", "claim")
    answered = [record for record in stage.records if isinstance(record, AlertAnswered)]
    assert answered[1:] == [AlertAnswered("desk-1", "c1", "a1", "Ana", 5_000)]
