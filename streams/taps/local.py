"""The tap on the agent's own machine: what two sound devices deliver flows in, the pieces of calls flow out.

    microphone ─▶ clock ─┐                ┌▶ echo gate ─▶ who speaks ─▶ calls begin and end
                         ├─▶ slots of 20 ms ┤
    loopback ───▶ clock ─┘                └▶ sound of the call that goes on, and what was lost of it

Sans-I/O: the driver brings each device's messages, whose it is, and the machine's monotonic time when nothing came.
Sound from before a call is kept for some seconds only, so that a call told by its voices has its greeting.
"""

from collections import deque
from collections.abc import Mapping

import msgspec
import numpy as np

from streams.ear import Ear
from streams.engine import SpeechProbe
from streams.events import AudioFrame
from streams.settings import VadSettings
from streams.taps.dialect import Began, SayEnd, SayLost, Sound, Timed
from streams.taps.local_clock import PER_MS, DeviceClock, Pcm
from streams.taps.local_echo import EchoGate
from streams.taps.local_sense import WINDOW_MS, CallSense, Moment, Start
from streams.taps.local_slots import SIDES, SLOT, SLOT_MS, Slot, Slots
from streams.taps.local_wire import RATE_HZ, Captured, Closed, Message, Opened, Side

LEAD_MS = 700
"""Sound kept before the first voice of a call."""
SAY_LOST_MS = 1_000
"""What is being lost is said this often, so that nobody takes it for silence."""
DEAD_MICROPHONE_MS = 2_000
"""A microphone delivers also when nobody speaks; one that has not for so long is lost."""
END_PAUSE_MS = 240


class LocalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the tap is tuned by; `idle_end_ms` 0 never ends a call by silence."""

    start: Start = "voice"
    idle_end_ms: int = 45_000
    echo_gate: bool = True
    vad: VadSettings = VadSettings()


class _Device:
    """One side's device: its clock, whether it is gone, and what of it has been lost and not been said."""

    def __init__(self, settings: VadSettings, probe: SpeechProbe) -> None:
        self.clock = DeviceClock()
        self.ear = Ear(settings, END_PAUSE_MS, probe)
        self.gone = True
        self.why = "not opened yet"
        self.unsaid = 0
        self.silent_ms = 0


class LocalTap:
    """Both devices and the calls heard on them; `probes` tell speech from other sound, one for each side."""

    def __init__(self, settings: LocalSettings, probes: Mapping[Side, SpeechProbe]) -> None:
        self._settings = settings
        self._devices = {side: _Device(settings.vad, probes[side]) for side in SIDES}
        self._slots = Slots()
        self._gate = EchoGate()
        self._sense = CallSense(settings.start, settings.idle_end_ms)
        self._before: deque[Slot] = deque(maxlen=(WINDOW_MS + LEAD_MS) // SLOT_MS)
        self._heard_ms = 0
        self._call_id = ""
        self._not_before = 0

    @property
    def in_call(self) -> bool:
        """Whether a call is going on."""
        return self._sense.in_call

    @property
    def drift_ppm(self) -> Mapping[Side, float]:
        """How much faster than the machine's clock each device's runs, in millionths."""
        return {side: device.clock.drift_ppm for side, device in self._devices.items()}

    @property
    def late_ms(self) -> Mapping[Side, int]:
        """Sound of each side that came too late to be used."""
        return {side: late // PER_MS for side, late in self._slots.late.items()}

    @property
    def silenced_ms(self) -> int:
        """How much of the microphone was taken for an echo of the loudspeaker."""
        return self._gate.silenced_ms

    def feed(self, side: Side, message: Message) -> list[Began | Timed]:
        """Take what a device says."""
        device = self._devices[side]
        match message:
            case Captured(stamp_us, pcm):
                device.gone = False
                for placed in device.clock.feed(stamp_us, pcm):
                    self._slots.feed(side, placed)
            case Opened():
                device.clock = DeviceClock()
                # A loopback says nothing while nothing plays; a microphone that is there is heard.
                device.gone = side == "agent"
            case Closed(_, reason):
                for placed in device.clock.flush():
                    self._slots.feed(side, placed)
                device.gone, device.why = True, reason
        return self.advance(message.stamp_us)

    def advance(self, now_us: int) -> list[Began | Timed]:
        """Let time pass in which nothing may have come."""
        pieces: list[Began | Timed] = []
        for slot in self._slots.advance(now_us * PER_MS // 1000, hurried=self._sense.in_call):
            pieces += self._take(slot)
        return pieces

    def begin(self, call_id: str, now_us: int) -> list[Began | Timed]:
        """A call begins by hand, now: what was said before is not part of it, though it may still be on its way."""
        self._call_id = call_id
        self._not_before = now_us * PER_MS // 1000
        return self._follow(self._sense.begin(), by_hand=True)

    def end(self, reason: str = "hung_up") -> list[Began | Timed]:
        """The call ends by hand."""
        return self._follow(self._sense.end(), reason=reason)

    def _take(self, slot: Slot) -> list[Began | Timed]:
        if self._settings.echo_gate:
            agent = self._gate.feed(slot.sound["agent"], slot.sound["customer"])
            slot = slot._replace(sound={**slot.sound, "agent": agent})
        self._before.append(slot)
        pieces: list[Began | Timed] = []
        if self._sense.in_call and slot.start >= self._not_before:
            pieces += [*self._lost(slot), _sound([slot])]
        speaking = {side: self._speaks(side, slot.sound[side]) for side in SIDES}
        self._heard_ms += SLOT_MS
        moment = self._sense.feed(agent=speaking["agent"], customer=speaking["customer"])
        return pieces + self._follow(moment)

    def _follow(self, moment: Moment | None, *, by_hand: bool = False, reason: str = "silence") -> list[Began | Timed]:
        match moment:
            case "begin":
                for device in self._devices.values():
                    device.unsaid = 0
                began = Began(call_id=self._call_id, channels=SIDES)
                self._call_id = ""
                kept = [] if by_hand else self._greeting()
                self._before.clear()
                return [began, _sound(kept)] if kept else [began]
            case "end":
                self._before.clear()
                return [*self._say_lost(1), SayEnd(reason)]
        return []

    def _greeting(self) -> list[Slot]:
        """What was kept from a little before the first voice on."""
        slots = -(-(self._sense.voices_ms + LEAD_MS) // SLOT_MS)
        return list(self._before)[-slots:]

    def _lost(self, slot: Slot) -> list[Began | Timed]:
        """Count what should have come and did not; a loopback that has nothing to play is not lost."""
        for side, device in self._devices.items():
            missing = slot.missing[side]
            device.silent_ms = device.silent_ms + SLOT_MS if missing == SLOT else 0
            if side == "agent" and not device.gone and device.silent_ms >= DEAD_MICROPHONE_MS:
                device.why = "the microphone delivers nothing"
                device.unsaid += missing
            elif device.gone:
                device.unsaid += missing
            device.unsaid += slot.leapt
        over = [side for side, device in self._devices.items() if not device.silent_ms and device.unsaid]
        return [*self._say_lost(1, over), *self._say_lost(SAY_LOST_MS)]

    def _say_lost(self, least_ms: int, sides: list[Side] | None = None) -> list[Began | Timed]:
        said: list[Began | Timed] = []
        for side in SIDES if sides is None else sides:
            device = self._devices[side]
            if device.unsaid >= least_ms * PER_MS:
                said.append(SayLost(device.unsaid // PER_MS, side, device.why))
                device.unsaid = 0
        return said

    def _speaks(self, side: Side, samples: Pcm) -> bool:
        ear = self._devices[side].ear
        frame = AudioFrame(
            call_id="",
            at_ms=self._heard_ms + SLOT_MS,
            channel=side,
            pcm=samples.tobytes(),
            rate_hz=RATE_HZ,
            started_ms=self._heard_ms,
            duration_ms=SLOT_MS,
        )
        for _ in ear.feed(frame):
            pass
        return ear.speaking


def _sound(slots: list[Slot]) -> Sound:
    """Slots as one piece of sound, the sides side by side."""
    sides = [np.concatenate([slot.sound[side] for slot in slots]) for side in SIDES]
    return Sound(SIDES, np.stack(sides, axis=1).astype("<i2").tobytes(), RATE_HZ)
