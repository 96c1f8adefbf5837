from pathlib import Path

from sidecar.journal import Journal, Kept, read_journal
from sidecar.report.told import Collected, of_journal
from sidecar.rulebook import read_pack
from streams.events import CallContext, CallStarted, CallSummary, Event
from streams.script import script_events
from streams.transcript import read_transcript

CALL = "0-4 customer  can I talk to your supervisor please\n6-9 agent  what is this about then\n"


def kept(folder: Path, *, ends: bool, text: bool = True) -> Kept:
    events: list[Event] = [CallContext(call_id="c", at_ms=0, pack=read_pack("default"))]
    events += script_events(read_transcript(CALL, "x.call"), "c")
    with Journal(folder, text=text) as journal:
        for event in events if ends else events[:-1]:
            journal.write(event)
    return read_journal(folder)


def test_a_whole_journal_is_taken_as_it_is(tmp_path: Path) -> None:
    found = kept(tmp_path, ends=True)
    summed = Kept(found.context, found.started, (*found.events, CallSummary(call_id="c", at_ms=1, totals={"a": 1})))
    assert of_journal(summed) == list(summed.events)


def test_one_that_broke_off_gets_its_sums(tmp_path: Path) -> None:
    for name, ends in (("a", True), ("b", False)):
        folder = tmp_path / name
        folder.mkdir()
        found = kept(folder, ends=ends)
        events = of_journal(found)
        assert events[:-1] == list(found.events)
        assert isinstance(events[-1], CallSummary)
        assert events[-1].totals["duration_ms"] == 9000


def test_without_text_there_is_nothing_to_sum(tmp_path: Path) -> None:
    found = kept(tmp_path, ends=False, text=False)
    assert of_journal(found) == list(found.events)


def test_collecting() -> None:
    collected = Collected()
    collected.write(CallStarted(call_id="c", at_ms=0))
    assert collected.events == [CallStarted(call_id="c", at_ms=0)]
