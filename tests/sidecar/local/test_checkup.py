"""What the doctor says of the local tap, on sound systems that are not there."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec
import numpy as np
import pytest

from sidecar import config
from sidecar.config_sections import LocalConfig
from sidecar.doctor import Finding
from sidecar.local import checkup
from sidecar.local.checkup import ENOUGH, Sample, findings, hear
from sidecar.local.devices import Device, Kind
from sidecar.local.listening import Capturing, Open
from sidecar.local.systems import Library
from streams.errors import TapError
from streams.taps.local_wire import Captured, Closed, Message, Opened, pack

JABRA = Device(id="a1", name="Jabra", kind="microphone", default=True)
MONITOR = Device(id="o1", name="Monitor of Jabra", kind="loopback", default=True)
LOUD = Captured(2, np.full(320, 16_384, "<i2").tobytes())
ZEROS = Captured(2, bytes(640))
ON: LocalConfig = msgspec.structs.replace(config.load().taps.local, enabled=True)


class System:
    def __init__(self, *devices: Device) -> None:
        self._devices = devices

    def devices(self) -> Sequence[Device]:
        return self._devices

    def record(self, device: Device) -> None:
        raise AssertionError("the doctor listens in another process")


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "check_installed", lambda library: None)
    monkeypatch.setattr(sys, "platform", "linux")


def brings(**samples: Sample) -> Callable[[Kind, str, Library], Awaitable[Sample]]:
    async def listen(kind: Kind, wanted: str, library: Library) -> Sample:
        return samples[kind]

    return listen


async def look(*devices: Device, **samples: Sample) -> list[Finding]:
    found = await findings(ON, listen=brings(**samples), system=lambda library: System(*devices))  # type: ignore[arg-type,return-value]
    assert {one.about for one in found} == {"local tap"}
    return found


async def test_devices_that_deliver_are_well() -> None:
    found = await look(JABRA, MONITOR, microphone=Sample(16_000, 0.1), loopback=Sample(16_000, 0.0))
    assert [one.state for one in found] == ["ok", "ok"]
    assert found[0].text == "microphone Jabra: delivers sound, -20 dB at most just now"
    assert "nothing plays just now" in found[1].text


@pytest.mark.parametrize(
    ("platform", "advice"), [("linux", "pactl set-source-mute"), ("darwin", "Privacy & Security"), ("win32", "desktop")]
)
async def test_a_microphone_of_zeros_is_muted_or_not_allowed(
    monkeypatch: pytest.MonkeyPatch, platform: str, advice: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    found = await look(JABRA, MONITOR, microphone=Sample(16_000, 0.0), loopback=Sample())
    assert found[0].state == "warning"
    assert "nothing but zeros" in found[0].text
    assert advice in found[0].advice


async def test_a_microphone_that_is_dead_or_cannot_be_opened_is_a_problem() -> None:
    dead = await look(JABRA, MONITOR, microphone=Sample(), loopback=Sample())
    assert (dead[0].state, dead[1].state) == ("problem", "ok")
    taken = await look(JABRA, MONITOR, microphone=Sample(), loopback=Sample(reason="in use"))
    assert taken[1].state == "problem"
    assert "in use" in taken[1].text


async def test_macos_without_a_virtual_device_is_told_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    found = await look(JABRA, microphone=Sample(16_000, 0.5), loopback=Sample())
    assert "BlackHole" in found[0].advice
    assert [one.state for one in found] == ["problem", "ok", "problem"]


async def test_a_missing_library_or_server_is_a_problem_only_where_the_tap_is_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(library: Library) -> None:
        raise TapError("the local tap needs soundcard")

    [off] = await findings(config.load().taps.local)
    assert off.state == "ok"
    assert "sidecar devices --pick" in off.text
    monkeypatch.setattr(checkup, "check_installed", missing)
    [off] = await findings(config.load().taps.local)
    [on] = await findings(ON)
    assert (off.state, on.state) == ("ok", "problem")
    assert "needs soundcard" in off.text
    assert "needs soundcard" in on.text


def saying(*messages: Message) -> Open:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Capturing]:
        left = list(messages)

        async def read() -> bytes:
            return pack(left.pop(0)) if left else b""

        yield Capturing(read, lambda now: None)

    return opened


async def test_listening_ends_with_a_second_of_sound() -> None:
    heard = await hear("microphone", "a1", "auto", open_device=saying(Opened(1, "a", "A"), *[LOUD] * 60))
    assert heard == Sample(ENOUGH, 0.5)
    assert (await hear("microphone", "a1", "auto", open_device=saying(*[ZEROS] * 50))).peak == 0


async def test_listening_ends_where_the_device_does() -> None:
    heard = await hear("microphone", "a1", "auto", open_device=saying(Opened(1, "a", "A"), Closed(2, "unplugged")))
    assert heard == Sample(reason="unplugged")


async def test_listening_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def silent() -> AsyncIterator[Capturing]:
        async def read() -> bytes:
            await asyncio.Event().wait()
            return b""

        yield Capturing(read, lambda now: None)

    monkeypatch.setattr(checkup, "LISTEN_S", 0.0)
    assert await hear("microphone", "a1", "auto", open_device=silent) == Sample()
