"""`sidecar panel` as a program on a terminal of its own."""

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sidecar.commands.programs import Programs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")

LEFT_ALTERNATE_SCREEN = b"\x1b[?1049l"
PATIENCE_S = 30


class Terminal:
    """A pseudo-terminal of 80 columns with a program on it."""

    def __init__(self, arguments: list[str], home: Path) -> None:
        self._outside, inside = os.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.program = subprocess.Popen(
            [sys.executable, "-m", "sidecar.program", *arguments],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env={**os.environ, "SIDECAR_HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        os.close(inside)
        self.seen = b""

    def read_until(self, text: bytes) -> None:
        """Read until the screen has shown a text."""
        until_s = time.monotonic() + PATIENCE_S
        while text not in self.seen:
            assert time.monotonic() < until_s, self.seen[-2000:]
            assert self._read(), self.seen[-2000:]

    def press(self, keys: bytes) -> None:
        os.write(self._outside, keys)

    def exit_code(self) -> int:
        """Read on until the program has ended."""
        while self._read():
            pass
        return self.program.wait(PATIENCE_S)

    def _read(self) -> bool:
        """Take what is there; false when nobody has the other end any more."""
        try:
            if select.select([self._outside], [], [], 0.1)[0]:
                self.seen += os.read(self._outside, 65_536)
        except OSError:
            return False
        return True

    def close(self) -> None:
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait()
        os.close(self._outside)


@pytest.fixture
def panel(programs: Programs) -> Iterator[Terminal]:
    terminal = Terminal([*programs.sets, "panel"], programs.home)
    yield terminal
    terminal.close()


def test_it_waits_for_a_service_and_leaves_by_a_key(panel: Terminal) -> None:
    panel.read_until(b"finding the service")
    panel.press(b"q")
    assert panel.exit_code() == 0
    assert LEFT_ALTERNATE_SCREEN in panel.seen


def test_it_finds_a_service_that_starts_later(panel: Terminal, programs: Programs) -> None:
    panel.read_until(b"finding the service")
    service = programs.service()
    panel.read_until(b"link ok")
    programs.stop(service, signal.SIGTERM)
    panel.read_until(b"RECONNECT")
    programs.service()
    panel.seen = b""
    panel.read_until(b"link ok")


def test_a_request_to_end_gives_the_terminal_back(panel: Terminal) -> None:
    panel.read_until(b"finding the service")
    panel.program.send_signal(signal.SIGTERM)
    assert panel.exit_code() == 0
    assert LEFT_ALTERNATE_SCREEN in panel.seen


def test_without_a_terminal_it_names_the_way_out(programs: Programs) -> None:
    code, _, err = programs.done("panel")
    assert (code, err) == (2, "sidecar: the panel needs a terminal; `sidecar tail` prints the same as lines\n")
