"""A service, a hub and a supervisor's floor on real sockets: what happens in a call is seen, what is done arrives."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from sidecar import ports, service
from sidecar.hub.roll import Client
from sidecar.journal import read_journal
from sidecar.library import Library
from sidecar.pace import Pace
from sidecar.tapclient import play
from streams.busline import BusLine
from streams.clock import WallClock
from streams.events import (
    CallEnded,
    CallStarted,
    Claimed,
    HelpAnswered,
    Note,
    NoteDelivered,
    NoteRead,
    SharingChanged,
    Watched,
)
from streams.floor import FloorRow, FloorSnapshot, FloorUpdate, NoteState
from streams.floorline import FloorLine
from streams.taps.plain import Hello
from streams.wire import Command
from tests.sidecar.hub.conftest import Site
from tests.sidecar.speech import silent_frames
from tests.sidecar.test_service import Run, until


class Standing(Pace):
    """Plays up to a moment, and on when a test says so."""

    def __init__(self, stop_ms: int) -> None:
        super().__init__(None, WallClock())
        self.more = asyncio.Event()
        self._stop_ms = stop_ms

    async def until(self, at_ms: int) -> None:
        if at_ms > self._stop_ms:
            await self.more.wait()


class Eye:
    """A supervisor's floor, followed until it shows what a test waits for."""

    def __init__(self, line: FloorLine) -> None:
        self.line = line
        self.items = aiter(line)
        self.rows: dict[str, FloorRow] = {}
        self.notes: dict[str, NoteState] = {}

    def progress(self, note: str) -> str:
        """How far a note has come."""
        return self.notes[note].state if note in self.notes else ""

    async def sees(self, wanted: Callable[["Eye"], bool]) -> "Eye":
        """Follow until it is so."""
        async with asyncio.timeout(20):
            while not wanted(self):
                item = await anext(self.items)
                if isinstance(item, FloorSnapshot):
                    self.rows = {row.state.call_id: row for row in item.rows}
                    self.notes |= {note.note: note for note in item.notes}
                elif isinstance(item, FloorUpdate):
                    self.rows |= {row.state.call_id: row for row in item.rows}
                    self.notes |= {note.note: note for note in item.notes}
                    for call_id in item.gone:
                        self.rows.pop(call_id, None)
        return self


class Scene:
    """Everything that runs at once."""

    def __init__(self, site: Site, hub: AsyncExitStack, run: Run, eye: Eye, panel: BusLine, pace: Standing) -> None:
        self.site = site
        self.hub = hub
        self.run = run
        self.eye = eye
        self.panel = panel
        self.pace = pace


@pytest.fixture
def scene(tmp_path: Path) -> Callable[..., Awaitable[Run]]:
    """Runs a test's scene around one call of a service that has joined a hub."""

    async def run_scene(act: Callable[[Scene], Awaitable[None]], *sets: str) -> Run:
        site = Site(tmp_path)
        site.add("Sol", "supervisor", "billing")
        run = Run(f"share.hub_key={site.own.public}", f"share.hub=tcp://127.0.0.1:{site.port}", *sets)
        # The workstation's key is the one that its service has already.
        desk = Client(name="desk-1", role="agent", public=run.keys.station.public, teams=("billing",))
        site.roll = site.roll.with_client(desk)
        site._next_roll = site.roll
        pace = Standing(400)
        async with AsyncExitStack() as stack:
            hub = await stack.enter_async_context(AsyncExitStack())
            await hub.enter_async_context(site.running())
            await stack.enter_async_context(run.going())
            panel = await stack.enter_async_context(run.screen())
            floor = await stack.enter_async_context(FloorLine(site.address("Sol")))
            group = await stack.enter_async_context(asyncio.TaskGroup())
            hello = Hello(version=1, call_id="c1", agent_id="a7", agent_name="Ana", queue="billing", rate_hz=8000)
            group.create_task(play(silent_frames("c1", 600), hello, run.tap, pace))
            await until(panel, lambda event: isinstance(event, CallStarted))
            await act(Scene(site, hub, run, Eye(floor), panel, pace))
            pace.more.set()
        return run

    return run_scene


def kept(run: Run) -> list[Any]:
    """What the call's journal holds of people."""
    kinds = Note | NoteDelivered | NoteRead | Claimed | HelpAnswered | Watched | SharingChanged
    journal = read_journal(Library(run.places.journals_dir).find("c1"))
    return [event for event in journal.events if isinstance(event, kinds)]


async def test_a_note_is_written_delivered_and_read(scene: Any) -> None:
    async def act(scene: Scene) -> None:
        await scene.eye.sees(lambda eye: "c1" in eye.rows)
        assert scene.eye.rows["c1"].state.agent_name == "Ana"
        acted = await scene.eye.line.act("note", "c1", "offer a refund")
        assert acted.ok
        *_, note = await until(scene.panel, lambda event: isinstance(event, Note))
        assert isinstance(note, Note)
        assert (note.by, note.text) == ("Sol", "offer a refund")
        for action, state in (("note_shown", "delivered"), ("note_read", "read")):
            assert (await scene.panel.send(Command(action=action, call_id="c1", value=note.note))).ok
            await scene.eye.sees(lambda eye, state=state: eye.progress(note.note) == state)  # type: ignore[misc]

    run = await scene(act)
    assert [type(event).__name__ for event in kept(run)] == ["Note", "NoteDelivered", "NoteRead"]
    assert all(event.at_ms > 0 for event in kept(run))


async def test_help_claims_and_watchers_reach_the_agent(scene: Any) -> None:
    async def act(scene: Scene) -> None:
        await scene.eye.sees(lambda eye: "c1" in eye.rows)
        assert (await scene.panel.send(Command(action="ask_help", call_id="c1", value="refund above my limit"))).ok
        await scene.eye.sees(lambda eye: eye.rows["c1"].state.help is not None)
        help_ = scene.eye.rows["c1"].state.help
        assert help_ is not None
        assert help_.text == "refund above my limit"
        assert (await scene.eye.line.act("open", "c1")).ok
        assert (await scene.eye.line.act("claim", "c1")).ok
        assert (await scene.eye.line.act("answer_help", "c1", "coming", help_.help)).ok
        told = await until(scene.panel, lambda event: isinstance(event, HelpAnswered))
        assert {"Watched", "Claimed"} <= {type(event).__name__ for event in told}
        await scene.eye.sees(lambda eye: eye.rows["c1"].state.help is None)

    run = await scene(act)
    assert {event.by for event in kept(run) if isinstance(event, Claimed | HelpAnswered)} == {"Sol"}


async def test_sharing_off_blanks_the_row_and_the_agent_can_look_at_all_that_was_sent(scene: Any) -> None:
    async def act(scene: Scene) -> None:
        await scene.eye.sees(lambda eye: "c1" in eye.rows)
        assert (await scene.panel.send(Command(action="share", call_id="c1", value="off"))).ok
        await scene.eye.sees(lambda eye: not eye.rows["c1"].state.shared)
        sent = (await scene.panel.send(Command(action="sent", call_id="c1"))).lines
        assert sent[0] == "the hub is connected"
        assert any('"shared":false' in line for line in sent)
        words = (await scene.panel.send(Command(action="sharing"))).lines
        assert any(f"127.0.0.1:{scene.site.port}" in line for line in words)

    await scene(act)


async def test_an_agent_who_may_not_stop_is_told_so(scene: Any) -> None:
    async def act(scene: Scene) -> None:
        reply = await scene.panel.send(Command(action="share", call_id="c1", value="off"))
        assert "share.may_stop" in reply.text

    await scene(act, "share.may_stop=false")


async def test_the_call_goes_on_without_the_hub_which_is_whole_again_when_it_returns(scene: Any) -> None:
    async def act(scene: Scene) -> None:
        await scene.eye.sees(lambda eye: "c1" in eye.rows)
        await scene.hub.aclose()
        assert (await scene.panel.send(Command(action="ask_help", call_id="c1"))).ok
        await until(scene.panel, lambda event: type(event).__name__ == "HelpAsked")
        scene.eye.rows.clear()
        async with scene.site.running():
            await scene.eye.sees(lambda eye: "c1" in eye.rows and eye.rows["c1"].alert is not None)
            row = scene.eye.rows["c1"]
            assert row.state.help is not None
            assert row.alert is not None
            assert row.alert.rule == "help"
            scene.pace.more.set()
            await until(scene.panel, lambda event: isinstance(event, CallEnded))
            await scene.eye.sees(lambda eye: eye.rows["c1"].state.phase == "wrap_up")

    await scene(act)


async def test_the_row_goes_when_the_wrap_up_is_over(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "WRAP_UP_S", 0.0)

    async def act(scene: Scene) -> None:
        await scene.eye.sees(lambda eye: "c1" in eye.rows)
        scene.pace.more.set()
        await scene.eye.sees(lambda eye: "c1" not in eye.rows)

    await scene(act)


async def test_a_service_without_a_hub_opens_no_socket_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    port = ports.free_pair()
    came: list[object] = []
    server = await asyncio.start_server(lambda reader, writer: came.append(writer), "127.0.0.1", port)
    run = Run(f"share.hub_key={'k' * 40}", "share.station=desk", "share.transcript=true")
    async with server, run.going():
        await run.send("c1", 300)
        assert run.service._uplink is None
    assert came == []
