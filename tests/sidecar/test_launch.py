"""A call on a private bus beside a panel, which a small program stands in for here."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sidecar import launch, places
from sidecar.invocation import Invocation
from sidecar.launch import Stage, beside_panel
from streams.errors import BusError, StorageError
from streams.events import CallEnded, CallStarted

SCREEN = """
import asyncio, os, signal, sys
from sidecar import bus, config, keys, places
from streams.busline import BusLine
from streams.events import CallEnded
from streams.wire import Command, Envelope

async def main():
    sets = [value for flag, value in zip(sys.argv, sys.argv[1:]) if flag == "--set"]
    address = bus.address(config.load(sets=sets).bus, keys.load(places.find().keys_dir))
    async with BusLine(address) as line:
        async for item in line:
            if isinstance(item, Envelope) and isinstance(item.event, CallEnded):
                reply = await line.send(Command(action="reload"))
                assert reply.ok, reply
                assert "begun" in (await line.send(Command(action="swap_sides"))).text
                return 7

sys.exit(asyncio.run(main()))
"""


def stand_in(monkeypatch: pytest.MonkeyPatch, program: str) -> list[str]:
    """Let a program be the panel; gives the arguments it was started with."""
    started: list[str] = []

    @asynccontextmanager
    async def panel(arguments: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
        started.extend(arguments)
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", program, *arguments)
        async with launch._ended_with(child):
            yield child

    monkeypatch.setattr(launch, "_panel", panel)
    return started


async def perform(stage: Stage) -> None:
    print("this must not reach the panel's terminal")
    for sink in stage.sinks:
        sink.write(CallStarted(call_id="c", at_ms=0))
        sink.write(CallEnded(call_id="c", at_ms=10))


def test_the_panel_sees_the_call_and_its_exit_code_comes_back(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    started = stand_in(monkeypatch, SCREEN)
    invocation = Invocation(sets=["bus.heartbeat_ms=50"])
    assert beside_panel(invocation, "c", perform, notice="words: transcript", speed=4.0) == 7
    assert capfd.readouterr().out == ""
    log = places.find().state_dir / launch.LOG_NAME
    assert log.read_text() == "this must not reach the panel's terminal\n"
    assert log.stat().st_mode & 0o077 == 0
    assert started[-5:] == ["panel", "--notice", "words: transcript", "--speed", "4.0"]
    assert "bus.heartbeat_ms=50" in started
    print("and now it may")
    assert capfd.readouterr().out == "and now it may\n"


def test_a_panel_that_leaves_early_ends_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "raise SystemExit(3)")
    begun: list[str] = []

    async def never(stage: Stage) -> None:
        begun.append("call")

    assert beside_panel(Invocation(), "c", never) == 3
    assert begun == []


def test_a_call_that_breaks_takes_the_panel_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, SCREEN)

    async def broken(stage: Stage) -> None:
        raise StorageError("disk full")

    with pytest.raises(StorageError, match="disk full"):
        beside_panel(Invocation(sets=["bus.heartbeat_ms=50"]), "c", broken)


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
def test_a_panel_that_was_killed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "import os\nos.kill(os.getpid(), 9)")
    with pytest.raises(BusError, match=r"killed \(signal 9\); type `reset`"):
        beside_panel(Invocation(), "c", perform)


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
async def test_a_panel_that_will_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "PANEL_LEAVES_S", 0.05)
    deaf = (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\ntime.sleep(60)"
    )
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", deaf, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    async with launch._ended_with(child):
        await child.stdout.readline()
    assert child.returncode == -9


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, SCREEN)
    (places.find().state_dir / launch.LOG_NAME).mkdir(parents=True)
    with pytest.raises(StorageError, match="cannot write"):
        beside_panel(Invocation(), "c", perform)


async def test_the_real_panel_is_the_programs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async with launch._panel(["--version"]) as child:
        assert await child.wait() == 0
