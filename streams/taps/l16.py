"""Text first, then bytes: jambonz `listen`, FreeSWITCH `mod_audio_fork` and `mod_audio_stream`, Vonage.

    text: what is known of the call?      binary: 16-bit little-endian samples, one or two channels side by side
    text: digits, mutes, and the like     binary without anything: no more will come, close when you are done

The text may be missing (mod_audio_stream), several may stand in one message, and where it names neither rate nor mix
these are what the URL or the settings say. Nothing is ever sent back.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from streams.errors import ProtocolError
from streams.events import Channel
from streams.taps.codecs import to_pcm
from streams.taps.dialect import Began, Piece, Remark, Reply, SayEnd, Sound
from streams.taps.facts import clean, flat, safe_id
from streams.taps.loose_json import number_at, tables, text_at
from streams.taps.rates import check_rate

LONGEST_TEXT = 64 << 10

_OTHER: Mapping[Channel, Channel] = {"customer": "agent", "agent": "customer", "mixed": "mixed"}
_MIXES = ("mono", "mixed", "stereo")
_ENDINGS = {"websocket:disconnected"}
_CONTENT_TYPE = re.compile(r"audio/l16\s*;\s*rate\s*=\s*(\d{4,6})", re.ASCII | re.IGNORECASE)


class Kind(msgspec.Struct, frozen=True):
    """How one platform does it: where the call's id stands, and what holds where nothing is said."""

    ids: tuple[str, ...]
    mix: str = "mono"
    rate_hz: int = 8000
    waits: bool = False
    any_text: bool = False


KINDS: Mapping[str, Kind] = {
    "jambonz": Kind(("callSid", "call_sid"), waits=True),
    "freeswitch": Kind(("call", "uuid", "callSid", "call_id"), any_text=True),
    "vonage": Kind(("uuid", "conversation_uuid", "call"), mix="mixed", rate_hz=16_000, waits=True),
}
"""`waits` says that sound before the text is a mistake, `any_text` that a text need not be JSON."""


class L16:
    """The service's end of one connection; a `Dialect`.

    `platform` is a row of `KINDS`, `tapped` the side whose leg the tap is on (what that party says is on the left),
    `facts` what the URL says: `rate` and `mix` among it. `fallback_id` names a call that does not name itself.
    """

    def __init__(
        self, platform: str, fallback_id: str, tapped: Channel = "customer", facts: Mapping[str, str] | None = None
    ) -> None:
        self._kind = KINDS[platform]
        self._fallback_id = fallback_id
        self._tapped: Channel = tapped
        self._facts = dict(facts or {})
        self._channels: tuple[Channel, ...] = ()
        self._rate_hz = 0
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the client waits for the connection to be closed."""
        return self._ended

    def receive_text(self, text: str) -> list[Piece]:
        """Take a text message with one or several JSON objects.

        Raises ProtocolError.
        """
        if len(text) > LONGEST_TEXT:
            raise ProtocolError(f"a text of {len(text)} characters is too long", "too_big")
        if self._ended:
            return []
        pieces: list[Piece] = []
        for message in self._messages(text):
            pieces += self._told(message) if self._channels else self._begin(message)
        return pieces

    def receive_bytes(self, data: bytes) -> list[Piece]:
        """Take a binary message: sound, or nothing as the sign that no more will come.

        Raises ProtocolError.
        """
        if self._ended:
            return []
        if not data:
            return self._end()
        pieces: list[Piece] = []
        if not self._channels:
            if self._kind.waits:
                raise ProtocolError("the first message must be a text", "no_hello")
            pieces = self._begin({})
        pcm = to_pcm("slin", data, len(self._channels))
        return [*pieces, Sound(self._channels, pcm, self._rate_hz)]

    def closed(self) -> list[Piece]:
        """The call's end: these platforms close when it is over."""
        return [] if self._ended else self._end()

    def refuse(self, error: ProtocolError) -> list[Reply]:  # noqa: ARG002  (the Protocol has it)
        """Nothing: the platform would take a text for a command."""
        self._ended = True
        return []

    def _messages(self, text: str) -> list[dict[str, Any]]:
        try:
            return tables(text)
        except ProtocolError:
            if self._kind.any_text:
                return [{"metadata": text}]
            raise

    def _begin(self, message: Mapping[str, Any]) -> list[Piece]:
        facts = {**self._facts, **flat(message)}
        call_id = next((facts[name] for name in self._kind.ids if name in facts), self._fallback_id)
        self._rate_hz = check_rate(self._rate_of(message))
        mix = (facts.get("mixType") or facts.get("mix") or self._kind.mix).lower()
        if mix not in _MIXES:
            raise ProtocolError(f"the mix is one of {', '.join(_MIXES)}", "bad_mix")
        if mix == "stereo" and self._tapped == "mixed":
            raise ProtocolError("both sides come apart, so the settings must say whose leg is tapped", "bad_mix")
        apart: tuple[Channel, ...] = (self._tapped, _OTHER[self._tapped])
        self._channels = {"mono": apart[:1], "stereo": apart, "mixed": ("mixed",)}[mix]
        return [Began(call_id=safe_id(call_id), channels=self._channels, facts=facts)]

    def _rate_of(self, message: Mapping[str, Any]) -> int:
        described = _CONTENT_TYPE.search(text_at(message, "content-type"))
        if described is not None:
            return int(described[1])
        said = number_at(message, "sampleRate") or number_at(message, "sample_rate") or number_at(self._facts, "rate")
        return said or self._kind.rate_hz

    def _told(self, message: Mapping[str, Any]) -> list[Piece]:
        event = text_at(message, "event") or text_at(message, "type")
        if event in _ENDINGS:
            return self._end()
        return [Remark(f"the platform tells of {clean(event)[:40] or 'something'}")]

    def _end(self) -> list[Piece]:
        self._ended = True
        return [SayEnd()] if self._channels else []
