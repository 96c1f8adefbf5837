"""Who decodes next, and how much is asked of the machine: jobs flow in, the most urgent one flows out.

Pure: whoever drives it says what time it is. A final is never dropped; everything else may be replaced by something
newer. When jobs wait too long the queue says how much less should be asked for, and takes that back step by step.
"""

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import msgspec

from streams.engine import DecodeJob, JobKind
from streams.events import Channel

T = TypeVar("T")

MOST_DEGRADED = 4
"""Degrade levels: 1 longer cadence, 2 also smallest beams, 3 also no partials of the agent, 4 no partials at all."""

_QUICK_FROM = 2
_PARTIALS_OFF_FROM = {JobKind.AGENT_PARTIAL: 3, JobKind.CUSTOMER_PARTIAL: 4}

_Key: TypeAlias = tuple[str, str, Channel, int, int]


@dataclass(frozen=True)
class Waiting(Generic[T]):
    """A job in the queue, what its submitter gave along, since when it waits, and its place among its equals."""

    job: DecodeJob
    load: T
    since_ms: float
    place: int


class Ladder:
    """How far to go down when jobs wait too long, and when to come back up.

    Down a step when the longest wait is above `BEHIND_MS`, half a second after the last step at the soonest; up a
    step after half a second in which no wait was above `CAUGHT_UP_MS`. Between the two nothing changes.
    """

    BEHIND_MS = 600
    CAUGHT_UP_MS = 150
    _DOWN_AFTER_MS = 500
    _UP_AFTER_MS = 500

    def __init__(self) -> None:
        self.level = 0
        self._stepped_ms: float | None = None
        self._calm_since_ms: float | None = None

    def observe(self, longest_wait_ms: float, now_ms: float) -> None:
        """Take the longest wait of the moment."""
        if longest_wait_ms > self.CAUGHT_UP_MS:
            self._calm_since_ms = None
            rested = self._stepped_ms is None or now_ms - self._stepped_ms >= self._DOWN_AFTER_MS
            if longest_wait_ms >= self.BEHIND_MS and rested and self.level < MOST_DEGRADED:
                self.level += 1
                self._stepped_ms = now_ms
        elif self._calm_since_ms is None:
            self._calm_since_ms = now_ms
        elif self.level and now_ms - self._calm_since_ms >= self._UP_AFTER_MS:
            self.level -= 1
            self._stepped_ms = self._calm_since_ms = now_ms


class JobQueue(Generic[T]):
    """The jobs of all calls, most urgent first, equals in order of arrival.

    Bounded per call and channel to one partial and one speculative final, each replaced in its place by a newer one.
    Finals have no bound: they are as many as people have spoken, and losing one is worse than being late.
    """

    def __init__(self) -> None:
        self._waiting: dict[_Key, Waiting[T]] = {}
        self._running: list[DecodeJob] = []
        self._ladder = Ladder()
        self._places = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def level(self) -> int:
        """The degrade level in force."""
        return self._ladder.level

    @property
    def running(self) -> int:
        """How many jobs are being worked on."""
        return len(self._running)

    def push(self, job: DecodeJob, load: T, now_ms: float) -> None:
        """Queue a job, unless it is one that nobody needs: what it supersedes is dropped."""
        self.observe(now_ms)
        if self.level >= _PARTIALS_OFF_FROM.get(job.kind, MOST_DEGRADED + 1) or self._covered(job):
            return
        older = self._waiting.pop(_key(job), None)
        if not job.kind.is_partial:
            # The whole utterance is decoded anyway: what was meant to bridge the time until then is not needed.
            for key in (("speculative", *_place(job)), ("partial", *_place(job))):
                bridging = self._waiting.get((*key, 0, 0))
                if bridging is not None and bridging.job.utterance <= job.utterance:
                    del self._waiting[(*key, 0, 0)]
        self._places += 1
        since_ms, place = (older.since_ms, older.place) if older else (now_ms, self._places)
        self._waiting[_key(job)] = Waiting(job, load, since_ms, place)

    def pop(self, now_ms: float) -> Waiting[T] | None:
        """Take out the most urgent job; it counts as running until `done`."""
        self.observe(now_ms)
        if not self._waiting:
            return None
        key = min(self._waiting, key=lambda key: (self._waiting[key].job.kind, self._waiting[key].place))
        waiting = self._waiting.pop(key)
        self._running.append(waiting.job)
        if self.level < _QUICK_FROM:
            return waiting
        return Waiting(msgspec.structs.replace(waiting.job, quick=True), waiting.load, waiting.since_ms, waiting.place)

    def done(self, job: DecodeJob) -> None:
        """Take note that a job taken out by `pop` is no longer worked on."""
        self._running = [running for running in self._running if not _same_work(running, job)]

    def drain(self) -> list[Waiting[T]]:
        """Take out everything that waits, as at the end."""
        rest = sorted(self._waiting.values(), key=lambda waiting: waiting.place)
        self._waiting.clear()
        return rest

    def observe(self, now_ms: float) -> None:
        """Bring the degrade level up to date."""
        longest_ms = max((now_ms - waiting.since_ms for waiting in self._waiting.values()), default=0.0)
        self._ladder.observe(longest_ms, now_ms)

    def _covered(self, job: DecodeJob) -> bool:
        """Whether the speculative decode of the very same sound is already running: its outcome will serve."""
        return job.kind is JobKind.FINAL and any(
            running.kind is JobKind.SPECULATIVE and _same_sound(running, job) for running in self._running
        )


def _place(job: DecodeJob) -> tuple[str, Channel]:
    return job.call_id, job.channel


def _key(job: DecodeJob) -> _Key:
    if job.kind is JobKind.FINAL:
        return ("final", *_place(job), job.utterance, job.attempt)
    return ("partial" if job.kind.is_partial else "speculative", *_place(job), 0, 0)


def _same_sound(one: DecodeJob, other: DecodeJob) -> bool:
    return (_place(one), one.utterance, one.attempt, one.started_ms, one.ended_ms) == (
        _place(other),
        other.utterance,
        other.attempt,
        other.started_ms,
        other.ended_ms,
    )


def _same_work(one: DecodeJob, other: DecodeJob) -> bool:
    return one.kind is other.kind and _same_sound(one, other)
