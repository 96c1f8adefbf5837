"""Where calls come from: a name chooses a dialect; what a connection says of its call becomes the beginning of one.

Names of metadata are looked for as a whole and as the last part of a dotted name, since platforms put what the user
set up into tables of their own.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from sidecar.config_sections import TapsConfig
from streams.events import CallStarted, Channel
from streams.taps.asterisk import ChanWebSocket
from streams.taps.audiohook import AudioHook
from streams.taps.dialect import Began, Dialect
from streams.taps.facts import safe_id
from streams.taps.l16 import L16
from streams.taps.plain import PlainDialect
from streams.taps.twilio import Twilio


class Leg(NamedTuple):
    """What one connection brings: its introduction, the call as a whole, and what its dialect's channels are there."""

    began: Began
    started: CallStarted
    named: Mapping[Channel, Channel]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The call's channels that this connection carries."""
        return tuple(self.named.values())


class Caller(NamedTuple):
    """What is known of a connection before its first message: its URL's query, two of its headers, a name for it."""

    facts: Mapping[str, str]
    fallback_id: str
    session_id: str = ""
    organization_id: str = ""


def dialect_named(name: str, caller: Caller, taps: TapsConfig) -> Dialect:
    """The dialect of a name of `[taps.dialects]` that has a path; LookupError for any other."""
    match name:
        case "plain":
            return PlainDialect()
        case "audiohook":
            return AudioHook(
                session_id=caller.session_id,
                organization_id=caller.organization_id,
                external=taps.tapped.audiohook,
                facts=caller.facts,
            )
        case "twilio" | "telnyx" | "signalwire" | "plivo":
            return Twilio(name, getattr(taps.tapped, name), caller.facts)
        case "jambonz" | "freeswitch" | "vonage":
            return L16(name, caller.fallback_id, getattr(taps.tapped, name), caller.facts)
        case "asterisk":
            return ChanWebSocket(caller.fallback_id, taps.tapped.asterisk, caller.facts)
    raise LookupError(f"no dialect is named {name}")


def introduce(began: Began, source: str, taps: TapsConfig) -> Leg:
    """The call that a connection carries, and its part in it.

    A connection of one channel that says whose it is brings one side of a call that has two.
    """
    names = taps.facts
    call = _fact(began.facts, names.call)
    side = _side(_fact(began.facts, names.side)) if len(began.channels) == 1 else None
    agent_id = began.agent_id or _fact(began.facts, names.agent)
    began = msgspec.structs.replace(began, call_id=safe_id(call) if call else began.call_id)
    started = CallStarted(
        call_id=began.call_id,
        at_ms=0,
        agent_id=agent_id,
        agent_name=began.agent_name or _fact(began.facts, names.agent_name) or taps.agents.get(agent_id, ""),
        queue=began.queue or _fact(began.facts, names.queue),
        source=began.source or source,
        started_at=began.started_at,
        channels=("agent", "customer") if side else began.channels,
        words_from="reference" if began.engine == "reference" else "recogniser",
    )
    return Leg(began, started, {channel: side or channel for channel in began.channels})


def _fact(facts: Mapping[str, str], names: Iterable[str]) -> str:
    for name in names:
        if name in facts:
            return facts[name]
        for key, value in facts.items():
            if key.endswith(f".{name}"):
                return value
    return ""


def _side(text: str) -> Channel | None:
    match text.lower():
        case "agent":
            return "agent"
        case "customer":
            return "customer"
    return None
