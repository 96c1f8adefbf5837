"""`sidecar run` as a program: it starts, says what is wrong, and stops as it is told to."""

import signal
import sys
from pathlib import Path

import pytest

from sidecar import cli, keys, ports
from sidecar.commands import run
from sidecar.invocation import Invocation
from streams.errors import ModelError, WrongModelError
from tests.sidecar.commands.programs import Programs

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


@posix
@pytest.mark.parametrize(("with_signal", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_stops_as_it_is_told_to(programs: Programs, with_signal: signal.Signals, code: int) -> None:
    service = programs.service()
    returned, said = programs.stop(service, with_signal)
    assert (returned, said.strip()) == (code, "")


def test_it_says_what_to_enter_at_each_platform(programs: Programs) -> None:
    code, out, err = programs.done("run", "--check")
    assert (code, err) == (0, "")
    assert "/twilio/TOKEN" in out
    token = keys.token(programs.home / "keys")
    assert token not in out
    assert f"/twilio/{token}" in programs.done("run", "--check", "--show-token")[1]


def test_it_prints_a_unit_for_systemd(programs: Programs) -> None:
    code, out, err = programs.done("run", "--unit")
    assert (code, err) == (0, "")
    assert "Type=notify" in out
    assert f"SIDECAR_HOME={programs.home}" in out


@posix
def test_it_reads_its_settings_anew(programs: Programs) -> None:
    service = programs.service()
    service.send_signal(signal.SIGHUP)
    assert service.stderr is not None
    assert "settings read anew" in service.stderr.readline()
    assert programs.stop(service, signal.SIGTERM)[0] == 0


def test_a_second_service_says_which_port_is_taken(programs: Programs) -> None:
    programs.service()
    code, _, err = programs.done("run")
    assert code == 1
    assert err.startswith("sidecar: port ")
    assert "is in use: another `sidecar run` may be going" in err
    assert err.count("\n") == 1


def test_open_keys_are_refused_with_the_command_that_mends_them(programs: Programs) -> None:
    keys.load(programs.home / "keys")
    key = programs.home / "keys" / "service.key"
    key.chmod(0o644)
    assert programs.done("run") == (1, "", f"sidecar: {key} is open to other users; run: chmod 600 {key}\n")


def test_a_home_that_cannot_be_made_is_said(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    programs.home = tmp_path / "file"
    code, _, err = programs.done("run")
    assert code == 1
    assert "set SIDECAR_HOME to a folder you may write" in err


def test_a_taken_tap_is_said_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    monkeypatch.setattr(ports, "is_free", lambda _, port: port not in taken)
    taken.append(8765)
    assert cli.run(cli.cli, ["run"]) == 1
    assert "--set taps.port=PORT" in capsys.readouterr().err


def test_the_engine_is_the_one_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Whisper:
        warmed = 0

        def warm(self) -> None:
            self.warmed += 1

    whisper = Whisper()
    monkeypatch.setattr(run.ears, "any_model", lambda *_, **__: whisper)
    assert run._engine(Invocation(sets=["asr.engine=whisper"])) is whisper
    assert run._engine(Invocation(sets=["asr.engine=auto"])) is whisper
    assert whisper.warmed == 2
    assert run._engine(Invocation(sets=["asr.engine=reference"])) is None


def test_without_a_model_only_auto_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def none_here(*_: object, **__: object) -> None:
        raise ModelError("no model, and no network")

    monkeypatch.setattr(run.ears, "any_model", none_here)
    assert run._engine(Invocation(sets=["asr.engine=auto"])) is None
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "sidecar: no model, and no network"
    assert "timing nudges only" in said[1]
    with pytest.raises(ModelError):
        run._engine(Invocation(sets=["asr.engine=whisper"]))


def test_what_is_no_model_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(WrongModelError):
        run._engine(Invocation(sets=["asr.engine=auto", f"asr.model={tmp_path}"]))
