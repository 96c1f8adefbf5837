"""What is news for a supervisor: the floor's state in, each call for a person once per episode out. Pure.

An episode is one alert of the hub, or one call for help of an agent; what stood before the floor was opened is counted
but not announced again.
"""

from collections import deque
from dataclasses import dataclass, replace

from streams.events import Severity
from tui.floor.need import calls_for_someone, unclaimed
from tui.floor.state import Floor, Seat

KEPT = 100
"""Episodes in the list of alerts; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One call for a person, since when (local ms), who took it, and whether it still stands."""

    key: str
    call_id: str
    who: str
    severity: Severity
    text: str
    since_ms: int
    taken_by: str = ""
    standing: bool = True


class Alarms:
    """Follows one floor; `episodes` are the newest last."""

    def __init__(self) -> None:
        self._heard: set[str] = set()
        self._kept: deque[Episode] = deque(maxlen=KEPT)
        self._begun = False

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """All that is remembered, the newest last."""
        return tuple(self._kept)

    def feed(self, floor: Floor) -> tuple[Episode, ...]:
        """What has begun since the last time and is nobody's yet; nothing at the first look."""
        if not floor.whole:
            return ()
        asked = [seat for seat in floor.seats.values() if calls_for_someone(seat)]
        standing = {episode.key: episode for seat in asked for episode in _of(seat)}
        fresh = tuple(standing[key] for key in sorted(standing.keys() - self._heard))
        self._kept = deque((_settled(episode, standing.get(episode.key), floor) for episode in self._kept), maxlen=KEPT)
        self._kept.extend(sorted(fresh, key=lambda episode: episode.since_ms))
        # What no longer stands may come again under the same name only as another episode.
        self._heard = set(standing)
        first, self._begun = not self._begun, True
        return () if first else tuple(episode for episode in fresh if not episode.taken_by)


def waiting(floor: Floor) -> int:
    """How many calls ask for a person and nobody has them."""
    return sum(1 for seat in floor.seats.values() if calls_for_someone(seat) and not seat.row.claimed_by)


def overdue(floor: Floor, local_ms: int) -> int:
    """How many of those have waited too long."""
    return sum(1 for seat in floor.seats.values() if unclaimed(seat, local_ms))


def _of(seat: Seat) -> list[Episode]:
    who = seat.state.agent_name or seat.state.agent_id or seat.row.station
    taken_by = seat.row.claimed_by
    episodes: list[Episode] = []
    if alert := seat.row.alert:
        key = f"{alert.call_id}/{alert.alert}"
        episodes.append(
            Episode(key, alert.call_id, who, alert.severity, alert.text or alert.rule, seat.alert_ms, taken_by)
        )
    if help_ := seat.state.help:
        text = f"asks for help: {help_.text}" if help_.text else "asks for help"
        since_ms = seat.zero_ms + help_.since_ms
        episodes.append(Episode(help_.help, seat.state.call_id, who, "critical", text, since_ms, taken_by))
    return episodes


def _settled(episode: Episode, now: Episode | None, floor: Floor) -> Episode:
    if now is not None:
        return replace(episode, taken_by=now.taken_by or episode.taken_by)
    seat = floor.seats.get(episode.call_id)
    taken_by = seat.row.claimed_by if seat and episode.standing else ""
    return replace(episode, standing=False, taken_by=episode.taken_by or taken_by)
