"""`sidecar devices`: the list, the picker, the meters."""

import json
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from click.testing import CliRunner

from sidecar import cli, config, places
from sidecar.commands import devices as devices_command
from sidecar.local import systems
from sidecar.local import tap as local_tap
from sidecar.local.devices import Device
from sidecar.local.listening import Capturing
from streams.clock import monotonic_us
from streams.taps.local_slots import SIDES
from streams.taps.local_wire import Captured, Closed, Opened, pack
from tests.sidecar.commands.programs import Programs

JABRA = Device(id="a1", name="Jabra", kind="microphone", default=True)
WEBCAM = Device(id="a2", name="Webcam", kind="microphone")
MONITOR = Device(id="o1.monitor", name="Monitor of Jabra", kind="loopback", default=True)


class Paper:
    def __init__(self, *found: Device) -> None:
        self._found = found

    def devices(self) -> Sequence[Device]:
        return self._found


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run `sidecar devices` on a system with these devices; `typed` is what the user answers."""

    def ran(*arguments: str, found: Sequence[Device] = (JABRA, WEBCAM, MONITOR), typed: str = "") -> Any:
        monkeypatch.setattr(systems, "open_system", lambda _: Paper(*found))
        return CliRunner().invoke(cli.cli, arguments, input=typed, catch_exceptions=True)

    return ran


def test_the_list_marks_defaults_and_what_is_listened_to(run: Callable[..., Any]) -> None:
    done = run("devices", "--set", "taps.local.microphone=Webcam")
    assert done.exit_code == 0
    assert "  * Jabra\n     a1\n" in done.output
    assert " >  Webcam\n" in done.output
    assert " >* Monitor of Jabra\n     o1.monitor\n" in done.output
    assert "the local tap is off" in done.output


def test_what_cannot_be_found_is_said(run: Callable[..., Any]) -> None:
    done = run(
        "devices", "--set", "taps.local.microphone=none such", "--set", "taps.local.enabled=true", found=[MONITOR]
    )
    assert "   none\n" in done.output
    assert "no one microphone is called 'none such'" in done.stderr
    assert "the local tap is off" not in done.output
    named = run("devices", "--set", "taps.local.microphone=o1.monitor", found=[MONITOR])
    assert named.output.count(" >* Monitor of Jabra") == 2


def test_the_list_as_json(run: Callable[..., Any]) -> None:
    listed = json.loads(run("devices", "--json").output)
    assert listed[0] == {"id": "a1", "name": "Jabra", "kind": "microphone", "default": True}


def test_the_picker_writes_both_and_switches_the_tap_on(run: Callable[..., Any]) -> None:
    done = run("devices", "--pick", typed="2\n0\n")
    assert done.exit_code == 0, done.output
    written = config.load([places.find().config_file]).taps.local
    assert (written.enabled, written.microphone, written.loopback) == (True, "a2", "default")
    # The other kind is offered last.
    run("devices", "--pick", typed="3\n1\n")
    written = config.load([places.find().config_file]).taps.local
    assert (written.microphone, written.loopback) == ("o1.monitor", "o1.monitor")


def test_without_devices_there_is_nothing_to_pick(run: Callable[..., Any]) -> None:
    done = run("devices", "--pick", found=[])
    assert "no sound device" in str(done.exception)


class EnoughError(Exception):
    """The test has seen what it came for."""


async def test_meters_show_both_sides(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    said = {
        "agent": pack(Opened(0, "a1", "Jabra")) + pack(Captured(monotonic_us(), b"\x00\x40" * 320)),
        "customer": pack(Closed(0, "no sound server answers")),
    }

    @asynccontextmanager
    async def opened(side: str) -> AsyncIterator[Capturing]:
        async def read() -> bytes:
            if not said[side]:
                await devices_command.asyncio.Event().wait()
            data, said[side] = said[side], b""
            return data

        yield Capturing(read, lambda now: None)

    monkeypatch.setattr(local_tap, "devices_of", lambda _: {side: lambda side=side: opened(side) for side in SIDES})
    monkeypatch.setattr(devices_command, "PRINT_S", 0.05)
    drawn: list[list[str]] = []
    draw = devices_command._draw

    def seen(lines: Sequence[str], above: int) -> None:
        draw(lines, above)
        drawn.append(list(lines))
        if "dB" in lines[0] and "no sound" in lines[1]:
            raise EnoughError

    monkeypatch.setattr(devices_command, "_draw", seen)
    with pytest.raises(ExceptionGroup) as raised:
        await devices_command._meters(devices_command.Invocation())
    assert raised.group_contains(EnoughError)
    assert drawn[-1][0].startswith("microphone [###")
    assert drawn[-1][1] == "loopback   no sound server answers"
    devices_command._draw(["x"], 2)
    assert capsys.readouterr().out.endswith("\x1b[2Ax\n")


def test_without_sound_it_says_so_in_one_line(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PULSE_SERVER", "unix:/nowhere/at/all")
    code, out, err = programs.done("devices")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "sound" in err
