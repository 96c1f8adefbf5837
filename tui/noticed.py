"""When a note counts as delivered and as read: what was drawn and signs of the agent flow in, receipts flow out.

Pure; times are local ms. A note that is merely on the screen may stand in a window that nobody looks at, so it counts
as read only when the agent says so, or has touched the panel since it came and it has stood there for three seconds.
"""

from collections.abc import Iterable

READ_AFTER_MS = 3_000


class Noticed:
    """Follows the notes on one panel."""

    def __init__(self) -> None:
        self._drawn_ms: dict[str, int] = {}
        self._touched_ms = -1
        self._told: set[str] = set()

    def drawn(self, note: str, now_ms: int) -> bool:
        """A note stands on the screen; whether it does so for the first time."""
        if note in self._drawn_ms:
            return False
        self._drawn_ms[note] = now_ms
        return True

    def touched(self, now_ms: int) -> None:
        """A key, a click, or the terminal's focus: the agent is here."""
        self._touched_ms = now_ms

    def read(self, now_ms: int, unread: Iterable[str]) -> list[str]:
        """Those of the unread notes that count as read from now on, each once; others are forgotten."""
        waiting = list(unread)
        self._drawn_ms = {note: drawn_ms for note, drawn_ms in self._drawn_ms.items() if note in waiting}
        self._told.intersection_update(waiting)
        read = [
            note
            for note, drawn_ms in self._drawn_ms.items()
            if note not in self._told and self._touched_ms >= drawn_ms and now_ms - drawn_ms >= READ_AFTER_MS
        ]
        self._told.update(read)
        return read
