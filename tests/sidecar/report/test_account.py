import msgspec
import pytest

from sidecar.report.account import Account, LedgerLine, Point, Said, ShownNudge, Stretch, account, clock
from sidecar.report.wording import facts
from streams.errors import TranscriptError
from streams.events import AudioPaused, AudioResumed, CallEnded, CallStarted, CallSummary, Utterance
from tests.sidecar.report.accounts import EVENTS, SCRIPT, bare, of, whole


def test_facts_and_sums() -> None:
    found = whole()
    assert (found.call_id, found.agent, found.queue, found.source) == ("c", "Hannah", "deliveries", "cot.flac")
    assert (found.sums.agent_wpm, found.sums.openings.given, found.sums.disposition) == (150, 1, "Delivery")
    assert [promise.has_time for promise in found.sums.promises] == [True, False]
    assert (found.note, found.alerts) == ("cut short", ("00:30 deesc.threat",))


def test_nudges_with_reason_outcome_and_thumb() -> None:
    first, second, third, _ = whole().nudges
    assert first == ShownNudge(
        at_ms=22_000,
        rule="a.b",
        severity="warn",
        title="T",
        text="Text 1.",
        why=f"“{SCRIPT}”; 1 turn (from 1)",
        outcome="done",
        thumb="helpful",
    )
    assert (second.why, second.outcome, second.thumb) == ("once", "expired", "not_helpful")
    assert (third.why, third.outcome, third.thumb) == ("", None, None)


def test_the_ledger_holds_the_last_state() -> None:
    assert whole().ledger == (
        LedgerLine(said_ms=15_000, strength="strong", state="given", quote=SCRIPT, settled_ms=25_000),
        LedgerLine(said_ms=39_000, strength="weak", state="open", quote="three weeks", settled_ms=None),
    )


def test_the_checklist() -> None:
    assert [(line.label, line.state) for line in whole().checklist] == [("Greeting", "done"), ("verify", "overdue")]


def test_what_a_picture_needs() -> None:
    found = whole()
    assert found.speech[0] == Stretch("agent", 0, 4000)
    assert found.moods == (Point(20_000, -0.2),)
    assert found.heats == (Point(20_000, 30.0), Point(30_000, 42.4))
    assert found.said[0] == Said("agent", 0, "hello")
    assert len(found.said) == 2


def test_speech_by_the_words_where_there_was_no_voice_activity() -> None:
    words = of(Utterance, 900, channel="mixed", utterance=0, started_ms=5, ended_ms=800, text="hi")
    assert account([of(CallStarted, 0), words]).speech == (Stretch("mixed", 5, 800),)


def test_how_long_listening_was_paused() -> None:
    first = [of(CallStarted, 0), of(AudioPaused, 5000, reason="agent"), of(AudioPaused, 6000), of(AudioResumed, 9000)]
    resumed = [of(AudioResumed, 9500), of(CallEnded, 20_000)]
    assert account([*first, *resumed]).paused_ms == 4000
    assert account([*first, of(AudioPaused, 12_000), of(CallEnded, 20_000)]).paused_ms == 12_000
    assert facts(account([*first, *resumed]))[-1] == "listening paused for 4.0 s"
    assert not any("paused" in fact for fact in facts(whole()))


def test_a_call_in_which_nothing_happened() -> None:
    found = bare()
    assert found.sums.duration_ms == 1000
    assert (found.nudges, found.ledger, found.checklist, found.speech) == ((), (), (), ())


def test_it_is_plain_data() -> None:
    assert msgspec.json.decode(msgspec.json.encode(whole()), type=Account) == whole()


def test_what_is_no_call() -> None:
    with pytest.raises(TranscriptError, match="no CallStarted"):
        account(EVENTS[1:])
    with pytest.raises(TranscriptError, match="another version"):
        account([of(CallStarted, 0), of(CallSummary, 1, totals={"duration_ms": "long"})])


def test_moments() -> None:
    assert clock(61_999) == "01:01"
