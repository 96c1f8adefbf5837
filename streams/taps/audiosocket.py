"""Asterisk's AudioSocket: a TCP stream cut any way in, pieces of a call out.

    type (1 byte)   length (2 bytes, big-endian)   payload
    0x01            16                             the call's UUID, first
    0x10            320                            20 ms of 16-bit little-endian samples at 8 kHz; 0x11 to 0x18 higher
    0x00            0                              hung up; mostly the stream just ends

The channel form sends other codecs under 0x10 too: frames of 160 bytes are 20 ms of µ-law. Two in a row settle that, so
that a short last frame does not. Nothing is sent while the channel has nothing to say.
"""

from collections.abc import Mapping
from typing import Literal

from streams.errors import ProtocolError
from streams.events import Channel
from streams.taps.codecs import Codec, to_pcm
from streams.taps.dialect import Began, Piece, Remark, Reply, SayEnd, Sound

HANGUP, UUID, DTMF, ERROR = 0x00, 0x01, 0x03, 0xFF
RATES_HZ: Mapping[int, int] = {
    0x10: 8_000,
    0x11: 12_000,
    0x12: 16_000,
    0x13: 24_000,
    0x14: 32_000,
    0x15: 44_100,
    0x16: 48_000,
    0x17: 96_000,
    0x18: 192_000,
}
HEADER_BYTES = 3
ULAW_FRAME_BYTES = 160


class AudioSocket:
    """The service's end of one stream; a `Dialect` without texts.

    `side` is whom the channel belongs to, `codec` what comes under 0x10, or "auto" to tell it by its length; `facts`
    are what the port says.
    """

    def __init__(
        self,
        side: Channel = "mixed",
        codec: Literal["auto", "slin", "ulaw", "alaw"] = "auto",
        facts: Mapping[str, str] | None = None,
    ) -> None:
        self._channels: tuple[Channel, ...] = (side,)
        self._codec: Codec | None = None if codec == "auto" else codec
        self._facts = dict(facts or {})
        self._undecided = b""
        self._rest = b""
        self._known = False
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self._ended

    def receive_text(self, text: str) -> list[Piece]:  # noqa: ARG002  (the Protocol has it)
        """Refuse a text: the stream has none."""
        raise ProtocolError("this is a stream of bytes", "bad_message")

    def receive_bytes(self, data: bytes) -> list[Piece]:
        """Take whatever came of the stream.

        Raises ProtocolError.
        """
        self._rest += data
        pieces: list[Piece] = []
        while not self._ended and len(self._rest) >= HEADER_BYTES:
            kind, end = self._rest[0], HEADER_BYTES + int.from_bytes(self._rest[1:HEADER_BYTES], "big")
            if not self._known and (kind, end) != (UUID, HEADER_BYTES + 16):
                raise ProtocolError("the first message must be the call's UUID", "no_hello")
            if len(self._rest) < end:
                break
            payload, self._rest = self._rest[HEADER_BYTES:end], self._rest[end:]
            pieces += self._take(kind, payload)
        return pieces

    def closed(self) -> list[Piece]:
        """The call's end: mostly the stream just ends."""
        return self._end("hung_up") if self._known and not self._ended else []

    def refuse(self, error: ProtocolError) -> list[Reply]:  # noqa: ARG002
        """A hang-up; there is no way to say why."""
        self._ended = True
        return [Reply(bytes(HEADER_BYTES))]

    def _take(self, kind: int, payload: bytes) -> list[Piece]:
        if kind == UUID:
            return self._begin(payload)
        if kind == HANGUP:
            return self._end("hung_up")
        if kind == ERROR:
            return [Remark("Asterisk reports an error")]
        if kind in RATES_HZ:
            return self._sound(kind, payload)
        return [] if kind == DTMF else [Remark("Asterisk sends a type of message that is not known")]

    def _begin(self, payload: bytes) -> list[Piece]:
        if self._known:
            raise ProtocolError("a connection carries one call", "second_hello")
        self._known = True
        digits = payload.hex()
        call_id = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        return [Began(call_id=call_id, channels=self._channels, facts={**self._facts, "uuid": call_id}, sparse=True)]

    def _sound(self, kind: int, payload: bytes) -> list[Piece]:
        if kind != 0x10:
            return self._pieces("slin", payload, RATES_HZ[kind])
        if self._codec is None:
            if len(payload) == ULAW_FRAME_BYTES and not self._undecided:
                self._undecided = payload
                return []
            payload = self._decided("ulaw" if len(payload) == ULAW_FRAME_BYTES else "slin") + payload
        return self._pieces(self._codec or "slin", payload, RATES_HZ[kind])

    def _decided(self, codec: Codec) -> bytes:
        self._codec = codec
        waiting, self._undecided = self._undecided, b""
        return waiting

    def _pieces(self, codec: Codec, payload: bytes, rate_hz: int) -> list[Piece]:
        pcm = to_pcm(codec, payload)
        return [Sound(self._channels, pcm, rate_hz)] if pcm else []

    def _end(self, reason: str) -> list[Piece]:
        self._ended = True
        return [*self._pieces("slin", self._decided("slin"), RATES_HZ[0x10]), SayEnd(reason)]
