"""CURVE keys and the tap's token: made at first run, readable by the user alone, refused when others could read them.

Files in the user's keys folder flow in; key pairs, the list of clients that may talk to the service, and the token
that a local tap shows flow out. Windows keeps its own access lists, so file modes are looked at elsewhere only.
"""

import os
import secrets
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import zmq
from zmq.utils import z85

from sidecar.places import ensure
from streams.errors import KeyFileError

SERVICE = "service"
PANEL = "panel"
TOKEN_FILE = "tap.token"  # noqa: S105 - the name of a file
CLIENTS_FILE = "clients.toml"
STATION = "station"
FLOOR = "floor"
_READS_MODES = os.name == "posix"


class KeyPair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A CURVE key pair in Z85 (40 characters each)."""

    public: str
    secret: str

    def __repr__(self) -> str:
        return f"KeyPair(public={self.public!r})"


class Clients(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names of the screens that may connect, each with its public key in Z85."""

    clients: dict[str, str]


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of one user's service and panel, and the public keys that the service lets in.

    The hub knows this machine by the service's key and its floor by the panel's, unless it made others for them, which
    were carried here (`station.key`, `floor.key`).
    """

    service: KeyPair
    panel: KeyPair
    allowed: dict[str, str]
    carried_station: KeyPair | None = None
    carried_floor: KeyPair | None = None

    @property
    def station(self) -> KeyPair:
        """By which the hub knows this machine."""
        return self.carried_station or self.service

    @property
    def floor(self) -> KeyPair:
        """By which the hub knows whoever opens the floor here."""
        return self.carried_floor or self.panel


def load(keys_dir: Path) -> Keys:
    """The keys in a folder; whatever is missing there is made.

    Raises KeyFileError for a file that others may read or that is damaged, StorageError for a folder that cannot be
    written.
    """
    ensure(keys_dir)
    check_private(keys_dir, 0o700)
    service = _pair(keys_dir / f"{SERVICE}.key")
    panel = _pair(keys_dir / f"{PANEL}.key")
    listed = _read_or_make(keys_dir / CLIENTS_FILE, lambda: _clients_text({PANEL: panel.public}))
    try:
        clients = msgspec.toml.decode(listed, type=Clients).clients
        for public in clients.values():
            _check_key(public)
    except (msgspec.DecodeError, ValueError) as error:
        path = keys_dir / CLIENTS_FILE
        raise KeyFileError(f"{path} is damaged ({error}); delete it and the panel's key is let in again") from error
    return Keys(
        service=service,
        panel=panel,
        allowed=clients,
        carried_station=_carried(keys_dir / f"{STATION}.key"),
        carried_floor=_carried(keys_dir / f"{FLOOR}.key"),
    )


def pair(keys_dir: Path, name: str) -> KeyPair:
    """The key pair of this name in the folder; made at first use.

    Raises KeyFileError for a file that others may read or that is damaged, StorageError for a folder that cannot be
    written.
    """
    ensure(keys_dir)
    check_private(keys_dir, 0o700)
    return _pair(keys_dir / f"{name}.key")


def there(keys_dir: Path, name: str) -> bool:
    """Whether a key pair of this name was ever made in the folder."""
    return (keys_dir / f"{name}.key").exists()


def token(keys_dir: Path) -> str:
    """The secret that a local tap shows to the listener; made at first use.

    Raises KeyFileError for a file that others may read, StorageError for a folder that cannot be written.
    """
    ensure(keys_dir)
    check_private(keys_dir, 0o700)
    text = _read_or_make(keys_dir / TOKEN_FILE, lambda: secrets.token_urlsafe(32) + "\n").strip()
    if len(text) < 32:
        raise KeyFileError(f"{keys_dir / TOKEN_FILE} is damaged; delete it and a new one is made")
    return text


def agreed_secret(keys_dir: Path, name: str) -> str:
    """The secret that the user agreed with a platform and put into `NAME.secret`; empty where there is none.

    Raises KeyFileError for a file that others may read or that cannot be read.
    """
    path = keys_dir / f"{name}.secret"
    return _read_or_make(path, str).strip() if path.exists() else ""


def permission_faults(keys_dir: Path) -> list[str]:
    """What is wrong with the modes of existing key files, one line each with the command that mends it."""
    faults = []
    for path, mode in [(keys_dir, 0o700), *((path, 0o600) for path in sorted(keys_dir.glob("*")))]:
        try:
            check_private(path, mode)
        except KeyFileError as error:
            faults.append(str(error))
    return faults


def _carried(path: Path) -> KeyPair | None:
    return _pair(path) if path.exists() else None


def _pair(path: Path) -> KeyPair:
    text = _read_or_make(path, _new_pair_text)
    try:
        pair = msgspec.toml.decode(text, type=KeyPair)
        _check_key(pair.public)
        _check_key(pair.secret)
        matches = zmq.curve_public(pair.secret.encode()) == pair.public.encode()
    except (msgspec.DecodeError, ValueError) as error:
        raise KeyFileError(f"{path} is damaged ({error}); delete the keys folder and new keys are made") from error
    if not matches:
        raise KeyFileError(f"{path} is damaged (its halves do not match); delete the keys folder and new keys are made")
    return pair


def new_pair() -> KeyPair:
    """A key pair that nobody has."""
    # A public key is given on command lines, where a hyphen would begin an option.
    while (halves := zmq.curve_keypair())[0].startswith(b"-"):
        pass
    return KeyPair(public=halves[0].decode(), secret=halves[1].decode())


def _new_pair_text() -> str:
    pair = new_pair()
    return f'# Made by sidecar at first run. Keep it to yourself.\npublic = "{pair.public}"\nsecret = "{pair.secret}"\n'


def _clients_text(clients: dict[str, str]) -> str:
    lines = [f'{name} = "{public}"' for name, public in clients.items()]
    return "\n".join(["# Public keys of the screens that may connect to the service.", "[clients]", *lines]) + "\n"


def _check_key(text: str) -> None:
    if len(text) != 40 or len(z85.decode(text.encode())) != 32:
        raise ValueError("not a key of 40 characters")


def _read_or_make(path: Path, make: Callable[[], str]) -> str:
    try:
        if not path.exists():
            _write_once(path, make())
        check_private(path, 0o600)
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise KeyFileError(f"{path} is damaged; delete it and a new one is made") from error
    except OSError as error:
        raise KeyFileError(f"cannot read or write {path}: {error.strerror or error}") from error


def _write_once(path: Path, text: str) -> None:
    """Two programs may start at once: whole files are linked into place, and the first one there wins."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    except OSError:
        # Some network and exchange file systems have no hard links.
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def check_private(path: Path, mode: int) -> None:
    """Look at who may read a file or folder that is there.

    Raises KeyFileError, with the command that mends it, when others may.
    """
    if not _READS_MODES or not path.exists():
        return
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyFileError(f"{path} is open to other users; run: chmod {mode:o} {path}")
