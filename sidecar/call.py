"""One call: source events flow in, everything worth showing and keeping flows out, in the order of emission.

    source ─▶ ListeningLoop ─▶ sides ─▶ redact ─▶ Coach ─▶ out
                 ▲     └── decode jobs ──▶ driver
                 └──── transcriptions ───────┘

Sans-I/O: the driver brings events, passing time (`Tick`) and decode outcomes, and carries the jobs away. A call whose
words are already known (transcript, journal) has no loop and takes speech events as they are.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, TypeAlias

import msgspec

from nudges.coach import Coach
from sidecar.pausing import Pausing
from sidecar.redact import Redactor
from sidecar.sides import Sides
from sidecar.stable import StableOnly
from streams.engine import DecodeJob, Samples, Transcription
from streams.errors import RecogniserError
from streams.events import (
    AudioFrame,
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallContext,
    CallEnded,
    CallStarted,
    CoachEvent,
    Event,
    Health,
    SidesSwapped,
    StageLag,
    Telemetry,
    Tick,
)
from streams.lags import Stage
from streams.loop import ListeningLoop, Output

Passing: TypeAlias = Event | Telemetry


class Step(NamedTuple):
    """What one step led to: events in the order of emission, and decodes that are wanted."""

    events: tuple[Passing, ...] = ()
    jobs: tuple[DecodeJob, ...] = ()


class Coaching(Protocol):
    """What a call asks of its coach."""

    @property
    def wake_ms(self) -> int | None:
        """The next media time at which the coach wants to be asked."""
        ...

    def feed(self, event: Event) -> tuple[CoachEvent, ...]:
        """What follows from an event, with every deadline up to its `at_ms` gone through first."""
        ...


class Call:
    """Composes the stages of one call; `at_ms` of what comes out never goes back.

    After `feed`, `deliver` or `interrupt` the driver must send on `Step.events`, decode `Step.jobs` (their sound is in
    `samples`) and bring each outcome to `deliver`, and send a `Tick` no later than `wake_ms`.
    """

    def __init__(
        self,
        call_id: str,
        started: CallStarted,
        context: CallContext,
        loop: ListeningLoop | None = None,
        coach: Coaching | None = None,
        *,
        pausing: Pausing | None = None,
    ) -> None:
        self._call_id = call_id
        self._opening = (context, started)
        self._loop = loop
        self._pausing = pausing or Pausing()
        self._sides = Sides(call_id)
        self._redactor = Redactor()
        self._deciding = StableOnly()
        self._coach = coach or Coach(context)
        self._wake_ms: int | None = None
        self._now_ms = self._emitted_ms = started.at_ms
        self._ending: CallEnded | None = None
        self._ended = False

    @property
    def call_id(self) -> str:
        """The call's id."""
        return self._call_id

    @property
    def now_ms(self) -> int:
        """Media time of the latest event."""
        return self._now_ms

    @property
    def ended(self) -> bool:
        """Whether `CallEnded` has gone out; from when it came in until then finals are outstanding."""
        return self._ended

    @property
    def wake_ms(self) -> int | None:
        """The next media time at which a `Tick` is wanted, whatever else happens."""
        return None if self._ended else self._wake_ms

    def begin(self) -> Step:
        """The call's first events: what it is decided on, that it began, and what the coach makes of that."""
        paused = self._pausing.begin(self._call_id, self._now_ms)
        return Step(tuple(self._out((*self._opening, *paused))))

    def feed(self, event: Event | AudioFrame) -> Step:
        """Take one event of the source or of a person, or the passing of time; a new context is a new rule pack."""
        if self._ended or isinstance(event, CallStarted) or event in self._opening:
            return Step()
        self._now_ms = max(self._now_ms, event.at_ms)
        if over := self._pausing.over(self._call_id, self._now_ms):
            resumed, heard = self._pass(over), self.feed(event)
            return Step((*resumed.events, *heard.events), (*resumed.jobs, *heard.jobs))
        return self._pass(event)

    def _pass(self, event: Event | AudioFrame) -> Step:
        if isinstance(event, AudioFrame):
            return self._hear(event)
        if isinstance(event, CallEnded):
            return self._finish(event)
        if isinstance(event, AudioPaused | AudioResumed):
            seen: tuple[Event, ...] = self._pausing.feed(event)
            if not seen:
                return Step()
        else:
            seen = (event,)
        if self._loop is None:
            return Step(tuple(self._out(seen)))
        if isinstance(event, AudioLost):
            heard = self._loop.lost(event.channel, event.lost_ms, self._now_ms)
        else:
            heard = self._loop.advance(self._now_ms)
        named = self._sides.swap(event) if isinstance(event, SidesSwapped) else seen
        return Step(tuple(self._out((*self._named(heard), *named))), heard.jobs)

    def deliver(self, job: DecodeJob, result: Transcription | RecogniserError, at_ms: int) -> Step:
        """Take the outcome of a job."""
        if self._ended or self._loop is None:
            return Step()
        self._now_ms = max(self._now_ms, at_ms)
        known = self._pausing.without_paused(result) if isinstance(result, Transcription) else result
        heard = self._loop.decoded(job, known, self._now_ms)
        return Step(tuple(self._out((*self._named(heard), *self._last()))), heard.jobs)

    def degrade(self, level: int, queued: int) -> Step:
        """Take the decoder's strain, so that fewer partials are asked for; the screens are told."""
        if self._ended or self._loop is None:
            return Step()
        heard = self._loop.degrade(level, queued, self._now_ms)
        return Step(tuple(self._out(self._named(heard))), heard.jobs)

    def measured(self, stage: Stage, lag_ms: float) -> None:
        """Take a latency that only the driver can measure; it goes out with the next report."""
        if self._loop is not None:
            self._loop.measured(stage, lag_ms)

    def interrupt(self, reason: str = "interrupted") -> Step:
        """End the call now, without what is still being decoded."""
        if self._ended:
            return Step()
        self._ended = True
        return Step(tuple(self._out((CallEnded(call_id=self._call_id, at_ms=self._now_ms, reason=reason),))))

    def samples(self, job: DecodeJob) -> Samples:
        """The sound of a job's span, float32 mono 16 kHz.

        Raises LookupError when the call has no such sound.
        """
        if self._loop is None:
            raise LookupError(f"{self._call_id} is a call without sound")
        return self._loop.samples(job)

    def _hear(self, frame: AudioFrame) -> Step:
        if self._loop is None or self._ending is not None or self._pausing.deaf:
            return Step()
        heard = self._loop.hear(msgspec.structs.replace(frame, at_ms=self._now_ms))
        return Step(tuple(self._out(self._named(heard))), heard.jobs)

    def _finish(self, event: CallEnded) -> Step:
        self._ending = self._ending or event
        if self._loop is None:
            return Step(tuple(self._out(self._last())))
        heard = self._loop.finish(self._now_ms)
        return Step(tuple(self._out((*self._named(heard), *self._last()))), heard.jobs)

    def _last(self) -> tuple[CallEnded, ...]:
        """`CallEnded`, once it came in and no final is outstanding."""
        if self._ending is None or not (self._loop is None or self._loop.idle):
            return ()
        self._ended = True
        return (self._ending,)

    def _named(self, heard: Output) -> Iterator[Passing]:
        for event in heard.events:
            yield event if isinstance(event, StageLag | Health) else self._sides.feed(event)

    def _out(self, events: Iterable[Passing]) -> Iterator[Passing]:
        """Mask, let the coach decide, and merge what it says into the order of time."""
        for given in events:
            event = self._redactor.feed(self._stamped(given))
            if isinstance(event, StageLag | Health):
                yield event
                continue
            said = self._advise(event)
            yield from (saying for saying in said if saying.at_ms < event.at_ms)
            if not isinstance(event, Tick):
                yield event
            yield from (saying for saying in said if saying.at_ms >= event.at_ms)

    def _advise(self, event: Event) -> tuple[CoachEvent, ...]:
        """What the coach says; it has its context since it was made, and sees what a journal would show it again."""
        if event is self._opening[0] or not (isinstance(event, Tick) or self._deciding.decides(event)):
            return ()
        said = self._coach.feed(event)
        self._wake_ms = self._coach.wake_ms
        return said

    def _stamped(self, event: Passing) -> Passing:
        """The event, emitted no earlier than the one before it."""
        at_ms = self._emitted_ms = max(self._emitted_ms, event.at_ms)
        return event if event.at_ms == at_ms else msgspec.structs.replace(event, at_ms=at_ms)
