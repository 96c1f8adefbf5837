"""A line without a hub, for `sidecar floor --demo`: made-up calls in, the same messages out that a hub would send.

Claims, notes and answers work as on a real floor; another supervisor, Sol, takes some of the calls.
"""

import asyncio
import datetime as dt
import math
from collections.abc import AsyncIterator, Iterator
from typing import Literal, TypeAlias

from msgspec.structs import replace

from streams.busline import LinkChange
from streams.floor import Acted, Action, FloorRow, FloorSnapshot, FloorUpdate, NoteState, Presence, RowAlert, SpokenLine
from tui.feed import Clock
from tui.floor import demo_calls
from tui.floor.feed import FloorItem

NoteProgress: TypeAlias = Literal["sent", "delivered", "read"]

AGENTS = 40
YOU, OTHER = "You", "Sol"
BEGUN_MS = 1_966_000
"""The made-up day has gone on for so long when the floor is opened."""
EVERY_MS = 250
"""So often half of the calls tell how they are: each of them twice a second."""
UNCLAIMED_MS = 30_000
DELIVERED_MS, READ_MS = 300, 4_000
OTHER_TAKES_MS = 42_000
"""Sol takes every second call that asks for somebody, after so long."""


class DemoLine:
    """Iterated like a line to a hub; `agents` of them, at the pace of the given clock."""

    def __init__(self, clock: Clock, agents: int = AGENTS, *, begun_ms: int = BEGUN_MS) -> None:
        self._clock = clock
        self._agents = agents
        self._begun_ms = begun_ms
        self._opened_ms = clock.now_ms()
        self._seq = 0
        self._asks = 0
        self._claims: dict[str, str] = {}
        self._released: set[str] = set()
        self._answered: set[str] = set()
        self._alerts: dict[str, int] = {}
        self._notes: dict[str, tuple[NoteState, int]] = {}
        self._open: tuple[str, int, int] | None = None

    async def __aiter__(self) -> AsyncIterator[FloorItem]:
        yield LinkChange(state="up")
        yield self.snapshot()
        known = set(self._rows_of(range(self._agents)))
        while True:
            await asyncio.sleep(EVERY_MS / 1000)
            update = self.update(known)
            known = (known | {row.state.call_id for row in update.rows}) - set(update.gone)
            yield update

    @property
    def now_ms(self) -> int:
        """The moment of the made-up day."""
        return self._begun_ms + self._clock.now_ms() - self._opened_ms

    def snapshot(self) -> FloorSnapshot:
        """The whole floor."""
        # What began before is told as old as it is.
        for ms in range(self.now_ms - 90_000, self.now_ms, 5_000):
            for agent in range(self._agents):
                self._row(agent, ms)
        rows = tuple(self._rows_of(range(self._agents)).values())
        return FloorSnapshot(hub="demo", seq=0, you=YOU, role="supervisor", teams=demo_calls.TEAMS, rows=rows)

    def update(self, known: set[str]) -> FloorUpdate:
        """What changed: half of the calls, those that ended, notes on their way, words of the open call."""
        self._seq += 1
        rows = self._rows_of(range(self._seq % 2, self._agents, 2))
        alive = {demo_calls.call_id(agent, part.number) for agent, part in self._parts()}
        opened = self._open and demo_calls.detail(self._open[1], self.now_ms)
        return FloorUpdate(
            hub="demo",
            seq=self._seq,
            rows=tuple(rows.values()),
            gone=tuple(sorted(known - alive)),
            notes=tuple(self._moved_notes()),
            lines=tuple(self._words()),
            details=(opened,) if opened and self._open and opened.call_id == self._open[0] else (),
        )

    async def act(self, action: Action, call_id: str, value: str = "", help: str = "") -> Acted:  # noqa: A002
        """Do it as a hub would."""
        self._asks += 1
        holder = self._claims.get(call_id, "")
        if action in ("claim", "release") and holder not in ("", YOU):
            return Acted(request=self._asks, ok=False, text=f"{holder} has it already")
        note = ""
        match action:
            case "claim":
                self._claims[call_id] = YOU
            case "release":
                self._claims.pop(call_id, None)
                self._released.add(call_id)
            case "note":
                note = f"note-{self._asks}"
                sent = NoteState(note=note, call_id=call_id, by=YOU, text=value, state="sent")
                self._notes[note] = (sent, self.now_ms)
            case "answer_help":
                self._answered.add(help)
                self._claims.setdefault(call_id, YOU)
            case "open":
                agent, number = (int(part) for part in call_id.split("-")[1:])
                now = demo_calls.part(agent, self.now_ms)
                at_ms = now.at_ms if now and now.number == number else 0
                # A few lines of before, so that the page does not begin empty.
                self._open = (call_id, agent, max(0, at_ms - 5 * demo_calls.SPOKEN_EVERY_MS))
            case "close":
                self._open = None
        return Acted(request=self._asks, ok=True, note=note)

    async def shift(self, hours: float) -> dict[str, object]:
        """A made-up day."""
        # A day of its own: nothing in it is of today.
        end = dt.datetime(2026, 1, 5, 17, tzinfo=dt.UTC)
        minutes_back = range(round(hours * 60), -1, -20)
        mood = {
            queue: [
                [
                    (end - dt.timedelta(minutes=ago)).isoformat(),
                    round(22 * math.sin(ago / (70 + 18 * number)) - 14 * math.cos(ago / 45) + 6 - 9 * number),
                    30,
                ]
                for ago in minutes_back
            ]
            for number, queue in enumerate(demo_calls.QUEUES)
        }
        heat = {
            queue: {"episodes": 3 + number, "minutes": 8.5 + 2 * number, "peak": 91 - 6 * number}
            for number, queue in enumerate(demo_calls.QUEUES)
        }
        rules = {
            hint[2]: {
                "shown": 40 - 6 * number,
                "done": 22 - 3 * number,
                "dismissed": 3 + number,
                "expired": 9 - number,
                "helpful": 8 - number,
                "not_helpful": number,
            }
            for number, hint in enumerate(
                {hint[2]: hint for told in demo_calls.STORIES for hint in told.hints}.values()
            )
        }
        return {
            "hours": hours,
            "teams": list(demo_calls.TEAMS),
            "from": (end - dt.timedelta(hours=hours)).isoformat(),
            "to": end.isoformat(),
            "calls": 322,
            "heat": heat,
            "openings": {"given": 74, "bare": 21, "missed": 12},
            "rules": rules,
            "mood": mood,
            "claims": {
                "alerts": 17, "claimed": 15, "late_or_never": 4, "to_claim_s_p50": 18.0, "to_claim_s_p90": 52.0,
            },
        }  # fmt: skip

    def _parts(self) -> Iterator[tuple[int, demo_calls.Part]]:
        for agent in range(self._agents):
            if now := demo_calls.part(agent, self.now_ms):
                yield agent, now

    def _rows_of(self, agents: range) -> dict[str, FloorRow]:
        rows = (self._row(agent, self.now_ms) for agent in agents)
        return {row.state.call_id: row for row in rows if row is not None}

    def _row(self, agent: int, at_ms: int) -> FloorRow | None:
        state = demo_calls.state(agent, at_ms)
        if state is None:
            return None
        call_id = state.call_id
        if state.help and state.help.help in self._answered:
            state = replace(state, help=None)
        if state.heat >= demo_calls.BANDS[2][0] and state.phase == "live":
            self._alerts.setdefault(call_id, at_ms)
        elif state.phase == "wrap_up" or state.heat < demo_calls.BANDS[1][0]:
            self._alerts.pop(call_id, None)
        since_ms = self._alerts.get(call_id)
        help_ms = at_ms - (state.at_ms - state.help.since_ms) if state.help else None
        asked = [ms for ms in (since_ms, help_ms) if ms is not None]
        if asked and agent % 2 and at_ms - min(asked) >= OTHER_TAKES_MS and call_id not in self._released:
            self._claims.setdefault(call_id, OTHER)
        alert = None
        if since_ms is not None:
            age_ms = at_ms - since_ms
            alert = RowAlert(
                alert="heat",
                call_id=call_id,
                rule="heat",
                severity="critical",
                text=state.signal or "heat is rising",
                age_ms=age_ms,
                unclaimed=age_ms >= UNCLAIMED_MS and call_id not in self._claims,
            )
        presence, age_ms = _presence(agent, at_ms)
        return FloorRow(
            state=state,
            station=f"desk-{agent + 1:02}",
            team=demo_calls.TEAMS[agent // 2 % 2],
            presence=presence,
            claimed_by=self._claims.get(call_id, ""),
            watched_by=(OTHER,) if self._claims.get(call_id) == OTHER else (),
            alert=alert,
            age_ms=age_ms,
        )

    def _moved_notes(self) -> Iterator[NoteState]:
        for name, (note, sent_ms) in self._notes.items():
            age_ms = self.now_ms - sent_ms
            state: NoteProgress = "read" if age_ms >= READ_MS else "delivered" if age_ms >= DELIVERED_MS else "sent"
            if state != note.state or age_ms < DELIVERED_MS:
                now = replace(note, state=state)
                self._notes[name] = (now, sent_ms)
                yield now

    def _words(self) -> Iterator[SpokenLine]:
        if self._open is None:
            return
        call_id, agent, since_ms = self._open
        now = demo_calls.part(agent, self.now_ms)
        told = demo_calls.state(agent, self.now_ms)
        if now is None or told is None or told.call_id != call_id or not told.shares_words:
            return
        at_ms = min(now.at_ms, now.length_ms)
        for started_ms, channel, text in demo_calls.spoken(agent, since_ms, at_ms):
            yield SpokenLine(call_id=call_id, channel=channel, started_ms=started_ms, text=text)
        self._open = (call_id, agent, max(since_ms, at_ms))


def _presence(agent: int, at_ms: int) -> tuple[Presence, int]:
    """One workstation in forty falls silent now and then."""
    silent_ms = (at_ms - BEGUN_MS) % 120_000
    if agent % 40 != 33 or silent_ms < 4_000:
        return "here", 0
    return ("stale" if silent_ms < 12_000 else "gone"), silent_ms
