"""What of one call leaves the machine: whole calls through every setting, and a search of all that left."""

import msgspec
import pytest

from sidecar.uplink.sharing import WORDS_KEPT, CallSharing, Outgoing
from streams import events as e
from streams.floor import AlertRaised, CallDone, Receipt
from tests.sidecar.uplink.floor_call import CALL, SECRET, STARTED, empathy, heat, mood, nudge, of, said, share

OFF, ON = (of(e.SharingChanged, 30_000, what=what) for what in ("off", "on"))
COURSE: tuple[e.Event, ...] = (
    STARTED,
    said("this is ridiculous i have been charged twice and this is the third time i call", 4_000),
    said("again and again and nobody ever calls back", 4_800, number=1),
    mood(-0.6, 4_900),
    heat(64, "hot", 4_900),
    of(e.FloorAlert, 5_000, rule="deesc.threat", severity="warn", text="Says: i have been charged twice"),
    nudge("n1", text="They said they have been charged twice"),
    nudge("s1", "stress.breathe", title="Breathe", text="Slow breath out."),
    empathy("o1", "open", 5_100),
    of(e.HelpAsked, 6_000, help="h1", text="she keeps on: nobody ever calls back"),
    of(e.NudgeResolved, 9_000, nudge="s1", rule="stress.breathe", outcome="done"),
    of(e.Note, 10_000, note="k1", by="Maria", text="offer a refund"),
    of(e.NoteDelivered, 10_100, note="k1"),
    of(e.NoteRead, 12_000, note="k1"),
    of(e.Tick, 12_250),
    of(e.CallEnded, 60_000),
    of(e.CallSummary, 60_000, totals={"notes": ["Issue: this is ridiculous"]}),
)


def left(sharing: CallSharing, *events: e.Event) -> list[Outgoing]:
    return [sharing.feed(event) for event in events]


def facts(outs: list[Outgoing]) -> list[object]:
    return [fact for out in outs for fact in out.facts]


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("off", [(), ("mood",), ("nudges",), ("alerts",), ("shift",)])
def test_nothing_that_was_said_and_nothing_of_the_agents_own_leaves(off: tuple[str, ...], watched: bool) -> None:
    sharing = CallSharing(share(**dict.fromkeys(off, False)))
    outs = [*left(sharing, STARTED), sharing.watched(by_anybody=watched), *left(sharing, *COURSE)]
    text = msgspec.json.encode(outs).decode().lower()
    for secret in (*SECRET, "breath", "stress", "nobody ever calls"):
        assert secret not in text
    assert "empathy owed" in text or "nudges" in off


def test_facts_of_a_call_in_their_order() -> None:
    sent = facts(left(CallSharing(share()), *COURSE))
    assert [type(fact).__name__ for fact in sent] == [
        "AlertRaised",
        "AlertRaised",
        "AlertRaised",
        "Receipt",
        "Receipt",
        "CallDone",
    ]
    assert [fact.rule for fact in sent if isinstance(fact, AlertRaised)] == ["heat", "deesc.threat", "help"]
    assert [fact.state for fact in sent if isinstance(fact, Receipt)] == ["delivered", "read"]
    assert [fact.duration_ms for fact in sent if isinstance(fact, CallDone)] == [60_000]


def test_what_the_settings_hold_back() -> None:
    assert not any(isinstance(fact, CallDone) for fact in facts(left(CallSharing(share(shift=False)), *COURSE)))
    alerts = [fact for fact in facts(left(CallSharing(share(alerts=False)), *COURSE)) if isinstance(fact, AlertRaised)]
    assert [alert.rule for alert in alerts] == ["help"]
    assert left(CallSharing(share(mood=False)), *COURSE)[4].state.heat == 0  # type: ignore[union-attr]


def test_ticks_change_nothing() -> None:
    assert CallSharing(share()).feed(of(e.Tick, 5)) == Outgoing()


def test_words_travel_only_where_shared_and_only_while_somebody_looks() -> None:
    lines = [said(f"line {number}", 1_000 * number, number=number) for number in range(WORDS_KEPT + 3)]
    kept = CallSharing(share())
    kept.watched(by_anybody=True)
    assert not any(out.words for out in left(kept, STARTED, *lines))

    open_ = CallSharing(share(transcript=True))
    assert not any(out.words for out in left(open_, STARTED, *lines))
    first = open_.watched(by_anybody=True)
    assert first.words == tuple(lines[3:])
    assert first.detail is not None
    assert open_.watched(by_anybody=True) == Outgoing()
    more = said("and more", 90_000, number=40)
    assert open_.feed(more).words == (more,)
    assert open_.feed(said("", 92_000, number=42)).words == ()
    open_.watched(by_anybody=False)
    assert open_.feed(said("unseen", 93_000, number=43)).words == ()


def test_quotes_may_stand_in_texts_where_words_travel_anyway() -> None:
    sent = facts(left(CallSharing(share(transcript=True)), *COURSE))
    assert [fact.text for fact in sent if isinstance(fact, AlertRaised)][1] == "Says: i have been charged twice"


def test_detail_goes_while_somebody_looks_and_when_it_changes() -> None:
    sharing = CallSharing(share())
    assert left(sharing, STARTED, mood(-0.2, 1_000))[1].detail is None
    detail = sharing.watched(by_anybody=True).detail
    assert detail is not None
    assert detail.moods == ((1_000, -20),)
    hold, told = left(sharing, of(e.Hold, 2_000), nudge("n1"))
    assert hold.detail is None
    assert told.detail is not None
    assert told.detail.call_id == CALL


def test_an_agent_who_switches_sharing_off_is_shown_as_in_a_call_and_no_more() -> None:
    sharing = CallSharing(share(transcript=True))
    sharing.watched(by_anybody=True)
    outs = left(sharing, *COURSE[:1], OFF, *COURSE[1:])
    assert sharing.off
    rows = [out.state for out in outs[1:] if out.state]
    assert not any(row.shared or row.heat or row.nudges or row.signal or row.spark for row in rows)
    assert [fact.rule for fact in facts(outs) if isinstance(fact, AlertRaised)] == ["help"]
    assert not any(isinstance(fact, CallDone) for fact in facts(outs))
    assert not any(out.words or out.detail for out in outs[1:])
    assert sharing.watched(by_anybody=False) == sharing.watched(by_anybody=True) == Outgoing()
    assert sharing.silent() is None
    assert sharing.finish() == ()


def test_sharing_may_be_switched_on_again() -> None:
    sharing = CallSharing(share())
    outs = left(sharing, STARTED, mood(0.4, 1_000), OFF, mood(-0.9, 31_000), nudge("n1"), ON, mood(-0.5, 41_000))
    last = outs[-1].state
    assert last is not None
    assert (last.shared, last.mood, last.spark, last.nudges) == (True, -0.5, (40, -50), 0)
    (done,) = sharing.finish()
    assert isinstance(done, CallDone)
    assert (done.moods, done.rules) == (((1_000, 40), (41_000, -50)), {})
    assert sharing.finish() == ()


def test_a_call_of_which_nothing_is_heard_is_shown_without_sound() -> None:
    sharing = CallSharing(share())
    sharing.feed(STARTED)
    silent = sharing.silent()
    assert silent is not None
    assert silent.phase == "no_audio"
