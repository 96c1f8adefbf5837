"""The client's end of the plain dialect: events of a recording in, messages to send out, without a socket."""

from typing import TypeAlias, assert_never

from streams.audio import interleave
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
from streams.taps.dialect import (
    Control,
    SayEnd,
    SayHold,
    SayLost,
    SayMuted,
    SayPaused,
    SayResumed,
    SayResumedAudio,
    SayUnmuted,
)
from streams.taps.plain_messages import Hello, Welcome, check_hello, from_service, to_text

PlainEvent: TypeAlias = (
    CallStarted | AudioFrame | AudioLost | AudioPaused | AudioResumed | Muted | Unmuted | Hold | Resumed | CallEnded
)


class PlainSender:
    """The client's end: events of a recording in, messages to send out."""

    def __init__(self, hello: Hello) -> None:
        check_hello(hello)
        self._hello = hello
        self._waiting: dict[Channel, AudioFrame] = {}

    def start(self) -> str:
        """The first message."""
        return to_text(self._hello)

    def send(self, event: PlainEvent) -> list[str | bytes]:
        """The messages for one event; a frame waits for those of the other channels.

        Raises ProtocolError for a frame that does not fit the hello.
        """
        match event:
            case AudioFrame():
                return self._audio(event)
            case Hold():
                message: Control = SayHold()
            case Resumed():
                message = SayResumed()
            case Muted():
                message = SayMuted(event.channel)
            case Unmuted():
                message = SayUnmuted(event.channel)
            case AudioPaused():
                message = SayPaused(event.reason)
            case AudioResumed():
                message = SayResumedAudio()
            case AudioLost():
                message = SayLost(event.lost_ms, event.channel, event.reason)
            case CallEnded():
                message = SayEnd(event.reason)
            case CallStarted():
                return []
            case _:
                assert_never(event)
        return [to_text(message)]

    def receive_text(self, text: str) -> Welcome:
        """Take the service's answer.

        Raises ProtocolError when it refuses the call, or is no such service.
        """
        return from_service(text)

    def _audio(self, frame: AudioFrame) -> list[str | bytes]:
        if frame.channel not in self._hello.channels or frame.rate_hz != self._hello.rate_hz:
            raise ProtocolError(f"a frame of {frame.channel} at {frame.rate_hz} Hz does not fit the hello", "bad_audio")
        self._waiting[frame.channel] = frame
        if len(self._waiting) < len(self._hello.channels):
            return []
        sides = [self._waiting[channel].pcm for channel in self._hello.channels]
        self._waiting = {}
        if len({len(side) for side in sides}) > 1:
            raise ProtocolError("frames of one moment differ in length", "bad_audio")
        return [interleave(sides)]
