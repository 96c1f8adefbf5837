"""A stage for the floor: made-up calls, a line that says what a test tells it, and the running app around them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
from textual.pilot import Pilot

from streams.busline import LinkChange
from streams.errors import BusError
from streams.floor import Acted, CallState, FloorRow, FloorSnapshot, FloorUpdate, OpenHelp, RowAlert
from tests.tui.stage import StandingClock, screen_text
from tui.floor.app import FloorApp, FloorSettings
from tui.floor.feed import FloorItem
from tui.floor.state import Floor, Seat

Said = FloorItem | BusError | None


class ScriptedFloor:
    """A line whose items come from the test; keeps what was asked, and answers as it is told to."""

    def __init__(self) -> None:
        self.acts: list[tuple[str, str, str, str]] = []
        self.answer: Acted | BusError = Acted(request=1, ok=True)
        self.report: dict[str, object] | BusError = {"hours": 8, "calls": 0}
        self._items: asyncio.Queue[Said] = asyncio.Queue()
        self._seq = 0

    def __aiter__(self) -> "ScriptedFloor":
        return self

    async def __anext__(self) -> FloorItem:
        item = await self._items.get()
        self._items.task_done()
        if item is None:
            raise StopAsyncIteration
        if isinstance(item, BusError):
            raise item
        return item

    async def act(self, action: str, call_id: str, value: str = "", help: str = "") -> Acted:  # noqa: A002
        self.acts.append((action, call_id, value, help))
        if isinstance(self.answer, BusError):
            raise self.answer
        return self.answer

    async def shift(self, hours: float) -> dict[str, object]:
        if isinstance(self.report, BusError):
            raise self.report
        return self.report

    def say(self, *items: Said) -> None:
        for item in items:
            self._items.put_nowait(item)

    def update(self, *rows: FloorRow, **fields: Any) -> None:
        self._seq += 1
        self.say(FloorUpdate(hub="h", seq=self._seq, rows=rows, **fields))

    async def heard(self) -> None:
        await self._items.join()


def row(call: str = "c1", at_ms: int = 60_000, **fields: Any) -> FloorRow:
    """A row of the floor: fields of its state and of itself in one list."""
    of_row = {name: fields.pop(name) for name in FloorRow.__struct_fields__ if name in fields and name != "state"}
    state = CallState(call_id=call, at_ms=at_ms, **({"agent_name": call.upper(), "queue": "Billing"} | fields))
    return FloorRow(**({"state": state, "station": f"desk-{call}", "team": "North"} | of_row))


def seat(call: str = "c1", *, came_ms: int = 1_000, **fields: Any) -> Seat:
    """A seat whose row came at this local moment."""
    made = row(call, **fields)
    zero_ms = came_ms - made.state.at_ms - made.age_ms
    return Seat(made, zero_ms, came_ms, came_ms - made.alert.age_ms if made.alert else 0)


def floor_of(*seats: Seat, **fields: Any) -> Floor:
    """A whole floor with these calls."""
    given = {"whole": True, "you": "Kim", "role": "supervisor", "teams": ("North",)} | fields
    return Floor(seats={seat.state.call_id: seat for seat in seats}, **given)


def alert(call: str = "c1", age_ms: int = 4_000, **fields: Any) -> RowAlert:
    given = {"alert": "a1", "rule": "heat", "severity": "critical", "text": "asked for a supervisor"} | fields
    return RowAlert(call_id=call, age_ms=age_ms, **given)


HELP = OpenHelp("c2/help-1", "refund over my limit", 50_000)


def snapshot(*rows: FloorRow, **fields: Any) -> FloorSnapshot:
    given = {"hub": "h", "seq": 0, "you": "Kim", "role": "supervisor", "teams": ("North", "South")} | fields
    return FloorSnapshot(rows=rows, **given)


def later(made: FloorRow, **fields: Any) -> FloorRow:
    """The same row with other fields of its state."""
    return replace(made, state=replace(made.state, **fields))


CALLS = (
    row("c1", agent_name="Priya Sharma", heat=82, band="critical", mood=-0.68, trend="falling",
        spark=(10, -5, -40, -68), alert=alert("c1"), signal="asked for a supervisor", signal_at_ms=58_000,
        speaking="customer", lag_ms=900,
        because=("supervisor", "repeat_contact")),
    row("c2", agent_name="Tom Ricci", help=HELP, heat=34, band="watch", forecast="rising", mood=-0.2, spark=(0, -20),
        lag_ms=800, queue="Retention", team="South"),
    row("c3", agent_name="Luis Pereira", heat=5, mood=0.4, trend="rising", spark=(10, 20, 40), speaking="agent",
        lag_ms=700),
    row("c4", agent_name="Dana Kowalski", phase="wrap_up", queue="Retention", mood=0.2, spark=(20,)),
    row("c5", agent_name="Sam Okafor", presence="stale", age_ms=6_000, team="South"),
)  # fmt: skip


@dataclass
class Scene:
    """A running floor and everything around it."""

    app: FloorApp
    line: ScriptedFloor
    clock: StandingClock
    pilot: Pilot[None]

    async def settle(self) -> None:
        """Until everything said has been taken, drawn and laid out."""
        await self.line.heard()
        await self.pilot.pause()
        for worker in [worker for worker in self.app.workers if worker.group in ("acts", "shift")]:
            await worker.wait()
        self.app.draw()
        await self.pilot.pause()

    async def say(self, *items: Said) -> None:
        self.line.say(*items)
        await self.settle()

    async def update(self, *rows: FloorRow, **fields: Any) -> None:
        self.line.update(*rows, **fields)
        await self.settle()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    @property
    def lines(self) -> list[str]:
        return screen_text(self.app)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def foot(self) -> str:
        return self.lines[-1].strip()

    def line_of(self, name: str) -> int:
        """The line on which a name stands."""
        return next(number for number, line in enumerate(self.lines) if name in line)


@asynccontextmanager
async def floor(
    *says: Said, size: tuple[int, int] = (100, 24), settings: FloorSettings | None = None, **given: Any
) -> AsyncIterator[Scene]:
    """The app on a scripted line, with these calls on it."""
    line, clock = ScriptedFloor(), StandingClock()
    clock.ms = 1_000_000
    app = FloorApp(line, settings or FloorSettings(glyphs="unicode"), clock=clock, **given)
    async with app.run_test(size=size) as pilot:
        scene = Scene(app, line, clock, pilot)
        await scene.say(LinkChange(state="up"), *says)
        yield scene
