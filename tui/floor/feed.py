"""The floor's only door to the world: what the hub says in, one coalesced state for drawing out, actions back.

However fast messages come, only the newest state is kept, so there is no queue here that could overflow; whoever draws
looks at `version` when the next frame is due.
"""

from collections.abc import AsyncIterator
from typing import Protocol, TypeAlias

from streams.busline import LinkChange
from streams.errors import SidecarError
from streams.floor import Acted, Action, FloorSnapshot, FloorUpdate
from tui.feed import Clock
from tui.floor.board import close_call, open_call, reduce
from tui.floor.state import Floor
from tui.state import Link

FloorItem: TypeAlias = FloorSnapshot | FloorUpdate | LinkChange


class Line(Protocol):
    """What the floor needs of its line to the hub: items to iterate over, actions to send, the shift to ask for."""

    def __aiter__(self) -> AsyncIterator[FloorItem]: ...

    async def act(self, action: Action, call_id: str, value: str = "", help: str = "") -> Acted:  # noqa: A002
        """Carry an action to the hub; raises SidecarError where that fails."""
        ...

    async def shift(self, hours: float) -> dict[str, object]:
        """The last hours as plain numbers; raises SidecarError where that fails."""
        ...


class FloorFeed:
    """Follows one line; `floor` and `link` are the newest state, `version` grows with every change.

    `snapshots` counts how often everything came anew: a hub that was started again does not know what is open here.
    """

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self.floor = Floor()
        self.link = Link(since_ms=clock.now_ms())
        self.version = 0
        self.snapshots = 0

    async def run(self) -> None:
        """Take in what comes until the line ends; a line that breaks leaves a lost link, not a broken floor."""
        try:
            async for item in self._line:
                self._take(item)
        except SidecarError as error:
            self._change(Link("lost", self._clock.now_ms(), str(error)))
        else:
            self._change(Link("over", self._clock.now_ms()))

    async def act(self, action: Action, call_id: str, value: str = "", help: str = "") -> Acted:  # noqa: A002
        """Send an action; what goes wrong on the way comes back as one that was refused."""
        try:
            acted = await self._line.act(action, call_id, value, help)
        except SidecarError as error:
            return Acted(request=0, ok=False, text=str(error))
        if acted.ok or acted.text:
            return acted
        return Acted(request=acted.request, ok=False, text="the hub refused, without saying why")

    async def shift(self, hours: float) -> dict[str, object] | str:
        """The last hours, or one line of what went wrong."""
        try:
            return await self._line.shift(hours)
        except SidecarError as error:
            return str(error)

    async def open(self, call_id: str) -> Acted:
        """Have a call open: its words come from now on."""
        self.floor = open_call(self.floor, call_id)
        self.version += 1
        return await self.act("open", call_id)

    async def close(self) -> None:
        """Have no call open."""
        if self.floor.opened is not None:
            call_id = self.floor.opened.call_id
            self.floor = close_call(self.floor)
            self.version += 1
            await self.act("close", call_id)

    def _take(self, item: FloorItem) -> None:
        if isinstance(item, LinkChange):
            self._change(Link(item.state, self._clock.now_ms() - item.silent_ms, item.text))
            return
        self.snapshots += isinstance(item, FloorSnapshot)
        self.floor = reduce(self.floor, item, self._clock.now_ms())
        self.version += 1

    def _change(self, link: Link) -> None:
        self.link = link
        self.version += 1
