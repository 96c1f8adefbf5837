"""What a process has used, as Linux tells it: a process id flows in, processor time and memory flow out."""

import os
from pathlib import Path
from typing import NamedTuple

_MIB = 1024


class Usage(NamedTuple):
    """Processor seconds so far, and the most memory it has held, MiB."""

    cpu_s: float
    most_mb: float


def usage(pid: int) -> Usage | None:
    """What a process has used so far; None where the system does not tell."""
    folder = Path("/proc") / str(pid)
    try:
        # The second field is the program's name, which may hold blanks and brackets.
        fields = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
        status = (folder / "status").read_text("utf-8").splitlines()
    except OSError:
        return None
    ticks = int(fields[11]) + int(fields[12])
    most_kb = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), most_kb / _MIB)


def share(before: Usage | None, after: Usage | None, wall_s: float) -> float | None:
    """How much of one core a process has used meanwhile."""
    if before is None or after is None or wall_s <= 0:
        return None
    return round((after.cpu_s - before.cpu_s) / wall_s, 3)
