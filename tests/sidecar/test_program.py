"""The programs as a shell starts them, from the first moment on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from sidecar import program

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")

LOADING = """
import importlib.abc, os, signal, sys
from sidecar import program

class CtrlC(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, CtrlC())
program.main()
"""
ENDED = """
import os, signal, sys, tempfile
from pathlib import Path
from sidecar import cli, program, running

class Main:
    def main(self, **given):
        async def nothing():
            pass

        with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
            (Path(folder) / "model.bin").touch()
            running.run(nothing)
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            finally:
                os.kill(os.getpid(), signal.SIGTERM)
                print("tidied", flush=True)
        print("went on", flush=True)

cli.cli = Main()
program.main()
"""
LEAVING = """
import atexit, os, signal, sys
from sidecar import program

atexit.register(os.kill, os.getpid(), signal.SIGINT)
sys.argv = ["sidecar", "--version"]
program.main()
"""


@pytest.mark.parametrize(
    ("start", "arguments"), [(program.main, ["panel", "--help"]), (program.panel_main, ["--help"])]
)
def test_the_panel_can_be_opened_by_either(
    start: Callable[[], NoReturn],
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(sys, "argv", ["program", *arguments])
    try:
        with pytest.raises(SystemExit) as left:
            start()
    finally:
        signal.signal(signal.SIGINT, before)
    assert left.value.code == 0
    assert "Open the agent's panel" in capsys.readouterr().out


@posix
@pytest.mark.parametrize("code", [LOADING, LEAVING], ids=["loading", "leaving"])
def test_ctrl_c_is_quiet_from_the_first_moment_to_the_last(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (130, b"")


@posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_are_no_reason_to_break(closed: str) -> None:
    home = {"SIDECAR_HOME": os.devnull + "/nowhere", "PATH": os.defpath}
    code = f'"{sys.executable}" -m sidecar.program --help {closed}'

    assert subprocess.run(["/bin/sh", "-c", code], env=home, timeout=60, check=False).returncode == 0


@posix
def test_a_request_to_end_runs_every_blocks_end(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ENDED, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (143, "tidied\n", "")
    assert [*tmp_path.iterdir()] == []
