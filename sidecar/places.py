"""Where the program keeps what it keeps: one folder named by SIDECAR_HOME, else the platform's own folders.

The environment flows in once, paths flow out; nothing is made on disk until `ensure` is asked to.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import platformdirs

from streams.errors import StorageError

HOME_VARIABLE = "SIDECAR_HOME"
APPLICATION = "sidecar"


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Every path the program reads or writes by itself."""

    config_file: Path
    data_dir: Path
    keys_dir: Path
    journals_dir: Path
    models_dir: Path
    state_dir: Path


def find(environment: Mapping[str, str] | None = None) -> Places:
    """The places of this user, as the environment has them."""
    home = (os.environ if environment is None else environment).get(HOME_VARIABLE, "")
    if home:
        return _inside(Path(home).expanduser().absolute())
    data = platformdirs.user_data_path(APPLICATION, appauthor=False)
    return Places(
        config_file=platformdirs.user_config_path(APPLICATION, appauthor=False) / "config.toml",
        data_dir=data,
        keys_dir=data / "keys",
        journals_dir=data / "journals",
        models_dir=data / "models",
        state_dir=platformdirs.user_state_path(APPLICATION, appauthor=False),
    )


def ensure(folder: Path) -> Path:
    """Make a folder that only its owner may enter, and return it.

    Raises StorageError when it cannot be made or written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = "a file is in its place" if isinstance(error, FileExistsError) else error.strerror or str(error)
        raise StorageError(f"cannot make {folder}: {reason}; set {HOME_VARIABLE} to a folder you may write") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StorageError(f"cannot write in {folder}: set {HOME_VARIABLE} to a folder you may write")
    return folder


def _inside(home: Path) -> Places:
    return Places(
        config_file=home / "config.toml",
        data_dir=home,
        keys_dir=home / "keys",
        journals_dir=home / "journals",
        models_dir=home / "models",
        state_dir=home / "state",
    )
