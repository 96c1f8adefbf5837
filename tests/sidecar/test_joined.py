"""Parts of a call as one: times, names, what the service's end cut off."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from sidecar.exports import FORMATS
from sidecar.joined import SERVICE_ENDED, joined, read_call
from sidecar.journal import Journal, Kept, parse_journal
from sidecar.report.account import account
from sidecar.report.told import of_journal
from sidecar.rulebook import read_pack
from streams import events as e
from streams.events import Event

ENDED = e.CallEnded(call_id="c", at_ms=9_000)


def part(started_at: str, *events: Event, cut: str = "") -> Kept:
    context = e.CallContext(call_id="c", at_ms=0, pack=read_pack("default"))
    started = e.CallStarted(call_id="c", at_ms=0, started_at=started_at)
    return Kept(context, started, (context, started, *events), cut)


def first(*events: Event) -> Kept:
    return part("2026-11-01T10:00:00Z", *events, cut="x:3: ends before the call does")


def second(*events: Event) -> Kept:
    return part("2026-11-01T10:01:00Z", *events, ENDED)


def said(text: str, at_ms: int = 4_000, number: int = 0) -> e.Utterance:
    return e.Utterance(
        call_id="c",
        at_ms=at_ms,
        channel="customer",
        utterance=number,
        started_ms=at_ms - 1_000,
        ended_ms=at_ms - 100,
        text=text,
        words=(e.Word(text, at_ms - 1_000, at_ms - 100),),
    )


def only(kind: type, events: Sequence[object]) -> list[object]:
    return [event for event in events if isinstance(event, kind)]


def test_a_call_of_one_part_is_that_part() -> None:
    one = second(said("hello"), e.CallSummary(call_id="c", at_ms=9_000, totals={}))
    assert joined([one]) is one


def test_the_second_part_begins_when_the_clock_on_the_wall_says() -> None:
    whole = joined([first(said("hello")), second(said("yes"))])
    hello, yes = only(e.Utterance, whole.events)
    assert hello == said("hello")
    assert yes == said("yes", 64_000, number=1)
    assert whole.events[-1] == e.CallEnded(call_id="c", at_ms=69_000)
    assert only(e.AudioLost, whole.events) == [
        e.AudioLost(call_id="c", at_ms=60_000, channel=side, lost_ms=56_000, reason=SERVICE_ENDED)
        for side in ("agent", "customer")
    ]
    assert len(only(e.CallStarted, whole.events)) == len(only(e.CallContext, whole.events)) == 1
    assert whole.cut == "the service ended at 00:04; part 2 of 2 begins 01:00 into the call"


def test_three_parts_of_which_the_last_broke_off_too() -> None:
    third = part("2026-11-01T10:02:00Z", said("third"), cut="y:3: ends before the call does")
    whole = joined([first(said("one")), part("2026-11-01T10:01:00Z", said("two"), cut="z"), third])
    assert [event.at_ms for event in only(e.Utterance, whole.events)] == [4_000, 64_000, 124_000]  # type: ignore[attr-defined]
    assert [event.utterance for event in only(e.Utterance, whole.events)] == [0, 1, 2]  # type: ignore[attr-defined]
    assert whole.cut == (
        "the service ended at 00:04; part 2 of 3 begins 01:00 into the call; "
        "the service ended at 01:04; part 3 of 3 begins 02:00 into the call; y:3: ends before the call does"
    )


def test_time_never_goes_back_where_clocks_are_whole_seconds() -> None:
    whole = joined([first(said("late", 60_700)), second(said("next"))])
    assert [event.at_ms for event in only(e.Utterance, whole.events)] == [60_700, 64_700]  # type: ignore[attr-defined]
    assert only(e.AudioLost, whole.events) == []


def test_names_of_later_parts_are_their_own() -> None:
    nudge = e.Nudge(
        call_id="c",
        at_ms=5_000,
        nudge="c-n1",
        rule="a.b",
        family="a",
        severity="info",
        title="T",
        text="t",
        evidence=(e.Quote("hello", 4_000),),
        expires_ms=9_000,
    )
    resolved = e.NudgeResolved(call_id="c", at_ms=6_000, nudge="c-n1", rule="a.b", outcome="done")
    heat = e.Heat(call_id="c", at_ms=5_000, value=40, band="warm", because=(e.Cause("x", 1.0, "hello", 4_000),))
    empathy = e.Empathy(call_id="c", at_ms=5_000, opening="o1", state="open", strength="weak", quote="q", said_ms=4_000)
    both = (nudge, resolved, heat, empathy, e.Watched(call_id="c", at_ms=7_000, names=("Sol",)))
    whole = joined([first(*both), second(*both)])
    one, two = only(e.Nudge, whole.events)
    assert one == nudge
    assert (two.nudge, two.expires_ms, two.evidence) == ("c-n1~2", 69_000, (e.Quote("hello", 64_000),))  # type: ignore[attr-defined]
    shown = account(whole.events).nudges
    assert [(each.at_ms, each.outcome) for each in shown] == [(5_000, "done"), (65_000, "done")]
    assert [each.said_ms for each in account(whole.events).ledger] == [4_000, 64_000]
    assert only(e.Heat, whole.events)[1].because[0].said_ms == 64_000  # type: ignore[attr-defined]


@pytest.mark.parametrize(("until_ms", "then_ms"), [(8_000, 68_000), (0, 0), (-1, -1)])
def test_a_time_that_says_off_or_for_ever_stays(until_ms: int, then_ms: int) -> None:
    whole = joined([first(), second(e.Quiet(call_id="c", at_ms=5_000, until_ms=until_ms))])
    assert only(e.Quiet, whole.events) == [e.Quiet(call_id="c", at_ms=65_000, until_ms=then_ms)]


def test_what_a_part_left_open_ends_with_it() -> None:
    left = (
        e.SpeechStarted(call_id="c", at_ms=1_000, channel="agent", started_ms=900),
        e.SpeechEnded(call_id="c", at_ms=2_000, channel="agent", started_ms=900, ended_ms=1_900),
        e.Muted(call_id="c", at_ms=2_000, channel="customer"),
        e.Unmuted(call_id="c", at_ms=2_100, channel="customer"),
        e.Muted(call_id="c", at_ms=2_200, channel="agent"),
        e.Hold(call_id="c", at_ms=2_300),
        e.Resumed(call_id="c", at_ms=2_400),
        e.Hold(call_id="c", at_ms=2_500),
        e.SidesSwapped(call_id="c", at_ms=2_600),
        e.AudioPaused(call_id="c", at_ms=2_650, reason="card"),
        e.AudioResumed(call_id="c", at_ms=2_660),
        e.AudioPaused(call_id="c", at_ms=2_700, reason="agent"),
        e.SpeechStarted(call_id="c", at_ms=3_000, channel="customer", started_ms=2_900),
    )
    events = joined([first(*left), second()]).events
    assert events[len(left) + 2 :][:5] == (
        e.SpeechEnded(call_id="c", at_ms=3_000, channel="customer", started_ms=2_900, ended_ms=3_000),
        e.Unmuted(call_id="c", at_ms=60_000, channel="agent"),
        e.Resumed(call_id="c", at_ms=60_000),
        e.SidesSwapped(call_id="c", at_ms=60_000),
        e.AudioResumed(call_id="c", at_ms=60_000, reason="agent"),
    )
    twice = (e.SidesSwapped(call_id="c", at_ms=1), e.SidesSwapped(call_id="c", at_ms=2))
    assert len(only(e.SidesSwapped, joined([first(*twice), second()]).events)) == 2


def test_sums_are_those_of_the_whole_call() -> None:
    summary = e.CallSummary(call_id="c", at_ms=9_000, totals={"duration_ms": 9_000})
    talk = [
        e.SpeechStarted(call_id="c", at_ms=3_000, channel="customer", started_ms=3_000),
        e.SpeechEnded(call_id="c", at_ms=4_000, channel="customer", started_ms=3_000, ended_ms=3_900),
        said("I want to talk to your supervisor"),
    ]
    whole = joined([first(*talk), second(*talk, summary)])
    sums = account(of_journal(whole)).sums
    assert (sums.duration_ms, sums.customer_talk_ms) == (69_000, 1_800)


def test_an_export_of_all_parts_is_a_journal(tmp_path: Path) -> None:
    folders = []
    for number, kept in enumerate([first(said("hello")), second(said("yes"))]):
        folders.append(tmp_path / str(number))
        folders[-1].mkdir()
        with Journal(folders[-1]) as journal:
            for event in kept.events:
                journal.write(event)
    whole = read_call(folders)
    again = parse_journal(FORMATS["jsonl"](whole).encode(), "x")
    assert again.events == whole.events
    assert again.cut == ""
    assert "01:03.000-01:03.900 customer  yes" in FORMATS["call"](whole)
    assert "2026-11-01T10:01:03" in FORMATS["vcon"](whole)
