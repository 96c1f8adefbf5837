"""The plain dialect, our own: a WebSocket's messages in, events and answers out, without a socket.

    client                                                          service
    {"type": "hello", "version": 1, "call_id": "c1", ...}     ->
                                                              <-    {"type": "welcome", "version": 1, "call_id": "c1"}
    binary: 16-bit little-endian samples, channels side by    ->
    side in the order of the hello
    {"type": "hold"} resumed muted unmuted paused             ->
    resumed_audio lost end
                                                              <-    {"type": "error", "code": ..., "text": ...}

Unknown fields and unknown kinds of messages are passed over, so that a client may be newer than the service. After an
error the service closes the connection.
"""

from typing import NamedTuple, assert_never

from streams.audio import deinterleave
from streams.clock import CallClock, ManualClock
from streams.errors import ProtocolError
from streams.events import (
    AudioFrame,
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallEnded,
    CallStarted,
    Channel,
    Hold,
    Muted,
    Resumed,
    Unmuted,
)
from streams.taps.plain_client import PlainEvent, PlainSender
from streams.taps.plain_messages import (
    LONGEST_AUDIO,
    LONGEST_HELLO,
    LONGEST_LOSS_MS,
    LONGEST_TEXT,
    VERSION,
    Control,
    Hello,
    Refusal,
    SayEnd,
    SayHold,
    SayLost,
    SayMuted,
    SayPaused,
    SayResumed,
    SayResumedAudio,
    SayUnmuted,
    Welcome,
    check_hello,
    from_client,
    to_text,
)

__all__ = ["Hello", "PlainDialect", "PlainEvent", "PlainSender", "Reply", "refusal"]

FRAME_MS = 20


class Reply(NamedTuple):
    """A text message to be sent back."""

    text: str


def refusal(error: ProtocolError) -> str:
    """What the client is told before the connection is closed."""
    return to_text(Refusal(error.code, str(error)))


class PlainDialect:
    """The service's end of one connection.

    Feed it every message; it returns events in the order of time and replies to be sent. It raises ProtocolError when
    the client broke the rules: then send `refusal(error)`, close, and feed what `connection_lost` returns. Without a
    clock of the caller's, time is counted in samples alone and stands still in a pause.
    """

    def __init__(self, clock: CallClock | None = None) -> None:
        self._clock = clock or CallClock(ManualClock())
        self._hello: Hello | None = None
        self._ended = False
        self._rest = b""
        self._samples = 0
        self._silent_by_intent: list[str] = []

    @property
    def hello(self) -> Hello | None:
        """How the client introduced the call; None before it did."""
        return self._hello

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self._ended

    def receive_text(self, text: str) -> list[PlainEvent | Reply]:
        """Take a text message.

        Raises ProtocolError.
        """
        if len(text) > (LONGEST_TEXT if self._hello else LONGEST_HELLO):
            raise ProtocolError(f"a text of {len(text)} characters is too long", "too_big")
        message = from_client(text)
        if isinstance(message, Hello):
            return self._begin(message)
        hello = self._running()
        return [] if message is None else self._control(hello, message)

    def receive_bytes(self, data: bytes) -> list[PlainEvent | Reply]:
        """Take a binary message: any whole number of samples of every channel, also none.

        Raises ProtocolError.
        """
        hello = self._running()
        if len(data) > LONGEST_AUDIO:
            raise ProtocolError(f"{len(data)} bytes of sound at once; send at most {LONGEST_AUDIO}", "too_big")
        if len(data) % (2 * len(hello.channels)):
            sides = f"{len(hello.channels)} channel(s) of 16-bit samples"
            raise ProtocolError(f"{len(data)} bytes do not divide into {sides}", "bad_audio")
        sound = self._rest + data
        size = self._frame_bytes(hello)
        whole = len(sound) // size * size
        self._rest = sound[whole:]
        return [frame for at in range(0, whole, size) for frame in self._frames(hello, sound[at : at + size])]

    def connection_lost(self) -> list[PlainEvent | Reply]:
        """End the call because nothing more will come; nothing when it has ended, or never began."""
        if self._hello is None or self._ended:
            return []
        return self._end(self._hello, "connection_lost")

    def _begin(self, hello: Hello) -> list[PlainEvent | Reply]:
        if self._hello:
            raise ProtocolError("a connection carries one call; open another for the next", "second_hello")
        check_hello(hello)
        self._hello = hello
        return [
            Reply(to_text(Welcome(VERSION, hello.call_id))),
            CallStarted(
                call_id=hello.call_id,
                at_ms=self._clock.now_ms(),
                agent_id=hello.agent_id,
                agent_name=hello.agent_name,
                queue=hello.queue,
                source=hello.source,
                started_at=hello.started_at,
                channels=hello.channels,
                words_from="reference" if hello.engine == "reference" else "recogniser",
            ),
        ]

    def _running(self) -> Hello:
        if self._hello is None:
            raise ProtocolError("the first message must be a hello", "no_hello")
        if self._ended:
            raise ProtocolError("the call has ended", "ended")
        return self._hello

    def _control(self, hello: Hello, message: Control) -> list[PlainEvent | Reply]:
        call_id = hello.call_id
        match message:
            case SayHold():
                return [Hold(call_id=call_id, at_ms=self._go_free("hold"))]
            case SayResumed():
                return [Resumed(call_id=call_id, at_ms=self._count_again("hold"))]
            case SayMuted(channel):
                at_ms = self._go_free(f"mute {self._own(hello, channel)}")
                return [Muted(call_id=call_id, at_ms=at_ms, channel=channel)]
            case SayUnmuted(channel):
                at_ms = self._count_again(f"mute {self._own(hello, channel)}")
                return [Unmuted(call_id=call_id, at_ms=at_ms, channel=channel)]
            case SayPaused(reason):
                flushed = self._flush(hello)
                return [*flushed, AudioPaused(call_id=call_id, at_ms=self._go_free("pause"), reason=reason)]
            case SayResumedAudio():
                return [AudioResumed(call_id=call_id, at_ms=self._count_again("pause"))]
            case SayLost(lost_ms, channel, reason):
                return self._lose(hello, lost_ms, channel, reason)
            case SayEnd(reason):
                return self._end(hello, reason)
            case _:
                assert_never(message)

    def _lose(self, hello: Hello, lost_ms: int, channel: Channel | None, reason: str) -> list[PlainEvent | Reply]:
        """Sound of both sides that never came moves time on; that of one side came as silence."""
        if not 0 < lost_ms <= LONGEST_LOSS_MS:
            raise ProtocolError(f"{lost_ms} ms cannot be lost at once", "bad_message")
        events = self._flush(hello)
        if channel is None:
            for side in hello.channels:
                self._clock.lost(side, lost_ms)
        lost = hello.channels if channel is None else (self._own(hello, channel),)
        at_ms = self._clock.now_ms()
        events += [
            AudioLost(call_id=hello.call_id, at_ms=at_ms, channel=side, lost_ms=lost_ms, reason=reason) for side in lost
        ]
        return events

    def _end(self, hello: Hello, reason: str) -> list[PlainEvent | Reply]:
        events = self._flush(hello)
        self._ended = True
        return [*events, CallEnded(call_id=hello.call_id, at_ms=self._clock.now_ms(), reason=reason)]

    def _own(self, hello: Hello, channel: Channel) -> Channel:
        if channel not in hello.channels:
            raise ProtocolError(f"the call has no channel '{channel}'", "bad_message")
        return channel

    def _go_free(self, why: str) -> int:
        if why not in self._silent_by_intent:
            self._silent_by_intent.append(why)
        return self._clock.run_free()

    def _count_again(self, why: str) -> int:
        if why in self._silent_by_intent:
            self._silent_by_intent.remove(why)
        return self._clock.now_ms() if self._silent_by_intent else self._clock.stop_free()

    def _flush(self, hello: Hello) -> list[PlainEvent | Reply]:
        """What is left of the last frame, filled up to whole milliseconds."""
        if not self._rest:
            return []
        ms_bytes = self._frame_bytes(hello) // FRAME_MS
        sound = self._rest + bytes(-len(self._rest) % ms_bytes)
        self._rest = b""
        return [*self._frames(hello, sound)]

    def _frame_bytes(self, hello: Hello) -> int:
        return hello.rate_hz * FRAME_MS // 1000 * 2 * len(hello.channels)

    def _frames(self, hello: Hello, sound: bytes) -> list[AudioFrame]:
        """One frame for each channel; they share their samples' clock, so one cannot drift from the other."""
        samples = len(sound) // (2 * len(hello.channels))
        began_ms = self._samples * 1000 // hello.rate_hz
        self._samples += samples
        frames = []
        for channel, pcm in zip(hello.channels, deinterleave(sound, len(hello.channels)), strict=True):
            span = self._clock.heard(channel, samples, hello.rate_hz, began_ms)
            frames.append(
                AudioFrame(
                    call_id=hello.call_id,
                    at_ms=span.at_ms,
                    channel=channel,
                    pcm=pcm,
                    rate_hz=hello.rate_hz,
                    started_ms=span.started_ms,
                    duration_ms=span.duration_ms,
                )
            )
        return frames
