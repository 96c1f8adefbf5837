"""Logistic regression drawn towards hunches, within signs: `rows, labels, hunches -> fit -> weights`.

Each weight is pulled towards a value set by hand instead of towards zero and may be held to one sign. A corpus written
to mislead would otherwise teach that "my mother" is calm; real talk then pays for it. Deterministic: no random numbers.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, minimize

Vector: TypeAlias = NDArray[np.float64]
Rows: TypeAlias = "sparse.csr_array[np.float64, tuple[int, int]]"
"""Examples by features, mostly zeros."""
_STEPS = 500
_ENOUGH = 1e-9  # of the loss, by which a step must lower it
_FREE = 50.0  # a log-odds weight nobody reaches
_UNSURE = 0.1  # the curve of a likelihood at a chance of one in eight; only scales the steps
_MEMORY = 20  # earlier steps that shape the next one


class Hunches(NamedTuple):
    """For each column: the weight expected, the least and the most it may be, and how hard it is pulled."""

    weight: Vector
    least: Vector
    most: Vector
    pull: Vector


class Fitted(NamedTuple):
    """Weights by column, and the log-odds of a row of zeros."""

    weights: Vector
    bias: float

    def odds(self, rows: Rows) -> Vector:
        """The log-odds of each row."""
        return np.asarray(rows @ self.weights, dtype=np.float64) + self.bias


def fit(rows: Rows, labels: Vector, importance: Vector, hunches: Hunches, *, start: Fitted | None = None) -> Fitted:
    """Fit one head by L-BFGS within bounds; `rows` is (n, d), `labels` 0 or 1, `importance` the weight of each row.

    `start` saves steps. Method: Byrd, Lu, Nocedal and Zhu (1995), as in `scipy.optimize.minimize`.
    """
    counted = importance > 0
    labels, importance = labels[counted], importance[counted]
    table = sparse.csr_array(sparse.hstack([rows[counted], column(np.ones(len(labels)))]))
    turned = sparse.csr_array(table.T)
    centre = np.append(hunches.weight, 0.0)
    least, most = np.append(hunches.least, -_FREE), np.append(hunches.most, _FREE)
    pull = np.append(hunches.pull, 1e-6)
    # Each weight is measured by how well it is known, so that rare and common columns move at one pace.
    scale = 1 / np.sqrt(np.asarray(turned.power(2) @ (importance * _UNSURE)) + pull)

    def loss(scaled: Vector) -> tuple[float, Vector]:
        weights = scaled * scale
        odds = table @ weights
        chance = 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
        likelihood = (importance * (np.logaddexp(0, odds) - labels * odds)).sum()
        away = pull * (weights - centre)
        slope = turned @ (importance * (chance - labels)) + away
        return float(likelihood + 0.5 * (away * (weights - centre)).sum()), slope * scale

    begin = np.clip(centre if start is None else np.append(start.weights, start.bias), least, most)
    found = minimize(
        loss,
        begin / scale,
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(least / scale, most / scale),
        options={"maxiter": _STEPS, "ftol": _ENOUGH, "gtol": 1e-4, "maxcor": _MEMORY},
    )
    weights = np.clip(found.x * scale, least, most)
    return Fitted(weights[:-1], float(weights[-1]))


def column(values: Vector) -> Rows:
    """Return one value a row as rows of one feature."""
    return sparse.csr_array(values[:, None])


def free_hunches(columns: int, pull: float) -> Hunches:
    """Return hunches for columns of which nothing is expected."""
    return Hunches(
        np.zeros(columns), np.full(columns, -_FREE), np.full(columns, _FREE), np.full(columns, pull, dtype=np.float64)
    )


def joined(one: Hunches, two: Hunches) -> Hunches:
    """Return the hunches of the columns of `one` followed by those of `two`."""
    return Hunches(*(np.concatenate([a, b]) for a, b in zip(one, two, strict=True)))
