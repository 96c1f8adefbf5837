"""What a floor knows of the hub: whether all is there, and when only a snapshot can help.

Snapshots and updates flow in as they come; what the floor may trust flows out, in order and without holes. Pure.
"""

from typing import NamedTuple

from streams.floor import FloorSnapshot, FloorUpdate


class FloorFollowed(NamedTuple):
    """What one arrival led to: an item to hand on, and whether a snapshot must be asked for now."""

    item: FloorSnapshot | FloorUpdate | None = None
    ask: bool = False


class FloorFollower:
    """Follows one hub over one ordered connection at a time."""

    def __init__(self) -> None:
        self._hub = ""
        self._seq = 0
        self._whole = False

    @property
    def whole(self) -> bool:
        """Whether everything up to now is known; false while a snapshot is awaited."""
        return self._whole

    def hear(self, message: FloorSnapshot | FloorUpdate) -> FloorFollowed:
        """One arrival."""
        if isinstance(message, FloorSnapshot):
            self._hub, self._seq, self._whole = message.hub, message.seq, True
            return FloorFollowed(item=message)
        if not self._whole:
            return FloorFollowed()
        if message.hub == self._hub and message.seq <= self._seq:
            return FloorFollowed()
        if message.hub != self._hub or message.seq > self._seq + 1:
            return self.lose_track()
        self._seq = message.seq
        return FloorFollowed(item=message)

    def lose_track(self) -> FloorFollowed:
        """Something may have been missed: nothing more is handed on until a snapshot has come."""
        self._whole = False
        return FloorFollowed(ask=True)
