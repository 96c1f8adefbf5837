"""Agents' pauses that outlast the service: each call's pauses flow in, the pause that it goes on in flows out.

What an agent wants nobody to hear must not be heard because the service ended meanwhile: card data is being said, and
the platform dials again within seconds. A pause is an empty file whose date says since when, so that there is nothing
in it that a crash could cut; it needs no journal, which may be switched off, damaged or purged.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sidecar.config_sections import TapsConfig
from sidecar.journal import slug
from sidecar.pausing import BY_AGENT
from sidecar.places import ensure
from streams.clock import unix_s
from streams.errors import StorageError
from streams.events import AudioPaused, AudioResumed, CallEnded, CallStarted, Event, Telemetry

FOLDER = "paused"
OVER = frozenset({"hung_up", "closed"})
"""Ends that somebody said. After any other one the people may be talking still, and the call may come again."""
SOFTPHONE = "this machine"
"""The source whose calls get an id of their own each time, and are never two at once."""


class LastingPauses:
    """The pauses that stand in a folder; one that has ended by itself (`taps.pause_s`) is forgotten there too.

    With `taps.pause_s = 0` a pause holds for as long as a call may go on (`taps.longest_s`).
    """

    def __init__(self, state_dir: Path, taps: TapsConfig, now_s: Callable[[], int] = unix_s) -> None:
        self._folder = state_dir / FOLDER
        self._longest_s = taps.pause_s or taps.longest_s
        self._now_s = now_s

    def lasted_ms(self, started: CallStarted) -> int | None:
        """How long the pause has lasted in which a call begins; None where it begins in none."""
        with suppress(OSError):
            for file in self._folder.iterdir():
                if self._lasted_s(file) >= self._longest_s:
                    file.unlink(missing_ok=True)
        try:
            return self._lasted_s(self._file(started)) * 1000
        except OSError:
            return None

    def keeper(self, started: CallStarted) -> "PauseKeeper":
        """The sink that keeps one call's pauses; first of all sinks, so that no screen says what a crash undoes."""
        return PauseKeeper(self._file(started))

    def _file(self, started: CallStarted) -> Path:
        return self._folder / slug(SOFTPHONE if started.source == SOFTPHONE else started.call_id)

    def _lasted_s(self, file: Path) -> int:
        return max(0, self._now_s() - int(file.stat().st_mtime))


class PauseKeeper:
    """Keeps the pauses of one call where the service's end does not reach them; a sink of the runner."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def write(self, event: Event | Telemetry) -> None:
        """Follow the agent's pauses; one that the call began in stands since before.

        Raises StorageError when a pause cannot be kept.
        """
        match event:
            case AudioPaused(reason=reason) if reason == BY_AGENT:
                self._keep()
            case AudioResumed(reason=reason) if reason == BY_AGENT:
                self._forget()
            case CallEnded(reason=reason) if reason in OVER:
                self._forget()
            case _:
                pass

    def _keep(self) -> None:
        try:
            ensure(self._file.parent)
            self._file.touch(mode=0o600)
        except OSError as error:
            raise StorageError(
                f"cannot write {self._file}: {error.strerror or error}; a pause for card data would not outlast the "
                "service: set SIDECAR_HOME to a folder you may write"
            ) from error

    def _forget(self) -> None:
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
