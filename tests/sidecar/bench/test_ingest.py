from sidecar.bench import ingest
from sidecar.bench.conversation import Conversation
from streams.loop import ListeningLoop
from streams.settings import LoopSettings


class Clock:
    """A wall that goes on while one sleeps, and a core that is busy for a millisecond at every look."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.worked_s = 0.0

    def wall(self) -> float:
        return self.now_s

    def sleep(self, for_s: float) -> None:
        self.now_s += for_s

    def core(self) -> float:
        self.worked_s += 0.001
        return self.worked_s


def share(until_ms: int, warm_ms: int, clock: Clock) -> float:
    return ingest.core_share(
        Conversation(20_000),
        LoopSettings(),
        until_ms,
        warm_ms=warm_ms,
        now_s=clock.wall,
        worked_s=clock.core,
        sleep=clock.sleep,
    )


def test_both_sides_of_a_moment_are_one_piece_of_work_at_its_own_time() -> None:
    clock = Clock()
    # A millisecond of work every 20 ms, also where the warm-up is not counted.
    assert share(12_000, 2_000, clock) == 0.05
    assert round(clock.now_s - 100, 3) == 12.0
    assert share(1_000, 2_000, Clock()) == 0.0


def test_decodes_are_asked_for_and_their_columns_looked_at(monkeypatch) -> None:
    jobs = []
    samples = ListeningLoop.samples

    def watched(loop, job):
        jobs.append(job)
        return samples(loop, job)

    monkeypatch.setattr(ListeningLoop, "samples", watched)
    share(15_000, 0, Clock())
    assert {job.channel for job in jobs} == {"agent", "customer"}
    assert {job.kind.is_partial for job in jobs} == {True, False}
