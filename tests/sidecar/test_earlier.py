"""The agent's calls of the shift, from the journals on this machine."""

import os
from pathlib import Path

from sidecar.earlier import MOST, earlier_calls
from sidecar.journal import Journal, new_folder
from sidecar.library import Library
from streams.events import CallContext, CallEnded, CallStarted, Event, Mood, Nudge

NOW = "2026-11-22T12:00:00Z"


def kept(journals: Path, call_id: str, started_at: str, agent_id: str = "a7") -> None:
    events: list[Event] = [
        CallContext(call_id=call_id, at_ms=0),
        CallStarted(call_id=call_id, at_ms=0, agent_id=agent_id, started_at=started_at),
        Mood(call_id=call_id, at_ms=5, utterance=0, score=0.0, smoothed=0.0, trend="steady"),
        Nudge(call_id=call_id, at_ms=6, nudge="n", rule="a.b", family="a", severity="info", title="T", text="t"),
        CallEnded(call_id=call_id, at_ms=9),
    ]
    with Journal(new_folder(journals, started_at, call_id)) as journal:
        for event in events:
            journal.write(event)


def found(journals: Path, agent: str = "a7") -> list[list[str]]:
    calls = earlier_calls(Library(journals), agent, NOW)
    return [[call[0].call_id, *(type(event).__name__ for event in call)] for call in calls]


def test_the_shift_of_one_agent_the_newest_first(tmp_path: Path) -> None:
    kept(tmp_path, "early", "2026-11-22T08:00:00Z")
    kept(tmp_path, "late", "2026-11-22T11:00:00Z")
    kept(tmp_path, "yesterday", "2026-11-21T23:59:59Z")
    kept(tmp_path, "other", "2026-11-22T10:00:00Z", agent_id="b8")
    shown = ["CallStarted", "Nudge", "CallEnded"]
    assert found(tmp_path) == [["late", *shown], ["early", *shown]]
    assert [call[0] for call in found(tmp_path, "")] == ["late", "other", "early"]


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    kept(tmp_path, "good", "2026-11-22T11:00:00Z")
    kept(tmp_path, "bad", "2026-11-22T11:30:00Z")
    library = Library(tmp_path)
    assert len(library.entries()) == 2
    bad = next(tmp_path.glob("*bad")) / "events.jsonl"
    changed = bad.stat()
    bad.write_bytes(b"x" * changed.st_size)
    os.utime(bad, ns=(changed.st_atime_ns, changed.st_mtime_ns))
    assert [call[0] for call in found(tmp_path)] == ["good"]
    file = tmp_path / "file"
    (tmp_path / "library.sqlite").unlink()
    (tmp_path / "library.sqlite").mkdir()
    assert found(tmp_path) == []
    assert found(file) == []


def test_it_is_bounded(tmp_path: Path) -> None:
    for number in range(MOST + 2):
        kept(tmp_path, f"c{number}", "2026-11-22T11:00:00Z")
    assert len(found(tmp_path)) == MOST


def test_a_call_in_which_the_service_ended_is_one(tmp_path: Path) -> None:
    kept(tmp_path, "c", "2026-11-22T11:00:00Z")
    kept(tmp_path, "c", "2026-11-22T11:01:00Z")
    first = next(tmp_path.glob("*110000-c")) / "events.jsonl"
    first.write_bytes(b"\n".join(first.read_bytes().splitlines()[:-1]) + b"\n")
    (call,) = earlier_calls(Library(tmp_path), "a7", NOW)
    assert [type(event).__name__ for event in call] == ["CallStarted", "Nudge", "Nudge", "CallEnded"]
    assert call[-1].at_ms == 60_009
