"""One workstation as the hub knows it: what it says flows in, whether that is new and to be believed flows out. Pure.

All times are the hub's own monotonic clock, so that no workstation's clock can matter.
"""

from collections.abc import Iterable, Sequence

from sidecar.hub.roll import Client
from streams.floor import Presence

STALE_BEATS = 3
GONE_BEATS = 10
BOOTS_REMEMBERED = 16
ASK_AGAIN_MS = 2_000


class Desk:
    """One workstation; made when its key first talks."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.peer = b""
        self.boot = ""
        self.presence: Presence = "here"
        self.taken = 0
        """The last kept fact that was accepted, in order; the store may still be writing it."""
        self.heard_ms = 0
        self._past: dict[str, int] = {}
        """Earlier starts, and what was taken of each."""
        self._asked_ms = -ASK_AGAIN_MS
        self._listed: frozenset[str] = frozenset()
        self._listed_number = 0
        self._missed: frozenset[str] = frozenset()

    @property
    def team(self) -> str:
        """The team that its calls are shown under."""
        return self.client.teams[0]

    def is_past(self, boot: str) -> bool:
        """Whether this start of the workstation's service has been followed by a later one."""
        return boot in self._past

    def start(self, boot: str, taken: int) -> bool:
        """Hello of a boot, of which facts up to `taken` are had; whether it is a new one."""
        self._asked_ms = -ASK_AGAIN_MS
        if boot == self.boot:
            self.taken = max(self.taken, taken)
            return False
        if self.boot:
            self._past[self.boot] = self.taken
        self.boot, self.taken = boot, max(taken, self._past.pop(boot, 0))
        while len(self._past) > BOOTS_REMEMBERED:
            del self._past[next(iter(self._past))]
        self._listed, self._listed_number = frozenset(), 0
        return True

    def is_silent(self, now_ms: int, beat_ms: int) -> bool:
        """Whether nothing was heard of it for so long that an earlier start may be the one that lives."""
        return now_ms - self.heard_ms > STALE_BEATS * beat_ms

    def heard(self, peer: bytes, now_ms: int) -> None:
        """A sign of life."""
        self.peer, self.heard_ms = peer, now_ms

    def may_ask(self, now_ms: int) -> bool:
        """Whether hello may be asked for now: once, and again after a while."""
        if now_ms - self._asked_ms < ASK_AGAIN_MS:
            return False
        self._asked_ms = now_ms
        return True

    def accept(self, number: int) -> bool:
        """Whether a kept fact is the next one, which is then taken."""
        if number != self.taken + 1:
            return False
        self.taken = number
        return True

    def list_calls(self, calls: Sequence[str], number: int) -> bool:
        """The calls that there are now; False where a later list is known."""
        if number <= self._listed_number:
            return False
        self._listed, self._listed_number = frozenset(calls), number
        return True

    def misses(self, calls: Iterable[str]) -> bool:
        """Whether one of these calls without a state was not missed before: each is worth one question."""
        missed = frozenset(calls)
        new = missed - self._missed
        self._missed = missed
        return bool(new)

    def has_ended(self, call_id: str, number: int) -> bool:
        """Whether a state of this number is of a call that a later list does not name any more."""
        return number < self._listed_number and call_id not in self._listed

    def look(self, now_ms: int, beat_ms: int) -> bool:
        """Judge its presence by how long it has been silent; whether that changed."""
        before = self.presence
        if now_ms - self.heard_ms > GONE_BEATS * beat_ms:
            self.presence = "gone"
        elif self.is_silent(now_ms, beat_ms):
            self.presence = "stale"
        else:
            self.presence = "here"
        return self.presence != before
