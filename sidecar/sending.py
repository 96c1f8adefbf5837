"""A recording as a call of the running service: material flows in, the plain dialect's messages flow out."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Literal

from sidecar import running, tapclient
from sidecar.material import Material
from sidecar.pace import Pace
from sidecar.tapclient import TapAddress
from streams.clock import WallClock
from streams.errors import InputError
from streams.events import AudioFrame, CallEnded, Event
from streams.taps.plain_messages import VERSION, Hello


def send(
    material: Material, engine: Literal["whisper", "reference"] | None, where: TapAddress, speed: float | None
) -> None:
    """Send a recording to the service and come back when its call is over there.

    Its words, where they are known, go along for the case that the service has no recogniser.
    Raises InputError for what has no sound, TapError and ProtocolError when the service does not take it.
    """
    started = material.started
    if material.kind != "audio":
        raise InputError(f"{started.source or started.call_id} has no sound that could be sent to the service")
    source = _audible(material.events())
    first = next(source)
    if engine == "reference" and material.known is None:
        raise InputError("the reference engine needs the words: give --transcript FILE")
    hello = Hello(
        version=VERSION,
        call_id=started.call_id,
        agent_id=started.agent_id,
        agent_name=started.agent_name,
        queue=started.queue,
        source=started.source,
        rate_hz=8000 if isinstance(first, AudioFrame) and first.rate_hz == 8000 else 16_000,
        channels=started.channels,
        engine=engine,
        words=dict(material.known.words) if material.known else {},
    )
    running.run(lambda: tapclient.play(chain([first], source), hello, where, Pace(speed, WallClock())))


def _audible(events: Iterable[Event | AudioFrame]) -> Iterator[AudioFrame | CallEnded]:
    """What a phone would send of a recording: its sound and its end."""
    for event in events:
        if isinstance(event, AudioFrame | CallEnded):
            yield event
