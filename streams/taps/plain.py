"""The plain dialect, our own: a WebSocket's messages in, pieces of a call and answers out, without a socket.

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

from streams.errors import ProtocolError
from streams.events import Channel
from streams.taps.dialect import Began, Control, Piece, Reply, SayEnd, SayLost, SayMuted, SayUnmuted, Sound
from streams.taps.plain_client import PlainEvent, PlainSender
from streams.taps.plain_messages import (
    LONGEST_AUDIO,
    LONGEST_HELLO,
    LONGEST_LOSS_MS,
    LONGEST_TEXT,
    VERSION,
    Hello,
    Refusal,
    Welcome,
    check_hello,
    from_client,
    to_text,
)

__all__ = ["Hello", "PlainDialect", "PlainEvent", "PlainSender"]


class PlainDialect:
    """The service's end of one connection; a `Dialect`."""

    def __init__(self) -> None:
        self._hello: Hello | None = None
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self._ended

    def receive_text(self, text: str) -> list[Piece]:
        """Take a text message.

        Raises ProtocolError.
        """
        if len(text) > (LONGEST_TEXT if self._hello else LONGEST_HELLO):
            raise ProtocolError(f"a text of {len(text)} characters is too long", "too_big")
        message = from_client(text)
        if isinstance(message, Hello):
            return self._begin(message)
        hello = self._running()
        return [] if message is None else [self._checked(hello, message)]

    def receive_bytes(self, data: bytes) -> list[Piece]:
        """Take a binary message: any whole number of samples of every channel, also none.

        Raises ProtocolError.
        """
        hello = self._running()
        if len(data) > LONGEST_AUDIO:
            raise ProtocolError(f"{len(data)} bytes of sound at once; send at most {LONGEST_AUDIO}", "too_big")
        if len(data) % (2 * len(hello.channels)):
            sides = f"{len(hello.channels)} channel(s) of 16-bit samples"
            raise ProtocolError(f"{len(data)} bytes do not divide into {sides}", "bad_audio")
        return [Sound(hello.channels, data, hello.rate_hz)]

    def closed(self) -> list[Piece]:
        """Nothing: only an `end` ends the call, so the client may come back."""
        return []

    def refuse(self, error: ProtocolError) -> list[Reply]:
        """What the client is told before the connection is closed."""
        self._ended = True
        return [Reply(to_text(Refusal(error.code, str(error))))]

    def _begin(self, hello: Hello) -> list[Piece]:
        if self._hello:
            raise ProtocolError("a connection carries one call; open another for the next", "second_hello")
        check_hello(hello)
        self._hello = hello
        began = Began(
            call_id=hello.call_id,
            channels=hello.channels,
            agent_id=hello.agent_id,
            agent_name=hello.agent_name,
            queue=hello.queue,
            source=hello.source,
            started_at=hello.started_at,
            engine=hello.engine,
            words=hello.words,
        )
        return [began, Reply(to_text(Welcome(VERSION, hello.call_id)))]

    def _running(self) -> Hello:
        if self._hello is None:
            raise ProtocolError("the first message must be a hello", "no_hello")
        if self._ended:
            raise ProtocolError("the call has ended", "ended")
        return self._hello

    def _checked(self, hello: Hello, message: Control) -> Control:
        match message:
            case SayLost(lost_ms) if not 0 < lost_ms <= LONGEST_LOSS_MS:
                raise ProtocolError(f"{lost_ms} ms cannot be lost at once", "bad_message")
            case SayMuted(channel) | SayUnmuted(channel) | SayLost(_, channel):
                _check_own(hello, channel)
            case SayEnd():
                self._ended = True
        return message


def _check_own(hello: Hello, channel: Channel | None) -> None:
    if channel is not None and channel not in hello.channels:
        raise ProtocolError(f"the call has no channel '{channel}'", "bad_message")
