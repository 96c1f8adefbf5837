"""Changing the user's settings file: a key and a value flow in, all else stays as its owner wrote it."""

import os
import tempfile
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from sidecar.places import ensure
from streams.errors import ConfigError, StorageError


def put(path: Path, section: tuple[str, ...], key: str, value: str | bool) -> None:
    """Set one value in the file, made where it is missing; the file is there whole at every moment.

    Raises ConfigError for a file that is not TOML, StorageError for one that cannot be written.
    """
    try:
        text = path.read_text("utf-8-sig") if path.exists() else ""
        document = tomlkit.parse(text)
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML, so nothing was changed: {error}") from error
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror or error}") from error
    table: MutableMapping[str, Any] = document
    for name in section:
        inner = table.setdefault(name, tomlkit.table())
        if not isinstance(inner, MutableMapping):
            raise ConfigError(f"{path}: {'.'.join(section)} is not a table, so nothing was changed")
        table = inner
    table[key] = value
    _replace(path, tomlkit.dumps(document))


def _replace(path: Path, text: str) -> None:
    """Write beside the file (or what it links to) and move it into place."""
    target = path.resolve()
    ensure(target.parent)
    unfinished = ""
    try:
        handle, unfinished = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            Path(unfinished).chmod(target.stat().st_mode & 0o777)
        Path(unfinished).replace(target)
    except OSError as error:
        with suppress(OSError):
            Path(unfinished).unlink()
        raise StorageError(f"cannot write {target}: {error.strerror or error}") from error
