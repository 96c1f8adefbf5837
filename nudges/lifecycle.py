"""The life of one nudge, shared by the coach and the panel: answers and outcomes flow in, the state comes out.

    shown ──acknowledged──▶ acknowledged ──┐
      │  ◀──────undone─────────┘           ├─ done · expired · superseded · call ended
      ├──dismissed──▶ dismissed            │
      ├──snoozed────▶ snoozed ──undone──▶ shown (either of the two)
      └────────────────────────────────────┘

Thumbs may be given in any state and change none. An acknowledged nudge has left its place on screen and is still
watched: what it asked for may yet be done.
"""

from enum import StrEnum

from streams.events import Answer, Outcome


class NudgeState(StrEnum):
    """Where a nudge stands."""

    SHOWN = "shown"
    ACKNOWLEDGED = "acknowledged"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"
    DONE = "done"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CALL_ENDED = "call_ended"

    @property
    def on_screen(self) -> bool:
        """Whether it holds the one place for a card."""
        return self is NudgeState.SHOWN

    @property
    def live(self) -> bool:
        """Whether something may still become of it."""
        return self in {NudgeState.SHOWN, NudgeState.ACKNOWLEDGED}


_ANSWERED: dict[tuple[NudgeState, Answer], NudgeState] = {
    (NudgeState.SHOWN, "acknowledged"): NudgeState.ACKNOWLEDGED,
    (NudgeState.SHOWN, "dismissed"): NudgeState.DISMISSED,
    (NudgeState.SHOWN, "snoozed"): NudgeState.SNOOZED,
    (NudgeState.ACKNOWLEDGED, "dismissed"): NudgeState.DISMISSED,
    (NudgeState.ACKNOWLEDGED, "snoozed"): NudgeState.SNOOZED,
    (NudgeState.ACKNOWLEDGED, "undone"): NudgeState.SHOWN,
    (NudgeState.DISMISSED, "undone"): NudgeState.SHOWN,
    (NudgeState.SNOOZED, "undone"): NudgeState.SHOWN,
}


def answered(state: NudgeState, answer: Answer) -> NudgeState:
    """The state after a person's answer; the same state where the answer changes nothing."""
    return _ANSWERED.get((state, answer), state)


def resolved(state: NudgeState, outcome: Outcome) -> NudgeState:
    """The state after the coach's outcome; a snoozed nudge, which the coach reports as dismissed, stays snoozed."""
    return NudgeState(outcome) if state.live else state
