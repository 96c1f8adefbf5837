"""Chunks of one track put in order: numbered chunks with the platform's times flow in, chunks and holes flow out.

Networks and platforms reorder, repeat and lose chunks. One that comes too early waits until those before it came or
have become too late; what is missing then is a hole, measured by the platform's times.
"""

from typing import NamedTuple

WAIT_CHUNKS = 5
"""So many chunks wait for a missing one: 100 ms of the usual 20 ms chunks."""
JITTER_MS = 60
"""A platform's time may be this far from where the samples are without anything being lost."""


class Chunk(NamedTuple):
    """One message's sound: its number within the track, its time (ms), its samples' bytes and their length (ms)."""

    number: int | None
    media_ms: int
    sound: bytes
    duration_ms: int


class Ordered(NamedTuple):
    """A chunk at its turn; `missing_ms` of sound before it will never come."""

    chunk: Chunk
    missing_ms: int


class InOrder:
    """One track. Chunks without numbers are taken as they come, and only their times tell what is missing."""

    def __init__(self) -> None:
        self._passed: int | None = None
        self._waiting: dict[int, Chunk] = {}
        self._end_ms: int | None = None

    def feed(self, chunk: Chunk) -> list[Ordered]:
        """What has its turn now; a chunk that came before, or too late, is dropped."""
        if chunk.number is None:
            return [self._pass(chunk, skipped=False)]
        if self._passed is None:
            # Platforms count from one, so that of the first few another may be on its way.
            self._passed = 0 if 0 < chunk.number <= WAIT_CHUNKS else chunk.number - 1
        if chunk.number > self._passed:
            self._waiting.setdefault(chunk.number, chunk)
        ready = self._run(self._passed)
        while len(self._waiting) > WAIT_CHUNKS:
            ready += self._jump()
        return ready

    def flush(self) -> list[Ordered]:
        """Everything that still waits, since nothing more will come."""
        ready: list[Ordered] = []
        while self._waiting:
            ready += self._jump()
        return ready

    def _run(self, passed: int) -> list[Ordered]:
        """The chunks that follow without a gap."""
        ready: list[Ordered] = []
        while (chunk := self._waiting.pop(passed + 1, None)) is not None:
            ready.append(self._pass(chunk, skipped=False))
            passed += 1
        self._passed = passed
        return ready

    def _jump(self) -> list[Ordered]:
        """Over what is missing to the first that waits, and on from there."""
        first = min(self._waiting)
        return [self._pass(self._waiting.pop(first), skipped=True), *self._run(first)]

    def _pass(self, chunk: Chunk, *, skipped: bool) -> Ordered:
        """Small steps of the platform's time count only where a chunk is known to be missing."""
        missing_ms = 0 if self._end_ms is None else chunk.media_ms - self._end_ms
        if self._end_ms is None or missing_ms < -JITTER_MS or missing_ms > (0 if skipped else JITTER_MS):
            self._end_ms = chunk.media_ms
        self._end_ms += chunk.duration_ms
        return Ordered(chunk, missing_ms if missing_ms > (0 if skipped else JITTER_MS) else 0)
