"""An overload and what comes after it, under a compute clock of its own: costs are scripted, so no machine matters."""

import heapq
from collections.abc import Iterator

import pytest

from streams.engine import JobKind
from streams.events import Hypothesis, Utterance
from streams.loop import ListeningLoop
from streams.scheduler import MOST_DEGRADED, JobQueue
from streams.settings import LoopSettings

WORKERS = 2
OBSERVED_EVERY_MS = 250
BEGAN_MS, TOTAL_MS = 8_000, 60_000
BACK_WITHIN_MS = 5_000
CALLS = ("one", "two", "three")
SIDES = ("agent", "customer")
COST_MS = {JobKind.FINAL: 150, JobKind.SPECULATIVE: 150, JobKind.AGENT_PARTIAL: 60, JobKind.CUSTOMER_PARTIAL: 60}


class Machine:
    """Two workers behind the queue of the product; a decode that begins within the spell takes `times` as long."""

    def __init__(self, spell: tuple[int, int], times: int) -> None:
        self.queue: JobQueue = JobQueue()
        self._spell = spell
        self._times = times
        self._busy: list = []
        self._begun = 0
        self.decoded: list = []

    def begin(self, now_ms: int) -> None:
        while len(self._busy) < WORKERS and (waiting := self.queue.pop(now_ms)) is not None:
            slow = self._times if self._spell[0] <= now_ms < self._spell[1] else 1
            self._begun += 1
            heapq.heappush(self._busy, (now_ms + COST_MS[waiting.job.kind] * slow, self._begun, waiting))
            self.decoded.append((now_ms, waiting.job))

    def done(self, until_ms: int) -> Iterator:
        while self._busy and self._busy[0][0] <= until_ms:
            now_ms, _, waiting = heapq.heappop(self._busy)
            self.queue.done(waiting.job)
            yield now_ms, waiting

    @property
    def idle(self) -> bool:
        return not self._busy and not len(self.queue)


class Floor:
    """Calls that share a machine; every event with the media time at which it came out."""

    def __init__(self, kit, machine, spans) -> None:
        self.machine = machine
        self.words = {(call, side): kit.spoken(spans[call, side], prefix=call) for call in CALLS for side in SIDES}
        self.readers = {key: kit.reader(words) for key, words in self.words.items()}
        self.loops = {
            call: ListeningLoop(call, SIDES, LoopSettings(), {side: kit.LoudnessProbe() for side in SIDES})
            for call in CALLS
        }
        self.events: dict = {call: [] for call in CALLS}
        self.levels: list = []

    def take(self, call, output, now_ms) -> None:
        self.events[call] += [(now_ms, event) for event in output.events]
        for job in output.jobs:
            outcome = self.readers[call, job.channel](job, self.loops[call].samples(job))
            self.machine.queue.push(job, outcome, now_ms)
        self.machine.begin(now_ms)

    def until(self, now_ms: int) -> None:
        for at_ms, waiting in self.machine.done(now_ms):
            job = waiting.job
            self.machine.begin(at_ms)
            self.take(job.call_id, self.loops[job.call_id].decoded(job, waiting.load, at_ms), at_ms)
        if now_ms % OBSERVED_EVERY_MS == 0:
            queue = self.machine.queue
            queue.observe(now_ms)
            self.levels.append((now_ms, queue.level))
            for call, loop in self.loops.items():
                self.take(call, loop.degrade(queue.level, len(queue) + queue.running, now_ms), now_ms)

    def play(self, frames) -> None:
        for call, frame in frames:
            for at_ms in range(frame.at_ms - 20, frame.at_ms, 10):
                self.until(at_ms + 10)
            self.take(call, self.loops[call].hear(frame), frame.at_ms)
        for call, loop in self.loops.items():
            self.take(call, loop.finish(TOTAL_MS), TOTAL_MS)
        now_ms = TOTAL_MS
        while not self.machine.idle:
            now_ms += 10
            self.until(now_ms)

    def of(self, kind, call, side) -> list:
        return [(at_ms, e) for at_ms, e in self.events[call] if isinstance(e, kind) and e.channel == side]


@pytest.fixture(scope="module", params=[(10_000, 8), (25_000, 5)], ids=["short and hard", "long"])
def overloaded(request, kit):
    """Everybody talks all the time, each from a moment of their own, and the machine falls behind for a while."""
    long_ms, times = request.param
    spell = BEGAN_MS, BEGAN_MS + long_ms
    spans = {
        (call, side): [(at, at + 2600) for at in range(300 + 590 * number, TOTAL_MS - 4000, 3700)]
        for number, (call, side) in enumerate((call, side) for call in CALLS for side in SIDES)
    }
    floor = Floor(kit, Machine(spell, times), spans)
    frames = [
        (call, frame)
        for call, side in spans
        for frame in kit.frames(kit.sound(spans[call, side], TOTAL_MS), channel=side)
    ]
    frames.sort(key=lambda pair: pair[1].at_ms)
    floor.play(frames)
    return floor, spell[1]


def test_the_overload_is_one(overloaded):
    floor, ended_ms = overloaded
    assert max(level for at_ms, level in floor.levels if at_ms <= ended_ms) >= MOST_DEGRADED - 1
    assert all(level == 0 for at_ms, level in floor.levels if at_ms < BEGAN_MS)


def test_no_final_is_lost_and_every_side_keeps_its_order(overloaded):
    floor, _ = overloaded
    for (call, side), words in floor.words.items():
        finals = [event for _, event in floor.of(Utterance, call, side)]
        assert [event.utterance for event in finals] == list(range(len(finals)))
        assert " ".join(event.text for event in finals if event.text) == " ".join(word.text for word in words)


def test_five_seconds_after_it_nothing_is_left_of_it(overloaded):
    floor, ended_ms = overloaded
    calm_ms = ended_ms + BACK_WITHIN_MS
    assert {level for at_ms, level in floor.levels if at_ms >= calm_ms} == {0}
    assert not any(job.quick for at_ms, job in floor.machine.decoded if at_ms >= calm_ms)
    for call in CALLS:
        for side in SIDES:
            late = [at_ms for at_ms, event in floor.of(Utterance, call, side) if event.ended_ms < ended_ms < at_ms]
            assert max(late, default=0) <= calm_ms
            shown = [at_ms for at_ms, event in floor.of(Hypothesis, call, side) if at_ms >= calm_ms - 2_000]
            before = [at_ms for at_ms, event in floor.of(Hypothesis, call, side) if at_ms < BEGAN_MS]
            # Words come as often again as before.
            assert len(shown) / (TOTAL_MS - 4_000 - calm_ms) >= 0.8 * len(before) / BEGAN_MS
