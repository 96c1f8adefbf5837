"""What every dialect is reduced to: a platform's messages go in, pieces of a call and replies come out, no socket.

A dialect knows its platform's words and rules and nothing of time: `streams.taps.timeline` puts its pieces on the
clock of the call that they belong to, which may be carried by several connections.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import msgspec

from streams.errors import ProtocolError
from streams.events import Channel, Nudge, Utterance, Word


class Began(msgspec.Struct, frozen=True, kw_only=True, tag="began", tag_field="type"):
    """The connection said which call it carries, and which of its sides.

    `facts` are the platform's metadata as flat text by dotted name; who the agent is follows from them by the
    settings, unless the dialect has a place for it. A `sparse` source sends nothing while its side is silent.
    """

    call_id: str
    channels: tuple[Channel, ...]
    facts: Mapping[str, str] = {}
    sparse: bool = False
    agent_id: str = ""
    agent_name: str = ""
    queue: str = ""
    source: str = ""
    started_at: str = ""
    engine: Literal["whisper", "reference"] | None = None
    words: Mapping[Channel, tuple[Word, ...]] = {}


class Sound(msgspec.Struct, frozen=True, tag="sound", tag_field="type"):
    """A slice of sound, 16-bit little-endian, the channels side by side.

    `media_ms` is the platform's own time of the first sample, from any origin common to the connection's channels.
    """

    channels: tuple[Channel, ...]
    pcm: bytes
    rate_hz: int
    media_ms: int | None = None


class Hole(msgspec.Struct, frozen=True, tag="hole", tag_field="type"):
    """Sound that will never come, and whose place nothing took."""

    channels: tuple[Channel, ...]
    lost_ms: int
    reason: str


class Reply(msgspec.Struct, frozen=True):
    """A message to be sent back: text, or bytes where the dialect has no texts."""

    message: str | bytes


class Remark(msgspec.Struct, frozen=True):
    """Something odd that harms nobody; worth a line in the log, free of what was said and of secrets."""

    remark: str


class SayHold(msgspec.Struct, frozen=True, tag="hold", tag_field="type"):
    """The agent puts the customer on hold."""


class SayResumed(msgspec.Struct, frozen=True, tag="resumed", tag_field="type"):
    """The hold is over."""


class SayMuted(msgspec.Struct, frozen=True, tag="muted", tag_field="type"):
    """One side mutes itself."""

    channel: Channel


class SayUnmuted(msgspec.Struct, frozen=True, tag="unmuted", tag_field="type"):
    """One side takes its mute off."""

    channel: Channel


class SayPaused(msgspec.Struct, frozen=True, tag="paused", tag_field="type"):
    """No sound will come for a while, on purpose."""

    reason: str = ""


class SayResumedAudio(msgspec.Struct, frozen=True, tag="resumed_audio", tag_field="type"):
    """Sound comes again."""


class SayLost(msgspec.Struct, frozen=True, tag="lost", tag_field="type"):
    """Sound that should have come will not; `channel` None means that of all, one channel's place took silence."""

    lost_ms: int
    channel: Channel | None = None
    reason: str = ""


class SayEnd(msgspec.Struct, frozen=True, tag="end", tag_field="type"):
    """The call is over."""

    reason: str = "hung_up"


Control: TypeAlias = SayHold | SayResumed | SayMuted | SayUnmuted | SayPaused | SayResumedAudio | SayLost | SayEnd
Timed: TypeAlias = Sound | Hole | Control
"""Pieces that have a place in a call's time."""
Piece: TypeAlias = Began | Timed | Reply | Remark


class Dialect(Protocol):
    """The service's end of one connection.

    Feed it every message in turn and do with the pieces what they say; exactly one `Began` comes before any piece of
    a call. ProtocolError means that the client broke the rules: then send what `refuse` returns and close. Until the
    connection is closed only a dialect that has not `ended` wants to see what still comes.
    """

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be expected of the connection, so that it may be closed."""
        ...

    def receive_text(self, text: str) -> list[Piece]:
        """Take a text message.

        Raises ProtocolError.
        """
        ...

    def receive_bytes(self, data: bytes) -> list[Piece]:
        """Take a binary message.

        Raises ProtocolError.
        """
        ...

    def closed(self) -> list[Piece]:
        """What it means that the client closed the connection in good order: the call's end, or nothing."""
        ...

    def refuse(self, error: ProtocolError) -> list[Reply]:
        """What the client is told before its connection is closed."""
        ...


@runtime_checkable
class Telling(Protocol):
    """A dialect whose platform can be told what was said and advised, also after it has ended the call.

    Its goodbye is therefore no piece: it is asked for when all is told.
    """

    def tell(self, events: Sequence[Utterance | Nudge]) -> list[Reply]:
        """The messages for these events; none where the platform does not want them now."""
        ...

    def goodbye(self) -> list[Reply]:
        """What a call that is over still owes its platform; nothing the second time."""
        ...
