"""Where the hints of one call stand, as far as others may know: a call's events flow in, counts flow out.

Pure. Hints for the agent's own sake are not in here at all.
"""

from collections.abc import Iterator

import msgspec

from nudges import lifecycle
from nudges.lifecycle import NudgeState
from sidecar.uplink.own import is_own
from streams.events import Empathy, Event, Nudge, NudgeAnswered, NudgeResolved, OpeningState, Telemetry
from streams.floor import NudgeLine, OpenNudge

LINES = 40
"""Hints of a call that whoever opens it is told, the newest."""


class Hint(msgspec.Struct):
    """One hint, where it stands, and the last thumb it got."""

    nudge: Nudge
    state: NudgeState = NudgeState.SHOWN
    thumb: str = ""


class Hints:
    """The hints and the openings for empathy of one call."""

    def __init__(self) -> None:
        self._hints: dict[str, Hint] = {}
        self._openings: dict[str, tuple[OpeningState, int]] = {}

    def feed(self, event: Event | Telemetry) -> None:
        """Follow the call."""
        match event:
            case Nudge() if not is_own(event):
                known = self._hints.pop(event.nudge, None)
                self._hints[event.nudge] = Hint(event, thumb=known.thumb if known else "")
            case NudgeResolved() if hint := self._hints.get(event.nudge):
                hint.state = lifecycle.resolved(hint.state, event.outcome)
            case NudgeAnswered() if hint := self._hints.get(event.nudge):
                if event.answer in {"helpful", "not_helpful"}:
                    hint.thumb = event.answer
                else:
                    hint.state = lifecycle.answered(hint.state, event.answer)
            case Empathy():
                _, since_ms = self._openings.get(event.opening, ("open", event.said_ms))
                self._openings[event.opening] = (event.state, since_ms)
            case _:
                pass

    def of(self, nudge: str) -> Nudge | None:
        """The hint of that id, where others may know of it."""
        hint = self._hints.get(nudge)
        return hint.nudge if hint else None

    @property
    def on_screen(self) -> OpenNudge | None:
        """The hint that stands on the panel."""
        shown = next((hint.nudge for hint in reversed(self._hints.values()) if hint.state.on_screen), None)
        return OpenNudge(shown.rule, shown.title, shown.severity, shown.at_ms) if shown else None

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self._hints)

    @property
    def open(self) -> int:
        """How many of them may still come to something."""
        return sum(hint.state.live for hint in self._hints.values())

    def thumbs(self, which: str) -> int:
        """How many have this thumb."""
        return sum(hint.thumb == which for hint in self._hints.values())

    def openings(self, state: OpeningState) -> int:
        """How many openings for empathy stand so."""
        return sum(known == state for known, _ in self._openings.values())

    @property
    def opening_since_ms(self) -> int:
        """Since when the oldest open opening waits (media ms); -1 where none does."""
        return min((since_ms for state, since_ms in self._openings.values() if state == "open"), default=-1)

    def lines(self, *, measured: bool = True) -> tuple[NudgeLine, ...]:
        """The newest hints and what became of them, oldest first; what was measured stands for their evidence."""
        return tuple(
            NudgeLine(
                hint.nudge.rule,
                hint.nudge.title,
                hint.nudge.severity,
                hint.nudge.at_ms,
                "" if hint.state.on_screen else hint.state.value,
                (hint.nudge.measured,) if measured and hint.nudge.measured else (),
            )
            for hint in list(self._hints.values())[-LINES:]
        )

    def rules(self) -> dict[str, dict[str, int]]:
        """By rule, how many hints were shown and what became of them."""
        sums: dict[str, dict[str, int]] = {}
        for hint in self._hints.values():
            counted = sums.setdefault(hint.nudge.rule, {})
            for name in _counts_as(hint):
                counted[name] = counted.get(name, 0) + 1
        return sums


def _counts_as(hint: Hint) -> Iterator[str]:
    yield "shown"
    match hint.state:
        case NudgeState.DONE | NudgeState.DISMISSED | NudgeState.EXPIRED:
            yield hint.state.value
        case NudgeState.SNOOZED:
            yield "dismissed"
        case _:
            pass
    if hint.thumb:
        yield hint.thumb
