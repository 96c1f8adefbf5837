"""`sidecar demo`, piped."""

import io
import json

import pytest

from sidecar import cli


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def sidecar(*arguments: str) -> int:
    return cli.run(cli.cli, arguments)


def test_the_list_names_every_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("demo", "--list") == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) >= 4
    assert "missed-empathy" in out


def test_piped_it_is_lines_that_say_where_words_come_from(capfd: pytest.CaptureFixture[str]) -> None:
    assert sidecar("demo", "--speed", "max") == 0
    out, err = capfd.readouterr()
    assert "the transcript, not from speech recognition; `sidecar models pull base.en`" in out
    assert "Empathy owed" in out
    assert "not from speech recognition" in err


def test_json_is_one_event_a_line_and_a_configured_engine_is_used(capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ("--set", "asr.engine=reference", "demo", "calm-rebooking", "--speed", "max", "--json")
    assert sidecar(*arguments) == 0
    out, err = capfd.readouterr()
    kinds = [json.loads(line)["type"] for line in out.splitlines()]
    assert kinds[:2] == ["CallContext", "CallStarted"]
    assert "CallEnded" in kinds
    assert "Tick" not in kinds
    assert "asked for" in err


def test_on_a_terminal_it_is_the_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def beside_panel(_: object, call_id: str, perform: object, **how: object) -> int:
        shown.append(call_id)
        return 0

    monkeypatch.setattr("sidecar.launch.beside_panel", beside_panel)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("sys.stdout", Terminal())
    assert sidecar("demo", "tangled") == 0
    assert shown == ["tangled"]


def test_an_unknown_call_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("demo", "nope") == 2
    assert "no demo call 'nope'" in capsys.readouterr().err
