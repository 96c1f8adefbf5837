"""How the C library gives out memory: asked once, before the recogniser's threads begin.

glibc gives every thread an arena of its own, and each keeps what its largest window once took. The decode threads
allocate seldom and in large pieces, so one arena serves them as fast and holds some 50 MB less. Of that arena glibc
would keep up to 64 MB that nobody uses; it is told to give them back.
"""

import ctypes
import sys
from contextlib import suppress

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h

_UNUSED_BYTES = 16 * 1024 * 1024
"""More than this at the arena's end goes back to the system: 15 to 30 MB less, at the same CPU time for each decode."""
_MAPPED_BYTES = 32 * 1024 * 1024
"""Smaller pieces come from the arena, as by glibc's own rule once it has seen some: mapping each costs a fifth more CPU
time."""


def share_one_arena() -> None:
    """Let all threads that begin from now on allocate from one arena, which gives back what is no longer used.

    Does nothing where the library is another.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(_M_ARENA_MAX, 1)
            library.mallopt(_M_TRIM_THRESHOLD, _UNUSED_BYTES)
            library.mallopt(_M_MMAP_THRESHOLD, _MAPPED_BYTES)
