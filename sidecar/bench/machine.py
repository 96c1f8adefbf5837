"""The machine under the stopwatch: what it is, how many of its cores may be used, what else keeps it busy.

Questions to the operating system flow in, plain figures flow out. What only Linux tells is unknown (None) elsewhere.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from streams.errors import InputError

_STATUS = Path("/proc/self/status")
_CPUINFO = Path("/proc/cpuinfo")
_STAT = Path("/proc/stat")
_SPIN = """
import os, sys, time
busy_s, starter = float(sys.argv[1]) * 0.02, int(sys.argv[2])
while sys.platform == "win32" or os.getppid() == starter:
    began_s = time.perf_counter()
    while time.perf_counter() - began_s < busy_s:
        pass
    time.sleep(max(0.0, 0.02 - busy_s))
"""


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on.

    `load_before` is the load average of the minute before, `busy_elsewhere` the share of the cores that other processes
    used meanwhile, background load that was asked for included.
    """

    cpu: str
    cores: int
    cores_used: int
    system: str
    python: str
    load_before: float | None = None
    busy_elsewhere: float | None = None


class Ticks(NamedTuple):
    """CPU time of the whole machine up to now, s: spent on anything, and all there was."""

    busy_s: float
    all_s: float


def describe() -> Machine:
    """This machine as this process may use it."""
    load = None
    with suppress(OSError, AttributeError):
        load = round(os.getloadavg()[0], 2)
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        cores_used=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        load_before=load,
    )


def use_cores(count: int) -> None:
    """Let this process and the threads that it starts from now on use so many cores.

    Raises InputError where the system cannot do that, or has fewer.
    """
    if not hasattr(os, "sched_setaffinity"):
        raise InputError("--cores needs Linux; leave it out to measure with all cores")
    allowed = sorted(os.sched_getaffinity(0))
    if count > len(allowed):
        raise InputError(f"--cores {count} is more than the {len(allowed)} that this process may use")
    os.sched_setaffinity(0, allowed[:count])


@contextmanager
def background_load(percent: int, cores: int) -> Iterator[None]:
    """Other programs that keep every used core so busy while the block runs."""
    programs = []
    try:
        if percent:
            command = [sys.executable, "-c", _SPIN, str(percent / 100), str(os.getpid())]
            # In a group of their own Ctrl-C does not reach them: they go with the block, or when we are gone.
            programs = [subprocess.Popen(command, process_group=0) for _ in range(cores)]  # noqa: S603 - our interpreter
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def resident_mb() -> float:
    """Memory that this process holds now, MB; its highest so far where the system does not tell."""
    with suppress(OSError):
        for line in _STATUS.read_text("ascii", "replace").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    if sys.platform == "win32":
        return 0.0
    import resource  # noqa: PLC0415 - Windows has no such module

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def ticks() -> Ticks | None:
    """What the cores did since the machine started."""
    with suppress(OSError, ValueError):
        fields = [int(field) for field in _STAT.read_text("ascii").splitlines()[0].split()[1:9]]
        hertz = os.sysconf("SC_CLK_TCK")
        idle = fields[3] + fields[4]
        return Ticks((sum(fields) - idle) / hertz, sum(fields) / hertz)
    return None


def elsewhere(before: Ticks | None, after: Ticks | None, own_s: float) -> float | None:
    """The share of all cores that went to other processes between two looks."""
    if before is None or after is None or after.all_s <= before.all_s:
        return None
    return round(max(0.0, after.busy_s - before.busy_s - own_s) / (after.all_s - before.all_s), 3)


def _cpu() -> str:
    with suppress(OSError):
        for line in _CPUINFO.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
