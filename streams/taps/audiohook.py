"""Genesys AudioHook, version 2: the platform's messages in, pieces of a call and answers out, without a socket.

    platform                                      service
    open    seq 1  media offered             ->
                                             <-   opened  seq 1  media chosen
    binary: PCMU or L16 at 8 kHz, channels   ->
    side by side in the order chosen
    ping update paused resumed discarded     ->
    dtmf error                               <-   pong updated pause resume event disconnect
    close                                    ->
                                             <-   closed

Each side counts its own messages without a gap and says how far it has seen the other's. Unknown types and fields are
passed over, since the platform adds some without notice. A session whose ids are all zeros only asks whether somebody
is there; no call comes of it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from streams.errors import ProtocolError
from streams.events import Channel, Nudge, Utterance
from streams.taps.audiohook_events import ENTITIES_AT_ONCE, entity_of
from streams.taps.codecs import Codec, to_pcm
from streams.taps.dialect import Began, Piece, Remark, Reply, SayEnd, SayLost, SayPaused, SayResumedAudio, Sound
from streams.taps.facts import clean, flat, safe_id
from streams.taps.loose_json import table, table_at, text_at

VERSION = "2"
LONGEST_TEXT = 65_535
LONGEST_LOSS_MS = 3_600_000
RATE_HZ = 8000

_DURATION = re.compile(r"PT(?:(\d{0,9})\.)?(\d{1,9})S", re.ASCII)
_ZEROS = "00000000-0000-0000-0000-000000000000"
_CODECS: Mapping[str, Codec] = {"PCMU": "ulaw", "L16": "slin"}
_ENDINGS = {"end": "hung_up", "disconnect": "disconnected", "error": "platform_error"}


class Chosen(NamedTuple):
    """The offered medium that was taken, as it was offered, and what it means."""

    offered: Mapping[str, Any]
    codec: Codec
    channels: tuple[Channel, ...]


def choose(offers: object, external: Channel, formats: Sequence[str] = ("PCMU", "L16")) -> Chosen:
    """The best of the media offered: both sides rather than one, then by the order of `formats`.

    Raises ProtocolError when none can be taken.
    """
    names: dict[str, Channel] = {"external": external, "internal": "agent" if external == "customer" else "customer"}
    usable: list[tuple[int, int, Chosen]] = []
    for offer in offers if isinstance(offers, list) else []:
        if not isinstance(offer, dict) or offer.get("type") != "audio" or offer.get("rate") != RATE_HZ:
            continue
        kind, order = offer.get("format"), offer.get("channels")
        if not isinstance(kind, str) or kind not in formats or not isinstance(order, list) or not order:
            continue
        if all(isinstance(one, str) and one in names for one in order) and len(set(order)) == len(order):
            channels = tuple(names[one] for one in order)
            usable.append((-len(order), formats.index(kind), Chosen(offer, _CODECS[kind], channels)))
    if not usable:
        raise ProtocolError("none of the media offered is PCMU or L16 at 8000 Hz", "415")
    return min(usable, key=lambda ranked: ranked[:2])[2]


def duration_ms(text: str) -> int:
    """The milliseconds of a duration such as PT1.2S.

    Raises ProtocolError for any other form.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ProtocolError("a duration is written PT1.2S", "400")
    whole, last = found[1], found[2]
    return int(last) * 1000 if whole is None else int(whole or "0") * 1000 + int(f"{last:0<3}"[:3])


class AudioHook:
    """The service's end of one session; a `Dialect`.

    `session_id` and `organization_id` are what the handshake's headers say, where it has them. `external` is the side
    of the call that the platform calls external: the customer, unless agents are reached from outside. `facts` are what
    the URL says.
    """

    def __init__(
        self,
        *,
        session_id: str = "",
        organization_id: str = "",
        external: Channel = "customer",
        formats: Sequence[str] = ("PCMU", "L16"),
        facts: Mapping[str, str] | None = None,
    ) -> None:
        self._session_id = session_id
        self._organization_id = organization_id
        self._external: Channel = external
        self._formats = formats
        self._facts = dict(facts or {})
        self._sent = 0
        self._seen = 0
        self._chosen: Chosen | None = None
        self._language = ""
        self._probe = False
        self._paused = False
        self._refused = False
        self._ended = False
        self._owes_goodbye = False

    @property
    def ended(self) -> bool:
        """Whether the session is closed."""
        return self._ended

    def receive_text(self, text: str) -> list[Piece]:
        """Take a text message.

        Raises ProtocolError.
        """
        if len(text) > LONGEST_TEXT:
            raise ProtocolError(f"a text of {len(text)} characters is too long", "413")
        if self._ended:
            raise ProtocolError("the session is closed", "400")
        try:
            message = table(text)
        except ProtocolError as error:
            raise ProtocolError(str(error), "400") from error
        kind = self._enveloped(message)
        if self._refused:
            return self._close("") if kind == "close" else []
        parameters = table_at(message, "parameters")
        if self._chosen is None and kind not in {"open", "close", "error"}:
            raise ProtocolError("the first message must be open", "400")
        match kind:
            case "open":
                return self._open(parameters)
            case "ping":
                return [self._reply("pong")]
            case "update":
                return [self._reply("updated")]
            case "paused":
                return self._pause()
            case "resumed":
                return self._resume()
            case "discarded":
                return self._discard(parameters)
            case "close":
                return self._close(text_at(parameters, "reason"))
            case "error":
                return [Remark(f"the platform reports error {clean(text_at(parameters, 'code'))}")]
            case "dtmf":
                return []
            case _:
                return [Remark("the platform sends a type of message that is not known")]

    def receive_bytes(self, data: bytes) -> list[Piece]:
        """Take a binary message: any whole number of samples of every channel, also none.

        Raises ProtocolError.
        """
        if self._refused:
            return []
        if self._chosen is None or self._ended:
            raise ProtocolError("sound comes between opened and close only", "400")
        try:
            pcm = to_pcm(self._chosen.codec, data, len(self._chosen.channels))
        except ProtocolError as error:
            raise ProtocolError(str(error), "413" if error.code == "too_big" else "400") from error
        return [] if self._probe or not pcm else [Sound(self._chosen.channels, pcm, RATE_HZ)]

    def closed(self) -> list[Piece]:
        """Nothing: only `close` ends the session, so the platform may come back."""
        return []

    def refuse(self, error: ProtocolError) -> list[Reply]:
        """A `disconnect`; the platform answers it with `close`."""
        self._refused = True
        reason = "unauthorized" if error.code == "unauthorized" else "error"
        return [self._reply("disconnect", {"reason": reason, "info": f"{error.code}: {error}"})]

    # --- what the service may say by itself -------------------------------------------------------------------------

    def disconnect(self, info: str = "") -> Reply:
        """Ask the platform to end the session because the service is done with it."""
        return self._reply("disconnect", {"reason": "completed", "info": info})

    def pause(self) -> Reply:
        """Ask the platform to send no sound; it answers `paused`, also when it had paused already."""
        return self._reply("pause")

    def resume(self) -> Reply:
        """Ask the platform to send sound again; it answers `resumed`, or `paused` while it has a reason of its own."""
        return self._reply("resume")

    def tell(self, events: Sequence[Utterance | Nudge]) -> list[Reply]:
        """Tell the platform what was said and what the agent was advised, in as few messages as can be."""
        if self._chosen is None or self._probe or self._refused or (self._ended and not self._owes_goodbye):
            return []
        told = [entity_of(event, self._chosen.channels, self._language) for event in events]
        entities = [entity for entity in told if entity is not None]
        return [self._reply("event", {"entities": part}) for part in _parts(entities)]

    def goodbye(self) -> list[Reply]:
        """`closed`, once all is told: it must bear the last of our counts."""
        owed, self._owes_goodbye = self._owes_goodbye, False
        return [self._reply("closed")] if owed else []

    # --- the envelope -----------------------------------------------------------------------------------------------

    def _enveloped(self, message: Mapping[str, Any]) -> str:
        """The type of a message whose envelope is as it must be; the client's count goes on."""
        kind, session_id = message.get("type"), message.get("id")
        if message.get("version") != VERSION or not isinstance(kind, str) or not isinstance(session_id, str):
            raise ProtocolError(f'a message has version "{VERSION}", a type and an id', "400")
        if not isinstance(message.get("parameters"), dict):
            raise ProtocolError("a message has parameters, if only {}", "400")
        duration_ms(text_at(message, "position"))
        if _whole(message.get("seq")) != self._seen + 1:
            raise ProtocolError(f"seq must be {self._seen + 1}", "409")
        if not 0 <= _whole(message.get("serverseq")) <= self._sent:
            raise ProtocolError(f"serverseq cannot be above {self._sent}", "409")
        self._session_id = self._session_id or session_id
        if session_id != self._session_id:
            raise ProtocolError("id is not that of this session", "400")
        self._seen += 1
        return kind

    def _reply(self, kind: str, parameters: Mapping[str, Any] | None = None) -> Reply:
        self._sent += 1
        message = {
            "version": VERSION,
            "id": self._session_id,
            "type": kind,
            "seq": self._sent,
            "clientseq": self._seen,
            "parameters": parameters or {},
        }
        return Reply(msgspec.json.encode(message).decode())

    # --- what the platform says -------------------------------------------------------------------------------------

    def _open(self, parameters: Mapping[str, Any]) -> list[Piece]:
        if self._chosen is not None:
            raise ProtocolError("the session is open already", "400")
        if self._organization_id and parameters.get("organizationId") != self._organization_id:
            raise ProtocolError("organizationId is not that of the handshake", "400")
        conversation_id = text_at(parameters, "conversationId")
        if not conversation_id:
            raise ProtocolError("open names no conversationId", "400")
        self._language = clean(text_at(parameters, "language"))
        chosen = self._chosen = choose(parameters.get("media"), self._external, self._formats)
        opened = self._reply("opened", {"media": [chosen.offered], "startPaused": False})
        self._probe = conversation_id == _ZEROS and text_at(parameters, "participant", "id") == _ZEROS
        if self._probe:
            return [opened, Remark("the platform asked whether somebody is there")]
        told = {name: value for name, value in parameters.items() if name not in {"media", "continuedSessions"}}
        facts = {**self._facts, **flat(told)}
        # Answered first: the platform gives up on whoever takes five seconds for it.
        return [opened, Began(call_id=safe_id(conversation_id), channels=chosen.channels, facts=facts)]

    def _pause(self) -> list[Piece]:
        if self._paused or self._probe:
            return []
        self._paused = True
        return [SayPaused("platform")]

    def _resume(self) -> list[Piece]:
        if not self._paused:
            return []
        self._paused = False
        return [SayResumedAudio()]

    def _discard(self, parameters: Mapping[str, Any]) -> list[Piece]:
        lost_ms = duration_ms(text_at(parameters, "discarded"))
        if lost_ms > LONGEST_LOSS_MS:
            raise ProtocolError(f"{lost_ms} ms cannot be lost at once", "400")
        return [SayLost(lost_ms, None, "discarded")] if lost_ms and not self._probe else []

    def _close(self, reason: str) -> list[Piece]:
        """A session that closes to reconnect carries its call no longer, and the call goes on."""
        self._ended = True
        if self._chosen is None or self._probe or self._refused or reason == "reconnect":
            return [self._reply("closed")]
        self._owes_goodbye = True
        return [SayEnd(_ENDINGS.get(reason, "closed"))]


def _parts(entities: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for first in range(0, len(entities), ENTITIES_AT_ONCE):
        yield entities[first : first + ENTITIES_AT_ONCE]


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ProtocolError("seq and serverseq are whole numbers", "400")
    return value
