"""The service's end of the capture processes: bytes of a child flow in, one device's messages flow out, for ever.

A device that goes away is opened again, soon at first and then less often; whoever listens is told of both.
"""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import IO, NamedTuple, TypeAlias

from sidecar.local.devices import Kind
from sidecar.local.systems import Library
from streams.clock import monotonic_us
from streams.errors import ProtocolError
from streams.taps.local_wire import EAGER, IDLE, Closed, Message, Opened, Unpacker


class Capturing(NamedTuple):
    """A capture process: the next bytes that it says, none when it has ended, and whether it is to hurry."""

    read: Callable[[], Awaitable[bytes]]
    hurry: Callable[[bool], None]


Open: TypeAlias = Callable[[], AbstractAsyncContextManager[Capturing]]

FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 3.0
SILENCE_S = 6.0
"""A capture process says every half second that it is alive; opening a device may take some seconds."""
READ_BYTES = 64 * 1024
PIECES_LIMIT = 16
"""Pieces read ahead of who listens; when they are as many the capture process waits, and the system keeps sound."""


@asynccontextmanager
async def process(kind: Kind, wanted: str, library: Library) -> AsyncIterator[Capturing]:
    """A capture process for as long as the block runs.

    It is read in a thread, since the event loop that ZeroMQ needs on Windows has no pipes; the thread goes on reading
    by itself, because asking it for each block costs more than the block does.
    """
    command = [sys.executable, "-W", "ignore", "-m", "sidecar.local.capture", kind, wanted, library]
    child = await asyncio.to_thread(
        subprocess.Popen, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdin as told, child.stdout as said:
        reader = _Reader(said, asyncio.get_running_loop())

        def hurry(now: bool) -> None:
            # A process that has ended is told nothing; whoever reads learns of it.
            with suppress(OSError):
                told.write(EAGER if now else IDLE)
                told.flush()

        try:
            yield Capturing(reader.read, hurry)
        finally:
            child.kill()
            reader.close()
            child.wait()


class _Reader:
    """Reads a pipe in a thread of its own, some pieces ahead."""

    def __init__(self, pipe: IO[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._pipe = pipe
        self._loop = loop
        # Bounded by the room: a piece takes some before it is put in, and gives it back when it is taken out.
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()
        self._room = threading.Semaphore(PIECES_LIMIT)
        self._closed = False
        self._thread = threading.Thread(target=self._pump, name="capture-reader", daemon=True)
        self._thread.start()

    async def read(self) -> bytes:
        piece = await self._pieces.get()
        self._room.release()
        return piece

    def close(self) -> None:
        """Wait for the thread; the pipe's other end must be gone."""
        self._closed = True
        self._room.release()
        self._thread.join()

    def _pump(self) -> None:
        piece = b"more"
        while piece:
            piece = self._pipe.read1(READ_BYTES)  # type: ignore[attr-defined]
            self._room.acquire()
            if self._closed:
                return
            self._loop.call_soon_threadsafe(self._pieces.put_nowait, piece)


class Listening:
    """One device, listened to for ever: opened again whenever it went away, and told whether to hurry."""

    def __init__(self, open_device: Open, *, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._open = open_device
        self._sleep = sleep
        self._hurried = True
        self._capturing: Capturing | None = None

    def hurry(self, now: bool) -> None:
        """Have sound as soon as it is there, or, where nobody waits for it, in few large pieces that cost little."""
        if now != self._hurried:
            self._hurried = now
            if self._capturing is not None:
                self._capturing.hurry(now)

    async def messages(self) -> AsyncGenerator[Message, None]:
        """What the device says, from one opening to the next without end; each ends with one `Closed`."""
        wait_s = FIRST_WAIT_S
        while True:
            reason = "the capture process ended"
            async with self._open() as capturing:
                self._capturing = capturing
                if not self._hurried:
                    capturing.hurry(False)
                unpacker = Unpacker()
                try:
                    while reason and (data := await _in_time(capturing)):
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
                finally:
                    self._capturing = None
            if reason:
                yield Closed(monotonic_us(), reason)
            await self._sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)


async def _in_time(capturing: Capturing) -> bytes:
    """What is read next.

    Raises TimeoutError when nothing came for too long.
    """
    async with asyncio.timeout(SILENCE_S):
        return await capturing.read()
