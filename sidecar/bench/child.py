"""The program to be measured, beside the one that measures: settings flow in, a running child comes out.

Black box: what it costs is asked of the system, and what it says is read only until it takes calls.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sidecar.places import HOME_VARIABLE
from streams.background import background
from streams.errors import TapError

START_S = 60.0
"""A child that is not ready by then will not be."""


@asynccontextmanager
async def started(command: str, sets: Sequence[str], home: Path, ready: str) -> AsyncIterator[int]:
    """`sidecar COMMAND` with these settings and that home, once it has said `ready`; its process number.

    Raises TapError with its own words when it ends first, or when it says nothing of the kind.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sidecar.program", *(part for one in sets for part in ("--set", one)), command),
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, HOME_VARIABLE: str(home)},
    )
    assert child.stderr is not None
    said = ""
    try:
        try:
            async with asyncio.timeout(START_S):
                while ready not in said:
                    line = (await child.stderr.readline()).decode(errors="replace")
                    if not line:
                        break
                    said += line
        except TimeoutError:
            pass
        if ready not in said:
            raise TapError(f"the {command} to be measured did not start: {said.strip() or 'it said nothing'}")
        async with background(_drain(child.stderr)):
            yield child.pid
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.readline():
        pass
