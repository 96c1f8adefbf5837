"""`sidecar calls`, from the words on the command line."""

import json
from pathlib import Path

import pytest

from sidecar import cli, places
from sidecar.journal import Journal, new_folder
from streams.events import CallContext, CallEnded, CallStarted, Utterance
from streams.wire import from_json


def sidecar(*arguments: str) -> int:
    return cli.run(cli.cli, arguments)


@pytest.fixture
def folder() -> Path:
    made = new_folder(places.find().journals_dir, "2020-01-01T00:00:00Z", "old")
    events = [
        CallContext(call_id="old", at_ms=0),
        CallStarted(call_id="old", at_ms=0, queue="bills", started_at="2020-01-01T00:00:00Z"),
        Utterance(call_id="old", at_ms=90, channel="agent", utterance=0, started_ms=0, ended_ms=80, text="hello"),
    ]
    with Journal(made) as journal:
        for event in events:
            journal.write(event)
    return made


def test_the_list(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("calls", "list") == 0
    out = capsys.readouterr().out
    assert out == "20200101-000000-old  00:00     1 utterances   0 nudges  bills  (cut short)\n"
    assert sidecar("calls", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["call_id"] == "old"


def test_an_empty_list_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("calls", "list") == 0
    assert "no calls are kept" in capsys.readouterr().out


def test_show_prints_lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("calls", "show", "old") == 0
    out, err = capsys.readouterr()
    assert "00:00  agent       hello" in out
    assert "ends before the call does" in err
    with (folder / "events.jsonl").open("a") as file:
        file.write('{"type":"CallEnded","call_id":"old","at_ms":100}\n')
    assert sidecar("calls", "show", "old") == 0
    assert capsys.readouterr().err == ""
    assert CallEnded is not None


def test_export_to_stdout_and_to_a_file(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("calls", "export", "old") == 0
    assert capsys.readouterr().out == (folder / "events.jsonl").read_text()
    target = tmp_path / "x.call"
    assert sidecar("calls", "export", "old", "--format", "call", "-o", str(target)) == 0
    assert "agent     hello" in target.read_text()
    assert sidecar("calls", "export", "old", "-o", str(tmp_path / "no" / "x")) == 1
    assert "cannot write" in capsys.readouterr().err
    assert sidecar("calls", "export", "new") == 2


def test_a_call_in_parts_is_shown_and_exported_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = new_folder(places.find().journals_dir, "2020-01-01T00:03:12Z", "old")
    with Journal(later) as journal:
        for line in (folder / "events.jsonl").read_bytes().splitlines():
            journal.write(from_json(line.replace(b"00:00:00Z", b"00:03:12Z")))
        journal.write(CallEnded(call_id="old", at_ms=100))
    begins = "part 2 of 2 begins 03:12 into the call"
    for command in (["show", "old"], ["export", "old", "--format", "call"]):
        assert sidecar("calls", *command) == 0
        out, err = capsys.readouterr()
        assert begins in err
        assert "03:12" in out
        assert out.count("hello") == 2
    assert sidecar("calls", "export", later.name, "--format", "call") == 0
    out, err = capsys.readouterr()
    assert out.count("hello") == 1
    assert err == "sidecar: part 2 of 2 of 20200101-000000-old; begins 03:12 into the call\n"
    assert sidecar("calls", "list") == 0
    assert "  03:12     2 utterances" in capsys.readouterr().out


def test_purge_deletes_what_is_old(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("calls", "purge", "--keep-days", "36500") == 0
    assert capsys.readouterr().out == "0 call(s) deleted\n"
    assert sidecar("calls", "purge") == 0
    assert capsys.readouterr().out == f"{folder.name}\n1 call(s) deleted\n"
    assert not folder.exists()


def test_purge_asks_before_it_deletes_by_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("calls", "purge", "old") != 0
    assert folder.exists()
    assert sidecar("calls", "purge", "old", "--yes") == 0
    assert not folder.exists()
    assert sidecar("calls", "purge", "--all") == 0
    assert sidecar("calls", "purge", "--all", "old") == 2
    assert "one of them" in capsys.readouterr().err
