"""One connection's place in a call: a dialect's pieces flow in, events on the call's media clock flow out.

Sound is cut into frames of 20 ms, one for each channel. What the source leaves out on purpose (hold, mute, pause, or a
silent side where silence is not sent) lets the clock run on by the wall; a stalled network does not.
"""

from collections.abc import Mapping
from typing import TypeAlias, assert_never

import msgspec

from streams.audio import deinterleave
from streams.clock import CallClock
from streams.events import (
    AudioFrame,
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallEnded,
    Channel,
    Doubt,
    Hold,
    Muted,
    Resumed,
    Unmuted,
)
from streams.taps.dialect import (
    Began,
    Hole,
    SayEnd,
    SayHold,
    SayLost,
    SayMuted,
    SayPaused,
    SayResumed,
    SayResumedAudio,
    SayUnmuted,
    Sound,
    Timed,
)
from streams.taps.rates import Resampling

TapEvent: TypeAlias = (
    AudioFrame | AudioLost | AudioPaused | AudioResumed | Muted | Unmuted | Hold | Resumed | Doubt | CallEnded
)
FRAME_MS = 20


class _Strand(msgspec.Struct):
    """Channels that come side by side, so that they share one count of samples and cannot drift apart."""

    channels: tuple[Channel, ...]
    given_hz: int
    origin_ms: int
    ways: list[Resampling]
    rest: list[bytes]
    samples: int = 0

    @property
    def rate_hz(self) -> int:
        return self.ways[0].rate_hz


class Timeline:
    """Puts the pieces of one connection on the clock of its call.

    `first` says that no other connection carried the call before: only then does the platform's time of a channel
    count from the same origin as the clock. `named` says what a channel of the connection is in the call.
    """

    def __init__(
        self, began: Began, clock: CallClock, *, first: bool = True, named: Mapping[Channel, Channel] | None = None
    ) -> None:
        self._call_id = began.call_id
        self._channels = began.channels
        self._named = named or {channel: channel for channel in began.channels}
        self._clock = clock
        self._aligned = first and len(began.channels) > 1
        self._strands: dict[tuple[Channel, ...], _Strand] = {}
        self._silent_by_intent: list[str] = []
        if began.sparse:
            self._go_free("sparse")

    def feed(self, piece: Timed) -> list[TapEvent]:
        """The events that a piece amounts to, in the order of time."""
        call_id = self._call_id
        match piece:
            case Sound():
                return self._hear(piece)
            case Hole(channels, lost_ms, reason):
                return self._lose(channels, lost_ms, reason)
            case SayLost(lost_ms, None, reason):
                return self._lose(self._channels, lost_ms, reason)
            case SayLost(lost_ms, channel, reason):
                assert channel is not None
                flushed = self._flush()
                at_ms = self._clock.now_ms()
                lost = AudioLost(
                    call_id=call_id, at_ms=at_ms, channel=self._named[channel], lost_ms=lost_ms, reason=reason
                )
                return [*flushed, lost]
            case SayHold():
                return [Hold(call_id=call_id, at_ms=self._go_free("hold"))]
            case SayResumed():
                return [Resumed(call_id=call_id, at_ms=self._count_again("hold"))]
            case SayMuted(channel):
                at_ms = self._go_free(f"mute {channel}")
                return [Muted(call_id=call_id, at_ms=at_ms, channel=self._named[channel])]
            case SayUnmuted(channel):
                at_ms = self._count_again(f"mute {channel}")
                return [Unmuted(call_id=call_id, at_ms=at_ms, channel=self._named[channel])]
            case SayPaused(reason):
                flushed = self._flush()
                # "agent…" names the key beside the agent, which alone could end such a pause.
                why = "platform" if reason.startswith("agent") else reason
                return [*flushed, AudioPaused(call_id=call_id, at_ms=self._go_free("pause"), reason=why)]
            case SayResumedAudio():
                return [AudioResumed(call_id=call_id, at_ms=self._count_again("pause"))]
            case SayEnd(reason):
                flushed = self._flush()
                return [*flushed, CallEnded(call_id=call_id, at_ms=self._clock.now_ms(), reason=reason)]
            case _:
                assert_never(piece)

    def _hear(self, sound: Sound) -> list[TapEvent]:
        strand, events = self._strand(sound)
        sides = deinterleave(sound.pcm, len(sound.channels))
        for number, (way, side) in enumerate(zip(strand.ways, sides, strict=True)):
            strand.rest[number] += way.feed(side)
        frame_bytes = strand.rate_hz * FRAME_MS // 1000 * 2
        return events + self._cut(strand, frame_bytes)

    def _strand(self, sound: Sound) -> tuple[_Strand, list[TapEvent]]:
        """Where the sound goes on; a source that changes its rate begins anew there."""
        strand = self._strands.get(sound.channels)
        events: list[TapEvent] = []
        if strand is None or strand.given_hz != sound.rate_hz:
            if strand is not None:
                events = self._flush_strand(strand)
            strand = self._strands[sound.channels] = _Strand(
                channels=sound.channels,
                given_hz=sound.rate_hz,
                origin_ms=sound.media_ms or 0,
                ways=[Resampling(sound.rate_hz) for _ in sound.channels],
                rest=[b"" for _ in sound.channels],
            )
        return strand, events

    def _cut(self, strand: _Strand, frame_bytes: int) -> list[TapEvent]:
        whole = len(strand.rest[0]) // frame_bytes * frame_bytes
        events = [
            self._frame(self._named[channel], strand, strand.rest[number][at : at + frame_bytes], at // 2)
            for at in range(0, whole, frame_bytes)
            for number, channel in enumerate(strand.channels)
        ]
        strand.samples += whole // 2
        strand.rest = [side[whole:] for side in strand.rest]
        return [*events]

    def _frame(self, channel: Channel, strand: _Strand, pcm: bytes, ahead: int) -> AudioFrame:
        began_ms = strand.origin_ms + (strand.samples + ahead) * 1000 // strand.rate_hz
        span = self._clock.heard(channel, len(pcm) // 2, strand.rate_hz, began_ms if self._aligned else None)
        return AudioFrame(
            call_id=self._call_id,
            at_ms=span.at_ms,
            channel=channel,
            pcm=pcm,
            rate_hz=strand.rate_hz,
            started_ms=span.started_ms,
            duration_ms=span.duration_ms,
        )

    def _lose(self, channels: tuple[Channel, ...], lost_ms: int, reason: str) -> list[TapEvent]:
        """Sound that never came moves its channels on."""
        events = self._flush()
        named = [self._named[channel] for channel in channels]
        for channel in named:
            self._clock.lost(channel, lost_ms)
        at_ms = self._clock.now_ms()
        lost = [
            AudioLost(call_id=self._call_id, at_ms=at_ms, channel=channel, lost_ms=lost_ms, reason=reason)
            for channel in named
        ]
        return [*events, *lost]

    def _flush(self) -> list[TapEvent]:
        return [event for strand in self._strands.values() for event in self._flush_strand(strand)]

    def _flush_strand(self, strand: _Strand) -> list[TapEvent]:
        """What is left of the last frame, filled up to whole milliseconds."""
        strand.rest = [side + way.flush() for side, way in zip(strand.rest, strand.ways, strict=True)]
        events = self._cut(strand, strand.rate_hz * FRAME_MS // 1000 * 2)
        if not strand.rest[0]:
            return events
        ms_bytes = strand.rate_hz // 1000 * 2
        strand.rest = [side + bytes(-len(side) % ms_bytes) for side in strand.rest]
        return events + self._cut(strand, len(strand.rest[0]))

    def _go_free(self, why: str) -> int:
        if why not in self._silent_by_intent:
            self._silent_by_intent.append(why)
        return self._clock.run_free()

    def _count_again(self, why: str) -> int:
        if why in self._silent_by_intent:
            self._silent_by_intent.remove(why)
        return self._clock.now_ms() if self._silent_by_intent else self._clock.stop_free()
