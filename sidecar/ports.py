"""Free TCP ports for a service of one's own, chosen so that two neighbours are free as the bus needs them.

The operating system's pick flows out; nothing is held, so whoever binds late may still find it taken.
"""

import errno
import os
import socket

from streams.errors import BusError

_ATTEMPTS = 50


def free_pair(host: str = "127.0.0.1") -> int:
    """A port that is free together with the next one.

    Raises BusError when none is found.
    """
    for _ in range(_ATTEMPTS):
        with socket.socket() as first, socket.socket() as second:
            first.bind((host, 0))
            port: int = first.getsockname()[1]
            if port < 65_535 and _binds(second, host, port + 1):
                return port
    raise BusError(f"no two free neighbouring ports on {host}; close some programs and try again")


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        return _binds(probe, host, port)


def _binds(probe: socket.socket, host: str, port: int) -> bool:
    if os.name == "posix":
        # As servers do: connections of one that has just ended linger for a minute and are in nobody's way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            return False
        raise
    return True
