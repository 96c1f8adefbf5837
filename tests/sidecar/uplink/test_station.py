"""The edge between calls and the hub's line: a line in memory here; the whole path is in test_whole_path.py."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from sidecar import keys, places
from sidecar.uplink import station as edge
from sidecar.uplink.sent import SentLog
from sidecar.uplink.station import SILENT_MS, Uplink, address, joined, station
from streams.busline import LinkChange
from streams.clock import ManualClock
from streams.errors import BusError, ConfigError
from streams.events import CallEnded, Claimed, Event, HelpAnswered, HumanEvent, Note, Released, Watched
from streams.floor import (
    AlertRaised,
    CallDone,
    CallState,
    ClaimChanged,
    HelpReply,
    Receipt,
    StatePut,
    Watching,
    Whisper,
)
from tests.sidecar.uplink.floor_call import CALL, STARTED, heat, mood, of, said, share


class FakeLine:
    """A line that keeps what it is given and says what a test tells it to."""

    def __init__(self) -> None:
        self.states: list[CallState] = []
        self.facts: list[AlertRaised | CallDone | Receipt] = []
        self.spoken: list[tuple[Any, ...]] = []
        self.details: list[object] = []
        self.ids: Sequence[str] = ()
        self.broken = False
        self.silent = asyncio.Event()
        self._items: asyncio.Queue[object] = asyncio.Queue()

    def __aiter__(self) -> "FakeLine":
        return self

    async def __anext__(self) -> Any:
        item = await self._items.get()
        self._items.task_done()
        return item

    async def say(self, *items: object) -> None:
        for item in items:
            self._items.put_nowait(item)
        await self._items.join()
        await asyncio.sleep(0)

    def put(self, state: CallState, made_ns: int = 0) -> None:
        if self.broken:
            raise RuntimeError("no")
        assert made_ns > 0
        self.states.append(state)
        if state.phase == "no_audio":
            self.silent.set()

    def keep(self, fact: AlertRaised | CallDone | Receipt) -> None:
        self.facts.append(fact)

    def words(self, *said: Any) -> None:
        self.spoken.append(said)

    def detail(self, detail: object) -> None:
        self.details.append(detail)

    def calls(self, ids: Sequence[str]) -> None:
        self.ids = ids


class Desk:
    """An uplink with a line in memory, and what the calls were told."""

    def __init__(self, *, show_watchers: bool = True) -> None:
        self.line = FakeLine()
        self.told: list[tuple[str, HumanEvent]] = []
        self.clock = ManualClock()
        self.sent = SentLog()
        self.uplink = Uplink(
            self.line,
            lambda call_id, event: self.told.append((call_id, event)),
            show_watchers=show_watchers,
            sent=self.sent,
            clock=self.clock,
        )

    async def hears(self, *items: object) -> list[HumanEvent]:
        """What calls are told because of what the hub says."""
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(self.uplink.hear())
            await self.line.say(*items)
            hearing.cancel()
        return [event for _, event in self.told]


def test_a_calls_events_reach_the_line() -> None:
    desk = Desk()
    sink = desk.uplink.call(CALL, share(transcript=True))
    assert desk.line.ids == (CALL,)
    for event in (STARTED, heat(64, "hot", 1_000)):
        sink.write(event)
    assert [state.heat for state in desk.line.states] == [0, 64]
    assert [type(fact).__name__ for fact in desk.line.facts] == ["AlertRaised"]
    sink.watched(by_anybody=True)
    sink.write(said("hello", 2_000))
    assert desk.line.spoken == [(CALL, "customer", 1_100, "hello")]
    sink.write(mood(-0.2, 3_000))
    assert len(desk.line.details) == 2
    sink.write(of(CallEnded, 9_000))
    desk.uplink.forget(CALL)
    assert isinstance(desk.line.facts[-1], CallDone)
    assert desk.line.ids == ()
    desk.uplink.forget(CALL)


async def test_what_supervisors_do_becomes_events_of_the_call() -> None:
    events = await Desk().hears(
        Whisper(call_id=CALL, note="k1", by="Maria", text="offer a refund" + "!" * 2_000),
        HelpReply(call_id=CALL, help="h1", by="Maria", text="coming"),
        ClaimChanged(call_id=CALL, by="Maria"),
        ClaimChanged(call_id=CALL, by=""),
        ClaimChanged(call_id=CALL, by=""),
        Watching(call_id=CALL, names=("Maria", "Jo")),
    )
    note = events[0]
    assert isinstance(note, Note)
    assert (note.note, note.by, len(note.text)) == ("k1", "Maria", edge.LONGEST_NOTE)
    assert events[1:] == [
        of(HelpAnswered, help="h1", by="Maria", text="coming"),
        of(Claimed, by="Maria"),
        of(Released, by="Maria"),
        of(Watched, names=("Maria", "Jo")),
    ]


async def test_who_watches_is_told_to_the_floor_side_and_shown_only_where_the_settings_say_so() -> None:
    desk = Desk(show_watchers=False)
    sink = desk.uplink.call(CALL, share())
    assert await desk.hears(Watching(call_id=CALL, names=("Maria",))) == []
    assert len(desk.line.details) == 1
    sink.write(mood(-0.2, 1_000))
    assert len(desk.line.details) == 2


async def test_how_the_link_stands_and_what_was_sent() -> None:
    desk = Desk()
    desk.sent.add(StatePut(boot="b", number=1, state=CallState(call_id=CALL, at_ms=0)), 0)
    assert desk.uplink.lines(CALL)[0] == "the hub has not been reached yet"
    await desk.hears(LinkChange(state="up"))
    desk.clock.advance(4_000)
    first, second = desk.uplink.lines(CALL)
    assert first == "the hub is connected"
    assert second.startswith('4 s ago  {"type":"StatePut"')


async def test_a_call_that_fell_silent_is_said_to_be_without_sound_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "LOOK_S", 0)
    desk = Desk()
    sink = desk.uplink.call(CALL, share())
    sink.write(STARTED)
    desk.clock.advance(SILENT_MS - 1)
    sink.look()
    assert len(desk.line.states) == 1
    desk.clock.advance(1)
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(desk.uplink.look())
        await desk.line.silent.wait()
        looking.cancel()
    sink.look()
    assert [state.phase for state in desk.line.states] == ["live", "no_audio"]
    sink.write(heat(20, "watch", 1_000))
    assert desk.line.states[-1].phase == "live"


def test_what_breaks_here_leaves_the_call_alone() -> None:
    desk = Desk()
    sink = desk.uplink.call(CALL, share())
    desk.line.broken = True
    events: list[Event] = [STARTED, heat(64, "hot", 1_000)]
    for event in events:
        sink.write(event)
    assert (desk.line.states, desk.line.facts) == ([], [])


async def test_without_a_hub_there_is_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a line was opened")

    monkeypatch.setattr(edge, "StationLine", refuse)
    known = keys.load(places.find().keys_dir)
    async with joined(share(hub=""), known, lambda _call, _event: None) as uplink:
        assert uplink is None


async def test_a_hub_without_a_key_or_with_an_address_that_is_none_is_refused() -> None:
    known = keys.load(places.find().keys_dir)
    with pytest.raises(ConfigError, match="hub_key is not"):
        address(share(hub_key=""), known)
    with pytest.raises(BusError):
        async with joined(share(hub="nowhere"), known, lambda _call, _event: None):
            pass


def test_the_machines_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert station(share()) == "desk 4"
    assert station(share(station=""))
    monkeypatch.setattr(edge.platform, "node", lambda: "")
    assert station(share(station="")) == "workstation"
