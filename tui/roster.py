"""The calls that the panel knows, and which of them is shown: events of all calls in, a frozen `Roster` out.

Pure. With no key pressed the newest live call is shown, and the newest of all when none is live; an agent with two
calls may pick another, which then stays until it ends or a new call begins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from streams.events import CallEnded, CallStarted, Event, Telemetry
from tui import board as one_call
from tui.state import Board

CALLS_KEPT = 6
"""Calls that are known at once; the one that ended longest ago makes room."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Boards by call, in the order in which the calls began; `picked` is the one that the agent chose, if any."""

    boards: Mapping[str, Board] = field(default_factory=dict)
    picked: str = ""

    @property
    def shown(self) -> Board:
        """The call on the panel."""
        if self.picked in self.boards:
            return self.boards[self.picked]
        live = [board for board in self.boards.values() if board.phase == "live"]
        return (live or [*self.boards.values()] or [Board()])[-1]

    @property
    def others(self) -> tuple[Board, ...]:
        """The other calls that are live."""
        shown = self.shown
        return tuple(board for board in self.boards.values() if board is not shown and board.phase == "live")

    @property
    def number(self) -> int:
        """Which of all known calls is shown, from 1."""
        return 1 + next((at for at, board in enumerate(self.boards.values()) if board is self.shown), 0)

    def next(self) -> "Roster":
        """The same calls with the next one shown."""
        names = [*self.boards]
        return replace(self, picked=names[self.number % len(names)]) if names else self


def reduce(roster: Roster, event: Event | Telemetry) -> Roster:
    """The roster after one event; one of a call whose beginning was missed counts only where no call is known."""
    call_id = event.call_id
    boards = dict(roster.boards)
    picked = roster.picked
    if isinstance(event, CallStarted):
        # It is the newest now, also where its id has been there before.
        boards.pop(call_id, None)
        picked = ""
    elif call_id not in boards and boards:
        return roster
    board = one_call.reduce(boards.get(call_id, Board()), event)
    if board.phase == "idle":
        return roster
    boards[call_id] = board
    if isinstance(event, CallEnded) and roster.shown.call_id == call_id:
        # Its wrap-up stays in sight unless another call wants the agent.
        picked = "" if any(each.phase == "live" for each in boards.values()) else call_id
    return Roster(_bounded(boards), picked)


def restored(roster: Roster, events: Iterable[Event | Telemetry]) -> Roster:
    """The roster after a snapshot of all calls, which replaces what was known.

    When it knows no call any more the shown one stays for review: it ended unseen, or the service began anew.
    """
    boards: dict[str, Board] = {}
    for event in events:
        boards[event.call_id] = one_call.reduce(boards.get(event.call_id, Board()), event)
    boards = {call_id: board for call_id, board in boards.items() if board.phase != "idle"}
    if boards:
        return Roster(_bounded(boards), roster.picked if roster.picked in boards else "")
    shown = roster.shown
    if shown.phase == "idle":
        return Roster()
    over = replace(shown, phase="wrap_up", ended_reason=shown.ended_reason or "service restarted", speaking={})
    return Roster({shown.call_id: over})


def _bounded(boards: dict[str, Board]) -> Mapping[str, Board]:
    while len(boards) > CALLS_KEPT:
        ended = (call_id for call_id, board in boards.items() if board.phase != "live")
        del boards[next(ended, next(iter(boards)))]
    return boards
