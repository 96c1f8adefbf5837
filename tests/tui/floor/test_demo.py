"""The line without a hub behaves like one with: snapshots, updates, claims, notes, help, words."""

import pytest

from streams.busline import LinkChange
from streams.floor import FloorRow, FloorSnapshot, FloorUpdate
from tests.tui.stage import StandingClock
from tui.floor import demo
from tui.floor.demo import OTHER, YOU, DemoLine


def rows_over(line: DemoLine, clock: StandingClock, seconds: int) -> list[FloorRow]:
    rows: list[FloorRow] = []
    known: set[str] = {row.state.call_id for row in line.snapshot().rows}
    for _ in range(seconds * 4):
        clock.ms += demo.EVERY_MS
        update = line.update(known)
        known = (known | {row.state.call_id for row in update.rows}) - set(update.gone)
        rows += update.rows
    return rows


async def test_it_is_iterated_like_a_line_to_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "EVERY_MS", 0)
    line = DemoLine(StandingClock())
    items = []
    async for item in line:
        items.append(item)
        if len(items) == 5:
            break
    assert isinstance(items[0], LinkChange)
    assert isinstance(items[1], FloorSnapshot)
    assert [item.seq for item in items[2:] if isinstance(item, FloorUpdate)] == [1, 2, 3]


def test_everything_happens_within_minutes() -> None:
    clock = StandingClock()
    line = DemoLine(clock)
    rows = rows_over(line, clock, 240)
    assert {row.presence for row in rows} == {"here", "stale", "gone"}
    assert any(row.alert and row.alert.unclaimed for row in rows)
    assert any(row.claimed_by == OTHER for row in rows)
    assert {row.team for row in rows} == {"North", "South"}


async def test_two_supervisors_do_not_take_the_same_call() -> None:
    clock = StandingClock()
    line = DemoLine(clock)
    taken = next(row for row in rows_over(line, clock, 120) if row.claimed_by == OTHER)
    acted = await line.act("claim", taken.state.call_id)
    assert (acted.ok, acted.text) == (False, "Sol has it already")
    free = next(row for row in line.snapshot().rows if not row.claimed_by)
    assert (await line.act("claim", free.state.call_id)).ok
    assert next(row for row in line.snapshot().rows if row.state.call_id == free.state.call_id).claimed_by == YOU
    assert (await line.act("release", free.state.call_id)).ok


async def test_a_note_is_sent_delivered_and_read() -> None:
    clock = StandingClock()
    line = DemoLine(clock)
    call = line.snapshot().rows[0].state.call_id
    acted = await line.act("note", call, "well done")
    states = []
    for _ in range(20):
        clock.ms += demo.EVERY_MS
        states += [note.state for note in line.update(set()).notes if note.note == acted.note]
    assert states[0] in ("sent", "delivered")
    assert states[-1] == "read"
    assert len(states) <= 4


async def test_help_that_is_answered_goes_away() -> None:
    clock = StandingClock()
    line = DemoLine(clock)
    asking = next(row for row in rows_over(line, clock, 300) if row.state.help)
    assert asking.state.help is not None
    await line.act("answer_help", asking.state.call_id, "yes", asking.state.help.help)
    again = [row for row in line.snapshot().rows if row.state.call_id == asking.state.call_id]
    assert all(row.state.help is None for row in again)


async def test_an_open_call_brings_words_and_its_course() -> None:
    clock = StandingClock()
    line = DemoLine(clock)
    rows = line.snapshot().rows
    call = next(
        row for row in rows if row.state.shares_words and row.state.phase == "live" and row.state.at_ms > 60_000
    )
    await line.act("open", call.state.call_id)
    first = line.update(set())
    assert first.lines
    assert first.details[0].call_id == call.state.call_id
    assert line.update(set()).lines == ()
    await line.act("close", call.state.call_id)
    assert line.update(set()).details == ()
    silent = next(row for row in rows if not row.state.shares_words)
    await line.act("open", silent.state.call_id)
    assert line.update(set()).lines == ()
