"""Where a played call goes on a command line: events flow in, JSON lines or a progress line flow out."""

from collections.abc import Iterable, Iterator
from typing import IO

from streams.events import AudioFrame, Event, Health, StageLag, Telemetry
from streams.wire import to_json

_STEP_RATIO = 0.01


class JsonLines:
    """Every event as one line of JSON, flushed; the machine's own health is not part of a call."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, event: Event | Telemetry) -> None:
        """Write one event."""
        if not isinstance(event, StageLag | Health):
            self._stream.write(to_json(event) + b"\n")
            self._stream.flush()


class Progress:
    """One line on a terminal that says how far a source has been played; gone when it is done."""

    def __init__(self, stream: IO[str], duration_ms: int) -> None:
        self._stream = stream
        self._duration_ms = max(1, duration_ms)
        self._shown = -1.0

    def watch(self, source: Iterable[Event | AudioFrame]) -> Iterator[Event | AudioFrame]:
        """The source as it is; the line moves on with it."""
        try:
            for event in source:
                ratio = min(1.0, event.at_ms / self._duration_ms)
                if ratio - self._shown >= _STEP_RATIO:
                    self._shown = ratio
                    self._stream.write(f"\r{_clock(event.at_ms)} of {_clock(self._duration_ms)}  {ratio:4.0%} ")
                    self._stream.flush()
                yield event
        finally:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _clock(at_ms: int) -> str:
    return f"{at_ms // 60_000:02}:{at_ms // 1000 % 60:02}"
