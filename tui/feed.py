"""The panel's only door to the world: a line's events in, one coalesced state for drawing out, answers back.

However fast events come, only the newest board is kept, so there is no queue here that could overflow; whoever draws
looks at `version` when the next frame is due.
"""

import time
from collections.abc import AsyncIterator
from typing import Protocol, assert_never

from streams.busline import LineItem, LinkChange
from streams.errors import SidecarError
from streams.events import Answer, NudgeAnswered
from streams.wire import Command, Envelope, Reply, Snapshot
from tui.board import reduce, restored
from tui.now import MediaTime
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
    """Follows one line; `board` and `link` are the newest state, `version` grows with every change."""

    def __init__(self, line: Line, clock: Clock, *, speed: float = 1.0) -> None:
        self._line = line
        self._clock = clock
        self._time = MediaTime(speed)
        self.board = Board()
        self.link = Link(since_ms=clock.now_ms())
        self.version = 0

    @property
    def now_ms(self) -> int:
        """The call's media time now; it stands still when the call is over or the link is down."""
        if self.board.phase != "live" or self.link.state == "lost":
            return self.board.at_ms
        return max(self.board.at_ms, self._time.now_ms(self._clock.now_ms()))

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
        try:
            reply = await self._line.send(command)
        except SidecarError as error:
            return str(error)
        return "" if reply.ok else reply.text or "the service refused, without saying why"

    def assume(self, nudge: str, answer: Answer) -> None:
        """Show an answer at once; the service's own event about it will say the same."""
        event = NudgeAnswered(
            call_id=self.board.call_id, at_ms=self.board.at_ms, nudge=nudge, answer=answer, by="panel"
        )
        self.board = reduce(self.board, event)
        self.version += 1

    def _take(self, item: LineItem) -> None:
        local_ms = self._clock.now_ms()
        match item:
            case Snapshot():
                self.board = restored(self.board, item.events)
                self._time.restart(self.board.at_ms, local_ms)
                self.version += 1
            case Envelope():
                before = self.board.call_id
                self.board = reduce(self.board, item.event)
                if self.board.call_id != before:
                    self._time.restart(self.board.at_ms, local_ms)
                elif item.event.call_id == self.board.call_id:
                    self._time.observe(item.event.at_ms, local_ms)
                self.version += 1
            case LinkChange():
                self._change(Link(item.state, local_ms - item.silent_ms))
            case _:
                assert_never(item)

    def _change(self, link: Link) -> None:
        self.link = link
        self.version += 1
