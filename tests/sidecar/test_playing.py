"""How a call looks where the command was given."""

import io
import json

import pytest

from sidecar import config, places
from sidecar.journal import read_journal
from sidecar.material import Material
from sidecar.playing import Performance, readable, say
from streams.events import CallEnded, CallStarted, Event, Utterance


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def material() -> Material:
    started = CallStarted(call_id="c", at_ms=0, words_from="text")
    said = Utterance(call_id="c", at_ms=90, channel="agent", utterance=0, started_ms=0, ended_ms=80, text="hello " * 12)
    events: tuple[Event, ...] = (started, said, CallEnded(call_id="c", at_ms=100))
    return Material(kind="script", started=started, duration_ms=100, events=lambda: events, notes=("mind the gap",))


def performance(keep: bool = False) -> Performance:
    return Performance(material(), None, config.load(), places.find(), speed=None, keep=keep)


def test_notes_go_beside_the_output(capfd: pytest.CaptureFixture[str]) -> None:
    performance().here(as_json=True)
    out, err = capfd.readouterr()
    assert {json.loads(line)["call_id"] for line in out.splitlines()} == {"c"}
    assert err == "sidecar: mind the gap\n"
    assert not places.find().journals_dir.exists()


def test_progress_is_shown_where_somebody_looks(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    performance().here(as_json=False)
    assert "00:00 of 00:00  100%" in terminal.getvalue()
    assert "hello" in capfd.readouterr().out


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_is_folded_and_coloured_unless_asked_not_to(monkeypatch: pytest.MonkeyPatch, no_color: str) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", no_color)
    lines = readable()
    for event in material().events():
        lines.write(event)  # type: ignore[arg-type]
    assert max(len(line) for line in terminal.getvalue().splitlines()[3:-1]) <= 40
    assert ("\x1b[1m" in terminal.getvalue()) == (not no_color)


def test_what_is_said_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    say("hm")
    assert capfd.readouterr().err == "sidecar: hm\n"


def test_what_is_said_is_nothing_a_terminal_obeys(capfd: pytest.CaptureFixture[str]) -> None:
    say("no file \x1b[31mx.wav")
    assert capfd.readouterr().err == "sidecar: no file  [31mx.wav\n"


async def test_a_reader_who_leaves_at_once_leaves_a_whole_journal() -> None:
    class Gone:
        def write(self, _: object) -> None:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await performance(keep=True).play([Gone()])
    [kept] = places.find().journals_dir.glob("*-c/events.jsonl")
    whole = read_journal(kept)
    assert (whole.started.call_id, whole.cut) == ("c", "")
    assert CallEnded(call_id="c", at_ms=0, reason="failed") in whole.events


def test_a_kept_call_lies_in_the_journals() -> None:
    performance(keep=True).here(as_json=False)
    assert len(list(places.find().journals_dir.glob("*-c/events.jsonl"))) == 1
