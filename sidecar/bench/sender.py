"""Sends a conversation as a call comes in life: frames flow out at their own time, whoever listens.

The sound is read, and its time waited for, on another thread, as a program at the other end of a connection would. So
sending neither holds the event loop up nor is mistaken for work of the product: its CPU time is told apart, and what
is left to the event loop is to wake up and take what came.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice
from operator import attrgetter
from typing import TypeAlias

from sidecar.bench.conversation import Conversation
from sidecar.bench.watch import Stopwatch
from streams.background import background
from streams.events import AudioFrame

_BATCH = 100  # frames: a second of two sides
_LATE_MS = 20.0  # one frame

_Packet: TypeAlias = tuple[AudioFrame, ...]

Put = Callable[[AudioFrame], Awaitable[None]]


class Sender:
    """Sends one conversation that begins `after_ms` on the stopwatch."""

    def __init__(self, talk: Conversation, call_id: str, watch: Stopwatch, after_ms: int = 0) -> None:
        self._frames = talk.frames(call_id)
        self._watch = watch
        self._after_ms = after_ms
        self.late = 0
        """Frames that were sent more than a frame's length too late."""
        self.cpu_s = 0.0
        """CPU time that reading and sending the sound took."""

    async def run(self, put: Put) -> None:
        """Send all of it; every deadline is absolute, and a late frame delays no other."""
        loop = asyncio.get_running_loop()
        # What the event loop has not come round to: after a second's worth it is asked before more goes in.
        packets: asyncio.Queue[_Packet] = asyncio.Queue()

        def send(packet: _Packet) -> None:
            loop.call_soon_threadsafe(packets.put_nowait, packet)

        # A thread of its own, because most of its time it waits.
        thread = ThreadPoolExecutor(1, thread_name_prefix="sender")
        try:
            async with background(_hand_on(packets, put)):
                while await loop.run_in_executor(thread, self._send, send):
                    pass
                await packets.join()
        finally:
            thread.shutdown(wait=False)

    def _send(self, send: Callable[[_Packet], None]) -> bool:
        """Send the next second of sound, both sides of a moment at once; false when there is none."""
        began_s = time.thread_time()
        batch = list(islice(self._frames, _BATCH))
        for at_ms, frames in groupby(batch, attrgetter("at_ms")):
            packet = tuple(frames)
            ahead_ms = self._after_ms + at_ms - self._watch.now_ms()
            if ahead_ms > 0:
                time.sleep(ahead_ms / 1000)
            elif ahead_ms < -_LATE_MS:
                self.late += len(packet)
            send(packet)
        self.cpu_s += time.thread_time() - began_s
        return bool(batch)


async def _hand_on(packets: asyncio.Queue[_Packet], put: Put) -> None:
    while True:
        for frame in await packets.get():
            await put(frame)
        packets.task_done()
