"""The index of kept calls: found, refreshed, purged."""

import os
import shutil
from pathlib import Path

import pytest

from sidecar.journal import FILE_NAME, Journal, new_folder
from sidecar.library import INDEX_NAME, Entry, Library
from streams.errors import InputError, StorageError
from streams.events import CallContext, CallEnded, CallStarted, Event, Nudge, Utterance


@pytest.fixture
def journals(tmp_path: Path) -> Path:
    return tmp_path / "journals"


@pytest.fixture
def library(journals: Path) -> Library:
    return Library(journals)


def keep(
    journals: Path, call_id: str, started_at: str = "2026-11-01T10:00:00Z", *extra: Event, text: bool = True
) -> Path:
    folder = new_folder(journals, started_at, call_id)
    started = CallStarted(
        call_id=call_id, at_ms=0, agent_name="Ada", queue="bills", source="x.wav", started_at=started_at
    )
    with Journal(folder, text=text) as journal:
        for event in (CallContext(call_id=call_id, at_ms=0), started, *extra):
            journal.write(event)
    return folder


def said(text: str) -> Utterance:
    return Utterance(call_id="c", at_ms=90, channel="agent", utterance=0, started_ms=0, ended_ms=80, text=text)


def test_an_empty_library_has_no_calls_and_makes_no_files(library: Library, journals: Path) -> None:
    assert library.entries() == ()
    assert not journals.exists()


def test_calls_are_listed_the_newest_first(library: Library, journals: Path) -> None:
    nudge = Nudge(call_id="b", at_ms=95, nudge="n", rule="r", family="f", severity="info", title="t", text="x")
    end = CallEnded(call_id="b", at_ms=2000)
    keep(journals, "a", "2026-11-01T10:00:00Z")
    keep(journals, "b", "2026-11-02T10:00:00Z", said("hello"), nudge, end)
    newest, oldest = library.entries()
    assert newest == Entry(
        name="20261102-100000-b",
        call_id="b",
        started_at="2026-11-02T10:00:00Z",
        agent="Ada",
        queue="bills",
        source="x.wav",
        duration_ms=2000,
        utterances=1,
        nudges=1,
    )
    assert (oldest.name, oldest.note) == ("20261101-100000-a", "cut short")
    assert library.folders() == (journals / newest.name, journals / oldest.name)


def test_the_index_follows_the_journals(library: Library, journals: Path) -> None:
    folder = keep(journals, "a")
    assert library.entries() == library.entries()
    with (folder / FILE_NAME).open("ab") as file:
        file.write(b'{"type":"CallEnded","call_id":"a","at_ms":3000}\n')
    assert library.entries()[0].duration_ms == 3000
    keep(journals, "b")
    shutil.rmtree(folder)
    assert [entry.call_id for entry in library.entries()] == ["b"]


def test_a_broken_journal_and_one_without_text_say_so(library: Library, journals: Path) -> None:
    keep(journals, "a", "2026-11-02T10:00:00Z", said("hm"), CallEnded(call_id="a", at_ms=100), text=False)
    broken = journals / "x"
    broken.mkdir()
    (broken / FILE_NAME).write_text("nonsense\nmore\n")
    (broken_entry, silent) = library.entries()
    assert "not an event" in broken_entry.note
    assert silent.note == "kept without text"


def test_a_call_is_found_by_name_id_or_part(library: Library, journals: Path) -> None:
    first = keep(journals, "a", "2026-11-01T10:00:00Z")
    second = keep(journals, "b", "2026-11-02T10:00:00Z")
    third = keep(journals, "b", "2026-11-03T10:00:00Z")
    assert library.find(second.name) == second
    assert library.find("a") == first
    assert library.find("20261103") == third
    with pytest.raises(InputError, match="name one of them"):
        library.find("b")
    with pytest.raises(InputError, match="no call 'z'"):
        library.find("z")


def test_a_call_in_which_the_service_ended_is_one_with_what_came_after(library: Library, journals: Path) -> None:
    end = CallEnded(call_id="c", at_ms=2_000)
    keep(journals, "older", "2026-11-01T09:00:00Z", end)
    before = keep(journals, "c", "2026-11-01T10:00:00Z", said("hello"))
    between = keep(journals, "c", "2026-11-01T10:00:30Z", said("still there"))
    after = keep(journals, "c", "2026-11-01T10:01:00Z", said("yes"), end)
    again = keep(journals, "c", "2026-11-01T10:03:00Z", end)
    keep(journals, "other", "2026-11-01T10:00:40Z")
    newest, _, one, _ = library.calls()
    assert newest.name == again.name
    assert one.parts == (before.name, between.name, after.name)
    assert (one.utterances, one.duration_ms, one.note) == (3, 62_000, "the service ended in it; 3 parts")
    assert library.parts(one.name) == (before, between, after)
    assert library.parts(between.name) == (between,)
    assert library.folders_of(one) == (before, between, after)
    assert library.place(before) == library.place(again) == library.place(journals / "20261101-090000-older") == ""
    assert library.place(after) == f"part 3 of 3 of {before.name}; begins 01:00 into the call"
    assert library.parts("other") == (journals / "20261101-100040-other",)


def test_what_begins_much_later_or_does_not_say_when_is_a_call_of_its_own(library: Library, journals: Path) -> None:
    keep(journals, "c", "2026-11-01T10:00:00Z")
    keep(journals, "c", "2026-11-01T11:00:00Z")
    keep(journals, "c", "")
    keep(journals, "c", "")
    assert len(library.calls()) == len(library.entries()) == 4
    with pytest.raises(InputError, match="may be"):
        library.find("20261101")


def test_old_calls_are_purged(library: Library, journals: Path) -> None:
    old = keep(journals, "old", "2026-10-01T10:00:00Z")
    young = keep(journals, "young", "2026-11-20T10:00:00Z")
    undated = keep(journals, "undated", "")
    os.utime(undated / FILE_NAME, (0, 0))
    assert set(library.purge(30, "2026-11-22T00:00:00Z")) == {old.name, undated.name}
    assert [entry.name for entry in library.entries()] == [young.name]
    assert library.purge(30, "2026-11-22T00:00:00Z") == ()
    assert library.delete([young]) == (young.name,)
    assert library.entries() == ()


def test_what_cannot_be_deleted_is_one_line(library: Library, journals: Path) -> None:
    keep(journals, "a")
    with pytest.raises(StorageError, match="cannot delete"):
        library.delete([journals / "gone"])


def test_a_broken_index_is_one_line(library: Library, journals: Path) -> None:
    keep(journals, "a")
    (journals / INDEX_NAME).write_text("this is no database, and long enough to be seen as none" * 20)
    with pytest.raises(StorageError, match="may be deleted"):
        library.entries()


def test_an_unreadable_folder_is_one_line(library: Library, journals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(journals, "a")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "somewhere")

    monkeypatch.setattr(library, "_refresh", refuse)
    with pytest.raises(StorageError, match="cannot read somewhere: Permission denied"):
        library.entries()
