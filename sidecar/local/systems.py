"""The sound libraries, behind one Protocol: devices and blocks of 16-bit sound flow out.

`soundcard` records what a loudspeaker plays on Windows and Linux. PortAudio (`sounddevice`) cannot, and is there for
macOS, where a virtual device stands in for it. Both load a system library when they are imported, so they are imported
late, and only by what records.
"""

import importlib
import importlib.util
import queue
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal, TypeAlias

from sidecar.local.devices import Device, Kind, SoundSystem
from streams.audio import float_to_pcm
from streams.errors import TapError
from streams.taps.local_wire import RATE_HZ

Library: TypeAlias = Literal["auto", "soundcard", "sounddevice"]
BLOCK = RATE_HZ // 50
ROOM = RATE_HZ // 2
"""WASAPI keeps no more sound than is asked for at opening; a busy machine may come for it half a second late."""
DEAD_S = 2.0
"""PortAudio's devices deliver without a break; one that has not for so long was unplugged, and nobody says so."""
PIECES_LIMIT = 500
"""Blocks of PortAudio that wait to be read, ten seconds; what comes when they are full is left out."""
_NEEDS = {
    "soundcard": "libpulse (Debian and Ubuntu: apt install libpulse0)",
    "sounddevice": "PortAudio (Debian and Ubuntu: apt install libportaudio2; macOS: brew install portaudio)",
}


def open_system(library: Library = "auto") -> SoundSystem:
    """The sound system of this machine.

    Raises TapError when the library, or the system's library behind it, is missing, or no sound server answers.
    """
    name = named(library)
    module = _imported(name)
    return _SoundCard(module) if name == "soundcard" else _PortAudio(module)


def check_installed(library: Library) -> None:
    """Look for the library without loading it.

    Raises TapError when it is missing.
    """
    name = named(library)
    if importlib.util.find_spec(name) is None:
        raise TapError(_missing(name))


def named(library: Library) -> str:
    """The library that a setting means on this system."""
    return library if library != "auto" else "sounddevice" if sys.platform == "darwin" else "soundcard"


def _missing(name: str) -> str:
    return f"the local tap needs {name}; install it with `pip install 'agent-assist-sidecar[local]'`"


def _imported(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise TapError(_missing(error.name or name)) from error
    except OSError as error:
        raise TapError(f"{name} needs {_NEEDS[name]}, which is not on this machine: {error}") from error
    except Exception as error:  # the library asserts that a sound server answers while it is imported
        raise TapError(_no_server(error)) from error


def _no_server(error: Exception) -> str:
    why = f" ({error})" if str(error) else ""
    return f"no sound server answers{why}; on Linux start PulseAudio or PipeWire in this user's session"


class _SoundCard:
    """`soundcard`: PulseAudio and PipeWire, WASAPI, Core Audio."""

    def __init__(self, module: Any) -> None:
        self._module = module
        # Name and kind of a device stay as they are, and asking for them takes several turns with the sound server.
        self._known: dict[str, tuple[str, Kind]] = {}

    def devices(self) -> Sequence[Device]:
        """Microphones, and the loopback of each loudspeaker."""
        try:
            microphone = _default(self._module.default_microphone)
            speaker = _default(self._module.default_speaker)
            return [
                self._device(one, microphone, speaker) for one in self._module.all_microphones(include_loopback=True)
            ]
        except Exception as error:  # whatever breaks in the library's list of devices, there is none to be had
            raise TapError(_no_server(error)) from error

    def _device(self, one: Any, microphone: str, speaker: str) -> Device:
        device_id = str(one.id)
        if device_id not in self._known:
            self._known[device_id] = (str(one.name), "loopback" if one.isloopback else "microphone")
        name, kind = self._known[device_id]
        loopback = kind == "loopback"
        # On Windows a loopback has the loudspeaker's own id, on PulseAudio one that is made from it.
        default = device_id in (speaker, f"{speaker}.monitor") if loopback else device_id == microphone
        return Device(id=device_id, name=name, kind=kind, default=default)

    @contextmanager
    def record(self, device: Device) -> Iterator[Callable[[int], bytes]]:
        """Record a device; a single block is given as the system cut it."""
        room = ROOM if sys.platform == "win32" else BLOCK
        try:
            found = self._module.get_microphone(device.id, include_loopback=True)
            with found.recorder(samplerate=RATE_HZ, channels=1, blocksize=room) as recorder:
                yield lambda samples: _pcm(recorder.record(samples if samples > BLOCK else None))
        except Exception as error:  # what the library raises for a device that went away is of many kinds
            raise TapError(_gone(device, error)) from error


def _default(ask: Callable[[], Any]) -> str:
    """The id of a default device; none where the system has none."""
    try:
        return str(ask().id)
    except (IndexError, RuntimeError):
        return ""


class _PortAudio:
    """`sounddevice`: input devices only; a virtual cable's is what the customer is heard on."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def devices(self) -> Sequence[Device]:
        """Every input; those whose names are those of virtual cables count as loopbacks."""
        try:
            default = self._module.default.device[0]
            inputs = [
                (number, str(one["name"]))
                for number, one in enumerate(self._module.query_devices())
                if one["max_input_channels"] > 0
            ]
        except Exception as error:  # PortAudioError is known only to the library that may not be there
            raise TapError(_no_server(error)) from error
        cables = [name for _, name in inputs if is_cable(name)]
        return [
            Device(
                id=str(number),
                name=name,
                kind="loopback" if is_cable(name) else "microphone",
                default=name == cables[0] if is_cable(name) else number == default,
            )
            for number, name in inputs
        ]

    @contextmanager
    def record(self, device: Device) -> Iterator[Callable[[int], bytes]]:
        """Record a device, 20 ms at a time."""
        blocks: queue.Queue[bytes] = queue.Queue(PIECES_LIMIT)

        def put(block: Any, *_: object) -> None:
            with suppress(queue.Full):
                blocks.put_nowait(bytes(block))

        def take(samples: int) -> bytes:
            taken = b""
            while len(taken) < samples * 2:
                taken += blocks.get(timeout=DEAD_S)
            return taken

        try:
            with self._module.RawInputStream(
                device=int(device.id), samplerate=RATE_HZ, channels=1, dtype="int16", blocksize=BLOCK, callback=put
            ):
                yield take
        except queue.Empty as error:
            raise TapError(f"{device.name} delivers nothing any more") from error
        except Exception as error:  # as above
            raise TapError(_gone(device, error)) from error


def _gone(device: Device, error: Exception) -> str:
    return f"{device.name} is gone or cannot be recorded: {str(error) or type(error).__name__}"


def is_cable(name: str) -> bool:
    """Whether a device's name is that of a virtual cable, which plays into itself."""
    return any(known in name.lower() for known in ("blackhole", "soundflower", "loopback", "vb-cable", "cable output"))


def _pcm(block: Any) -> bytes:
    return float_to_pcm(block.ravel())
