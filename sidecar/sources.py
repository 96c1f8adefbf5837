"""Where calls come from: a path chooses a dialect; what a connection says of its call becomes the beginning of one."""

from collections.abc import Mapping
from typing import NamedTuple

from sidecar.config import TapsConfig
from streams.events import CallStarted, Channel
from streams.taps.dialect import Began, Dialect
from streams.taps.plain import PlainDialect


class Leg(NamedTuple):
    """What one connection brings: its introduction, the call as a whole, and what its dialect's channels are there."""

    began: Began
    started: CallStarted
    named: Mapping[Channel, Channel]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The call's channels that this connection carries."""
        return tuple(self.named.values())


def dialect_at(path: str) -> tuple[str, Dialect] | None:
    """The dialect spoken at a path, with its name; None where there is none."""
    name = path.partition("?")[0].removeprefix("/")
    return (name, PlainDialect()) if name == "plain" else None


def introduce(began: Began, source: str, taps: TapsConfig) -> Leg:  # noqa: ARG001
    """The call that a connection carries, and its part in it."""
    started = CallStarted(
        call_id=began.call_id,
        at_ms=0,
        agent_id=began.agent_id,
        agent_name=began.agent_name,
        queue=began.queue,
        source=began.source,
        started_at=began.started_at,
        channels=began.channels,
        words_from="reference" if began.engine == "reference" else "recogniser",
    )
    return Leg(began, started, {channel: channel for channel in began.channels})
