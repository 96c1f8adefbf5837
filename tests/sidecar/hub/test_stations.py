"""Workstations as the hub hears them: presence, old starts, lists of calls, facts, notes, words."""

from sidecar.hub.desk import BOOTS_REMEMBERED, STALE_BEATS
from sidecar.hub.records import FactKept, Standing
from sidecar.hub.room import FORGET_MS
from sidecar.hub.tidy import CALLS_LIMIT
from streams.floor import (
    CallDetail,
    ClaimChanged,
    DetailPut,
    FloorSnapshot,
    FloorUpdate,
    HelloAsked,
    HelpReply,
    OpenHelp,
    Receipt,
    Refused,
    StationHello,
    Taken,
    Watching,
    Welcome,
    Whisper,
    WordsPut,
)
from tests.sidecar.hub.stage import BEAT_MS, Stage, alert


def open_floor(*names: str) -> Stage:
    stage = Stage()
    stage.hello(*names)
    stage.put("desk-1", 1)
    stage.frame()
    return stage


def test_silence_makes_stale_and_then_gone_by_the_hubs_own_clock() -> None:
    stage = open_floor("desk-1", "Sol")
    assert stage.rows["Sol"]["c1"].presence == "here"
    stage.frame(3 * BEAT_MS)
    assert stage.rows["Sol"]["c1"].presence == "here"
    stage.frame(1)
    assert stage.rows["Sol"]["c1"].presence == "stale"
    stage.frame(7 * BEAT_MS)
    assert stage.rows["Sol"]["c1"].presence == "gone"
    assert stage.got("Sol", FloorUpdate)[-1].stations == {"desk-1": "gone"}
    stage.beat("desk-1", 2, "c1")
    stage.frame()
    assert stage.rows["Sol"]["c1"].presence == "here"
    stage.frame(FORGET_MS + 1)
    assert stage.rows["Sol"] == {}


def test_a_workstations_clock_does_not_matter() -> None:
    """Ten minutes ahead or behind: its times of day are shown and never reckoned with."""
    stage = Stage()
    stage.hello("desk-1", "desk-2", "Sol")
    stage.now_ms = 5_000
    stage.put("desk-1", 1, started_at="2026-01-01T09:10:00Z")
    stage.put("desk-2", 600, "c2", started_at="2026-01-01T08:50:00Z")
    stage.frame(40)
    assert [(row.age_ms, row.presence) for row in stage.rows["Sol"].values()] == [(40, "here"), (40, "here")]


def test_older_and_repeated_states_are_passed_over() -> None:
    stage = open_floor("desk-1", "Sol")
    for number in (5, 5, 3):
        stage.put("desk-1", number)
    stage.frame()
    assert stage.rows["Sol"]["c1"].state.at_ms == 5_000


def test_what_an_earlier_start_said_is_refused() -> None:
    stage = open_floor("desk-1", "Sol")
    stage.hello("desk-1", boot="b2")
    stage.put("desk-1", 1, boot="b2", heat=7)
    for answers in (stage.put("desk-1", 9), stage.say("desk-1", alert(1))):
        (refused,) = answers
        assert isinstance(refused, Refused)
        assert "needs a key of its own" in refused.text
    stage.hello("desk-1", boot="b1")
    stage.frame()
    assert stage.rows["Sol"]["c1"].state.heat == 7
    assert len(stage.got("desk-1", Welcome)) == 2


def test_a_call_that_is_not_on_the_list_is_dropped_and_does_not_come_back() -> None:
    stage = open_floor("desk-1", "Sol")
    stage.beat("desk-1", 5, "c2")
    stage.put("desk-1", 3)
    stage.beat("desk-1", 4, "c1", "c2")
    stage.frame()
    assert stage.rows["Sol"] == {}
    assert stage.put("desk-1", 6) == []
    stage.beat("desk-1", 5, "c2")
    stage.frame()
    assert set(stage.rows["Sol"]) == {"c1"}


def test_a_listed_call_without_a_state_is_asked_for_once() -> None:
    stage = open_floor("desk-1")
    assert stage.beat("desk-1", 2, "c1", "c2") == [HelloAsked(boot="b1"), Taken(boot="b1", number=0)]
    assert stage.beat("desk-1", 3, "c1", "c2") == [Taken(boot="b1", number=0)]


def test_facts_are_taken_in_order_once_and_told_when_they_are_stored() -> None:
    stage = open_floor("desk-1", "Sol")
    assert stage.say("desk-1", alert(2)) == [HelloAsked(boot="b1")]
    assert stage.say("desk-1", alert(1), full=True) == []
    assert stage.say("desk-1", alert(1)) == []
    assert stage.say("desk-1", alert(1)) == [Taken(boot="b1", number=0)]
    stage.say("desk-1", alert(2))
    stage.commit()
    assert stage.got("desk-1", Taken)[-1] == Taken(boot="b1", number=2)
    assert [fact.number for fact in stage.records if isinstance(fact, FactKept)] == [1, 2]
    stage.frame()
    row = stage.rows["Sol"]["c1"].alert
    assert row is not None
    assert row.alert in ("a1", "a2")


def test_facts_that_the_workstation_gave_up_are_not_waited_for() -> None:
    stage = Stage()
    stage.hello("desk-1", kept_from=10)
    assert stage.got("desk-1", Welcome)[0].taken == 9
    stage.say("desk-1", alert(10))
    stage.commit()
    assert stage.got("desk-1", Taken) == [Taken(boot="b1", number=10)]


def test_a_fact_of_a_workstation_that_was_revoked_meanwhile_is_stored_and_told_to_nobody() -> None:
    stage = open_floor("desk-1")
    stage.say("desk-1", alert(1))
    stage.hello("desk-1", boot="b2")
    stage.commit()
    assert stage.got("desk-1", Taken) == []


def test_after_hello_the_workstation_is_told_how_things_stand() -> None:
    stage = Stage()
    stage.hello("desk-1", "Sol")
    stage.put("desk-1", 1, help=OpenHelp("h1", "refund", 0))
    stage.put("desk-1", 2, "c2")
    for action in ("claim", "open"):
        stage.act("Sol", action)
    stage.act("Sol", "answer_help", value="yes", help="h1")
    note = stage.act("Sol", "note", value="well done").note
    read = stage.act("Sol", "note", value="again").note
    stage.say("desk-1", Receipt(boot="b1", number=1, call_id="c1", note=read, state="delivered"))
    stage.sent[b"desk-1"].clear()
    stage.hello("desk-1")
    assert stage.sent[b"desk-1"][1:] == [
        ClaimChanged(call_id="c1", by="Sol"),
        Watching(call_id="c1", names=("Sol",)),
        HelpReply(call_id="c1", help="h1", by="Sol", text="yes"),
        Whisper(call_id="c1", note=note, by="Sol", text="well done"),
    ]


def test_receipts_go_forward_only_and_to_the_author_alone() -> None:
    stage = open_floor("desk-1", "Sol", "Ana")
    note = stage.act("Sol", "note", value="well done").note
    for number, state in enumerate(("read", "delivered"), 1):
        stage.say("desk-1", Receipt(boot="b1", number=number, call_id="c1", note=note, state=state))  # type: ignore[arg-type]
    stage.say("desk-1", Receipt(boot="b1", number=3, call_id="c1", note="another", state="read"))
    stage.say("desk-1", Receipt(boot="b1", number=4, call_id="c7", note=note, state="read"))
    stage.frame()
    assert [state.state for state in stage.got("Sol", FloorUpdate)[-1].notes] == ["read"]
    assert not any(update.notes for update in stage.got("Ana", FloorUpdate))
    stage.hello("Sol")
    stage.frame()
    assert [state.state for state in stage.got("Sol", FloorSnapshot)[-1].notes] == ["read"]


def words(number: int, call_id: str = "c1") -> WordsPut:
    return WordsPut(boot="b1", number=number, call_id=call_id, channel="agent", started_ms=0, text=f"line {number}")


def test_words_and_detail_reach_those_who_have_the_call_open() -> None:
    stage = open_floor("desk-1", "Sol", "Ana")
    stage.say("desk-1", words(2))
    stage.act("Sol", "open")
    detail = CallDetail(call_id="c1", moods=((1, 2),))
    stage.say("desk-1", words(3))
    stage.say("desk-1", words(3))
    stage.say("desk-1", DetailPut(boot="b1", number=4, detail=detail))
    stage.say("desk-1", words(5, "c7"))
    stage.frame()
    update = stage.got("Sol", FloorUpdate)[-1]
    assert [line.text for line in update.lines] == ["line 3"]
    assert update.details == (detail,)
    assert not any(update.lines or update.details for update in stage.got("Ana", FloorUpdate))
    stage.act("Ana", "open")
    stage.frame()
    late = stage.got("Ana", FloorUpdate)[-1]
    assert ([line.text for line in late.lines], late.details) == (["line 3"], (detail,))
    stage.hello("Ana")
    stage.frame()
    stage.frame()
    assert stage.got("Ana", FloorUpdate)[-1].details == (detail,)


def test_calls_of_one_workstation_are_bounded() -> None:
    stage = Stage()
    stage.hello("desk-1", "Sol")
    for number in range(1, CALLS_LIMIT + 10):
        stage.now_ms += 20
        stage.put("desk-1", number, f"c{number}")
    stage.say("desk-1", alert(1, "c-over"))
    stage.frame()
    assert len(stage.rows["Sol"]) == CALLS_LIMIT
    assert not any(isinstance(record, Standing) for record in stage.records)


def test_two_workstations_may_have_a_call_of_one_id() -> None:
    stage = Stage()
    stage.hello("desk-1", "desk-2", "Sol")
    stage.put("desk-1", 1, heat=1)
    stage.put("desk-2", 1, heat=2)
    stage.put("desk-2", 2, "c1@desk-2", heat=3)
    stage.frame()
    heats = {call_id: row.state.heat for call_id, row in stage.rows["Sol"].items()}
    assert heats == {"c1": 1, "c1@desk-2": 2, "c1@desk-2@desk-2": 3}
    assert stage.act("Sol", "claim", "c1@desk-2").ok
    assert stage.got("desk-2", ClaimChanged) == [ClaimChanged(call_id="c1", by="Sol")]


def test_an_earlier_start_that_is_the_one_that_lives_is_believed_once_the_later_is_silent() -> None:
    stage = Stage()
    stage.hello("desk-1", boot="b2")
    stage.say("desk-1", alert(1, boot="b2"))
    stage.hello("desk-1", boot="b1")
    hello = StationHello(boot="b2", station="desk-1")
    assert isinstance(stage.say("desk-1", hello)[0], Refused)
    stage.now_ms += STALE_BEATS * BEAT_MS + 1
    assert isinstance(stage.say("desk-1", hello)[0], Welcome)
    # What was taken of it before is not taken twice.
    records = len(stage.records)
    stage.say("desk-1", alert(1, boot="b2"))
    assert len(stage.records) == records


def test_starts_that_are_remembered_are_bounded() -> None:
    stage = Stage()
    for number in range(BOOTS_REMEMBERED + 2):
        stage.hello("desk-1", boot=f"b{number}")
    assert isinstance(stage.say("desk-1", StationHello(boot="b1", station="desk-1"))[0], Refused)
    assert isinstance(stage.say("desk-1", StationHello(boot="b0", station="desk-1"))[0], Welcome)
