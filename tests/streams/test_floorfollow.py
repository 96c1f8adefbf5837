"""What a floor may trust: snapshots, then updates without holes, from one run of the hub."""

from hypothesis import given
from hypothesis import strategies as st

from streams.floor import FloorSnapshot, FloorUpdate
from streams.floorfollow import FloorFollowed, FloorFollower


def snapshot(seq: int, hub: str = "h") -> FloorSnapshot:
    return FloorSnapshot(hub=hub, seq=seq, you="Sol", role="supervisor", teams=(), rows=())


def update(seq: int, hub: str = "h") -> FloorUpdate:
    return FloorUpdate(hub=hub, seq=seq)


def test_updates_follow_a_snapshot_in_order() -> None:
    follower = FloorFollower()
    assert follower.hear(update(4)) == FloorFollowed()
    assert follower.hear(snapshot(3)) == FloorFollowed(item=snapshot(3))
    assert follower.whole
    assert follower.hear(update(4)) == FloorFollowed(item=update(4))
    assert follower.hear(update(4)) == FloorFollowed()


def test_a_gap_and_another_run_ask_for_a_snapshot() -> None:
    for strange in (update(6), update(4, hub="another")):
        follower = FloorFollower()
        follower.hear(snapshot(3))
        assert follower.hear(strange) == FloorFollowed(ask=True)
        assert not follower.whole


@given(st.lists(st.one_of(st.builds(snapshot, st.integers(1, 9)), st.builds(update, st.integers(1, 9)))))
def test_nothing_is_handed_on_with_a_hole_before_it(messages: list[FloorSnapshot | FloorUpdate]) -> None:
    follower, last = FloorFollower(), None
    for message in messages:
        item = follower.hear(message).item
        if isinstance(item, FloorUpdate):
            assert last is not None
            assert item.seq == last + 1
        last = item.seq if item is not None else last
