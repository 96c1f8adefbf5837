"""What waits for the one reader of a line to the hub, and how the link stands: items flow in and out, in order."""

import asyncio
from collections import deque
from contextlib import AbstractContextManager
from typing import Generic, Self, TypeAlias, TypeVar

from streams.busline import LinkChange, LinkState
from streams.clock import Clock
from streams.floorlink import Link

SILENT_BEATS = 3.5
"""The link counts as lost after so many of the hub's beats without a sign of life."""
REASONS = {
    "refused": "the hub does not know this key; `sidecar keys` prints it, `sidecar keys allow` on the hub lets it in",
    "failed": "the hub breaks off the handshake: is the hub's key in the configuration the one that it prints?",
}
"""What a wire's state means to a person."""

OpenLink: TypeAlias = AbstractContextManager[Link]
Item = TypeVar("Item")


class Items(Generic[Item]):
    """What waits for the one reader, who iterates it, and how the link stands; `LinkChange` comes among the items."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: deque[Item | LinkChange] = deque()
        self._arrived = asyncio.Event()
        self._heard_ms = clock.now_ms()
        self._text = ""
        self.state: LinkState = "connecting"
        self.put(LinkChange(state="connecting"))

    def __len__(self) -> int:
        return len(self._waiting)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item | LinkChange:
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()

    @property
    def silent_ms(self) -> int:
        """How long ago the hub was last heard."""
        return self._clock.now_ms() - self._heard_ms

    def heard(self) -> None:
        """A sign of life."""
        self._heard_ms = self._clock.now_ms()

    def put(self, item: Item | LinkChange) -> None:
        """One item more."""
        self._waiting.append(item)
        self._arrived.set()

    def drop_all(self) -> None:
        """Nothing waits any more but how the link stands."""
        self._waiting.clear()
        self.put(LinkChange(state=self.state))

    def drop_oldest(self) -> None:
        """The oldest does not wait any more."""
        self._waiting.popleft()

    def turn(self, state: LinkState) -> None:
        """The link is in this state now; said once."""
        if state != self.state:
            self.state, self._text = state, ""
            self.put(LinkChange(state=state, silent_ms=self.silent_ms))

    def explain(self, text: str) -> None:
        """Why the link is as it is; said once until it changes."""
        if text != self._text:
            self._text = text
            self.put(LinkChange(state=self.state, silent_ms=self.silent_ms, text=text))
