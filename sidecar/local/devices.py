"""Which sound devices there are and which is meant: a system's list and a name flow in, one device flows out."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol, TypeAlias

import msgspec

from streams.errors import TapError
from streams.taps.local_wire import Side

Kind: TypeAlias = Literal["microphone", "loopback"]
KIND_OF: dict[Side, Kind] = {"agent": "microphone", "customer": "loopback"}
DEFAULT = "default"


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device that can be recorded: a microphone, or what a loudspeaker plays."""

    id: str
    name: str
    kind: Kind
    default: bool = False


class SoundSystem(Protocol):
    """The operating system's sound, through one library."""

    def devices(self) -> Sequence[Device]:
        """All devices that can be recorded now.

        Raises TapError when the sound system does not answer.
        """
        ...

    def record(self, device: Device) -> AbstractContextManager[Callable[[int], bytes]]:
        """Record a device: what is entered gives the next so many samples, 16-bit mono at 16 kHz, waiting for them.

        Raises TapError when the device cannot be opened, and from the block's function when it went away.
        """
        ...


def choose(devices: Sequence[Device], kind: Kind, wanted: str) -> Device:
    """The device that a setting means: the default, one by id or name, or the only one with this in its name.

    A device of the other kind is taken only where it is named whole: the microphone of a virtual cable may be what the
    customer is heard on.
    Raises TapError when none or several are meant.
    """
    ours = [device for device in devices if device.kind == kind]
    if wanted == DEFAULT:
        found = [device for device in ours if device.default]
        if not found:
            raise TapError(f"this system has no default {kind}; name one of `sidecar devices` as taps.local.{kind}")
        return found[0]
    for device in (*ours, *devices):
        if wanted in (device.id, device.name):
            return device
    alike = [device for device in ours if wanted.lower() in device.name.lower() or wanted.lower() in device.id.lower()]
    if len(alike) == 1:
        return alike[0]
    several = f"several are: {', '.join(device.name for device in alike)}" if alike else "see `sidecar devices`"
    raise TapError(f"no one {kind} is called {wanted!r} (taps.local.{kind}); {several}")
