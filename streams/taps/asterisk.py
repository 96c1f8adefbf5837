"""Asterisk's `chan_websocket`: control as plain words or JSON and sound as bytes in, pieces of a call out.

    MEDIA_START connection_id:c1 channel_id:1795302929.2 format:slin16 optimal_frame_size:640 ptime:20
    {"event": "MEDIA_START", "connection_id": "c1", "format": "slin16", "channel_variables": {...}, ...}

A connection carries what one channel says. Nothing is sent while the channel has nothing to say, and sound may come
before the start; it is kept until then. What Asterisk puts into its URL may stem from an earlier call, so the start
and its variables win over it.
"""

from collections.abc import Mapping
from typing import Any

from streams.errors import ProtocolError
from streams.events import Channel
from streams.taps.codecs import LONGEST_AUDIO, Codec, to_pcm
from streams.taps.dialect import Began, Piece, Remark, Reply, SayEnd, Sound
from streams.taps.facts import flat, safe_id
from streams.taps.loose_json import number_at, table, table_at, text_at

LONGEST_TEXT = 64 << 10

FORMATS: Mapping[str, tuple[Codec, int]] = {
    "ulaw": ("ulaw", 8000),
    "alaw": ("alaw", 8000),
    "slin": ("slin", 8000),
    **{f"slin{khz}": ("slin", khz * 1000) for khz in (12, 16, 24, 32, 48, 96, 192)},
    "slin44": ("slin", 44_100),
}
_BY_FRAME = {160: "ulaw", 320: "slin", 640: "slin16"}
"""Early versions say no format, but how many bytes 20 ms take."""
_IGNORED = {"DTMF_END", "STATUS", "MEDIA_XOFF", "MEDIA_XON", "QUEUE_DRAINED", "MEDIA_MARK_PROCESSED"}


class ChanWebSocket:
    """The service's end of one connection; a `Dialect`.

    `side` is whom the channel belongs to where its variables do not say it, `facts` what the URL says.
    """

    def __init__(self, fallback_id: str, side: Channel = "mixed", facts: Mapping[str, str] | None = None) -> None:
        self._fallback_id = fallback_id
        self._channels: tuple[Channel, ...] = (side,)
        self._facts = dict(facts or {})
        self._early = bytearray()
        self._format: tuple[Codec, int] | None = None
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be expected."""
        return self._ended

    def receive_text(self, text: str) -> list[Piece]:
        """Take a control message.

        Raises ProtocolError.
        """
        if len(text) > LONGEST_TEXT:
            raise ProtocolError(f"a text of {len(text)} characters is too long", "too_big")
        message = table(text) if text.lstrip().startswith("{") else _words(text)
        match text_at(message, "event"):
            case "MEDIA_START":
                return self._begin(message)
            case "ERROR":
                return [Remark("Asterisk reports an error")]
            case known if known in _IGNORED:
                return []
            case _:
                return [Remark("Asterisk sends a control message that is not known")]

    def receive_bytes(self, data: bytes) -> list[Piece]:
        """Take sound; what comes before the start is kept.

        Raises ProtocolError.
        """
        if self._format is not None:
            return self._sound(self._format, data)
        self._early += data
        if len(self._early) > LONGEST_AUDIO:
            raise ProtocolError("so much sound came and no MEDIA_START", "no_start")
        return []

    def closed(self) -> list[Piece]:
        """The call's end: Asterisk closes when its channel is gone."""
        if self._ended or self._format is None:
            return []
        self._ended = True
        return [SayEnd()]

    def refuse(self, error: ProtocolError) -> list[Reply]:  # noqa: ARG002  (the Protocol has it)
        """Nothing: closing is enough, and a command would reach the call."""
        self._ended = True
        return []

    def _begin(self, message: Mapping[str, Any]) -> list[Piece]:
        if self._format is not None:
            raise ProtocolError("a connection carries one channel", "second_start")
        facts = {**self._facts, **flat(message), **flat(table_at(message, "channel_variables"))}
        named = text_at(message, "format") or facts.get("format", "")
        named = named or _BY_FRAME.get(number_at(message, "optimal_frame_size") or 0, "ulaw")
        found = FORMATS.get(named)
        if found is None:
            raise ProtocolError(f"sound comes as one of {', '.join(FORMATS)}; dial with c(slin16)", "bad_codec")
        self._format = found
        # The connection's own id is a name from Asterisk's settings, and many calls share it.
        call_id = text_at(message, "channel_id") or text_at(message, "channel") or self._fallback_id
        early, self._early = bytes(self._early), bytearray()
        began = Began(call_id=safe_id(call_id), channels=self._channels, facts=facts, sparse=True)
        return [began, *self._sound(found, early)]

    def _sound(self, form: tuple[Codec, int], data: bytes) -> list[Piece]:
        codec, rate_hz = form
        pcm = to_pcm(codec, data)
        return [Sound(self._channels, pcm, rate_hz)] if pcm else []


def _words(text: str) -> dict[str, Any]:
    """`NAME key:value key:value` as a table."""
    name, *pairs = text.split() or [""]
    return {**{key: value for key, _, value in (pair.partition(":") for pair in pairs)}, "event": name}
