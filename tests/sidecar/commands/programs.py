"""Programs of the command line as child processes on ports and a home of their own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from sidecar import ports

START_S = 60


class Programs:
    """Starts `sidecar` programs that find each other."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.sets = (
            *("--set", f"bus.port={ports.free_pair()}", "--set", f"taps.port={ports.free_pair()}"),
            *("--set", "bus.heartbeat_ms=50", "--set", "asr.engine=reference"),
        )
        self._started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-m", "sidecar.program", *self.sets, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "SIDECAR_HOME": str(self.home)},
        )
        self._started.append(child)
        return child

    def service(self) -> subprocess.Popen[str]:
        """A service that takes calls."""
        child = self.start("run")
        assert child.stderr is not None
        assert "taking calls" in child.stderr.readline()
        return child

    def done(self, *arguments: str) -> tuple[int, str, str]:
        """A program run to its end: exit code, output, errors."""
        child = self.start(*arguments)
        out, err = child.communicate(timeout=START_S)
        return child.returncode, out, err

    def stop(self, child: subprocess.Popen[str], with_signal: signal.Signals) -> tuple[int, str]:
        """End a program and give its exit code and what it said last."""
        child.send_signal(with_signal)
        _, err = child.communicate(timeout=START_S)
        return child.returncode, err

    def close(self) -> None:
        for child in self._started:
            if child.poll() is None:
                child.kill()
            child.communicate()
