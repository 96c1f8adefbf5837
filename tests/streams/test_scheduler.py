import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.engine import DecodeJob, JobKind
from streams.scheduler import MOST_DEGRADED, JobQueue, Ladder

FINAL, SPECULATIVE = JobKind.FINAL, JobKind.SPECULATIVE
CUSTOMER, AGENT = JobKind.CUSTOMER_PARTIAL, JobKind.AGENT_PARTIAL


def job(kind, *, utterance=0, call="c", ended_ms=1000, attempt=0):
    return DecodeJob(
        call_id=call,
        channel="agent" if kind is AGENT else "customer",
        utterance=utterance,
        kind=kind,
        started_ms=0,
        ended_ms=ended_ms,
        requested_ms=ended_ms,
        attempt=attempt,
    )


@pytest.fixture
def queue():
    return JobQueue()


def drained(queue, now_ms=0.0):
    taken = []
    while (waiting := queue.pop(now_ms)) is not None:
        taken.append(waiting.load)
    return taken


def test_the_most_urgent_job_comes_first(queue):
    queue.push(job(AGENT), "agent", 0)
    queue.push(job(CUSTOMER, utterance=3), "customer", 0)
    queue.push(job(SPECULATIVE, utterance=2), "speculative", 0)
    queue.push(job(FINAL, utterance=1), "final", 0)
    assert len(queue) == 4
    assert drained(queue) == ["final", "speculative", "customer", "agent"]
    assert queue.running == 4


def test_equals_come_in_order_of_arrival(queue):
    for call in "ba":
        queue.push(job(FINAL, call=call), call, 0)
    assert drained(queue) == ["b", "a"]


def test_a_newer_partial_takes_the_place_of_the_one_that_waits(queue):
    queue.push(job(CUSTOMER, call="a"), "old", 0)
    queue.push(job(CUSTOMER, call="b"), "other", 10)
    queue.push(job(CUSTOMER, call="a", ended_ms=1400), "new", 200)
    waiting = queue.pop(300)
    assert (waiting.load, waiting.since_ms) == ("new", 0)
    assert drained(queue) == ["other"]


def test_sides_and_calls_do_not_replace_one_another(queue):
    queue.push(job(CUSTOMER), 1, 0)
    queue.push(job(AGENT), 2, 0)
    queue.push(job(CUSTOMER, call="d"), 3, 0)
    assert len(queue) == 3


def test_a_decode_of_the_whole_utterance_makes_its_partial_needless(queue):
    queue.push(job(CUSTOMER), "partial", 0)
    queue.push(job(SPECULATIVE), "speculative", 0)
    assert drained(queue) == ["speculative"]


def test_a_final_takes_over_from_the_speculation_that_waits(queue):
    queue.push(job(SPECULATIVE), "speculative", 0)
    queue.push(job(FINAL), "final", 0)
    assert drained(queue) == ["final"]


def test_a_final_leaves_the_next_utterance_alone(queue):
    queue.push(job(SPECULATIVE, utterance=1), "speculative", 0)
    queue.push(job(CUSTOMER, utterance=1), "partial", 0)
    queue.push(job(FINAL, utterance=0), "final", 0)
    assert drained(queue) == ["final", "speculative", "partial"]


def test_a_newer_speculation_replaces_the_older(queue):
    queue.push(job(SPECULATIVE), "old", 0)
    queue.push(job(SPECULATIVE, ended_ms=1500), "new", 0)
    assert drained(queue) == ["new"]


def test_a_running_speculation_answers_for_the_final_of_the_same_sound(queue):
    queue.push(job(SPECULATIVE), "speculative", 0)
    running = queue.pop(0)
    queue.push(job(FINAL), "covered", 0)
    queue.push(job(FINAL, ended_ms=1200), "other sound", 0)
    assert drained(queue) == ["other sound"]
    queue.done(running.job)
    queue.push(job(FINAL), "again", 0)
    assert drained(queue) == ["again"]


def test_a_retry_is_never_covered(queue):
    queue.push(job(SPECULATIVE), "speculative", 0)
    queue.pop(0)
    queue.push(job(FINAL, attempt=1), "retry", 0)
    assert drained(queue) == ["retry"]


def test_a_running_job_is_not_replaced(queue):
    queue.push(job(CUSTOMER), "running", 0)
    running = queue.pop(0)
    queue.push(job(CUSTOMER, ended_ms=1400), "next", 0)
    assert (len(queue), queue.running) == (1, 1)
    queue.done(running.job)
    assert queue.running == 0


def test_the_rest_can_be_taken_out_at_the_end(queue):
    queue.push(job(CUSTOMER), "partial", 0)
    queue.push(job(FINAL, call="d"), "final", 0)
    assert [waiting.load for waiting in queue.drain()] == ["partial", "final"]
    assert (len(queue), queue.pop(0)) == (0, None)


# --- when behind ----------------------------------------------------------------------------------------------------


def test_the_ladder_goes_down_step_by_step_and_comes_back_up():
    ladder = Ladder()
    levels = []
    for now_ms in range(0, 3000, 250):
        ladder.observe(700, now_ms)
        levels.append(ladder.level)
    assert levels == [1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 4, 4]
    levels = []
    for now_ms in range(3000, 5500, 250):
        ladder.observe(50, now_ms)
        levels.append(ladder.level)
    assert levels == [4, 4, 3, 3, 2, 2, 1, 1, 0, 0]


def test_between_the_marks_nothing_changes():
    ladder = Ladder()
    ladder.observe(700, 0)
    for now_ms in range(0, 5000, 250):
        ladder.observe(400, now_ms)
    assert ladder.level == 1


def test_one_wait_above_the_mark_begins_the_calm_anew():
    ladder = Ladder()
    ladder.observe(700, 0)
    for now_ms in range(0, 5000, 250):
        ladder.observe(200 if now_ms % 500 == 0 else 50, now_ms)
    assert ladder.level == 1


def behind(queue, steps):
    queue.push(job(FINAL, utterance=99, call="slow"), "slow", 0)
    for step in range(steps):
        queue.observe(1000 + 500 * step)
    assert queue.level == steps


@pytest.mark.parametrize(("steps", "kept"), [(2, {CUSTOMER, AGENT}), (3, {CUSTOMER}), (4, set())])
def test_partials_are_left_out_when_far_behind(queue, steps, kept):
    behind(queue, steps)
    for kind in (CUSTOMER, AGENT):
        queue.push(job(kind), kind, 1000)
    assert set(drained(queue, 1000)) - {"slow"} == kept


def test_the_smallest_beams_are_asked_for_when_behind(queue):
    behind(queue, 1)
    assert not queue.pop(1000).job.quick
    queue = JobQueue()
    behind(queue, 2)
    waiting = queue.pop(1500)
    assert waiting.job.quick
    queue.done(waiting.job)
    assert queue.running == 0


def test_finals_and_speculation_are_taken_however_far_behind(queue):
    behind(queue, MOST_DEGRADED)
    queue.push(job(FINAL), "final", 3000)
    queue.push(job(SPECULATIVE, utterance=1), "speculative", 3000)
    assert drained(queue, 3000) == ["slow", "final", "speculative"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.builds(
                job,
                st.sampled_from(list(JobKind)),
                utterance=st.integers(0, 3),
                call=st.sampled_from("ab"),
                ended_ms=st.sampled_from([1000, 2000]),
                attempt=st.integers(0, 1),
            ),
            st.sampled_from(["pop", "done"]),
        ),
        max_size=60,
    )
)
def test_finals_are_served_or_covered_and_all_else_is_bounded(steps):
    queue = JobQueue()
    served, running, owed = [], [], {}
    for now, step in enumerate(steps):
        now_ms = now * 100.0
        if step == "pop":
            waiting = queue.pop(now_ms)
            if waiting is not None:
                running.append(waiting.job)
        elif step == "done" and running:
            served.append(running.pop(0))
            queue.done(served[-1])
        elif isinstance(step, DecodeJob):
            queue.push(step, None, now_ms)
            if step.kind is FINAL:
                owed[step.call_id, step.channel, step.utterance, step.attempt] = step.ended_ms
    waiting = [entry.job for entry in queue.drain()]
    others = [(j.call_id, j.channel, j.kind is SPECULATIVE) for j in waiting if j.kind is not FINAL]
    assert len(others) == len(set(others))
    reached = {(j.call_id, j.channel, j.utterance, j.attempt, j.ended_ms) for j in [*served, *running, *waiting]}
    assert all((*key, ended_ms) in reached for key, ended_ms in owed.items())
