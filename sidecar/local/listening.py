"""The service's end of the capture processes: bytes of a child flow in, one device's messages flow out, for ever.

A device that goes away is opened again, soon at first and then less often; whoever listens is told of both.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

from sidecar.local.devices import Kind
from sidecar.local.systems import Library
from streams.clock import monotonic_us
from streams.errors import ProtocolError
from streams.taps.local_wire import Closed, Message, Opened, Unpacker

Read: TypeAlias = Callable[[], Awaitable[bytes]]
"""The next bytes that a capture process says; none when it has ended."""
Open: TypeAlias = Callable[[], AbstractAsyncContextManager[Read]]

FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 3.0
SILENCE_S = 6.0
"""A capture process says every half second that it is alive; opening a device may take some seconds."""
READ_BYTES = 64 * 1024


@asynccontextmanager
async def process(kind: Kind, wanted: str, library: Library) -> AsyncIterator[Read]:
    """A capture process for as long as the block runs.

    It is read in a thread, since the event loop that ZeroMQ needs on Windows has no pipes.
    """
    command = [sys.executable, "-W", "ignore", "-m", "sidecar.local.capture", kind, wanted, library]
    child = await asyncio.to_thread(
        subprocess.Popen, command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    pipe = child.stdout
    assert pipe is not None
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, f"capture-{kind}") as reader, pipe:

        async def read() -> bytes:
            return await loop.run_in_executor(reader, pipe.read1, READ_BYTES)  # type: ignore[attr-defined]

        try:
            yield read
        finally:
            child.kill()
            child.wait()


async def messages(open_device: Open, *, sleep: Callable[[float], Awaitable[None]]) -> AsyncGenerator[Message, None]:
    """What a device says, from one opening to the next without end; each ends with one `Closed`."""
    wait_s = FIRST_WAIT_S
    while True:
        reason = "the capture process ended"
        async with open_device() as read:
            unpacker = Unpacker()
            try:
                while reason and (data := await _in_time(read)):
                    for message in unpacker.feed(data):
                        if isinstance(message, Closed):
                            reason = ""
                        elif isinstance(message, Opened):
                            wait_s = FIRST_WAIT_S
                        yield message
            except TimeoutError:
                reason = f"nothing was heard of the device for {SILENCE_S:g} s"
            except ProtocolError as error:
                reason = str(error)
        if reason:
            yield Closed(monotonic_us(), reason)
        await sleep(wait_s)
        wait_s = min(LONGEST_WAIT_S, wait_s * 2)


async def _in_time(read: Read) -> bytes:
    """What is read next.

    Raises TimeoutError when nothing came for too long.
    """
    async with asyncio.timeout(SILENCE_S):
        return await read()
