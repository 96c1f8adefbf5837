"""Sends a conversation as a call comes in life: frames flow out at their own time, whoever listens.

The sound is read a second at a time on another thread, so that reading neither holds the event loop up nor is mistaken
for work of the product; its CPU time is told apart.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice

from sidecar.bench.conversation import Conversation
from sidecar.bench.watch import Stopwatch
from streams.events import AudioFrame

_BATCH = 100  # frames: a second of two sides
_LATE_MS = 20.0  # one frame

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
        """CPU time that reading the sound took."""

    async def run(self, put: Put) -> None:
        """Send all of it; every deadline is absolute, and a late frame delays no other."""
        while batch := await asyncio.to_thread(self._read, self._frames):
            for frame in batch:
                ahead_ms = self._after_ms + frame.at_ms - self._watch.now_ms()
                if ahead_ms > 0:
                    await asyncio.sleep(ahead_ms / 1000)
                elif ahead_ms < -_LATE_MS:
                    self.late += 1
                await put(frame)

    def _read(self, frames: Iterator[AudioFrame]) -> list[AudioFrame]:
        began_s = time.thread_time()
        batch = list(islice(frames, _BATCH))
        self.cpu_s += time.thread_time() - began_s
        return batch
