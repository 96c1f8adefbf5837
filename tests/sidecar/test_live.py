"""A live call between a connection that may break and a runner that may be behind."""

import asyncio

import pytest

from sidecar import live
from sidecar.live import LiveCall
from streams.clock import CallClock, ManualClock, monotonic_us
from streams.events import (
    AudioFrame,
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallEnded,
    CallStarted,
    Event,
    Hold,
    Resumed,
    Tick,
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_S", 0.001)


class Stage:
    def __init__(self, resume_s: float = 30) -> None:
        self.wall = ManualClock()
        self.clock = CallClock(self.wall)
        self.call = LiveCall(CallStarted(call_id="c", at_ms=0), self.clock, self.wall, resume_s)

    def frame(self) -> AudioFrame:
        spans = [self.clock.heard(channel, 160, 8000) for channel in ("agent", "customer")]
        return AudioFrame(
            call_id="c",
            at_ms=spans[0].at_ms,
            channel="agent",
            pcm=bytes(320),
            rate_hz=8000,
            started_ms=spans[0].started_ms,
            duration_ms=20,
        )

    def ended(self) -> CallEnded:
        return CallEnded(call_id="c", at_ms=self.clock.now_ms(), reason="connection_lost")


async def test_events_come_out_as_they_went_in_up_to_the_end() -> None:
    stage = Stage()
    events = [stage.frame(), stage.frame(), stage.ended()]
    await stage.call.put(events)
    await stage.call.put([stage.frame()])
    assert [event async for event in stage.call.source()] == events
    assert stage.call.call_id == "c"


async def test_a_full_call_makes_its_connection_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "QUEUE_LIMIT", 2)
    stage = Stage()
    events = [stage.frame(), stage.frame(), stage.frame(), stage.ended()]
    async with asyncio.TaskGroup() as group:
        putting = group.create_task(stage.call.put(events))
        await asyncio.sleep(0)
        assert not putting.done()
        assert [event async for event in stage.call.source()] == events


async def test_a_call_that_is_over_lets_everybody_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "QUEUE_LIMIT", 1)
    stage = Stage()
    async with asyncio.TaskGroup() as group:
        group.create_task(stage.call.put([stage.frame(), stage.frame(), stage.frame()]))
        await asyncio.sleep(0)
        stage.call.close(failed=True)
    await stage.call.put([stage.frame()])
    assert stage.call.failed


async def test_time_goes_on_through_a_hold_by_ticks() -> None:
    stage = Stage()
    await stage.call.put([stage.frame(), Hold(call_id="c", at_ms=stage.clock.run_free())])
    assert stage.call.silent_by_intent
    source = stage.call.source()
    assert isinstance(await anext(source), AudioFrame)
    assert isinstance(await anext(source), Hold)
    stage.wall.advance(700)
    assert await anext(source) == Tick(call_id="c", at_ms=720)
    await stage.call.put([Resumed(call_id="c", at_ms=stage.clock.stop_free()), stage.ended()])
    assert not stage.call.silent_by_intent
    assert [type(event).__name__ async for event in source] == ["Resumed", "CallEnded"]


async def test_a_stalled_connection_makes_no_time() -> None:
    stage = Stage()
    await stage.call.put([stage.frame()])
    source = stage.call.source()
    await anext(source)
    stage.wall.advance(60_000)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(anext(source))  # type: ignore[arg-type]
        await asyncio.sleep(0.02)
        assert not waiting.done()
        await stage.call.put([stage.ended()])
    assert waiting.result().at_ms == 20


async def test_a_connection_that_comes_back_is_the_same_call_with_a_gap() -> None:
    stage = Stage()
    await stage.call.put([stage.frame()])
    stage.call.lose(lambda: [stage.ended()])
    assert stage.call.away
    stage.wall.advance(5_000)
    await stage.call.resume()
    assert not stage.call.away
    await stage.call.resume()
    await stage.call.put([stage.frame(), stage.ended()])
    events: list[Event | AudioFrame] = [event async for event in stage.call.source()]
    lost = [event for event in events if isinstance(event, AudioLost)]
    assert [(event.channel, event.lost_ms, event.at_ms) for event in lost] == [
        ("agent", 5000, 5020),
        ("customer", 5000, 5020),
    ]
    assert events[-1].at_ms == 5040


async def test_what_a_dead_network_kept_back_before_it_was_noticed_is_lost_as_well() -> None:
    stage = Stage(resume_s=3)
    await stage.call.put([stage.frame()])
    stage.call.lose(lambda: [stage.ended()], silent_ms=20_000)
    stage.wall.advance(2_000)
    await stage.call.resume()
    await stage.call.put([stage.ended()])
    events: list[Event | AudioFrame] = [event async for event in stage.call.source()]
    assert {event.lost_ms for event in events if isinstance(event, AudioLost)} == {22_000}
    assert events[-1].at_ms == 22_020


async def test_nothing_is_lost_where_nothing_was_to_come() -> None:
    stage = Stage()
    await stage.call.put([AudioPaused(call_id="c", at_ms=stage.clock.run_free())])
    stage.call.lose(tuple)
    stage.wall.advance(5_000)
    await stage.call.resume()
    await stage.call.put([AudioResumed(call_id="c", at_ms=stage.clock.stop_free()), stage.ended()])
    names = [type(event).__name__ async for event in stage.call.source()]
    assert [name for name in names if name != "Tick"] == ["AudioPaused", "AudioResumed", "CallEnded"]


async def test_a_connection_that_stays_away_ends_the_call() -> None:
    stage = Stage(resume_s=3)
    await stage.call.put([stage.frame()])
    stage.call.lose(lambda: [stage.ended()])
    source = stage.call.source()
    await anext(source)
    stage.wall.advance(2_999)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(anext(source))  # type: ignore[arg-type]
        await asyncio.sleep(0.02)
        assert not waiting.done()
        stage.wall.advance(1)
    assert waiting.result() == stage.ended()
    assert [event async for event in source] == []


async def test_one_side_may_break_while_the_other_goes_on() -> None:
    stage = Stage(resume_s=3)
    await stage.call.put([stage.frame()])
    stage.call.lose(tuple, ("agent",))
    assert not stage.call.away
    assert (stage.call.carries(("agent",)), stage.call.carries(("agent", "customer"))) == (False, True)
    stage.wall.advance(1_000)
    await stage.call.resume(("agent",))
    stage.call.lose(lambda: [stage.ended()], ("customer",))
    stage.call.leave(("agent",))
    assert stage.call.away
    stage.wall.advance(3_000)
    events = [event async for event in stage.call.source()]
    assert [(event.channel, event.lost_ms) for event in events if isinstance(event, AudioLost)] == [("agent", 1000)]
    assert isinstance(events[-1], CallEnded)


async def test_a_side_that_comes_later_missed_nothing() -> None:
    stage = Stage()
    call = LiveCall(stage.call.started, stage.clock, stage.wall, 30, ("customer",))
    stage.wall.advance(400)
    await call.resume(("agent",))
    assert call.carries(("agent",))
    await call.put([stage.ended()])
    assert [type(event).__name__ async for event in call.source()] == ["CallEnded"]


async def test_a_call_that_is_behind_lets_others_have_their_turn() -> None:
    stage = Stage()
    await stage.call.put([stage.frame() for _ in range(5 * live.TURN_EVENTS)])
    await stage.call.put([stage.ended()])
    turns, heard_by_turn = 0, [0]

    async def others() -> None:
        nonlocal turns
        while not stage.call.over.is_set():
            turns += 1
            heard_by_turn.append(0)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(others())
        async for _ in stage.call.source():
            heard_by_turn[-1] += 1
        stage.call.close()
    assert turns >= 5
    assert max(heard_by_turn) <= live.TURN_EVENTS


async def test_a_frame_waits_from_the_moment_its_message_came() -> None:
    stage = Stage()
    waits: list[int] = []
    stage.call.on_heard = waits.append
    await stage.call.put([stage.frame()], monotonic_us() - 7_000_000)
    await stage.call.put([stage.ended()])
    assert len([event async for event in stage.call.source()]) == 2
    assert waits[0] >= 7_000_000


async def test_a_call_that_is_over_looks_no_more() -> None:
    stage = Stage()
    await stage.call.put([stage.ended()])
    assert len([event async for event in stage.call.source()]) == 1
    stage.call.close()
    timer = stage.call._timer
    assert timer is not None
    assert timer.cancelled()
