"""How a hotkey finds a call that is played here: a private bus says where it is, `answer` and `tail` look there.

A played call (`sidecar demo`, `sidecar replay` with a panel) has a bus on ports of its own, so that a running service
is never in the way. Its port lies in a small file in the user's state folder for as long as it plays.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from sidecar import ports
from sidecar.config_sections import BusConfig
from sidecar.places import ensure
from streams.errors import StorageError

PATTERN = "stage-*.port"


@contextmanager
def announced(state_dir: Path, port: int) -> Iterator[None]:
    """Say where a private bus is while the block runs; a folder that cannot be written says nothing."""
    path = state_dir / f"stage-{os.getpid()}.port"
    with suppress(StorageError, OSError):
        ensure(state_dir)
        path.write_text(str(port), "utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def in_reach(config: BusConfig, state_dir: Path) -> BusConfig:
    """The service's bus, or the newest private one where no service is going."""
    if _taken(config.host, config.port):
        return config
    for path in sorted(state_dir.glob(PATTERN), key=_changed_ns, reverse=True):
        with suppress(OSError, ValueError):
            port = int(path.read_text("utf-8"))
            # A player that was killed leaves its file behind.
            if _taken("127.0.0.1", port):
                return msgspec.structs.replace(config, host="127.0.0.1", port=port)
    return config


def _taken(host: str, port: int) -> bool:
    """Whether somebody listens there; at an address that is not this machine's somebody may."""
    try:
        return not ports.is_free(host, port)
    except OSError:
        return True


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
