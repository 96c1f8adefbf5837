import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.evaluation.intervals import Counted, Measure, f1, median, share


def test_a_share_with_its_interval() -> None:
    measure = Counted([{"right": 1, "said": 2}, {"right": 2, "said": 2}]).measure(share("right", "said"))
    assert measure == Measure(0.75, 0.5, 1.0)


def test_the_same_scores_give_the_same_figures() -> None:
    rows = [{"a": n % 3, "b": 3} for n in range(50)]
    assert Counted(rows).measure(share("a", "b")) == Counted(rows).measure(share("a", "b"))


def test_nothing_to_divide_by() -> None:
    assert Counted([]).measure(share("a", "b")) == Measure(None, None, None)
    assert Counted([{"a": 1}]).measure(share("a", "b")) == Measure(None, None, None)
    assert Counted([{"a": 1}]).total("b") == 0


def test_a_share_of_several_counters() -> None:
    counted = Counted([{"right": 3, "wrong": 1}])
    assert counted.measure(share("right", "right", "wrong")) == Measure(0.75, 0.75, 0.75)
    assert counted.measure(share("none", "right")) == Measure(0.0, 0.0, 0.0)


def test_a_counter_that_no_resample_drew() -> None:
    rows = [{"other": 1.0}] * 400 + [{"part": 1.0, "whole": 2.0}]
    assert Counted(rows, resamples=1).measure(share("part", "whole")) == Measure(0.5, 0.5, 0.5)


def test_f1_is_the_harmonic_mean() -> None:
    row = {"right": 3, "wrong": 1, "met": 1, "wanted": 2}
    measure = Counted([row]).measure(f1("right", ("right", "wrong"), "met", "wanted"))
    precision, recall = 0.75, 0.5
    assert measure.value == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-4)
    assert Counted([{"wanted": 2}]).measure(f1("right", ("right",), "met", "wanted")).value is None


def test_the_median() -> None:
    assert median([]) is None
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30))
def test_the_value_lies_where_it_must(rows: list[tuple[int, int]]) -> None:
    counted = Counted([{"part": min(row), "whole": max(row)} for row in rows], resamples=50)
    measure = counted.measure(share("part", "whole"))
    if measure.value is None or measure.low is None or measure.high is None:
        assert sum(map(max, rows)) == 0
    else:
        assert 0 <= measure.low <= measure.high <= 1
        assert 0 <= measure.value <= 1
