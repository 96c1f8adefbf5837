import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.bench.spread import Spread, percentile, slope, spread


def test_percentiles_are_by_nearest_rank():
    assert spread(range(1, 101)) == Spread(50, 95, 99, 100)
    assert spread([7.26]) == Spread(7.3, 7.3, 7.3, 1)
    assert spread([]) == Spread()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.integers(0, 100))
def test_a_percentile_is_one_of_the_values(values, percent):
    assert percentile(sorted(values), percent) in values


def test_slope_is_that_of_a_line():
    assert slope([(0, 1), (1, 3), (2, 5)]) == pytest.approx(2)
    assert slope([]) == 0
    assert slope([(1, 1), (1, 5)]) == 0
