import numpy as np
import pytest
from scipy import sparse

from sidecar.training.logistic import Hunches, column, fit, free_hunches, joined

ROWS = sparse.csr_array(np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]] * 25))
LABELS = np.array([1.0, 1.0, 0.0, 0.0] * 25)
ONES = np.ones(100)


def test_what_separates_gets_weight() -> None:
    fitted = fit(ROWS, LABELS, ONES, free_hunches(2, 1.0))
    assert fitted.weights[0] > 2
    assert abs(fitted.weights[1]) < 0.01


def test_a_sign_is_kept_against_the_rows() -> None:
    hunches = Hunches(np.array([0.0, 1.0]), np.zeros(2), np.full(2, 50.0), np.full(2, 1.0))
    fitted = fit(ROWS, 1 - LABELS, ONES, hunches)
    assert fitted.weights[0] == pytest.approx(0.0)


def test_without_rows_that_say_so_a_weight_stays_at_its_hunch() -> None:
    hunches = joined(free_hunches(1, 1.0), Hunches(np.array([1.5]), np.array([0.0]), np.array([9.0]), np.array([5.0])))
    rows = sparse.csr_array(sparse.hstack([ROWS[:, [0]], np.zeros((100, 1))]))
    assert fit(rows, LABELS, ONES, hunches).weights[1] == pytest.approx(1.5)


def test_a_start_leads_to_the_same_end() -> None:
    cold = fit(ROWS, LABELS, ONES, free_hunches(2, 1.0))
    warm = fit(ROWS, LABELS, ONES, free_hunches(2, 1.0), start=cold)
    assert warm.weights == pytest.approx(cold.weights, abs=0.01)


def test_rows_of_no_importance_teach_nothing() -> None:
    odd = sparse.csr_array(sparse.vstack([ROWS, ROWS]))
    labels, importance = np.append(LABELS, 1 - LABELS), np.append(ONES, 0 * ONES)
    fitted = fit(odd, labels, importance, free_hunches(2, 1.0))
    assert fitted.weights == pytest.approx(fit(ROWS, LABELS, ONES, free_hunches(2, 1.0)).weights, abs=0.01)


def test_the_fit_is_where_the_slope_is_level() -> None:
    # One column of ones and zeros, hardly pulled: the log-odds of each half are known in closed form.
    labels = np.array([1.0] * 30 + [0.0] * 10 + [1.0] * 5 + [0.0] * 15)
    rows = column(np.array([1.0] * 40 + [0.0] * 20))
    fitted = fit(rows, labels, np.ones(60), free_hunches(1, 1e-6))
    assert fitted.bias == pytest.approx(np.log(5 / 15), abs=1e-3)
    assert fitted.odds(rows)[0] == pytest.approx(np.log(30 / 10), abs=1e-3)


def test_rows_and_hunches_pull_equally_hard_where_the_fit_ends() -> None:
    hunches = Hunches(np.array([1.5]), np.array([-50.0]), np.array([50.0]), np.array([8.0]))
    rows, labels = (
        column(np.array([1.0] * 40 + [0.0] * 20)),
        np.array([1.0] * 10 + [0.0] * 30 + [1.0] * 10 + [0.0] * 10),
    )
    fitted = fit(rows, labels, np.ones(60), hunches)
    chance = 1 / (1 + np.exp(-fitted.odds(rows)))
    assert float((chance - labels)[:40].sum()) == pytest.approx(-8.0 * (fitted.weights[0] - 1.5), abs=1e-2)
