"""What an ended call adds to the shift: the call's events flow in, one `CallDone` of plain numbers flows out.

Pure. While the agent has sharing off nothing is counted; hints for the agent's own sake never are.
"""

from sidecar.uplink.curve import Curve
from sidecar.uplink.episodes import HOT
from sidecar.uplink.floorstate import Kinds
from sidecar.uplink.hints import Hints
from streams.events import CallEnded, CallStarted, Event, Heat, Mood, OpeningState, Telemetry
from streams.floor import CallDone

MOODS_KEPT = 240
MOOD_EVERY_MS = 10_000
"""Moods of a call that are kept: one every ten seconds in up to forty minutes, fewer in a longer one."""
STATES: tuple[OpeningState, ...] = ("given", "bare", "missed", "not_needed")


class Sums:
    """The numbers of one call; `kinds` says which of them leave the machine."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._started: CallStarted | None = None
        self._hints = Hints()
        self._moods = Curve(MOODS_KEPT, MOOD_EVERY_MS)
        self._hot: list[tuple[int, int, int]] = []
        self._hot_now = False
        self._at_ms = 0

    def feed(self, event: Event | Telemetry) -> None:
        """Count an event."""
        self._at_ms = max(self._at_ms, event.at_ms)
        if self._kinds.nudges:
            self._hints.feed(event)
        match event:
            case CallStarted():
                self._started = event
            case Mood() if self._kinds.mood:
                self._moods.add(event.at_ms, round(event.smoothed * 100))
            case Heat() if self._kinds.mood:
                self._heat(event)
            case CallEnded():
                self._cool(event.at_ms)
            case _:
                pass

    def skip(self, event: Event | Telemetry) -> None:
        """Pass over an event of a stretch that is not shared; only time and the call's own facts are known of it."""
        self._at_ms = max(self._at_ms, event.at_ms)
        self._cool(self._at_ms)
        if isinstance(event, CallStarted):
            self._started = event

    def done(self) -> CallDone:
        """The sums as they stand; the line numbers them."""
        started = self._started
        openings = {state: self._hints.openings(state) for state in STATES}
        return CallDone(
            boot="",
            number=0,
            call_id=started.call_id if started else "",
            agent_id=started.agent_id if started else "",
            agent_name=started.agent_name if started else "",
            queue=started.queue if started else "",
            started_at=started.started_at if started else "",
            duration_ms=self._at_ms,
            moods=self._moods.points,
            hot=tuple(self._hot),
            openings={state: count for state, count in openings.items() if count},
            rules=self._hints.rules(),
        )

    def _heat(self, event: Heat) -> None:
        if event.band not in HOT:
            self._cool(event.at_ms)
        elif self._hot_now:
            from_ms, _, peak = self._hot[-1]
            self._hot[-1] = (from_ms, event.at_ms, max(peak, round(event.value)))
        else:
            self._hot.append((event.at_ms, event.at_ms, round(event.value)))
            self._hot_now = True

    def _cool(self, at_ms: int) -> None:
        if self._hot_now:
            from_ms, _, peak = self._hot[-1]
            self._hot[-1] = (from_ms, at_ms, peak)
            self._hot_now = False
