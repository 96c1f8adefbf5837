"""A capture process's inside, on a sound system that is not there."""

import io
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from sidecar.local import capture
from sidecar.local.capture import Capture
from sidecar.local.devices import Device
from streams.errors import TapError
from streams.taps.local_wire import Alive, Captured, Closed, Message, Opened, Unpacker

JABRA = Device(id="a1", name="Jabra", kind="microphone", default=True)
WEBCAM = Device(id="a2", name="Webcam", kind="microphone")


class Paper:
    """A sound system on paper: some blocks, then the device is gone."""

    def __init__(self, *devices: Device, blocks: Sequence[bytes] = ()) -> None:
        self.now = list(devices)
        self._blocks = list(blocks)
        self.asked: list[int] = []

    def devices(self) -> Sequence[Device]:
        return self.now

    @contextmanager
    def record(self, device: Device) -> Iterator[Callable[[int], bytes]]:
        def block(samples: int) -> bytes:
            self.asked.append(samples)
            if not self._blocks:
                raise TapError(f"{device.name} is gone")
            return self._blocks.pop(0)

        yield block


def made(system: Paper, wanted: str = "default") -> tuple[Capture, list[Message]]:
    said: list[Message] = []
    eager = threading.Event()
    eager.set()
    return Capture(system, "microphone", wanted, said.append, now_us=lambda: 7, eager=eager), said


def test_a_device_is_recorded_until_it_is_gone() -> None:
    recorded, said = made(Paper(JABRA, blocks=[b"ab", b"cd"]))
    with pytest.raises(TapError, match="Jabra is gone"):
        recorded.record()
    assert said == [Opened(7, "a1", "Jabra"), Captured(7, b"ab"), Captured(7, b"cd")]


def test_while_nobody_waits_for_it_sound_is_taken_in_large_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "REST_S", 0.0)
    system = Paper(JABRA, blocks=[b"ab", b"cd"])
    eager = threading.Event()

    def say(message: Message) -> None:
        if isinstance(message, Captured):
            eager.set()

    with pytest.raises(TapError):
        Capture(system, "microphone", "default", say, now_us=lambda: 7, eager=eager).record()
    assert system.asked == [3200, 320, 320]


def test_before_the_device_is_open_there_is_only_life() -> None:
    waiting, said = made(Paper())
    waiting.look()
    assert said == [Alive(7)]
    with pytest.raises(TapError, match="no default microphone"):
        waiting.record()


@pytest.mark.parametrize(("wanted", "moves"), [("default", True), ("Jabra", False), ("a1", False)])
def test_another_default_is_followed_by_who_asked_for_the_default(wanted: str, moves: bool) -> None:
    system = Paper(JABRA, WEBCAM)
    recorded, said = made(system, wanted)
    with pytest.raises(TapError):
        recorded.record()
    recorded.look()
    assert said[-1] == Alive(7)
    system.now = [
        Device(id="a1", name="Jabra", kind="microphone"),
        Device(id="a2", name="W", kind="microphone", default=True),
    ]
    if moves:
        with pytest.raises(TapError, match="W is the default microphone now"):
            recorded.look()
    else:
        recorded.look()


def test_an_unplugged_device_is_missed() -> None:
    system = Paper(JABRA)
    recorded, _ = made(system, "Jabra")
    with pytest.raises(TapError):
        recorded.record()
    system.now = [WEBCAM]
    with pytest.raises(TapError, match="no one microphone is called 'a1'"):
        recorded.look()


class LeftError(Exception):
    """Where the process would have ended."""


def test_the_process_says_why_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()

    def leave(code: int) -> None:
        raise LeftError(code)

    class Stdout:
        buffer = out

    monkeypatch.setattr(capture.os, "_exit", leave)
    monkeypatch.setattr(capture.signal, "signal", lambda *_: None)
    monkeypatch.setattr(capture.sys, "stdout", Stdout)
    monkeypatch.setattr(capture.threading.Thread, "start", lambda _: None)
    monkeypatch.setattr(capture, "open_system", lambda _: Paper(JABRA, blocks=[b"ab"]))
    with pytest.raises(LeftError, match="1"):
        capture.main(["microphone", "default", "auto"])
    opened, heard, closed = Unpacker().feed(out.getvalue())
    assert isinstance(opened, Opened)
    assert isinstance(heard, Captured)
    assert isinstance(closed, Closed)
    assert closed.reason == "Jabra is gone"
