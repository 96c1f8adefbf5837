"""`sidecar replay`, from the words on the command line to lines, journals and exit codes."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sidecar import cli, demo, places
from sidecar.material import Material
from streams.events import CallEnded

CALL = """00:00.500-00:03.000 agent     Hello, how can I help you today?
00:04.000-00:08.000 customer  My card is 4111 1111 1111 1111 and I am so angry about this bill.
00:09.000-00:11.000 agent     Okay, give me the date.
"""


def sidecar(*arguments: str | Path) -> int:
    return cli.run(cli.cli, [str(argument) for argument in arguments])


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "x.call"
    path.write_text(CALL)
    return path


@pytest.fixture
def sound() -> Path:
    return demo.find("missed-empathy").sound


def journals() -> list[Path]:
    return sorted(places.find().journals_dir.glob("*/events.jsonl"))


def coached(out: str) -> list[str]:
    return [line for line in out.splitlines() if json.loads(line)["type"] in ("Nudge", "NudgeResolved")]


def test_a_transcript_as_lines(call: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert sidecar("replay", call, "--speed", "max") == 0
    out = capfd.readouterr().out
    assert "00:04  customer    My card is •••• •••• •••• •••• and I am so angry about this bill." in out
    (journal,) = journals()
    assert "4111" not in journal.read_text()


def test_a_replayed_journal_gives_the_same_nudges_to_the_byte(sound: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert sidecar("replay", sound, "--engine", "reference", "--speed", "max", "--json") == 0
    live = capfd.readouterr().out
    (journal,) = journals()
    assert coached(live)
    assert coached(live) == coached(journal.read_text())
    assert sidecar("replay", journal, "--speed", "max", "--json") == 0
    assert coached(capfd.readouterr().out) == coached(live)
    assert journals() == [journal]


def test_a_journal_cut_by_a_crash_is_played_up_to_the_cut(call: Path, capfd: pytest.CaptureFixture[str]) -> None:
    sidecar("replay", call, "--speed", "max")
    (journal,) = journals()
    journal.write_bytes(journal.read_bytes()[:-40])
    capfd.readouterr()
    assert sidecar("replay", journal, "--speed", "max") == 0
    out, err = capfd.readouterr()
    assert "so angry" in out
    assert "cut off in mid-line" in err


def test_settings_of_one_run(call: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert sidecar("replay", call, "--speed", "max", "--set", "journal.enabled=false") == 0
    assert journals() == []
    assert sidecar("replay", call, "--set", "journal.nope=1") == 2
    assert "journal.nope" in capfd.readouterr().err


def test_a_journal_without_text_holds_no_words(call: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert sidecar("replay", call, "--speed", "max", "--set", "journal.text=false") == 0
    (journal,) = journals()
    assert "angry" not in "".join(line for line in journal.read_text().splitlines() if "CallContext" not in line)
    assert sidecar("replay", journal) == 2
    assert "kept without text" in capfd.readouterr().err


def test_a_recording_without_words_and_model_names_the_ways_on(
    sound: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sidecar.models.find", lambda *_: None)
    alone = tmp_path / "alone.flac"
    alone.write_bytes(sound.read_bytes())
    assert sidecar("replay", alone, "--set", "asr.download=false") == 1
    err = capfd.readouterr().err
    assert "sidecar models pull base.en" in err
    assert "--engine reference --transcript FILE" in err
    assert "--engine none" in err
    assert sidecar("replay", alone, "--engine", "reference") == 2
    assert sidecar("replay", alone, "--engine", "none", "--speed", "max") == 0
    assert "no words: voice activity and timing only" in capfd.readouterr().out
    assert sidecar("replay", alone, "--transcript", sound.with_suffix(".call"), "--speed", "max") == 0
    assert "Empathy owed" in capfd.readouterr().out


def test_a_named_model_means_whisper(sound: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert sidecar("replay", sound, "--model", tmp_path) == 2
    assert "not a converted Whisper model" in capfd.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("x.wav", "--agent", "y.wav"),
        ("--agent", "y.wav"),
        ("x.wav", "--json", "--panel"),
        ("gone.wav",),
        ("--agent", "gone.wav", "--customer", "gone.wav"),
        ("x.wav", "--speed", "3"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_code_two(
    arguments: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert sidecar("replay", *arguments) == 2
    out, err = capfd.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)


def test_an_unwritable_home_is_one_line_and_leaves_nothing(
    call: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SIDECAR_HOME", str(tmp_path / "file"))
    assert sidecar("replay", call, "--speed", "max") == 1
    assert "set SIDECAR_HOME" in capfd.readouterr().err


def test_to_service_sends_the_sound(sound: Path, call: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Material, str | None, float | None]] = []
    monkeypatch.setattr(
        "sidecar.sending.send", lambda material, engine, where, speed: sent.append((material, engine, speed))
    )
    assert sidecar("replay", sound, "--to-service", "--speed", "4") == 0
    assert sidecar("replay", sound, "--to-service", "--transcript", sound.with_suffix(".call")) == 0
    assert sidecar("replay", sound, "--to-service", "--engine", "whisper") == 0
    assert [(engine, speed) for _, engine, speed in sent] == [(None, 4.0), ("reference", 1.0), ("whisper", 1.0)]
    assert sidecar("replay", sound, "--to-service", "--engine", "none") == 2


def test_the_panel_gets_the_call_and_its_notes(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []
    seen: list[object] = []
    followed: list[object] = []

    def beside_panel(_: object, call_id: str, perform: Callable[[Any], Coroutine[Any, Any, None]], **how: Any) -> int:
        shown.append({"call_id": call_id, **how})
        stage = SimpleNamespace(sinks=(SimpleNamespace(write=seen.append),), follow=followed.append)
        asyncio.run(perform(stage))
        return 7

    monkeypatch.setattr("sidecar.launch.beside_panel", beside_panel)
    assert sidecar("replay", sound, "--engine", "reference", "--panel", "--speed", "max") == 7
    assert shown[0]["call_id"] == "missed-empathy"
    assert shown[0]["speed"] == 0.0
    assert "not from speech recognition" in shown[0]["notice"]
    assert any(isinstance(event, CallEnded) for event in seen)
    assert len(followed) == len(journals()) == 1
