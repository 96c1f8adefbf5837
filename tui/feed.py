"""The panel's only door to the world: a line's events in, one coalesced state for drawing out, answers back.

However fast events come, only the newest boards are kept, so there is no queue here that could overflow; whoever draws
looks at `version` when the next frame is due.
"""

import time
from collections.abc import AsyncIterator
from typing import Protocol, assert_never

from streams.busline import LineItem, LinkChange
from streams.errors import SidecarError
from streams.events import Answer, CallStarted, Event, Health, NudgeAnswered, StageLag, Telemetry
from streams.wire import Command, Envelope, Reply, Snapshot
from tui.drawn import DrawMeter
from tui.now import MediaTime
from tui.roster import Roster, reduce, restored
from tui.state import Board, Link


class Line(Protocol):
    """What the panel needs of `streams.busline.BusLine`: items to iterate over, and a way to send an action."""

    def __aiter__(self) -> AsyncIterator[LineItem]: ...

    async def send(self, command: Command) -> Reply:
        """Carry an action to the service; raises SidecarError where that fails."""
        ...


class Clock(Protocol):
    """Local time that never goes back (ms)."""

    def now_ms(self) -> int:
        """Milliseconds since some moment in the past."""
        ...


class LocalClock:
    """The machine's monotonic clock."""

    def now_ms(self) -> int:
        """Milliseconds since some moment in the past."""
        return time.monotonic_ns() // 1_000_000


class Feed:
    """Follows one line; `roster` and `link` are the newest state, `version` grows with every change."""

    def __init__(self, line: Line, clock: Clock, *, speed: float = 1.0) -> None:
        self._line = line
        self._clock = clock
        self._speed = speed
        self._times: dict[str, MediaTime] = {}
        self.roster = Roster()
        self.drawing = DrawMeter()
        self.link = Link(since_ms=clock.now_ms())
        self.version = 0

    @property
    def board(self) -> Board:
        """The call that is shown."""
        return self.roster.shown

    @property
    def now_ms(self) -> int:
        """The shown call's media time now; it stands still when the call is over or the link is down."""
        board = self.board
        time = self._times.get(board.call_id)
        if board.phase != "live" or self.link.state == "lost" or time is None:
            return board.at_ms
        return max(board.at_ms, time.now_ms(self._clock.now_ms()))

    def show_next(self) -> None:
        """Show the next of the calls that are known."""
        self.roster = self.roster.next()
        self.version += 1

    async def run(self) -> None:
        """Take in what comes until the line ends; a line that breaks leaves a lost link, not a broken panel."""
        try:
            async for item in self._line:
                self._take(item)
        except SidecarError as error:
            self._change(Link("lost", self._clock.now_ms(), str(error)))
        else:
            self._change(Link("over", self._clock.now_ms()))

    async def send(self, command: Command) -> str:
        """Send a person's action; gives one line of what went wrong, or nothing."""
        wrong, _ = await self.ask(command)
        return wrong

    async def ask(self, command: Command) -> tuple[str, tuple[str, ...]]:
        """Ask the service for lines to read; what went wrong instead comes first."""
        try:
            reply = await self._line.send(command)
        except SidecarError as error:
            return str(error), ()
        return ("" if reply.ok else reply.text or "the service refused, without saying why"), reply.lines

    def answer(self, nudge: str, answer: Answer) -> None:
        """Show an answer at once."""
        board = self.board
        self.assume(NudgeAnswered(call_id=board.call_id, at_ms=board.at_ms, nudge=nudge, answer=answer, by="panel"))

    def assume(self, event: Event) -> None:
        """Show what the agent did at once; the service's own event about it will say the same."""
        self.roster = reduce(self.roster, event)
        self.version += 1

    def _take(self, item: LineItem) -> None:
        local_ms = self._clock.now_ms()
        match item:
            case Snapshot():
                self.roster = restored(self.roster, item.events)
                self._times = {call_id: MediaTime(self._speed) for call_id in self.roster.boards}
                for call_id, board in self.roster.boards.items():
                    self._times[call_id].restart(board.at_ms, local_ms)
                self.version += 1
            case Envelope():
                self._follow(item.event, local_ms)
                self.version += 1
            case LinkChange():
                self._change(Link(item.state, local_ms - item.silent_ms, retry_ms=item.retry_ms))
            case _:
                assert_never(item)

    def _follow(self, event: Event | Telemetry, local_ms: int) -> None:
        self.roster = reduce(self.roster, event)
        call_id = event.call_id
        if call_id not in self.roster.boards:
            return
        if isinstance(event, CallStarted) or call_id not in self._times:
            self._times[call_id] = MediaTime(self._speed)
            self._times[call_id].restart(self.roster.boards[call_id].at_ms, local_ms)
            self._times = {known: self._times[known] for known in self.roster.boards}
        else:
            self._times[call_id].observe(event.at_ms, local_ms)
        if call_id == self.board.call_id and not isinstance(event, StageLag | Health | CallStarted):
            self.drawing.arrived(local_ms)

    def _change(self, link: Link) -> None:
        self.link = link
        self.version += 1
