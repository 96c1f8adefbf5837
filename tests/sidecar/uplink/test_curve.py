"""A course in few points."""

from hypothesis import given
from hypothesis import strategies as st

from sidecar.uplink.curve import Curve


def test_points_too_close_together_keep_the_latest() -> None:
    curve = Curve(10)
    for at_ms, value in ((0, 1), (500, 2), (900, 3), (2_000, 4)):
        curve.add(at_ms, value)
    assert curve.points == ((0, 1), (900, 3), (2_000, 4))


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=400), st.integers(2, 30))
def test_it_stays_bounded_and_keeps_both_ends(steps: list[int], limit: int) -> None:
    curve = Curve(limit)
    at_ms = 0
    for value, step in enumerate(steps):
        at_ms += step
        curve.add(at_ms, value)
    points = curve.points
    assert len(points) <= limit
    assert points[0][0] == steps[0] or len(steps) == 1
    assert points[-1] == (at_ms, len(steps) - 1)
    assert list(points) == sorted(points)
