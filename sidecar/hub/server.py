"""The hub running: a transport, a clock, a file and the roll flow into the core, and what it says flows back to them.

Messages are taken in batches and answered without a task each. A fact's workstation is told that it is kept only when
it is on disk; while the disk is behind, facts stay with their workstations.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import islice

from sidecar import logs
from sidecar.hub import shift
from sidecar.hub.hub import Hub
from sidecar.hub.records import HubSettings, Question, Record, Step
from sidecar.hub.roll import Roll
from sidecar.hub.store import Store
from sidecar.hub.transport import Gate, HubEnd
from streams.background import background
from streams.clock import Clock
from streams.errors import StorageError
from streams.floor import Acted, FloorMessage, ShiftReport, pack

LOOK_EVERY_MS = 500
ROLL_EVERY_MS = 200
"""How often the clients' file is looked at: a revoked key is cut within this."""
PURGE_EVERY_S = 3_600
RETRY_S = 1.0
RECORDS_LIMIT = 20_000
"""Records that wait for the disk; while there are more, facts are left with their workstations."""
WRITE_BATCH = 2_000
QUESTIONS_LIMIT = 16
"""Reports that wait to be made; one more is refused."""
BUSY = "the hub is busy with other reports; try again"
UNREADABLE = "the hub cannot read its file now; its log says why"


class HubServer:
    """One run of the hub; `read_roll` returns the roll when it has changed since it was last asked, else None."""

    def __init__(
        self,
        end: HubEnd,
        gate: Gate,
        store: Store,
        roll: Roll,
        *,
        settings: HubSettings,
        clock: Clock,
        read_roll: Callable[[], Roll | None] = lambda: None,
        frames_per_s: int = 20,
        keep_days: int = 30,
        origin_s: float = 0.0,
    ) -> None:
        self._end = end
        self._gate = gate
        self._store = store
        self._clock = clock
        self._read_roll = read_roll
        self._frame_s = 1 / frames_per_s
        self._keep_days = keep_days
        self._origin_s = origin_s
        self._hub = Hub(secrets.token_hex(4), roll, settings, store.memory(), clock.now_ms())
        self._records: deque[Record] = deque()
        self._written = asyncio.Event()
        self._questions: asyncio.Queue[Question] = asyncio.Queue(QUESTIONS_LIMIT)
        self._log = logs.get("hub")
        gate.admit(None if roll.guests else roll.keys)

    async def run(self) -> None:
        """Serve for ever."""
        async with background(self._draw(), self._look(), self._watch_roll(), self._write(), self._answer()):
            await self._listen()

    # --- tasks ------------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            arrivals = await self._end.receive()
            now_ms = self._clock.now_ms()
            full = len(self._records) >= RECORDS_LIMIT
            for arrival in arrivals:
                self._carry(self._hub.hear(arrival.peer, arrival.key, arrival.data, now_ms, full=full))
            # A flood must not keep floors from their frames.
            await asyncio.sleep(0)

    async def _draw(self) -> None:
        while True:
            await asyncio.sleep(self._frame_s)
            self._carry(self._hub.frame(self._clock.now_ms()))

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_MS / 1000)
            self._carry(self._hub.look(self._clock.now_ms()))

    async def _watch_roll(self) -> None:
        while True:
            await asyncio.sleep(ROLL_EVERY_MS / 1000)
            roll = self._read_roll()
            if roll is not None:
                self._log.info("the roll changed", clients=len(roll.clients))
                self._gate.admit(None if roll.guests else roll.keys)
                self._carry(self._hub.admit(roll, self._clock.now_ms()))

    async def _write(self) -> None:
        """The one writer: batches in order, each again and again until the disk takes it."""
        purge_ms = 0
        while True:
            if self._clock.now_ms() >= purge_ms:
                purge_ms = self._clock.now_ms() + PURGE_EVERY_S * 1000
                now_s = self._origin_s + self._clock.now_ms() / 1000
                await self._safely(self._store.purge, self._keep_days, now_s)
            if not self._records:
                self._written.clear()
                await self._written.wait()
            batch = list(islice(self._records, WRITE_BATCH))
            if await self._safely(self._store.write, batch):
                for _ in batch:
                    self._records.popleft()
                self._carry(self._hub.committed(batch))
            else:
                await asyncio.sleep(RETRY_S)

    async def _answer(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            question = await self._questions.get()
            now_s = self._origin_s + self._clock.now_ms() / 1000
            try:
                ask = partial(shift.report, question=question, now_s=now_s)
                figures = await loop.run_in_executor(None, self._store.read, ask)
            except StorageError as error:
                self._log.error("no report can be made", reason=str(error))
                self._send(question.peer, Acted(request=question.request, ok=False, text=UNREADABLE))
                continue
            self._send(question.peer, ShiftReport(request=question.request, report=figures))

    # --- steps ------------------------------------------------------------------------------------------------------

    def _carry(self, step: Step) -> None:
        """Do what the core says."""
        for peer, message in step.sends:
            self._send(peer, message)
        if step.records:
            self._records.extend(step.records)
            self._written.set()
        for question in step.questions:
            if self._questions.full():
                self._send(question.peer, Acted(request=question.request, ok=False, text=BUSY))
            else:
                self._questions.put_nowait(question)

    def _send(self, peer: bytes, message: FloorMessage) -> None:
        outcome = self._end.send(peer, pack(message))
        if outcome != "sent":
            self._carry(self._hub.undelivered(peer, outcome, self._clock.now_ms()))

    async def _safely(self, work: Callable[..., None], *arguments: object) -> bool:
        """Whether work on the file, in a thread of its own, went well; the log says what did not."""
        try:
            await asyncio.get_running_loop().run_in_executor(None, work, *arguments)
        except StorageError as error:
            self._log.error("the hub's file cannot be written; facts wait", reason=str(error))
            return False
        return True
