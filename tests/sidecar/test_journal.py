"""Writing, cutting, reading and blanking a journal."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.journal import FILE_NAME, Journal, new_folder, parse_journal, read_journal, slug, without_words
from streams.errors import StorageError, TranscriptError
from streams.events import (
    CallContext,
    CallEnded,
    CallStarted,
    CallSummary,
    Cause,
    Empathy,
    Event,
    FloorAlert,
    Heat,
    HelpAsked,
    Hold,
    Hypothesis,
    Note,
    Nudge,
    Quote,
    Tick,
    Utterance,
    Word,
)
from streams.wire import to_json

SECRET = "sesame"


def partial(stable: str, tail: str = "") -> Hypothesis:
    return Hypothesis(call_id="c", at_ms=1, channel="agent", utterance=0, started_ms=0, stable=stable, tail=tail)


def final(text: str) -> Utterance:
    return Utterance(
        call_id="c",
        at_ms=900,
        channel="agent",
        utterance=0,
        started_ms=0,
        ended_ms=800,
        text=text,
        words=(Word(text, 0, 800),),
    )


def nudge() -> Nudge:
    return Nudge(
        call_id="c",
        at_ms=950,
        nudge="c/n1",
        rule="r.r",
        family="r",
        severity="warn",
        title="t",
        text="x",
        evidence=(Quote(SECRET, 3),),
    )


BEGUN: list[Event] = [CallContext(call_id="c", at_ms=0), CallStarted(call_id="c", at_ms=0)]
WHOLE: list[Event] = [*BEGUN, final("hello"), nudge(), CallEnded(call_id="c", at_ms=61_000)]


def written(folder: Path, events: list[Event], *, text: bool = True) -> bytes:
    with Journal(folder, text=text) as journal:
        for event in events:
            journal.write(event)
    return journal.path.read_bytes()


def test_every_event_is_on_disk_the_moment_it_was_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for count, event in enumerate(WHOLE, start=1):
        journal.write(event)
        assert journal.path.read_bytes().count(b"\n") == count
    journal.close()
    journal.close()
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert list(read_journal(tmp_path).events) == WHOLE
    assert read_journal(journal.path) == read_journal(tmp_path)


def test_only_what_a_replay_needs_is_kept(tmp_path: Path) -> None:
    data = written(
        tmp_path, [*BEGUN, Tick(call_id="c", at_ms=250), partial("so", "I"), partial("so", "I am"), partial("", "x")]
    )
    assert [line.split(b'"', 4)[3] for line in data.splitlines()] == [b"CallContext", b"CallStarted", b"Hypothesis"]


def test_inputs_are_what_the_coach_was_given(tmp_path: Path) -> None:
    written(tmp_path, WHOLE)
    kept = read_journal(tmp_path)
    assert [type(event).__name__ for event in kept.inputs] == ["CallContext", "CallStarted", "Utterance", "CallEnded"]
    assert kept.cut == ""
    assert kept.has_words


def test_without_text_nothing_that_was_said_is_kept(tmp_path: Path) -> None:
    said: list[Event] = [
        partial(SECRET),
        final(SECRET),
        Heat(call_id="c", at_ms=1, value=3.0, band="calm", because=(Cause("waiting", 2.0, SECRET, 1),)),
        Empathy(call_id="c", at_ms=1, opening="o", state="open", strength="weak", quote=SECRET, said_ms=1),
        nudge(),
        Note(call_id="c", at_ms=1, note="n", by="b", text=SECRET),
        HelpAsked(call_id="c", at_ms=1, help="h", text=SECRET),
        FloorAlert(call_id="c", at_ms=1, rule="r", severity="info", text=SECRET),
        CallSummary(
            call_id="c", at_ms=1, totals={"n": 1, "best": SECRET, "in": {"said": [SECRET], "at_ms": [7], "x": 0.5}}
        ),
        Hold(call_id="c", at_ms=1),
    ]
    data = written(tmp_path, [*BEGUN, *said], text=False)
    assert SECRET.encode() not in data
    assert b'"in":{"at_ms":[7],"x":0.5}' in data
    assert data.count(b"\n") == len(BEGUN) + len(said) - 1
    assert not read_journal(tmp_path).has_words
    assert without_words(Hold(call_id="c", at_ms=1)) == Hold(call_id="c", at_ms=1)


def test_a_journal_cut_in_mid_line_is_read_up_to_the_cut() -> None:
    lines = [to_json(event) for event in WHOLE]
    data = b"\n".join(lines[:4]) + b"\n" + lines[4][:-7]
    kept = parse_journal(data, "j")
    assert list(kept.events) == WHOLE[:4]
    assert kept.cut == "j:5: cut off in mid-line; read up to 00:00"


def test_a_journal_without_an_end_says_so() -> None:
    data = b"".join(to_json(event) + b"\n" for event in WHOLE[:4])
    assert parse_journal(data, "j").cut == "j:5: ends before the call does; read up to 00:00"


@given(st.data())
def test_any_cut_is_read_or_refused_in_one_line(data: st.DataObject) -> None:
    whole = b"".join(to_json(event) + b"\n" for event in WHOLE)
    cut_at = data.draw(st.integers(0, len(whole) - 1))
    if cut_at < len(to_json(BEGUN[0])) + 1 + len(to_json(BEGUN[1])):
        with pytest.raises(TranscriptError, match=r"^j"):
            parse_journal(whole[:cut_at], "j")
        return
    kept = parse_journal(whole[:cut_at], "j")
    assert list(kept.events) == WHOLE[: len(kept.events)]
    assert kept.cut or len(kept.events) == len(WHOLE)


def test_the_pack_stands_in_it_folded_and_is_read_as_it_was(tmp_path: Path) -> None:
    pack = "# a rule\n" * 5_000
    begun: list[Event] = [CallContext(call_id="c", at_ms=0, pack=pack), *WHOLE[1:]]
    data = written(tmp_path, begun)
    assert len(data) < len(pack) / 10
    assert read_journal(tmp_path).context.pack == pack
    assert list(read_journal(tmp_path).events) == begun
    unfolded = b"".join(to_json(event) + b"\n" for event in begun)
    assert parse_journal(unfolded, "kept before packs were folded") == read_journal(tmp_path)


def test_a_damaged_pack_is_refused_with_its_line() -> None:
    damaged = CallContext(call_id="c", at_ms=0, pack="zlib+base64:AAAA")
    data = b"".join(to_json(event) + b"\n" for event in (damaged, *WHOLE[1:]))
    with pytest.raises(TranscriptError, match=r"^j:1: its rule pack was damaged"):
        parse_journal(data, "j")


def test_a_broken_line_in_the_middle_is_refused_with_its_number() -> None:
    data = b"\n".join([*(to_json(event) for event in BEGUN), b"", b'{"type":"Nonsense"}', b""])
    with pytest.raises(TranscriptError, match=r"^j:4: not an event"):
        parse_journal(data, "j")


@pytest.mark.parametrize("data", [b"", b"\n\n", to_json(BEGUN[0]), to_json(BEGUN[1])])
def test_what_is_not_a_journal_is_refused(data: bytes) -> None:
    with pytest.raises(TranscriptError, match="not a journal"):
        parse_journal(data, "j")


def test_a_missing_journal_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot read"):
        read_journal(tmp_path / "gone.jsonl")


def test_folders_never_collide(tmp_path: Path) -> None:
    names = [new_folder(tmp_path / "j", "2026-11-22T01:02:03Z", "my call/1").name for _ in range(3)]
    assert names == [f"20261122-010203-my-call-1{suffix}" for suffix in ("", "-2", "-3")]
    assert stat.S_IMODE((tmp_path / "j" / names[0]).stat().st_mode) == 0o700
    assert new_folder(tmp_path, "", "../..").name == "call"
    assert slug("ä b") == "b"


def test_a_thousand_calls_of_one_name_in_a_second_are_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sidecar.journal.MOST_SAME_SECOND", 2)
    new_folder(tmp_path, "", "c")
    with pytest.raises(StorageError, match="ids of their own"):
        new_folder(tmp_path, "", "c")


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(StorageError, match=r"cannot write .*SIDECAR_HOME"):
        new_folder(in_the_way, "", "c")
    with pytest.raises(StorageError, match="cannot write"):
        Journal(tmp_path / "gone")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, journal._file.fileno())
    os.close(full)
    with pytest.raises(StorageError, match="No space left"):
        journal.write(BEGUN[0])
    with pytest.raises(StorageError, match="No space left"):
        journal.close()
    assert FILE_NAME == "events.jsonl"
