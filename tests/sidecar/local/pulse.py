"""A PulseAudio of the tests' own: two loudspeakers that are heard by nobody, one for each side of a call."""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

PROGRAMS = ("pulseaudio", "pactl", "pacat")
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]
START_S = 15.0


class Pulse:
    """A daemon in a folder of its own, which must have a short path: sockets' names are short."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._daemon: subprocess.Popen[bytes] | None = None
        self._players: list[subprocess.Popen[bytes]] = []
        self.server = f"unix:{folder}/native"

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "PULSE_SERVER": self.server,
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder),
        }

    def start(self) -> None:
        """Start the daemon with the sinks `mic` and `phone`, the latter the default, and wait until it answers."""
        modules = [
            f"module-native-protocol-unix auth-anonymous=1 socket={self._folder}/native",
            "module-null-sink sink_name=mic",
            "module-null-sink sink_name=phone",
        ]
        options = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"]
        command = ["pulseaudio", *options, *(part for module in modules for part in ("-L", module))]
        self._daemon = subprocess.Popen(
            command, env=dict(self.environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + START_S
        while not self.does("info"):
            assert time.monotonic() < until, "the tests' PulseAudio does not answer"
            time.sleep(0.05)
        assert self.does("set-default-sink", "phone")

    def kill(self) -> None:
        """End the daemon as a crash would."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()
            self._daemon = None

    def does(self, *command: str) -> bool:
        """Whether the daemon did what it was told."""
        done = subprocess.run(
            ["pactl", *command], env=dict(self.environment), capture_output=True, timeout=20, check=False
        )
        return done.returncode == 0

    def play(self, sink: str, pcm: Path) -> None:
        """Begin to play 16 kHz mono."""
        command = ["pacat", "--raw", "--format=s16le", "--rate=16000", "--channels=1", "--latency-msec=40", "-d", sink]
        with pcm.open("rb") as sound:
            self._players.append(
                subprocess.Popen(
                    command,
                    env=dict(self.environment),
                    stdin=sound,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )

    def close(self) -> None:
        for player in self._players:
            player.kill()
            player.wait()
        self.kill()
