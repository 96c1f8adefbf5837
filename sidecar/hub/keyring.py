"""The hub's keys on disk: its own pair and the file of clients, read and written whole, readable by the user alone.

The file may be changed by `sidecar keys` at any time while the hub runs; `RollFile.changed` is asked often and looks at
no more than the file's time and size.
"""

import os
import tempfile
from pathlib import Path

import tomlkit

from sidecar import keys
from sidecar.hub import roll as rolls
from sidecar.hub.roll import Client, Roll
from sidecar.keys import KeyPair
from sidecar.places import ensure
from streams.errors import KeyFileError
from streams.floor import Role

FILE_NAME = "hub-clients.toml"
HUB = "hub"
ISSUED = "issued"
HEADING = "Workstations and people that may talk to this machine's hub. `sidecar keys` changes it."
THIS_MACHINE: tuple[tuple[str, Role], ...] = (("this workstation", "agent"), ("this floor", "supervisor"))
"""Names under which the hub's own machine is let in, so that a floor of one machine needs no exchange of keys."""


class RollFile:
    """The clients' file of one keys folder; made at first use, with this machine's own keys on it."""

    def __init__(self, keys_dir: Path, *, guests: bool = False) -> None:
        self._keys_dir = keys_dir
        self._path = keys_dir / FILE_NAME
        self._guests = guests
        self._seen: tuple[int, int] | None = None

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path

    def read(self) -> Roll:
        """The roll as it is on disk.

        Raises KeyFileError for a file that others may read or that is damaged.
        """
        ensure(self._keys_dir)
        if not self._path.exists():
            self.write(self._first())
        keys.check_private(self._path, 0o600)
        self._seen = self._state()
        try:
            text = self._path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise KeyFileError(f"cannot read {self._path}: {error}") from error
        return rolls.read(text, str(self._path), guests=self._guests)

    def changed(self) -> Roll | None:
        """The roll if its file has changed since it was last read.

        Raises KeyFileError like `read`.
        """
        return self.read() if self._state() != self._seen else None

    def write(self, roll: Roll) -> None:
        """Put a roll in the file's place, whole.

        Raises KeyFileError when it cannot be written.
        """
        text = f"# {HEADING}\n\n{tomlkit.dumps(rolls.as_tree(roll))}"
        try:
            handle, name = tempfile.mkstemp(prefix=f".{FILE_NAME}.", dir=self._keys_dir)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except OSError as error:
            raise KeyFileError(f"cannot write {self._path}: {error.strerror or error}") from error

    def _first(self) -> Roll:
        own = keys.load(self._keys_dir)
        roll = Roll()
        for (name, role), pair in zip(THIS_MACHINE, (own.station, own.floor), strict=True):
            roll = roll.with_client(Client(name=name, role=role, public=pair.public))
        return roll

    def _state(self) -> tuple[int, int] | None:
        try:
            state = self._path.stat()
        except OSError:
            return None
        return state.st_mtime_ns, state.st_size


def own_pair(keys_dir: Path) -> KeyPair:
    """The hub's own pair; made at first use."""
    return keys.pair(keys_dir, HUB)


def issue(keys_dir: Path, client_name: str) -> tuple[Path, str]:
    """Make a pair for a client; returns the file to carry to its machine and the public key.

    Raises KeyFileError when the file cannot be written.
    """
    folder = ensure(keys_dir / ISSUED)
    path = folder / f"{client_name}.key"
    path.unlink(missing_ok=True)
    return path, keys.pair(folder, client_name).public


def carried_name(role: Role) -> str:
    """What a client's key is called in the keys folder of its own machine."""
    return f"{keys.STATION if role == 'agent' else keys.FLOOR}.key"
