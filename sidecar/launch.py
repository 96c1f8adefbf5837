"""A call played here and shown on a panel of its own: events flow to a private bus, the panel's answers flow back.

The panel is a child process that owns the terminal until the agent leaves it; this process plays the call with its own
output going to a log file. Both end together, whichever goes first, and a running service is never in the way.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from sidecar import keys, ports, running, stages
from sidecar.bus import Bus, open_bus
from sidecar.config_sections import BusConfig
from sidecar.invocation import Invocation
from sidecar.keys import Keys
from sidecar.people import People, Reach
from sidecar.places import ensure
from sidecar.runner import CallRunner, Sink
from streams.background import background
from streams.errors import BusError, StorageError

LOG_NAME = "beside-panel.log"
PANEL_LEAVES_S = 5.0
"""How long a panel that was told to end may take to give the terminal back."""


async def _keeps_settings() -> str:
    return "a played call keeps the settings it began with"


class Stage:
    """A bus for one played call: put `sinks` among the call's sinks and hand `follow` its runner."""

    def __init__(self, bus: Bus, call_id: str) -> None:
        self._reach = Reach(call_id)
        self.sinks: tuple[Sink, ...] = (bus, self._reach)
        self.people = People(_keeps_settings)
        self.people.calls[call_id] = self._reach

    def follow(self, runner: CallRunner) -> None:
        """Let people reach the call that plays."""
        self._reach.follow(runner)


def beside_panel(
    invocation: Invocation,
    call_id: str,
    perform: Callable[[Stage], Coroutine[Any, Any, None]],
    *,
    notice: str = "",
    speed: float | None = None,
) -> int:
    """Play a call with `perform` while a panel shows it; returns the panel's exit code when the agent has left it.

    Raises BusError when no port is free or the panel was killed, StorageError when the log cannot be written, and
    whatever `perform` raises.
    """
    places = invocation.places
    known = keys.load(places.keys_dir)
    bus_config = msgspec.structs.replace(invocation.config.bus, port=ports.free_pair(), host="127.0.0.1")
    arguments = [
        *invocation.arguments(),
        *("--set", f"bus.port={bus_config.port}", "--set", f"bus.host={bus_config.host}"),
        *("panel", "--notice", notice),
        *(() if speed is None else ("--speed", str(speed))),
    ]

    async def play() -> int:
        async with _stage(bus_config, known, call_id) as (stage, bus), _panel(arguments) as panel:
            log = ensure(places.state_dir) / LOG_NAME
            with _output_to(log), stages.announced(places.state_dir, bus_config.port):
                return await _until_left(panel, bus, perform(stage))

    return _checked(running.run(play))


def _checked(code: int) -> int:
    """The panel's exit code; one that was killed could not give the terminal back.

    Raises BusError for that.
    """
    if code < 0:
        raise BusError(f"the panel was killed (signal {-code}); type `reset` to put the terminal in order")
    return code


@asynccontextmanager
async def _stage(config: BusConfig, known: Keys, call_id: str) -> AsyncIterator[tuple[Stage, Bus]]:
    async with open_bus(config, known, f"stage {os.getpid()}") as bus:
        stage = Stage(bus, call_id)
        async with background(stage.people.obey(bus)):
            yield stage, bus


@asynccontextmanager
async def _panel(arguments: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """The panel as a child on this terminal."""
    panel = await asyncio.create_subprocess_exec(sys.executable, "-m", "sidecar.program", *arguments)
    async with _ended_with(panel):
        yield panel


@asynccontextmanager
async def _ended_with(child: asyncio.subprocess.Process) -> AsyncIterator[None]:
    """A child that ends with the block: told to, and made to when it does not."""
    try:
        yield
    finally:
        if child.returncode is None:
            child.terminate()
            try:
                async with asyncio.timeout(PANEL_LEAVES_S):
                    await child.wait()
            except TimeoutError:
                child.kill()
                await child.wait()


async def _until_left(panel: asyncio.subprocess.Process, bus: Bus, playing: Coroutine[Any, Any, None]) -> int:
    """Play once the panel watches; a call that is over stays on the screen until the agent leaves."""

    async def play() -> None:
        try:
            await bus.watched.wait()
        except asyncio.CancelledError:
            playing.close()
            raise
        await playing

    async with background(play()):
        return await panel.wait()


@contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """Send this process's output, also that of its libraries, to a file while the terminal belongs to the panel."""
    try:
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise StorageError(f"cannot write {log}: {error.strerror or error}") from error
    kept = [(stream, os.dup(stream.fileno())) for stream in (sys.stdout, sys.stderr)]
    try:
        for stream, _ in kept:
            stream.flush()
            os.dup2(target, stream.fileno())
        yield
    finally:
        for stream, terminal in kept:
            stream.flush()
            os.dup2(terminal, stream.fileno())
            os.close(terminal)
        os.close(target)
