"""`sidecar report`, from the words on the command line."""

import json
from pathlib import Path

import msgspec
import pytest

from sidecar import cli, places
from sidecar.journal import Journal, new_folder
from sidecar.rulebook import read_pack
from streams.events import CallContext, Event
from streams.script import script_events
from streams.transcript import read_transcript

CALL = "@ queue: bills\n0-4 customer  can I talk to your supervisor please\n6-9 agent  what is this about \x1b[2Jthen\n"
BUNDLED = Path(__file__).parents[3] / "sidecar" / "calls"


def sidecar(*arguments: str) -> int:
    return cli.run(cli.cli, ["report", *arguments])


def keep(call_id: str, started_at: str, *, dated: bool = False) -> Path:
    folder = new_folder(places.find().journals_dir, started_at, call_id)
    events: list[Event] = [CallContext(call_id=call_id, at_ms=0, pack=read_pack("default"))]
    events += script_events(read_transcript(CALL, f"{call_id}.call"), call_id)
    if dated:
        events[1] = msgspec.structs.replace(events[1], started_at=started_at)
    with Journal(folder) as journal:
        for event in events:
            journal.write(event)
    return folder


def test_the_latest_call(capsys: pytest.CaptureFixture[str]) -> None:
    keep("old", "2020-01-01T00:00:00Z")
    keep("new", "2021-01-01T00:00:00Z")
    assert sidecar() == 0
    assert capsys.readouterr().out.startswith("new.call\n")
    assert sidecar("old") == 0
    assert capsys.readouterr().out.startswith("old.call\n")


def test_a_journal_by_its_path(capsys: pytest.CaptureFixture[str]) -> None:
    folder = keep("old", "2020-01-01T00:00:00Z")
    for path in (folder, folder / "events.jsonl"):
        assert sidecar(str(path)) == 0
        assert "bills" in capsys.readouterr().out


def test_a_call_in_parts_is_one_report(capsys: pytest.CaptureFixture[str]) -> None:
    first, later = (keep("old", moment, dated=True) for moment in ("2020-01-01T00:00:00Z", "2020-01-01T00:03:12Z"))
    journal = first / "events.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
    for wanted in ("latest", "old", first.name):
        assert sidecar(wanted, "--json") == 0
        report = json.loads(capsys.readouterr().out)
        assert [said["started_ms"] for said in report["said"]] == [0, 6_000, 192_000, 198_000]
        assert report["sums"]["duration_ms"] == 201_000
        assert report["note"] == "the service ended at 00:09; part 2 of 2 begins 03:12 into the call"
    assert sidecar(later.name) == 0
    assert f"part 2 of 2 of {first.name}; begins 03:12 into the call" in capsys.readouterr().out


def test_a_transcript(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.call"
    file.write_text(CALL, "utf-8")
    assert sidecar(str(file), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert [nudge["rule"] for nudge in report["nudges"]] == ["deesc.supervisor_request"]
    assert report["sums"]["duration_ms"] == 9000
    assert sidecar(str(file)) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_recording(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar(str(BUNDLED / "calm-rebooking.flac"), "--set", "asr.engine=reference") == 0
    out = capsys.readouterr().out
    assert out.startswith("calm-rebooking.flac\n")
    assert "Suggested disposition     Booking or change" in out


def test_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep("old", "2020-01-01T00:00:00Z")
    page = tmp_path / "page.html"
    assert sidecar("--html", str(page)) == 0
    assert capsys.readouterr().out == ""
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert sidecar("--html", str(page), "--json") == 0
    assert json.loads(capsys.readouterr().out)["call_id"] == "old"
    assert sidecar("--html", str(tmp_path / "no" / "x.html")) == 1
    assert "cannot write" in capsys.readouterr().err


def test_no_such_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar() == 2
    assert "no calls are kept" in capsys.readouterr().err
    assert sidecar("gone") == 2
    assert "no call 'gone'" in capsys.readouterr().err
