"""Real capture processes on a real PulseAudio of the tests' own; where there is none these tests are skipped.

What devices do is also tested without any: `test_tap.py` has devices on paper.
"""

import asyncio
import importlib.util
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from sidecar.local.listening import Listening, process
from streams.taps.local_wire import Captured, Closed, Message, Opened
from tests.sidecar.local.pulse import MISSING, Pulse

needs_pulse = pytest.mark.skipif(
    bool(MISSING), reason=f"needs PulseAudio on this machine: {', '.join(MISSING)} missing"
)


@pytest.fixture
def pulse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    if importlib.util.find_spec("soundcard") is None:
        pytest.skip("needs the extra [local]")
    with tempfile.TemporaryDirectory(prefix="pulse-") as folder:
        made = Pulse(Path(folder))
        monkeypatch.setenv("PULSE_SERVER", made.server)
        made.start()
        yield made
        made.close()


def tone(folder: Path, seconds: float = 30.0) -> Path:
    path = folder / "tone.raw"
    at = np.arange(int(16_000 * seconds)) / 16_000
    path.write_bytes((np.sin(2 * np.pi * 440 * at) * 8000).astype("<i2").tobytes())
    return path


def listening(kind: str, wanted: str) -> AsyncGenerator[Message, None]:
    return Listening(partial(process, kind, wanted, "soundcard"), sleep=asyncio.sleep).messages()  # type: ignore[arg-type]


async def until(said: AsyncGenerator[Message, None], kind: type[Message]) -> Message:
    async for message in said:
        if isinstance(message, kind):
            return message
    raise AssertionError("a device says something for ever")


async def sound(said: AsyncGenerator[Message, None]) -> float:
    """The pitch of the next second that is not silent, Hz."""
    heard = b""
    async for message in said:
        if isinstance(message, Captured) and (heard or any(message.pcm)):
            heard += message.pcm
            if len(heard) >= 64_000:
                break
    samples = np.frombuffer(heard, "<i2")[-16_000:].astype(np.float64)
    return float(np.argmax(np.abs(np.fft.rfft(samples))))


@needs_pulse
async def test_what_plays_is_heard_and_a_dead_server_is_survived(pulse: Pulse, tmp_path: Path) -> None:
    async with asyncio.timeout(60), aclosing(listening("loopback", "default")) as said:
        opened = await until(said, Opened)
        assert isinstance(opened, Opened)
        assert opened.id == "phone.monitor"
        pulse.play("phone", tone(tmp_path))
        assert await sound(said) == pytest.approx(440, abs=2)
        pulse.kill()
        await until(said, Closed)
        pulse.start()
        await until(said, Opened)
        pulse.play("phone", tone(tmp_path))
        assert await sound(said) == pytest.approx(440, abs=2)


@needs_pulse
async def test_another_default_is_followed_and_an_unplugged_device_waited_for(pulse: Pulse) -> None:
    async with asyncio.timeout(60), aclosing(listening("loopback", "default")) as said:
        await until(said, Opened)
        assert pulse.does("set-default-sink", "mic")
        closed = await until(said, Closed)
        assert isinstance(closed, Closed)
        assert "is the default loopback now" in closed.reason
        opened = await until(said, Opened)
        assert isinstance(opened, Opened)
        assert opened.id == "mic.monitor"
    async with asyncio.timeout(60), aclosing(listening("microphone", "mic.monitor")) as said:
        await until(said, Opened)
        assert pulse.does("unload-module", "module-null-sink")
        await until(said, Closed)
        assert pulse.does("load-module", "module-null-sink", "sink_name=mic")
        opened = await until(said, Opened)
        assert isinstance(opened, Opened)
        assert opened.id == "mic.monitor"


async def test_a_system_without_sound_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere/at/all")
    async with asyncio.timeout(60), aclosing(listening("microphone", "default")) as said:
        closed = await until(said, Closed)
    assert isinstance(closed, Closed)
    assert "sound" in closed.reason
