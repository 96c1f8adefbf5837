"""The command line's edges: help without weight, one line for every mistake, the right exit code."""

import errno
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TextIO

import click
import pytest

from sidecar import cli, places
from sidecar.invocation import Invocation
from streams.errors import BusError, ConfigError


def failing(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


def test_help_lists_every_command_with_its_own_first_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(cli.cli, ["--help"]) == 0
    text = capsys.readouterr().out
    context = click.Context(cli.cli)
    for name, line in cli.COMMANDS.items():
        assert f"  {name} " in text
        command = cli.cli.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(limit=200) == line


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_parts_of_a_command_are_told_in_a_line_that_fits(name: str) -> None:
    command = cli.cli.get_command(click.Context(cli.cli), name)
    parts = command.commands if isinstance(command, click.Group) else {}
    assert [one for one, part in parts.items() if part.get_short_help_str(limit=66).endswith("...")] == []


def test_help_loads_nothing_heavy() -> None:
    """The run-time twin of the import rules: deferred imports cannot be seen in the source."""
    heavy = "{'textual', 'rich', 'faster_whisper', 'ctranslate2', 'zmq', 'numpy', 'structlog', 'websockets', 'asyncio'}"
    code = f"""
import sys
from sidecar import cli
for arguments in (["--help"], ["--version"]):
    assert cli.run(cli.cli, arguments) == 0
loaded = {heavy} & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


def test_threads_are_pinned_before_numpy_can_be_imported() -> None:
    code = """
import os, sys
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.pop(name, None)
import sidecar.cli
assert "numpy" not in sys.modules
assert {os.environ[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")} == {"1"}
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (ConfigError("x.toml:3: wrong\nsecond line"), 2, "sidecar: x.toml:3: wrong second line\n"),
        (BusError("no service"), 1, "sidecar: no service\n"),
        (ExceptionGroup("g", [ExceptionGroup("h", [LookupError(), BusError("inside")])]), 1, "sidecar: inside\n"),
        (click.UsageError("Give one PATH."), 2, "sidecar: give one PATH; see `sidecar --help`\n"),
        (click.FileError("a.wav", "gone"), 1, "sidecar: could not open file 'a.wav': gone\n"),
        (OSError(errno.ENOSPC, "no room"), 1, "sidecar: the output cannot be written: no room\n"),
        (ConfigError("\x1b[2Jx.toml: wrong"), 2, "sidecar:  [2Jx.toml: wrong\n"),
        (KeyboardInterrupt(), 130, ""),
        (BaseExceptionGroup("g", [KeyboardInterrupt()]), 130, ""),
        (click.Abort(), 130, ""),
    ],
)
def test_errors_are_one_line_and_a_code(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, line: str
) -> None:
    assert cli.run(failing(error), []) == code
    assert capsys.readouterr().err.lstrip("\n") == line


def test_what_nobody_expected_goes_to_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(failing(LookupError("deep inside")), []) == 1
    said = capsys.readouterr().err
    assert said.startswith("sidecar: broke unexpectedly (LookupError); details are in ")
    assert said.count("\n") == 1
    [log] = places.find().state_dir.glob("crash-*.log")
    assert str(log) in said
    assert "LookupError: deep inside" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_a_crash_without_a_home_goes_to_the_temporary_folder(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SIDECAR_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert cli.run(failing(LookupError()), []) == 1
    assert len(list(tmp_path.glob("crash-*.log"))) == 1


@pytest.mark.parametrize("full", [1, 2])
def test_a_crash_on_a_full_disk_is_one_line_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, full: int
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    disks = iter([True] * full + [False])
    real = traceback.print_exception

    def print_exception(error: BaseException, *, file: TextIO) -> None:
        if next(disks):
            raise OSError(errno.ENOSPC, "no room")
        real(error, file=file)

    monkeypatch.setattr(traceback, "print_exception", print_exception)
    assert cli.run(failing(LookupError("deep inside")), []) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    kept = f"details are in {tmp_path}" if full == 1 else "and no details could be kept: deep inside"
    assert kept in said


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nonsense"], "sidecar: no such command 'nonsense'; see `sidecar --help`\n"),
        (["--nonsense"], "sidecar: no such option '--nonsense'; see `sidecar --help`\n"),
        (["config", "show", "--nonsense"], "sidecar: no such option '--nonsense'; see `sidecar config show --help`\n"),
        (["answer"], "sidecar: missing argument"),
        (
            ["--set", "asr.modelx=x", "config", "show"],
            "sidecar: --set asr.modelx=x: unknown key asr.modelx; did you mean",
        ),
        (["--config", "/nowhere.toml", "config", "show"], "sidecar: cannot read /nowhere.toml"),
    ],
)
def test_mistakes_of_usage_are_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], line: str) -> None:
    assert cli.run(cli.cli, arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith(line)
    assert said.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["models"], ["config"]])
def test_a_command_that_is_not_whole_prints_its_help(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert cli.run(cli.cli, arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"Usage: {' '.join(['sidecar', *arguments])} [OPTIONS] COMMAND")
    assert "\nCommands:\n" in said.err


def test_a_setting_may_stand_before_or_behind_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[tuple[str, ...]] = []

    @click.command(params=[cli._set_option()])
    @click.pass_obj
    def command(invocation: Invocation) -> None:
        seen.append(invocation.sets)

    @click.group(invoke_without_command=False)
    @click.pass_context
    def group(ctx: click.Context) -> None:
        ctx.obj = Invocation(sets=("a.b=1",))

    group.add_command(command, "it")
    assert cli.run(group, ["it", "--set", "c.d=2", "--set", "e.f=3"]) == 0
    assert seen == [("a.b=1", "c.d=2", "e.f=3")]
    for words in (["doctor"], ["models", "list"], ["floor", "export"], ["bench", "taps"]):
        assert cli.run(cli.cli, [*words, "--help"]) == 0
        assert capsys.readouterr().out.count("--set SECTION.KEY=VALUE") == 1


def test_settings_before_and_behind_a_part_of_a_command_all_hold(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "--set",
        "asr.model=tiny.en",
        "config",
        "--set",
        "asr.profile=fast",
        "show",
        "asr",
        "--set",
        "asr.workers=1",
    ]
    assert cli.run(cli.cli, words) == 0
    shown = capsys.readouterr().out
    for line in ('model = "tiny.en"', 'profile = "fast"', "workers = 1"):
        assert line in shown


def test_exit_codes_of_commands_come_through() -> None:
    @click.command()
    def seven() -> int:
        return 7

    assert cli.run(seven, []) == 7
    assert cli.run(failing(SystemExit(3)), []) == 3
    assert cli.run(failing(SystemExit("text")), []) == 1


@pytest.mark.parametrize(
    "arguments", [["config", "show"], ["demo", "--speed", "max"], ["demo", "--speed", "max", "--json"], ["--help"]]
)
def test_a_reader_that_has_seen_enough_is_no_error(arguments: list[str]) -> None:
    program = [sys.executable, "-m", "sidecar.program", "--set", "asr.engine=reference", *arguments]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        complaints = [line for line in child.stderr.read().splitlines() if b"words from the transcript" not in line]
        assert (child.wait(60), complaints) == (0, [])
