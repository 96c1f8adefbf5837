"""Messages of the hub in, the floor's frozen state out: pure, local time (ms) is handed in.

A snapshot takes the place of everything; an update changes what it names. Nothing here grows without a bound.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from msgspec.structs import replace as changed

from streams.floor import FloorRow, FloorSnapshot, FloorUpdate, NoteState, Presence
from tui.floor.state import Floor, Opened, Seat

SLACK_MS = 1_000
"""A state may have been this long on its way without setting its call's clock back."""
LEFT_KEPT = 200
"""Calls that ended are drawn in their place until the rows are sorted again; so many of them."""
NOTES_KEPT = 500
LINES_KEPT = 400
COURSE_KEPT = 600
"""Moods and heats of an open call, two a second at most: five minutes where its workstation tells no more."""

K = TypeVar("K")
V = TypeVar("V")


def reduce(floor: Floor, item: FloorSnapshot | FloorUpdate, local_ms: int) -> Floor:
    """The floor after this message."""
    if isinstance(item, FloorSnapshot):
        return _restored(floor, item, local_ms)
    seats = dict(floor.seats)
    left = dict(floor.left)
    for call_id in item.gone:
        if call_id in seats:
            left[call_id] = seats.pop(call_id)
    floor = _without_old(floor, item.rows)
    for row in item.rows:
        seats[row.state.call_id] = _seated(seats.get(row.state.call_id), row, local_ms)
        left.pop(row.state.call_id, None)
    if item.stations:
        seats = {call_id: _present(seat, item.stations) for call_id, seat in seats.items()}
    return replace(
        floor,
        seats=seats,
        left=_newest(left, LEFT_KEPT),
        stations={**floor.stations, **item.stations},
        notes=_noted(floor.notes, item.notes),
        opened=_followed(floor.opened, item),
    )


def open_call(floor: Floor, call_id: str) -> Floor:
    """The floor with this call open."""
    seat = floor.seat(call_id)
    opened = Opened(call_id)
    return replace(floor, opened=opened if seat is None else _course(opened, seat.row))


def close_call(floor: Floor) -> Floor:
    """The floor with no call open; its words are forgotten."""
    return replace(floor, opened=None)


def _restored(floor: Floor, snapshot: FloorSnapshot, local_ms: int) -> Floor:
    seats = {row.state.call_id: _seated(floor.seats.get(row.state.call_id), row, local_ms) for row in snapshot.rows}
    gone = {call_id: seat for call_id, seat in floor.seats.items() if call_id not in seats}
    return Floor(
        whole=True,
        hub=snapshot.hub,
        you=snapshot.you,
        role=snapshot.role,
        teams=snapshot.teams,
        seats={call_id: _present(seat, snapshot.stations) for call_id, seat in seats.items()},
        left=_newest({**{call: seat for call, seat in floor.left.items() if call not in seats}, **gone}, LEFT_KEPT),
        stations=dict(snapshot.stations),
        notes=_noted(floor.notes, snapshot.notes),
        opened=floor.opened,
    )


def _seated(before: Seat | None, row: FloorRow, local_ms: int) -> Seat:
    zero_ms = local_ms - row.state.at_ms - row.age_ms
    if before is not None and abs(before.zero_ms - zero_ms) <= SLACK_MS:
        zero_ms = before.zero_ms
    alert_ms = local_ms - row.alert.age_ms if row.alert else 0
    if before is not None and before.row.alert and row.alert and before.row.alert.alert == row.alert.alert:
        alert_ms = before.alert_ms
    return Seat(row, zero_ms, local_ms, alert_ms)


def _without_old(floor: Floor, rows: Iterable[FloorRow]) -> Floor:
    """The floor without the notes and words of calls whose id another call has now."""
    anew = {row.state.call_id for row in rows if _is_another(floor.seats.get(row.state.call_id), row)}
    if not anew:
        return floor
    opened = Opened(floor.opened.call_id) if floor.opened and floor.opened.call_id in anew else floor.opened
    notes = {name: note for name, note in floor.notes.items() if note.call_id not in anew}
    return replace(floor, notes=notes, opened=opened)


def _is_another(before: Seat | None, row: FloorRow) -> bool:
    known = before.state.started_at if before else ""
    return bool(known and row.state.started_at) and known != row.state.started_at


def _present(seat: Seat, stations: Mapping[str, Presence]) -> Seat:
    presence = stations.get(seat.row.station, seat.row.presence)
    return seat if presence == seat.row.presence else replace(seat, row=changed(seat.row, presence=presence))


def _noted(notes: Mapping[str, NoteState], changes: Iterable[NoteState]) -> Mapping[str, NoteState]:
    news = {note.note: note for note in changes}
    return _newest({**notes, **news}, NOTES_KEPT) if news else notes


def _followed(opened: Opened | None, update: FloorUpdate) -> Opened | None:
    if opened is None:
        return None
    said = tuple(line for line in update.lines if line.call_id == opened.call_id and line not in opened.lines)
    details = [detail for detail in update.details if detail.call_id == opened.call_id]
    lines = tuple(sorted((*opened.lines, *said), key=lambda line: line.started_ms)) if said else opened.lines
    opened = replace(opened, lines=lines[-LINES_KEPT:], detail=details[-1] if details else opened.detail)
    for row in update.rows:
        if row.state.call_id == opened.call_id:
            opened = _course(opened, row)
    return opened


def _course(opened: Opened, row: FloorRow) -> Opened:
    at_ms, mood, heat = row.state.at_ms, round(row.state.mood * 100), row.state.heat
    return replace(
        opened,
        moods=(*opened.moods, (at_ms, mood))[-COURSE_KEPT:],
        heats=(*opened.heats, (at_ms, heat))[-COURSE_KEPT:],
    )


def _newest(items: dict[K, V], most: int) -> dict[K, V]:
    """What was put in last, so many of it."""
    return dict(islice(items.items(), max(0, len(items) - most), None))
