"""What the hub tells a workstation, each thing once: messages flow in, in any order of connections, news flows out.

After each welcome the hub tells anew how things stand; what it told before and does not repeat by then is over. Pure.
"""

from collections import deque
from typing import TypeAlias, TypeVar

from streams.floor import ClaimChanged, FloorMessage, HelpReply, Taken, Watching, Welcome, Whisper

Told: TypeAlias = Whisper | ClaimChanged | HelpReply | Watching
NOTES_REMEMBERED = 1_000
T = TypeVar("T", str, tuple[str, ...])


class Inbox:
    """Follows one hub for one start of a workstation's service."""

    def __init__(self) -> None:
        self._claims: dict[str, str] = {}
        self._watchers: dict[str, tuple[str, ...]] = {}
        self._doubted: set[tuple[type, str]] = set()
        self._seen: deque[tuple[str, str]] = deque(maxlen=NOTES_REMEMBERED)

    def hear(self, message: FloorMessage) -> tuple[Told, ...]:
        """What a message says that was not known before."""
        match message:
            case Welcome():
                self._doubted = {(ClaimChanged, call_id) for call_id in self._claims}
                self._doubted |= {(Watching, call_id) for call_id in self._watchers}
                return ()
            case Taken():
                # The answer to the first beat comes after all that the hub tells anew.
                doubted, self._doubted = self._doubted, set()
                return tuple(news for kind, call_id in sorted(doubted, key=str) for news in self._over(kind, call_id))
            case ClaimChanged(call_id=call_id, by=by):
                self._doubted.discard((ClaimChanged, call_id))
                return (message,) if _changed(self._claims, call_id, by) else ()
            case Watching(call_id=call_id, names=names):
                self._doubted.discard((Watching, call_id))
                return (message,) if _changed(self._watchers, call_id, names) else ()
            case Whisper(note=note) | HelpReply(help=note):
                key = (type(message).__name__, note)
                if key in self._seen:
                    return ()
                self._seen.append(key)
                return (message,)
            case _:
                return ()

    def _over(self, kind: type, call_id: str) -> tuple[Told, ...]:
        if kind is ClaimChanged:
            return self.hear(ClaimChanged(call_id=call_id, by=""))
        return self.hear(Watching(call_id=call_id, names=()))


def _changed(known: dict[str, T], call_id: str, value: T) -> bool:
    """Remember a value, the empty one by forgetting; whether it differs from what was known."""
    if not value:
        return known.pop(call_id, value) != value
    before, known[call_id] = known.get(call_id), value
    return before != value
