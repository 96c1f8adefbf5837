"""`sidecar eval`, from the words on the command line."""

import io
import json
import sys
from pathlib import Path

import pytest

from sidecar import cli
from sidecar.evaluation import performing

LINE = json.dumps(
    {
        "id": "x",
        "turns": [
            {"who": "C", "text": "can I talk to your supervisor please"},
            {"who": "A", "text": "what is this about then"},
            {"who": "C", "text": "I have told you twice now"},
        ],
        "expect": [{"rule": "deesc.supervisor_request"}],
    }
)


def sidecar(*arguments: str) -> int:
    return cli.run(cli.cli, ["eval", *arguments])


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    file = tmp_path / "calls.jsonl"
    file.write_text(f"{LINE}\n", "utf-8")
    return file


def test_a_table(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar(str(calls)) == 0
    out, err = capsys.readouterr()
    assert "pack default: all calls, 1 calls" in out
    assert "deesc.supervisor_request" in out
    assert err == ""


def test_json_and_halves(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar(str(calls), "--json", "--split") == 0
    report = json.loads(capsys.readouterr().out)
    (pack,) = report["packs"]
    assert [part["part"] for part in pack["parts"]] == ["all", "open", "sealed"]
    assert sum(part["calls"] for part in pack["parts"][1:]) == 1
    assert pack["parts"][0]["wanted_met"]["value"] == 1.0


def test_a_page(calls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    assert sidecar(str(calls), "--html", str(page)) == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert sidecar(str(calls), "--html", str(tmp_path / "no" / "page.html")) == 1
    assert "cannot write" in capsys.readouterr().err


def test_a_pack_against_another(calls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quiet = tmp_path / "quiet.toml"
    quiet.write_text('extends = "default"\n[[rule]]\nid = "deesc.supervisor_request"\nenabled = false\n', "utf-8")
    assert sidecar(str(calls), "--against", str(quiet)) == 0
    out = capsys.readouterr().out
    assert f"{quiet} against default: 1 calls differ; 0 changes better, 1 worse" in out
    assert "deesc.supervisor_request warn (wanted)" in out


def test_bad_lines_are_told_and_the_rest_is_reported(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls.write_text(f"{LINE}\nnonsense\n", "utf-8")
    assert sidecar(str(calls)) == 2
    out, err = capsys.readouterr()
    assert err.startswith(f"sidecar: {calls}:2: not a labelled call")
    assert "1 lines were left out" in out


def test_a_slip_in_a_rules_name_is_told(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls.write_text(f"{LINE}\n{LINE.replace('supervisor_', 'supervisors_')}\n", "utf-8")
    assert sidecar(str(calls)) == 2
    out, err = capsys.readouterr()
    assert err.startswith(f"sidecar: {calls}:2: no rule deesc.supervisors_request; `sidecar rules list` names them")
    assert "all calls, 1 calls" in out


def test_nothing_to_evaluate(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls.write_text("nonsense\n", "utf-8")
    assert sidecar(str(calls)) == 2
    assert "there is no labelled call" in capsys.readouterr().err


def test_a_pack_that_cannot_be_used(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar(str(calls), "--pack", "gone.toml") == 2
    assert "gone.toml" in capsys.readouterr().err


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert sidecar(str(calls)) == 0
    assert "evaluating" in terminal.getvalue()
    assert "100%" in terminal.getvalue()


def test_many_calls_on_many_cores(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [LINE.replace('"id": "x"', f'"id": "x{number}"') for number in range(3 * performing.BATCH)]
    calls.write_text("\n".join(lines), "utf-8")
    assert sidecar(str(calls), "--workers", "2") == 0
    assert f"{len(lines)} calls" in capsys.readouterr().out


def test_ctrl_c(calls: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(performing, "carry_out", interrupted)
    assert sidecar(str(calls)) == 130
    assert capsys.readouterr().err.strip() == ""
