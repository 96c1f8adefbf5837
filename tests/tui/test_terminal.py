"""A terminal that goes away takes its screen with it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui import terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")

LOOKS = """
import sys
from tui import terminal
sys.exit(5 if terminal.is_gone() else 6)
"""


def test_a_terminal_that_is_there_is_not_gone() -> None:
    ours, theirs = os.openpty()
    try:
        assert subprocess.run([sys.executable, "-c", LOOKS], stdin=theirs, check=False).returncode == 6
    finally:
        os.close(theirs)
        os.close(ours)


def test_one_that_hung_up_is() -> None:
    ours, theirs = os.openpty()
    os.close(ours)
    try:
        assert subprocess.run([sys.executable, "-c", LOOKS], stdin=theirs, check=False).returncode == 5
    finally:
        os.close(theirs)


def test_where_it_cannot_be_told_it_is_not_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "__stdin__", None)
    assert not terminal.is_gone()
    with (tmp_path / "closed").open("w") as closed:
        pass
    monkeypatch.setattr(sys, "__stdin__", closed)
    assert not terminal.is_gone()
    assert subprocess.run([sys.executable, "-c", LOOKS], stdin=subprocess.DEVNULL, check=False).returncode == 6


def test_a_screen_without_its_terminal_ends(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "sidecar.program", "floor", "--demo"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "SIDECAR_HOME": str(tmp_path), "TERM": "xterm-256color"},
    )
    os.close(theirs)
    try:
        drawn = b""
        while b"demo" not in drawn.lower():
            drawn += os.read(ours, 65_536)
        os.close(ours)
        deadline_s = time.monotonic() + 30
        while child.poll() is None and time.monotonic() < deadline_s:
            time.sleep(0.05)
        assert child.returncode == terminal.LEFT_BY_HANGUP
    finally:
        child.kill()
        child.wait()
