"""The follower over every order in which a bus can lose, repeat and restart."""

from hypothesis import given
from hypothesis import strategies as st

from streams import follow
from streams.events import CallEnded, CallStarted, Tick
from streams.follow import Followed, Follower
from streams.wire import SCHEMA_VERSION, Envelope, Heartbeat, Snapshot


def env(seq: int, call_id: str = "c") -> Envelope:
    return Envelope(SCHEMA_VERSION, seq, Tick(call_id=call_id, at_ms=seq))


def snap(service: str = "s", **seqs: int) -> Snapshot:
    return Snapshot(events=(), seqs=seqs, service=service)


def beat(service: str = "s", **seqs: int) -> Heartbeat:
    return Heartbeat(service=service, every_ms=100, seqs=seqs)


def whole(service: str = "s", **seqs: int) -> Follower:
    follower = Follower()
    follower.snapshot(snap(service, **seqs))
    return follower


def test_nothing_is_handed_on_before_the_first_snapshot() -> None:
    follower = Follower()
    assert follower.envelope(env(4)) == Followed()
    assert follower.heartbeat(beat(c=4)) == Followed()
    assert not follower.whole
    assert follower.snapshot(snap(c=3)) == Followed(items=(snap(c=3), env(4)))
    assert follower.whole
    assert follower.service == "s"


def test_events_in_order_pass_and_repeated_ones_do_not() -> None:
    follower = whole(c=1)
    assert follower.envelope(env(2)).items == (env(2),)
    assert follower.envelope(env(2)) == Followed()
    assert follower.envelope(env(1)) == Followed()
    assert follower.envelope(env(1, "new")).items == (env(1, "new"),)


def test_a_gap_asks_once_and_heals() -> None:
    follower = whole(c=1)
    assert follower.envelope(env(3)) == Followed(ask=True)
    assert follower.envelope(env(4)) == Followed()
    assert follower.snapshot(snap(c=3)) == Followed(items=(snap(c=3), env(4)))


def test_what_came_before_the_question_is_not_waited_for() -> None:
    follower = whole(old=7)
    assert follower.heartbeat(beat("restarted")).ask
    assert follower.snapshot(snap("restarted", new=1)).ask is False
    assert follower.envelope(env(2, "new")).items == (env(2, "new"),)


def test_a_gap_among_the_held_asks_again() -> None:
    follower = Follower()
    follower.envelope(env(9))
    followed = follower.snapshot(snap(c=3))
    assert followed.ask
    assert followed.items == (snap(c=3),)
    assert follower.snapshot(snap(c=9)).ask is False


def test_a_heartbeat_shows_a_lost_last_event_and_a_restart() -> None:
    assert whole(c=2).heartbeat(beat(c=2)) == Followed()
    assert whole(c=2).heartbeat(beat(c=3)).ask
    assert whole(c=2).heartbeat(beat("other", c=2)).ask


def test_a_call_the_service_forgot_may_come_back() -> None:
    follower = whole(c=5)
    assert follower.heartbeat(beat()) == Followed()
    assert follower.envelope(env(6)).ask


def test_what_is_held_is_bounded() -> None:
    follower = Follower()
    asked = [follower.envelope(env(seq)).ask for seq in range(follow.HELD_LIMIT + 1)]
    assert asked.count(True) == 1
    assert asked[-1]


@given(st.lists(st.sampled_from(["send", "lose", "repeat", "beat", "restart"]), max_size=60))
def test_whatever_is_lost_a_screen_ends_up_whole(happenings: list[str]) -> None:
    """Whatever the bus does, what a screen was handed is what was published, without holes, after at most one beat."""
    follower, service, published = Follower(), 0, 0
    seen = 0

    def take(followed: Followed) -> None:
        nonlocal seen
        for item in followed.items:
            if isinstance(item, Snapshot):
                seen = item.seqs["c"]
            else:
                assert item.seq == seen + 1
                seen = item.seq
        if followed.ask:
            take(follower.snapshot(snap(str(service), c=published)))

    take(follower.snapshot(snap("0", c=0)))
    for happening in happenings:
        match happening:
            case "send":
                published += 1
                take(follower.envelope(env(published)))
            case "lose":
                published += 1
            case "repeat" if published:
                take(follower.envelope(env(published)))
            case "beat":
                take(follower.heartbeat(beat(str(service), c=published)))
                assert seen == published
            case "restart":
                service, published = service + 1, 0
                take(follower.heartbeat(beat(str(service), c=0)))
    take(follower.heartbeat(beat(str(service), c=published)))
    assert seen == published


def test_other_events_than_ticks_are_followed_alike() -> None:
    follower = whole()
    first = Envelope(SCHEMA_VERSION, 1, CallStarted(call_id="c", at_ms=0))
    last = Envelope(SCHEMA_VERSION, 2, CallEnded(call_id="c", at_ms=5))
    assert [follower.envelope(item).items for item in (first, last)] == [(first,), (last,)]
