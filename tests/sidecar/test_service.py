"""The service whole: calls over real sockets, screens on a real bus, the real path between them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sidecar import config, keys, places, ports, service
from sidecar.bus import address
from sidecar.config_sections import Config
from sidecar.journal import read_journal
from sidecar.keys import Keys
from sidecar.library import Library
from sidecar.local import tap as local_tap
from sidecar.local.tap import LocalCalls
from sidecar.material import open_path
from sidecar.pace import Pace
from sidecar.service import Service
from sidecar.tapclient import TapAddress, play
from sidecar.tapclient import address as tap_address
from streams.busline import BusLine
from streams.clock import WallClock
from streams.engine import DecodeJob, Samples, Transcription
from streams.errors import ConfigError, PackError, TapError
from streams.events import AudioFrame, CallEnded, CallStarted, Event, NudgeAnswered, Quiet, Telemetry, Utterance, Volume
from streams.taps.plain import Hello
from streams.wire import Command, Envelope, Snapshot
from tests.sidecar.local.studio import Loud, Studio
from tests.sidecar.speech import silent_frames

DEMO = Path(service.__file__).parent / "calls" / "missed-empathy.flac"
EVER = Pace(None, WallClock())


class Run:
    """A service that runs, and what a test needs to talk to it."""

    def __init__(self, *sets: str, engine: object = None) -> None:
        self.sets = [
            f"bus.port={ports.free_pair()}",
            f"taps.port={ports.free_pair()}",
            "bus.heartbeat_ms=50",
            "taps.resume_s=0",
            *sets,
        ]
        self.places = places.find()
        self.keys: Keys = keys.load(self.places.keys_dir)
        self.service = Service(self.load, self.places, self.keys, keys.token(self.places.keys_dir), engine)  # type: ignore[arg-type]
        self.said: list[str] = []
        self.stop: Callable[[], object] = lambda: None

    def load(self) -> Config:
        return config.load(sets=self.sets)

    @property
    def config(self) -> Config:
        return self.load()

    @property
    def tap(self) -> TapAddress:
        return tap_address(self.config.taps, self.places.keys_dir)

    @asynccontextmanager
    async def going(self) -> AsyncIterator["Run"]:
        ready = asyncio.Event()

        def say(line: str) -> None:
            self.said.append(line)
            ready.set()

        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.service.run(say))
            self.stop = running.cancel
            await ready.wait()
            try:
                yield self
            finally:
                running.cancel()

    @asynccontextmanager
    async def screen(self) -> AsyncIterator[BusLine]:
        async with BusLine(address(self.config.bus, self.keys)) as line:
            async for item in line:
                if isinstance(item, Snapshot):
                    break
            yield line

    async def send(self, call_id: str, duration_ms: int) -> None:
        hello = Hello(version=1, call_id=call_id, agent_name="Ana", queue="billing", rate_hz=8000)
        await play(silent_frames(call_id, duration_ms), hello, self.tap, EVER)


async def until(line: BusLine, wanted: Callable[[Event | Telemetry], bool]) -> list[Event | Telemetry]:
    """Everything a screen is told up to an event, snapshots unfolded."""
    told: list[Event | Telemetry] = []
    async for item in line:
        new = list(item.events) if isinstance(item, Snapshot) else [item.event] if isinstance(item, Envelope) else []
        if isinstance(item, Snapshot):
            told.clear()
        told += new
        if any(wanted(event) for event in new):
            return told
    raise AssertionError("the line ended")


def ended(event: Event | Telemetry) -> bool:
    return isinstance(event, CallEnded)


async def test_a_demo_call_passes_through_the_whole_service() -> None:
    material = open_path(DEMO, left=None, default_left="agent", transcript=None)
    assert material.known is not None
    frames = [event for event in material.events() if isinstance(event, AudioFrame) and event.at_ms <= 60_000]
    hello = Hello(
        version=1,
        call_id="demo",
        agent_name="Hannah",
        rate_hz=8000,
        channels=material.started.channels,
        words=dict(material.known.words),
    )
    async with Run().going() as run, run.screen() as line:
        async with asyncio.TaskGroup() as group:
            seen = group.create_task(until(line, ended))
            await play(frames, hello, run.tap, EVER)
        events = seen.result()
    names = {type(event).__name__ for event in events}
    assert {"CallStarted", "SpeechStarted", "Utterance", "Mood", "Heat", "Nudge", "NudgeResolved"} <= names
    started = next(event for event in events if isinstance(event, CallStarted))
    assert (started.words_from, started.agent_name, bool(started.started_at)) == ("reference", "Hannah", True)
    kept = read_journal(Library(run.places.journals_dir).find("demo"))
    heard = [event for event in kept.events if isinstance(event, Utterance)]
    assert heard == [event for event in events if isinstance(event, Utterance)]
    assert kept.cut == ""


async def test_the_recogniser_hears_where_there_is_one() -> None:
    class Loud:
        def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
            return Transcription(text="never asked in silence")

    async with Run(engine=Loud()).going() as run, run.screen() as line, asyncio.TaskGroup() as group:
        seen = group.create_task(until(line, ended))
        await run.send("c1", 500)
    assert [event.words_from for event in seen.result() if isinstance(event, CallStarted)] == ["recogniser"]


async def test_without_words_and_model_the_timing_lane_runs() -> None:
    async with Run("journal.enabled=false").going() as run, run.screen() as line, asyncio.TaskGroup() as group:
        seen = group.create_task(until(line, ended))
        await run.send("c1", 40_000)
    assert seen.result()[-1].at_ms == 40_000
    assert [event.words_from for event in seen.result() if isinstance(event, CallStarted)] == ["none"]
    assert not run.places.journals_dir.exists()


async def test_people_act_on_a_call_that_goes_on() -> None:
    async with Run().going() as run, run.screen() as line, asyncio.TaskGroup() as group:
        more = asyncio.Event()
        hello = Hello(version=1, call_id="c1", rate_hz=8000)
        begun = group.create_task(until(line, lambda event: isinstance(event, CallStarted)))

        class Held(Pace):
            async def until(self, at_ms: int) -> None:
                if at_ms > 400:
                    await more.wait()

        playing = group.create_task(play(silent_frames("c1", 600), hello, run.tap, Held(None, WallClock())))
        await begun
        assert (await line.send(Command(action="quiet", value="call"))).ok
        assert (await line.send(Command(action="answer", nudge="n1", value="helpful"))).text.startswith("no nudge n1")
        assert (await line.send(Command(action="answer", value="acknowledged"))).text == "no nudge is on the screen"
        run.sets.append("nudges.volume=expert")
        assert (await line.send(Command(action="reload"))).text.startswith("settings read anew")
        more.set()
        events = await until(line, ended)
        await playing
        acts = [event for event in events if isinstance(event, Quiet | NudgeAnswered | Volume)]
        assert [type(act).__name__ for act in acts] == ["Quiet", "Volume"]
        assert (await line.send(Command(action="quiet", value="off"))).text == "the call is over"


async def test_a_broken_setting_keeps_the_old_ones() -> None:
    async with Run().going() as run, run.screen() as line:
        run.sets.append("asr.workers=none")
        refused = await line.send(Command(action="reload"))
        assert not refused.ok
        assert "asr.workers" in refused.text
        run.sets[-1] = "nudges.pack=/nowhere.toml"
        assert not (await line.send(Command(action="reload"))).ok
        run.sets[-1] = f"bus.port={ports.free_pair()}"
        assert "[bus] may need a restart" in (await line.send(Command(action="reload"))).text
        run.sets[-1] = "nudges.shadow=['empathy.mised']"
        told = (await line.send(Command(action="reload"))).text
        assert told.endswith("; nudges.shadow names empathy.mised, which the pack does not have")
        run.service.reload_wanted.set()
        run.sets[-1] = "asr.workers=none"
        run.service.reload_wanted.set()
        await asyncio.sleep(0)


async def test_a_call_that_breaks_breaks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    made = service.make_call

    def make(started: CallStarted, *rest: object, **options: object) -> object:
        if started.call_id == "bad":
            raise LookupError("broken on purpose")
        if started.call_id == "refused":
            raise PackError("refused on purpose")
        return made(started, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "make_call", make)
    async with Run().going() as run, run.screen() as line:
        for call_id in ("bad", "refused"):
            with pytest.raises(TapError, match=r"broke the call off|ended before the call did"):
                await run.send(call_id, 200)
            [last] = [event for event in await until(line, ended) if isinstance(event, CallEnded)]
            assert (last.call_id, last.reason) == (call_id, "failed")
        await run.send("good", 200)
        assert (await until(line, ended))[-1].call_id == "good"


async def test_a_stop_ends_calls_properly() -> None:
    async with Run().going() as run, run.screen() as line, asyncio.TaskGroup() as group:
        never = asyncio.Event()

        class Stuck(Pace):
            async def until(self, at_ms: int) -> None:
                if at_ms > 400:
                    await never.wait()

        async def call() -> None:
            hello = Hello(version=1, call_id="c1", rate_hz=8000)
            with pytest.raises(TapError):
                await play(silent_frames("c1", 600), hello, run.tap, Stuck(None, WallClock()))

        group.create_task(call())
        await until(line, lambda event: isinstance(event, CallStarted))
        run.stop()
        last = (await until(line, ended))[-1]
        assert isinstance(last, CallEnded)
        assert last.reason == "interrupted"
    kept = read_journal(Library(run.places.journals_dir).find("c1"))
    assert any(isinstance(event, CallEnded) for event in kept.events)


async def test_a_call_is_forgotten_after_its_wrap_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "WRAP_UP_S", 0.0)
    async with Run().going() as run, run.screen() as line:
        await run.send("c1", 200)
        await until(line, ended)
        await asyncio.sleep(0)
        async with BusLine(address(run.config.bus, run.keys)) as late:
            async for item in late:
                if isinstance(item, Snapshot):
                    assert item.events == ()
                    break


async def test_old_calls_leave_at_the_start() -> None:
    run = Run("journal.keep_days=1")
    old = run.places.journals_dir / "20010101-000000-old"
    old.mkdir(parents=True)
    (old / "events.jsonl").write_bytes(
        b'{"type":"CallContext","call_id":"old","at_ms":0}\n'
        b'{"type":"CallStarted","call_id":"old","at_ms":0,"started_at":"2001-01-01T00:00:00Z"}\n'
    )
    async with run.going():
        for _ in range(200):
            if not old.exists():
                break
            await asyncio.sleep(0.01)
    assert not old.exists()


async def test_the_listener_may_be_off() -> None:
    names = config.load().taps.dialects.over_websocket
    async with Run(*(f"taps.dialects.{name}=false" for name in names)).going() as run:
        assert run.said == ["taking no calls: all of [taps.dialects] are off"]
        with pytest.raises(TapError, match="no service answers"):
            await run.send("c1", 100)


async def test_a_pack_that_cannot_be_used_is_said_before_anything_opens() -> None:
    run = Run("nudges.pack=/nowhere.toml")
    with pytest.raises(PackError):
        await run.service.run(run.said.append)
    assert run.said == []


async def test_a_wrong_token_is_said() -> None:
    async with Run().going() as run:
        with pytest.raises(TapError, match="lets nobody in with this token"):
            await play([], Hello(version=1, call_id="c", rate_hz=8000), TapAddress(run.tap.url, "wrong"), EVER)


async def test_settings_that_cannot_be_are_said_at_once() -> None:
    with pytest.raises(ConfigError):
        Run("asr.workers=none")


async def test_the_softphone_of_this_machine_is_a_tap_too(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = {"agent": ["quiet 1000", "voice 1500"], "customer": ["quiet 3000", "voice 1500"]}
    studio = Studio(**talk)

    def calls(*given: Any) -> LocalCalls:
        *known, _probes = given
        loud = {side: Loud() for side in studio.devices}
        return LocalCalls(*known, loud, studio.devices, now_us=lambda: studio.now_us, sleep=studio.sleep)

    monkeypatch.setattr(local_tap, "LocalCalls", calls)
    run = Run(
        "taps.local.enabled=true", "taps.local.start=hotkey", "taps.local.idle_end_s=3", "taps.local.agent_name=Ana"
    )
    async with run.going() as run, run.screen() as line:
        assert "this machine's own softphone" in run.said[0]
        assert (await line.send(Command(action="call_start", value="crm-7"))).text == "the call begins"
        events = await until(line, ended)
        refused = await line.send(Command(action="call_end"))
    [started] = [event for event in events if isinstance(event, CallStarted)]
    assert (started.call_id, started.agent_name) == ("crm-7", "Ana")
    assert [event.reason for event in events if isinstance(event, CallEnded)] == ["silence"]
    assert (refused.ok, refused.text) == (False, "no call of this machine is going on")
