"""What an ended call adds to the shift."""

from sidecar.uplink.floorstate import Kinds
from sidecar.uplink.sums import MOODS_KEPT, Sums
from streams.events import CallEnded, Event, Tick
from streams.floor import CallDone
from tests.sidecar.uplink.floor_call import CALL, STARTED, empathy, heat, mood, nudge, of

COURSE: tuple[Event, ...] = (
    STARTED,
    mood(-0.2, 4_000),
    heat(64, "hot", 10_000),
    heat(81, "critical", 12_000),
    heat(70, "hot", 14_000),
    heat(40, "warm", 20_000),
    mood(-0.68, 21_000),
    nudge("n1"),
    nudge("s1", "stress.breathe"),
    empathy("o1", "given", 22_000),
    empathy("o2", "open", 22_000),
    heat(62, "hot", 80_000),
    of(CallEnded, 92_000),
)


def summed(kinds: Kinds, events: tuple[Event, ...] = COURSE) -> CallDone:
    sums = Sums(kinds)
    for event in events:
        sums.feed(event)
    return sums.done()


def test_numbers_of_a_call() -> None:
    assert summed(Kinds()) == CallDone(
        boot="",
        number=0,
        call_id=CALL,
        agent_id="a7",
        agent_name="Ana",
        queue="Billing",
        started_at="2026-11-22T09:00:00Z",
        duration_ms=92_000,
        moods=((4_000, -20), (21_000, -68)),
        hot=((10_000, 20_000, 81), (80_000, 92_000, 62)),
        openings={"given": 1},
        rules={"empathy.missed": {"shown": 1}},
    )


def test_what_is_withheld_is_not_counted() -> None:
    done = summed(Kinds(mood=False, nudges=False))
    assert (done.moods, done.hot, done.openings, done.rules) == ((), (), {}, {})
    assert done.duration_ms == 92_000


def test_a_call_that_never_began_has_no_facts() -> None:
    assert summed(Kinds(), (of(Tick, 5),)).call_id == ""


def test_a_long_call_has_a_bounded_course() -> None:
    moods = tuple(mood(0.1, 10_000 * number) for number in range(3_000))
    assert len(summed(Kinds(), moods).moods) <= MOODS_KEPT


def test_a_private_stretch_adds_nothing_and_ends_a_hot_episode() -> None:
    sums = Sums(Kinds())
    sums.feed(heat(64, "hot", 10_000))
    for event in (STARTED, heat(90, "critical", 30_000), mood(-0.9, 31_000), nudge("n1")):
        sums.skip(event)
    sums.feed(of(CallEnded, 60_000))
    done = sums.done()
    assert (done.call_id, done.hot, done.moods, done.rules) == (CALL, ((10_000, 10_000, 64),), (), {})
