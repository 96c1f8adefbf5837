"""What supervisors who have a call open see beyond its row: the call's events flow in, `CallDetail` flows out. Pure."""

from sidecar.uplink.curve import Curve
from sidecar.uplink.floorstate import Kinds
from sidecar.uplink.hints import Hints
from streams.events import CallStarted, Event, Heat, Mood, Nudge, NudgeAnswered, NudgeResolved, Telemetry
from streams.floor import CallDetail

POINTS = 120


class Detail:
    """Follows one call as far as `kinds` lets its facts leave the machine."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._call_id = ""
        self._hints = Hints()
        self._moods, self._heats = Curve(POINTS), Curve(POINTS)

    def feed(self, event: Event | Telemetry) -> bool:
        """Follow the call; whether the detail has changed."""
        match event:
            case CallStarted():
                self._call_id = event.call_id
            case Mood() if self._kinds.mood:
                self._moods.add(event.at_ms, round(event.smoothed * 100))
                return True
            case Heat() if self._kinds.mood:
                self._heats.add(event.at_ms, round(event.value))
                return True
            case Nudge() | NudgeResolved() | NudgeAnswered() if self._kinds.nudges:
                before = self._hints.lines()
                self._hints.feed(event)
                return before != self._hints.lines()
            case _:
                pass
        return False

    def now(self) -> CallDetail:
        """The newest detail."""
        return CallDetail(
            call_id=self._call_id,
            # Much of what is measured are figures of mood and heat.
            nudges=self._hints.lines(measured=self._kinds.mood),
            moods=self._moods.points,
            heats=self._heats.points,
        )
