"""Twilio Media Streams and its kin (SignalWire, Telnyx, Plivo): their JSON texts in, pieces of a call out.

    connected?  start  media media media ... dtmf? mark? ... stop?

Each side of the call is a track with its own count of chunks and its own times, by which the two are put beside each
other and holes are found. Inbound is what comes from the leg that is tapped, outbound what goes to it. Nothing is ever
sent back. Unknown events and fields are passed over; numbers may be texts.
"""

import binascii
from collections.abc import Mapping
from typing import Any

from streams.errors import ProtocolError
from streams.events import Channel
from streams.taps.codecs import LONGEST_AUDIO, Codec, codec_named, to_pcm
from streams.taps.dialect import Began, Hole, Piece, Remark, Reply, SayEnd, Sound
from streams.taps.facts import clean, flat, safe_id
from streams.taps.in_order import Chunk, InOrder, Ordered
from streams.taps.loose_json import number_at, table, table_at, text_at
from streams.taps.rates import check_rate
from streams.taps.twilio_table import KIN, Kin

LONGEST_TEXT = LONGEST_AUDIO * 2
LONGEST_LOSS_MS = 3_600_000
_OTHER: Mapping[Channel, Channel] = {"customer": "agent", "agent": "customer", "mixed": "mixed"}
_IGNORED = {"connected", "dtmf", "mark", "clear", "clearedAudio", "playedStream"}


class Twilio:
    """The service's end of one stream; a `Dialect`.

    `platform` is a row of `KIN`, `tapped` the side whose leg the stream is on, `facts` what the URL says.
    """

    def __init__(
        self, platform: str = "twilio", tapped: Channel = "customer", facts: Mapping[str, str] | None = None
    ) -> None:
        self._kin: Kin = KIN[platform]
        self._named: dict[str, Channel] = {"inbound": tapped, "outbound": _OTHER[tapped]}
        self._facts = dict(facts or {})
        self._stream = ""
        self._codec: Codec = "ulaw"
        self._rate_hz = 8000
        self._tracks: dict[Channel, InOrder] = {}
        self._latest_ms: int | None = None
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the stream has stopped."""
        return self._ended

    def receive_text(self, text: str) -> list[Piece]:
        """Take a message.

        Raises ProtocolError.
        """
        if self._ended:
            raise ProtocolError("the stream has stopped", "ended")
        if len(text) > LONGEST_TEXT:
            raise ProtocolError(f"a text of {len(text)} characters is too long", "too_big")
        message = table(text)
        match text_at(message, "event"):
            case "media":
                return self._media(message)
            case "start":
                return self._start(message)
            case "stop":
                return self._stop()
            case "error":
                return [Remark(f"the platform reports error {clean(text_at(message, 'payload', 'code'))}")]
            case known if known in _IGNORED:
                return []
            case _:
                return [Remark("the platform sends an event that is not known")]

    def receive_bytes(self, data: bytes) -> list[Piece]:  # noqa: ARG002  (the Protocol has it)
        """Refuse a binary message: the platform sends texts only."""
        raise ProtocolError("sound comes as base64 within texts", "bad_message")

    def closed(self) -> list[Piece]:
        """The call's end where the platform has no other word for it."""
        return self._stop() if self._kin.hangs_up and not self._ended else []

    def refuse(self, error: ProtocolError) -> list[Reply]:  # noqa: ARG002
        """Nothing: the platform listens to nobody."""
        self._ended = True
        return []

    def _start(self, message: Mapping[str, Any]) -> list[Piece]:
        if self._tracks:
            raise ProtocolError("a connection carries one stream", "second_start")
        self._stream = self._first_text(message, self._kin.stream)
        call_id = self._first_text(message, self._kin.call) or self._stream
        if not call_id:
            raise ProtocolError("the start names neither call nor stream", "bad_start")
        self._take_format(message)
        facts = {**self._facts, **flat(table_at(message, "start")), **self._custom(message)}
        channels = self._channels(message, facts)
        self._tracks = {channel: InOrder() for channel in channels}
        return [Began(call_id=safe_id(call_id), channels=channels, facts=facts)]

    def _take_format(self, message: Mapping[str, Any]) -> None:
        described = table_at(message, *self._kin.media_format)
        if number_at(described, "channels") not in {None, 1}:
            raise ProtocolError("each track must come by itself, in mono", "bad_format")
        # SignalWire writes codec and rate as one, such as L16@16000h.
        name, _, joined = (text_at(described, "encoding") or self._kin.encoding).partition("@")
        rate_hz = number_at({"rate": joined.partition("h")[0]}, "rate") or number_at(described, self._kin.rate)
        self._codec = codec_named(name)
        self._rate_hz = check_rate(rate_hz or 8000)

    def _channels(self, message: Mapping[str, Any], facts: Mapping[str, str]) -> tuple[Channel, ...]:
        """The tracks that will come, as sides of the call; inbound first."""
        listed = table_at(message, "start").get("tracks")
        names = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
        names = names or [facts.get("tracks") or ("both" if self._kin.both else "inbound")]
        said = {name.removesuffix("s").removesuffix("_track") for name in names}
        wanted = [name for name in self._named if name in said or "both" in said]
        return tuple(dict.fromkeys(self._named[name] for name in wanted or ["inbound"]))

    def _custom(self, message: Mapping[str, Any]) -> dict[str, str]:
        """What whoever set the stream up says of the call."""
        found = flat(table_at(message, *self._kin.custom))
        for path in self._kin.pairs:
            pairs = (pair.partition("=") for pair in text_at(message, *path).split(";"))
            found |= flat({name.strip("{ "): value.strip("} ") for name, _, value in pairs})
        return found

    def _media(self, message: Mapping[str, Any]) -> list[Piece]:
        if not self._tracks:
            raise ProtocolError("sound comes after the start only", "no_start")
        stream = self._first_text(message, self._kin.stream)
        channel = self._named.get(text_at(message, "media", "track") or "inbound")
        if (stream and self._stream and stream != self._stream) or channel not in self._tracks:
            return [Remark("the platform sends sound of another stream or track")]
        pcm = self._sound(text_at(message, "media", "payload"))
        duration_ms = len(pcm) * 500 // self._rate_hz
        number = number_at(message, "media", "chunk")
        media_ms = number_at(message, "media", "timestamp")
        if media_ms is None:
            return [Sound((channel,), pcm, self._rate_hz)]
        if abs(media_ms - (media_ms if self._latest_ms is None else self._latest_ms)) > LONGEST_LOSS_MS:
            raise ProtocolError("time jumps by more than an hour", "bad_time")
        self._latest_ms = media_ms
        return self._sounds(channel, self._tracks[channel].feed(Chunk(number, media_ms, pcm, duration_ms)))

    def _sounds(self, channel: Channel, ordered: list[Ordered]) -> list[Piece]:
        pieces: list[Piece] = []
        for chunk, missing_ms in ordered:
            if missing_ms:
                pieces.append(Hole((channel,), missing_ms, "missing"))
            pieces.append(Sound((channel,), chunk.sound, self._rate_hz, chunk.media_ms))
        return pieces

    def _sound(self, payload: str) -> bytes:
        try:
            data = binascii.a2b_base64(payload.encode("ascii", "replace"), strict_mode=True)
        except binascii.Error as error:
            raise ProtocolError(f"the payload is not base64: {error}", "bad_audio") from error
        return to_pcm(self._codec, data)

    def _stop(self) -> list[Piece]:
        self._ended = True
        pieces = [piece for channel, track in self._tracks.items() for piece in self._sounds(channel, track.flush())]
        return [*pieces, SayEnd()] if self._tracks else []

    def _first_text(self, message: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> str:
        return next((text for path in paths if (text := text_at(message, *path))), "")
