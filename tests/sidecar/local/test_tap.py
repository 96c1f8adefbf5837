"""The local tap within the service: devices that are not there, calls that are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from sidecar import config
from sidecar.local import tap as local_tap
from sidecar.local.tap import LocalCalls, devices_of
from streams.errors import InputError, TapError
from streams.events import AudioFrame, AudioLost, CallEnded
from streams.settings import VadSettings
from streams.taps.local_slots import SIDES
from tests.sidecar.front import Front
from tests.sidecar.local.studio import Loud, Studio, until

TALK = {"agent": ["quiet 1000", "voice 1000", "quiet 4000"], "customer": ["quiet 2500", "voice 1500"]}


class Desk:
    def __init__(self, studio: Studio, *sets: str) -> None:
        self.studio = studio
        taps = config.load(sets=["taps.local.idle_end_s=5", "taps.local.echo_gate=false", *sets]).taps
        self.front = Front(taps)
        self.calls = LocalCalls(
            taps.local,
            VadSettings(),
            self.front.reception,
            {side: Loud() for side in SIDES},
            studio.devices,
            now_us=lambda: studio.now_us,
            sleep=studio.sleep,
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Desk"]:
        async with asyncio.timeout(20), self.front.driving(), asyncio.TaskGroup() as group:
            running = group.create_task(self.calls.run())
            yield self
            running.cancel()

    async def first(self) -> str:
        """The id of the first call, once it began."""
        await until(lambda: bool(self.front.started))
        return next(iter(self.front.started))


async def test_voices_make_a_call_and_silence_ends_it() -> None:
    desk = Desk(Studio(**TALK), "taps.local.agent_id=a17", "taps.local.agent_name=Ana", "taps.local.call_name=desk")
    async with desk.open():
        call_id = await desk.first()
        events = await desk.front.over(call_id)
    started = desk.front.started[call_id]
    # Only while a call goes on are devices in a hurry.
    assert all(said[:3] == [False, True, False] for said in desk.studio.hurried.values())
    assert call_id.startswith("desk-")
    assert (started.agent_id, started.agent_name, started.source) == ("a17", "Ana", "this machine")
    assert started.channels == ("agent", "customer")
    assert isinstance(events[-1], CallEnded)
    assert events[-1].reason == "silence"
    sound = [event for event in events if isinstance(event, AudioFrame)]
    assert {frame.channel for frame in sound} == {"agent", "customer"}
    for side in SIDES:
        ends = [frame.started_ms + frame.duration_ms for frame in sound if frame.channel == side]
        assert ends == list(range(20, 20 * len(ends) + 1, 20))
    assert not [event for event in events if isinstance(event, AudioLost)]


async def test_a_hand_begins_and_ends_a_call() -> None:
    desk = Desk(Studio(), "taps.local.start=hotkey", "taps.local.idle_end_s=0")
    async with desk.open():
        with pytest.raises(InputError, match="no call of this machine is going on"):
            desk.calls.command("call_end", "")
        assert desk.calls.command("call_start", "CRM 7") == "the call begins"
        with pytest.raises(InputError, match="is going on"):
            desk.calls.command("call_start", "")
        call_id = await desk.first()
        assert call_id.startswith("CRM-7-")
        await desk.front.sounds(call_id, "agent")
        with pytest.raises(InputError, match="is going on"):
            desk.calls.command("call_start", "")
        assert desk.calls.command("call_end", "") == "the call ends"
        events = await desk.front.over(call_id)
    assert isinstance(events[-1], CallEnded)
    assert events[-1].reason == "hung_up"


async def test_a_device_that_comes_back_goes_on_with_the_call() -> None:
    studio = Studio(agent=["voice 1000", "away 2500", "voice 1000"], customer=["voice 6000"])
    desk = Desk(studio, "taps.local.start=always")
    async with desk.open():
        call_id = await desk.first()
        await until(lambda: studio.opened["agent"] >= 2 and len(desk.front.heard.get(call_id, ())) >= 500)
    lost = [event for event in desk.front.heard[call_id] if isinstance(event, AudioLost)]
    assert {event.channel for event in lost} == {"agent"}
    assert 2_000 <= sum(event.lost_ms for event in lost) <= 2_700
    assert lost[0].reason == "unplugged"
    assert len(desk.front.started) == 1


@pytest.mark.parametrize("how", ["broken", "ended"])
async def test_a_capture_process_that_breaks_is_started_anew(how: str) -> None:
    studio = Studio(agent=["voice 200", how, how, how, how, "voice 1000"], customer=["voice 2000"])
    desk = Desk(studio, "taps.local.start=always")
    async with desk.open():
        await until(lambda: studio.opened["agent"] >= 5)
    # Each time the device opened again, so the wait stays short.
    assert set(studio.waited_s) == {0.25}


async def test_a_call_more_than_there_may_be_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(Studio(**TALK))
    desk.front.reception.config = msgspec.structs.replace(desk.front.config, max_calls=0)
    async with desk.open():
        await until(lambda: desk.calls._tap.in_call)
        await until(lambda: not desk.calls._tap.in_call)
    assert desk.front.started == {}
    assert "call not taken" in capsys.readouterr().err


async def test_a_call_that_broke_frees_the_tap_for_the_next() -> None:
    desk = Desk(Studio(), "taps.local.start=hotkey", "taps.local.idle_end_s=0")
    async with desk.open():
        desk.calls.command("call_start", "one")
        await desk.first()
        live = desk.calls._live
        assert live is not None
        desk.front.reception.leave(live, failed=True)
        await until(lambda: not desk.calls._tap.in_call)
        desk.calls.command("call_start", "two")
        await desk.front.begun("two")


async def test_no_call_lasts_longer_than_it_may() -> None:
    desk = Desk(Studio(), "taps.local.start=always")
    desk.front.reception.config = msgspec.structs.replace(desk.front.config, longest_s=2)
    async with desk.open():
        events = await desk.front.over(await desk.first())
    assert isinstance(events[-1], CallEnded)
    assert events[-1].reason == "too_long"


async def test_what_breaks_in_the_tap_leaves_the_service_standing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(Studio())
    monkeypatch.setattr(desk.calls._tap, "advance", lambda _: 1 / 0)
    monkeypatch.setattr(desk.calls._tap, "feed", lambda *_: 1 / 0)
    await asyncio.wait_for(desk.calls.run(), 10)
    assert "off until the service starts anew" in capsys.readouterr().err


async def test_without_the_library_the_service_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    desk = Desk(Studio())
    with pytest.raises(TapError, match=r"pip install 'agent-assist-sidecar\[local\]'"):
        async with local_tap.listen_here(config.load(), desk.front.reception):
            pass


def test_each_side_has_its_device() -> None:
    made = devices_of(config.load(sets=["taps.local.microphone=Jabra", "taps.local.loopback=HDMI"]).taps.local)
    assert [one.args[:2] for one in made.values()] == [("microphone", "Jabra"), ("loopback", "HDMI")]  # type: ignore[attr-defined]
