import os
import subprocess
import sys

import pytest

from sidecar.bench import machine
from sidecar.bench.machine import Ticks
from streams.errors import InputError


def test_the_machine_is_described():
    described = machine.describe()
    assert described.cores >= described.cores_used >= 1
    assert described.cpu
    assert machine.resident_mb() > 1


def test_what_the_system_does_not_tell_is_unknown(monkeypatch, tmp_path):
    for name in ("_STATUS", "_CPUINFO", "_STAT"):
        monkeypatch.setattr(machine, name, tmp_path / "absent")
    assert machine.ticks() is None
    assert machine.elsewhere(None, Ticks(1, 2), 0) is None
    assert machine.resident_mb() > 1
    assert machine.describe().cpu


def test_the_share_of_others_leaves_out_our_own():
    assert machine.elsewhere(Ticks(10, 100), Ticks(70, 200), own_s=50) == 0.1
    assert machine.elsewhere(Ticks(10, 100), Ticks(20, 200), own_s=50) == 0
    assert machine.elsewhere(Ticks(10, 100), Ticks(10, 100), own_s=0) is None


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux binds a process to cores")
def test_cores_can_be_left_out():
    before = os.sched_getaffinity(0)
    try:
        machine.use_cores(1)
        assert machine.describe().cores_used == 1
        with pytest.raises(InputError, match="--cores 4096 is more than"):
            machine.use_cores(4096)
    finally:
        os.sched_setaffinity(0, before)


def test_cores_cannot_be_left_out_elsewhere(monkeypatch):
    monkeypatch.delattr(os, "sched_setaffinity", raising=False)
    with pytest.raises(InputError, match="needs Linux"):
        machine.use_cores(1)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_background_load_ends_with_its_block(monkeypatch):
    programs = []
    real = machine.subprocess.Popen
    monkeypatch.setattr(
        machine.subprocess, "Popen", lambda *given, **named: programs.append(real(*given, **named)) or programs[-1]
    )
    with machine.background_load(1, 2):
        assert [program.poll() for program in programs] == [None, None]
        # Where Ctrl-C does not reach it, it has nothing to say about it.
        assert all(os.getpgid(program.pid) == program.pid for program in programs)
    assert all(program.poll() is not None for program in programs)
    with machine.background_load(0, 2):
        assert len(programs) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_background_load_leaves_with_a_program_that_is_killed():
    code = """
import time
from sidecar.bench import machine
with machine.background_load(1, 2):
    print("begun", flush=True)
    time.sleep(60)
"""
    # The end of its output is the end of all who hold it: of the load as well.
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as program:
        assert program.stdout.readline() == b"begun\n"
        program.kill()
        assert program.stdout.read() == b""
