"""The sound libraries behind one Protocol, with stand-ins for both: what they name, and how they fail."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Self

import numpy as np
import pytest

from sidecar.local import systems
from sidecar.local.devices import Device
from sidecar.local.systems import check_installed, is_cable, named, open_system
from streams.errors import TapError


class Card(SimpleNamespace):
    """One of soundcard's microphones."""

    @contextmanager
    def recorder(self, samplerate: int, channels: int, blocksize: int) -> Iterator[Any]:
        assert (samplerate, channels, blocksize) == (16_000, 1, 320)
        blocks = [np.full((320, 1), 0.5, np.float32)]

        def record(frames: None) -> Any:
            return blocks.pop(0)

        yield SimpleNamespace(record=record)


MICROPHONE = Card(id="a1", name="Jabra", isloopback=False)
MONITOR = Card(id="o1.monitor", name="Monitor of Jabra", isloopback=True)


def broken() -> Any:
    raise IndexError("no soundcard with id")


SOUNDCARD = SimpleNamespace(
    all_microphones=lambda include_loopback: [MICROPHONE, MONITOR],
    default_microphone=lambda: MICROPHONE,
    default_speaker=lambda: SimpleNamespace(id="o1"),
    get_microphone=lambda device_id, include_loopback: {"a1": MICROPHONE, "o1.monitor": MONITOR}[device_id],
)


class Stream:
    """PortAudio's raw stream: three blocks, then nothing."""

    def __init__(self, *, callback: Any, **asked: Any) -> None:
        for _ in range(3):
            callback(bytes(640), 320, None, None)
        assert asked == {"device": 1, "samplerate": 16_000, "channels": 1, "dtype": "int16", "blocksize": 320}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


PORTAUDIO = SimpleNamespace(
    default=SimpleNamespace(device=(0, 2)),
    query_devices=lambda: [
        {"name": "Built-in Microphone", "max_input_channels": 1},
        {"name": "BlackHole 2ch", "max_input_channels": 2},
        {"name": "Speakers", "max_input_channels": 0},
    ],
    RawInputStream=Stream,
)


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What an import gives, by name: a module, or the error it raises."""
    known: dict[str, Any] = {"soundcard": SOUNDCARD, "sounddevice": PORTAUDIO}

    def imported(name: str) -> Any:
        found = known[name]
        if isinstance(found, BaseException):
            raise found
        return found

    monkeypatch.setattr(systems.importlib, "import_module", imported)
    return known


def test_soundcard_lists_microphones_and_loopbacks(libraries: dict[str, Any]) -> None:
    assert open_system("soundcard").devices() == [
        Device(id="a1", name="Jabra", kind="microphone", default=True),
        Device(id="o1.monitor", name="Monitor of Jabra", kind="loopback", default=True),
    ]


def test_soundcard_without_a_default_has_none(libraries: dict[str, Any]) -> None:
    libraries["soundcard"] = SimpleNamespace(
        **{**vars(SOUNDCARD), "default_microphone": broken, "default_speaker": broken}
    )
    assert not any(device.default for device in open_system("soundcard").devices())


def test_soundcard_records_until_the_device_is_gone(libraries: dict[str, Any]) -> None:
    system = open_system("soundcard")
    heard: list[bytes] = []

    def record() -> None:
        with system.record(system.devices()[0]) as block:
            while True:
                heard.append(block(320))

    with pytest.raises(TapError, match="Jabra is gone"):
        record()
    assert np.frombuffer(heard[0], "<i2").tolist() == [16_384] * 320
    assert len(heard) == 1


def test_a_sound_server_that_went_away_is_said(libraries: dict[str, Any]) -> None:
    libraries["soundcard"] = SimpleNamespace(
        **{**vars(SOUNDCARD), "all_microphones": lambda include_loopback: broken()}
    )
    with pytest.raises(TapError, match="no sound server answers"):
        open_system("soundcard").devices()


def test_portaudio_takes_virtual_cables_for_loopbacks(libraries: dict[str, Any]) -> None:
    system = open_system("sounddevice")
    microphone, cable = system.devices()
    assert microphone == Device(id="0", name="Built-in Microphone", kind="microphone", default=True)
    assert cable == Device(id="1", name="BlackHole 2ch", kind="loopback", default=True)
    with system.record(cable) as block:
        assert block(320) == bytes(640)
        assert block(640) == bytes(1280)
    with pytest.raises(TapError, match="is gone"), system.record(microphone):
        pass
    libraries["sounddevice"] = SimpleNamespace(default=None)
    with pytest.raises(TapError, match="no sound server"):
        open_system("sounddevice").devices()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModuleNotFoundError("no", name="soundcard"), r"needs soundcard; install it with `pip install"),
        (OSError("libpulse.so: not found"), r"needs libpulse \(Debian"),
        (AssertionError(), r"no sound server answers; on Linux start PulseAudio or PipeWire"),
    ],
)
def test_a_library_that_cannot_be_loaded_says_what_to_do(
    libraries: dict[str, Any], error: BaseException, said: str
) -> None:
    libraries["soundcard"] = error
    with pytest.raises(TapError, match=said):
        open_system("soundcard")


def test_auto_is_what_the_system_has_loopbacks_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert named("auto") == "sounddevice"
    monkeypatch.setattr(sys, "platform", "win32")
    assert named("auto") == "soundcard"
    assert named("sounddevice") == "sounddevice"


def test_a_missing_library_is_found_out_without_loading_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(TapError, match="needs soundcard"):
        check_installed("soundcard")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    check_installed("soundcard")


def test_virtual_cables_are_known_by_name() -> None:
    assert is_cable("BlackHole 16ch")
    assert not is_cable("MacBook Pro Microphone")
