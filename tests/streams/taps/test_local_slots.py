"""Two lanes become slots: nothing is lost while both come, and neither holds the other up for long."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.taps.local_clock import PER_MS, Placed
from streams.taps.local_slots import IMPATIENCE, LEAP, LEISURE, PATIENCE, SIDES, SLOT, Slot, Slots


def counted(start: int, length: int, base: int = 0) -> Placed:
    """Samples that say where they lie."""
    return Placed(start, ((np.arange(start, start + length) - base) % 30_000 + 1).astype(np.int16))


@settings(deadline=None)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=25), st.lists(st.integers(1, 900), min_size=1, max_size=25))
def test_both_sides_come_out_as_they_went_in(agent: list[int], customer: list[int]) -> None:
    slots, out = Slots(), []
    at = dict.fromkeys(SIDES, 0)
    for place in range(max(len(agent), len(customer))):
        for side, sizes in (("agent", agent), ("customer", customer)):
            if place < len(sizes):
                slots.feed(side, counted(at[side], sizes[place]))
                at[side] += sizes[place]
        out += slots.advance(0)
    whole = min(at.values()) // SLOT
    assert len(out) == whole
    for side in SIDES:
        assert all(slot.missing[side] == 0 for slot in out)
        if out:
            heard = np.concatenate([slot.sound[side] for slot in out])
            assert np.array_equal(heard, counted(0, whole * SLOT).samples)


def test_a_side_that_flows_is_waited_for_and_then_filled() -> None:
    slots = Slots()
    for side in SIDES:
        slots.feed(side, counted(0, SLOT))
    assert len(slots.advance(SLOT)) == 1
    slots.feed("agent", counted(SLOT, 40 * SLOT))
    assert slots.advance(2 * SLOT + PATIENCE - 1) == []
    [first] = slots.advance(2 * SLOT + PATIENCE)[:1]
    assert first.missing == {"agent": 0, "customer": SLOT}
    assert not first.sound["customer"].any()
    assert slots.away("customer")
    # Now that it is known to be away it holds nothing up but for what it needs to find its place.
    assert slots.advance(30 * SLOT)[-1].start == 30 * SLOT - IMPATIENCE - SLOT


def test_while_nobody_listens_large_blocks_are_waited_for() -> None:
    slots = Slots()
    slots.feed("agent", counted(0, 100 * SLOT))
    assert slots.advance(SLOT + LEISURE - 1, hurried=False) == []
    slots.feed("customer", counted(0, 30 * SLOT))
    assert len(slots.advance(SLOT + LEISURE, hurried=False)) == 30
    assert slots.late["customer"] == 0


def test_what_comes_back_is_in_time() -> None:
    slots = Slots()
    slots.feed("agent", counted(0, 100 * SLOT))
    slots.advance(50 * SLOT)
    back = 50 * SLOT - IMPATIENCE + 7
    slots.feed("customer", counted(back, 20 * SLOT))
    out = slots.advance(50 * SLOT)
    assert slots.late == {"agent": 0, "customer": 0}
    assert sum(slot.missing["customer"] for slot in out) == 7
    assert not slots.away("customer")


def test_what_comes_too_late_is_counted_and_left_out() -> None:
    slots = Slots()
    slots.feed("agent", counted(0, 20 * SLOT))
    slots.advance(20 * SLOT)
    slots.feed("customer", counted(0, 20 * SLOT))
    slots.feed("customer", counted(0, SLOT))
    assert slots.late["customer"] == 20 * SLOT - IMPATIENCE + SLOT


def test_a_hole_within_a_side_is_zeros() -> None:
    slots = Slots()
    slots.feed("agent", counted(0, 2 * SLOT))
    slots.feed("customer", counted(0, 100))
    slots.feed("customer", counted(250, 2 * SLOT - 250))
    [first, _] = slots.advance(2 * SLOT)
    assert first.missing["customer"] == 150
    assert not first.sound["customer"][100:250].any()
    assert first.sound["customer"][250:].all()


def test_time_goes_on_without_any_device() -> None:
    slots = Slots()
    assert slots.advance(1_000_000) == []
    out = slots.advance(1_000_000 + 10 * SLOT + IMPATIENCE)
    assert len(out) == 10
    assert all(slot.missing == {"agent": SLOT, "customer": SLOT} for slot in out)


def test_a_machine_that_slept_leaves_the_night_out() -> None:
    slots = Slots()
    for side in SIDES:
        slots.feed(side, counted(0, SLOT))
    slots.advance(SLOT)
    woke = SLOT + 3600 * 1000 * PER_MS
    out = slots.advance(woke) + slots.advance(woke + 2 * SLOT)
    assert sum(slot.leapt for slot in out) > woke - LEAP
    assert len(out) * SLOT <= LEAP
    slots.feed("agent", counted(woke + 10 * LEAP, SLOT))
    assert len(slots.advance(woke + 2 * SLOT)) == 0


def test_a_slot_says_when_it_began() -> None:
    slots = Slots()
    slots.feed("agent", counted(777, 2 * SLOT))
    slots.feed("customer", counted(777, 2 * SLOT))
    assert [slot.start for slot in slots.advance(0)] == [777, 777 + SLOT]
    assert all(isinstance(slot, Slot) for slot in slots.advance(10_000))
