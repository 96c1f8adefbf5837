"""The doctor's look at the local tap: settings and this machine's sound flow in, findings with advice flow out.

Each device that would be used is listened to for a moment, in a process of its own as in a call: that it can be opened,
that anything comes, and that what comes is more than zeros.
"""

import asyncio
import math
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, suppress
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np

from sidecar.config_sections import LocalConfig
from sidecar.doctor import Finding, State
from sidecar.local.devices import KIND_OF, Device, Kind, SoundSystem, choose
from sidecar.local.listening import Listening, Open, process
from sidecar.local.systems import Library, check_installed, open_system
from streams.audio import pcm_to_float
from streams.errors import TapError
from streams.taps.local_wire import RATE_HZ, Captured, Closed

LISTEN_S = 3.0
ENOUGH = RATE_HZ
"""Samples of each device, one second."""

_CABLE = (
    "install a virtual device such as BlackHole, make it part of a multi-output device that the softphone plays to, "
    "and name it as taps.local.loopback"
)
_MUTED = {
    "darwin": "unmute it; System Settings > Privacy & Security > Microphone must allow this terminal",
    "win32": "unmute it; Settings > Privacy & security > Microphone must allow desktop apps",
}
_MUTED_ELSEWHERE = "unmute it (`pactl set-source-mute NAME 0`, or the desktop's sound settings), or choose another"


class Sample(NamedTuple):
    """What a moment of listening brought: how many samples, the loudest of them, and why no more came."""

    samples: int = 0
    peak: float = 0.0
    reason: str = ""


Hear: TypeAlias = Callable[[Kind, str, Library], Awaitable[Sample]]


async def hear(kind: Kind, wanted: str, library: Library, *, open_device: Open | None = None) -> Sample:
    """Listen to a device until there is a second of it, it says that it is gone, or time is up."""
    listening = Listening(open_device or partial(process, kind, wanted, library), sleep=asyncio.sleep)
    heard = Sample()
    with suppress(TimeoutError):
        async with asyncio.timeout(LISTEN_S), aclosing(listening.messages()) as said:
            async for message in said:
                match message:
                    case Captured(_, pcm) if pcm:
                        peak = float(np.abs(pcm_to_float(pcm)).max())
                        heard = Sample(heard.samples + len(pcm) // 2, max(heard.peak, peak))
                    case Closed(_, reason):
                        heard = heard._replace(reason=reason)
                if heard.reason or heard.samples >= ENOUGH:
                    break
    return heard


async def findings(
    config: LocalConfig, *, listen: Hear = hear, system: Callable[[Library], SoundSystem] = open_system
) -> list[Finding]:
    """What the local tap would do on this machine; where it is off nothing about it is worse than worth knowing."""
    if not config.enabled:
        return [_off(config)]
    try:
        check_installed(config.library)
        devices = system(config.library).devices()
    except TapError as error:
        return [_problem(error)]
    found: list[Finding] = []
    if sys.platform == "darwin" and not any(device.kind == "loopback" for device in devices):
        found.append(Finding("local tap", "problem", "macOS has no loopback of its own", _CABLE))
    for kind in KIND_OF.values():
        try:
            device = choose(devices, kind, getattr(config, kind))
        except TapError as error:
            found.append(_problem(error))
        else:
            found.append(_heard(kind, device, await listen(kind, device.id, config.library)))
    return found


def _off(config: LocalConfig) -> Finding:
    try:
        check_installed(config.library)
    except TapError as error:
        return Finding("local tap", "ok", f"off; {error}")
    return Finding("local tap", "ok", "off; `sidecar devices --pick` chooses two devices and switches it on")


def _problem(error: TapError) -> Finding:
    return Finding("local tap", "problem", str(error), "`sidecar devices` lists what there is")


def _heard(kind: Kind, device: Device, heard: Sample) -> Finding:
    """What a device brought; a loopback may be silent or say nothing while nothing plays."""
    state, text, advice = next(_judged(kind, heard))
    return Finding("local tap", state, f"{kind} {device.name}: {text}", advice)


def _judged(kind: Kind, heard: Sample) -> Iterator[tuple[State, str, str]]:
    if heard.reason:
        yield "problem", heard.reason, "choose another with `sidecar devices --pick`, or close what holds it"
    if heard.peak > 0:
        yield "ok", f"delivers sound, {20 * math.log10(heard.peak):.0f} dB at most just now", ""
    if kind == "loopback":
        yield "ok", "nothing plays just now; `sidecar devices --meter` must move when the softphone plays", ""
    if heard.samples:
        yield "warning", "delivers nothing but zeros", _MUTED.get(sys.platform, _MUTED_ELSEWHERE)
    yield "problem", "was opened but delivers nothing", _MUTED.get(sys.platform, "plug it in anew, or choose another")
